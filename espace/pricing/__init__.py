"""Tariffs to a quote with its explanation: pure rules, plans stored with their deliberation."""
