"""School holidays as the parents of a shared child divide them: by halves, the summer perhaps by fortnights."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from espace.families.enums import HolidayRule
from espace.families.errors import BadCustody, HolidaysUnknown
from espace.kernel.calendar import ONE_DAY, Calendar, DayKind, UnknownDay, date_range

SHORTEST = 7  # days: a bridge follows the rhythm of the school weeks
SUMMER = 35  # days: the one holiday longer than this is the summer's
FORTNIGHT = 14
FRIDAY = 4
# More than the longest holiday: what is read around a day holds the whole of the holiday it is in.
AROUND = timedelta(days=80)

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Holidays:
    """The school holidays `[start, end)` that are divided, in order, among the days `[first, end)` that the town has
    declared. A weekday that nobody declared is in `unknown`."""

    first: date
    end: date
    spans: tuple[Span, ...] = ()
    unknown: frozenset[date] = frozenset()

    def on(self, day: date) -> Span | None:
        """The holiday this day is in; `HolidaysUnknown` for a day that the town has not declared."""
        if not self.first <= day < self.end or day in self.unknown:
            raise HolidaysUnknown
        place = bisect_right(self.spans, (day, date.max)) - 1
        if place < 0:
            return None
        start, end = self.spans[place]
        return (start, end) if day < end else None

    def holds(self, day: date) -> bool:
        """Whether this day is known to be in a holiday that is divided."""
        return any(start <= day < end for start, end in self.spans)


NO_HOLIDAYS = Holidays(date.min, date.min)


def holidays_of(calendar: Calendar) -> Holidays:
    """The holidays of a calendar: each run of days without school that holds a day of holidays, its week-ends and
    public holidays included, when it lasts a week at least. A run ends where school begins again, or where the
    declared days do: the town declares whole school years."""
    if not calendar.days:
        return NO_HOLIDAYS
    first, last = min(calendar.days), max(calendar.days)
    while (first - ONE_DAY).weekday() > FRIDAY:  # a week-end needs no declaration
        first -= ONE_DAY
    while (last + ONE_DAY).weekday() > FRIDAY:
        last += ONE_DAY
    spans: list[Span] = []
    unknown: set[date] = set()
    start: date | None = None
    is_holiday = False
    for day in date_range(first, last + 2 * ONE_DAY):
        kind = _kind(calendar, day) if day <= last else DayKind.SCHOOL
        if kind is None:
            unknown.add(day)
        if kind is None or kind is DayKind.SCHOOL:
            if start is not None and is_holiday and (day - start).days >= SHORTEST:
                spans.append((start, day))
            start, is_holiday = None, False
            continue
        start = start or day
        is_holiday = is_holiday or kind is DayKind.HOLIDAY
    return Holidays(first, last + ONE_DAY, tuple(spans), frozenset(unknown))


def _kind(calendar: Calendar, day: date) -> DayKind | None:
    try:
        return calendar.kind(day)
    except UnknownDay:
        return None


@dataclass(frozen=True, slots=True)
class HolidaySharing:
    """Who has which part: `first` has the first part of a holiday that begins in an even year, the second part of one
    that begins in an odd year; `second` the other one."""

    rule: HolidayRule
    first: int
    second: int

    def __post_init__(self) -> None:
        if self.rule is HolidayRule.NONE or self.first == self.second:
            raise BadCustody

    def owner_in(self, holiday: Span, day: date) -> int:
        """The household of this day of the holiday.

        By halves the first part has the odd day; by fortnights the parts alternate every fourteen days of the summer,
        the last one being what is left.
        """
        start, end = holiday
        length, position = (end - start).days, (day - start).days
        if self.rule is HolidayRule.HALVES_SUMMER_FORTNIGHTS and length > SUMMER:
            part = position // FORTNIGHT % 2
        else:
            part = int(position >= (length + 1) // 2)
        return (self.first, self.second)[(part + start.year) % 2]
