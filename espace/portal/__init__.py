"""Everything a citizen sees."""
