"""The town's calendar: which days are worked, which are school days, and arithmetic on local dates.

Deadlines are counted in days of the calendar, then turned into an instant by `at`; nothing here ever adds
24 hours × N, which is an hour off twice a year. Periods are half-open: `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
ONE_DAY = timedelta(days=1)
SATURDAY = 5


class DayKind(StrEnum):
    """What a day is. SCHOOL: neither holiday, public holiday, closed nor week-end; a Wednesday is SCHOOL."""

    SCHOOL = "SCHOOL"
    HOLIDAY = "HOLIDAY"
    PUBLIC_HOLIDAY = "PUBLIC_HOLIDAY"
    CLOSED = "CLOSED"
    WEEKEND = "WEEKEND"


class UnknownDay(LookupError):
    """The calendar does not say what this day is. An unknown day is an error, never "no holiday"."""

    def __init__(self, day: date) -> None:
        super().__init__(f"the calendar does not know {day.isoformat()}")
        self.day = day


@dataclass(frozen=True, eq=False)
class Calendar:
    """The kinds of the days the town has declared. A Saturday or Sunday needs no declaration: it is WEEKEND.

    `labels`: what some of them are called (« Toussaint »).
    """

    days: Mapping[date, DayKind]
    labels: Mapping[date, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))

    def kind(self, day: date) -> DayKind:
        """What this day is; `UnknownDay` for a weekday nobody declared."""
        known = self.days.get(day)
        if known is not None:
            return known
        if day.weekday() >= SATURDAY:
            return DayKind.WEEKEND
        raise UnknownDay(day)

    def is_working_day(self, day: date) -> bool:
        """Jour ouvré: Monday to Friday and not a public holiday. School holidays and bridges are worked."""
        return day.weekday() < SATURDAY and self.kind(day) is not DayKind.PUBLIC_HOLIDAY

    def is_school_day(self, day: date) -> bool:
        return self.kind(day) is DayKind.SCHOOL

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it when n < 0); `day` itself is not counted, and is the
        answer for 0 even when it is not worked."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def add_school_days(self, day: date, n: int) -> date:
        """The n-th school day after `day` (before it when n < 0), counted like `add_working_days`."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_school_day(day)
        return day


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def iso_week(day: date) -> int:
    """The ISO 8601 week number, 1 to 53."""
    return day.isocalendar().week


def at(day: date, moment: time) -> datetime:
    """This local time of this day, as an instant in Europe/Paris.

    Twice a year a local time is not one instant: 02:30 does not exist on the last Sunday of March and exists twice
    on the last Sunday of October. Both times we take the later reading (03:30 summer time; 02:30 winter time): in
    doubt, the family has the longer delay.
    """
    earlier = datetime.combine(day, moment, PARIS).replace(fold=0)
    later = earlier.replace(fold=1)
    if earlier.utcoffset() == later.utcoffset():
        return earlier
    return max(earlier.astimezone(UTC), later.astimezone(UTC)).astimezone(PARIS)


def month_bounds(day: date) -> tuple[date, date]:
    """The month a day belongs to, `[first, first of the next)`."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def date_range(start: date, end: date) -> Iterator[date]:
    """The days of `[start, end)`; none when end ≤ start."""
    for offset in range((end - start).days):
        yield start + timedelta(days=offset)
