"""Creating one’s space, signing in and out, one’s own account, the agents’ second factor."""
