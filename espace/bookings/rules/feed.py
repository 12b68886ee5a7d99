"""What a private calendar holds, and when its telephone rings. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from espace.kernel.calendar import ONE_DAY, PARIS, at

KEPT_BACK = timedelta(days=30)
EVENING = time(18)
MIDNIGHT = time(0)
LIMIT_LENGTH = timedelta(minutes=30)


class LimitHour(NamedTuple):
    """A limit as a line of a calendar: its local day, and the half-hour that ends with its last minute."""

    day: date
    starts_at: time
    ends_at: time


def first_day(today: date) -> date:
    """The oldest day a calendar still holds."""
    return today - KEPT_BACK


def limit_hour(limit: datetime) -> LimitHour:
    """Where a last moment stands. A limit of the first half-hour of a day begins with that day; one minute at least."""
    local = limit.astimezone(PARIS)
    ends = local.replace(second=0, microsecond=0)
    starts = ends - LIMIT_LENGTH
    if starts.date() != ends.date():
        starts = ends.replace(hour=0, minute=0)
    if starts == ends:
        ends += timedelta(minutes=1)
    return LimitHour(local.date(), starts.time(), ends.time())


def rings_at(limit: datetime) -> datetime:
    """18 h the evening before the day of a limit, in Paris whatever the season."""
    return at(limit.astimezone(PARIS).date() - ONE_DAY, EVENING)
