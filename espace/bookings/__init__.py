"""Enrolments, weekly patterns, bookings and their places: no place is given twice (I7-I13)."""
