"""Enrolments to decide, and closures."""
