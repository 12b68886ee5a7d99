"""A child changes school or class, or leaves: what it does is shown before it is done."""
