"""Réserver: the month of a child, the weekly pattern, enrolling, and the recap before anything is done."""
