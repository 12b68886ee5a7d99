"""The weeks of a month of the grid."""

from __future__ import annotations

from datetime import date, timedelta

from espace.kernel.calendar import ONE_DAY, monday_of, month_bounds

FRIDAY = 4
WEEK = timedelta(weeks=1)


def window_of(month: date) -> tuple[date, date]:
    """The whole weeks, Monday to Friday, that touch the working days of a month: `[first Monday, after last Friday)`.

    A week whose Friday is before the 1st, or whose Monday is after the last day, belongs to another month.
    """
    first, after = month_bounds(month)
    start = monday_of(first)
    if start + timedelta(days=FRIDAY) < first:
        start += WEEK
    last = monday_of(after - ONE_DAY)
    return start, last + timedelta(days=FRIDAY + 1)


def week_in(month: date, asked: date | None, today: date) -> date:
    """The Monday of the week a phone shows: the one asked, else today's, else the month's first."""
    start, end = window_of(month)
    for day in (asked, today + timedelta(days=2) if today.weekday() > FRIDAY else today):
        if day is not None and start <= monday_of(day) < end:
            return monday_of(day)
    return start
