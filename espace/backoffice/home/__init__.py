"""The agents' home and the search."""
