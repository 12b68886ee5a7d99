"""The design system: tokens, components, page frames, error pages, the gallery.

Owns no data and knows no domain: screens pass it words, dates and small frozen
dataclasses (`espace.ui.items`), it gives back accessible HTML. Public API: the template
tags of `templatetags/ui.py`, the base templates, `items`, `widgets`, `colours`.
"""
