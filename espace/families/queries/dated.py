"""The rows of a dated table that hold on a day, or on some of a stretch of days."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def valid_on(day: date, prefix: str = "") -> Q:
    """The rows of a dated table that hold on this day (`[start, end)`)."""
    return Q(**{f"{prefix}start__lte": day}) & (
        Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gt": day})
    )


def overlapping(start: date, end: date, prefix: str = "") -> Q:
    """The rows of a dated table that hold on at least one day of `[start, end)`."""
    return Q(**{f"{prefix}start__lt": end}) & (
        Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gt": start})
    )
