"""Announcing an absence, correcting it, proving it."""
