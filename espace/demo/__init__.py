"""The demonstration town: deterministic, no real person, no real place."""
