"""Everything an agent sees."""
