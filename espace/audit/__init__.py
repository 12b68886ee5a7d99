"""The journal: who did what, when, under which reason; sealed behind the writers (I40)."""
