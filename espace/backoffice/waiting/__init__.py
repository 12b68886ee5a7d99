"""Waiting lists: who waits where, a place offered by hand, the rules of each list, what counts for a child."""
