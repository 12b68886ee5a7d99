"""Enrolments to decide, collective events, the kitchen's week."""
