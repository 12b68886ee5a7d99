"""The components, by family; `templatetags/ui.py` gathers them under one name."""
