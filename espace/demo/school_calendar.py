"""The real calendar of zone C: school holidays from `vacances-scolaires-france`, public holidays from `holidays`.

The first package ends somewhere (summer 2028 in its version 0.12) and after it says "no holiday" for every day:
here a year it does not know is an error, `CalendarNotPublished`, never a year without holidays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import holidays
from vacances_scolaires_france import SchoolHolidayDates

from espace.kernel.calendar import ONE_DAY, SATURDAY, date_range
from espace.town.enums import DayKindStored

ZONE = "C"
SUMMER = "Vacances d'été"
# Days off that the package forgets; an agent can correct the calendar the same way in the database.
FORGOTTEN = {date(2026, 5, 15): "Pont de l'Ascension"}
# Before the first year, so that a delay counted back from its first days finds its days.
MARGIN = timedelta(days=45)


class CalendarNotPublished(LookupError):
    """The school calendar of a year that is needed is not known (yet)."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"Le calendrier scolaire {year}-{year + 1} n’est pas connu du paquet vacances-scolaires-france : "
            "mettez-le à jour, ou saisissez le calendrier."
        )
        self.year = year


@dataclass(frozen=True, slots=True)
class Year:
    """A school year `[start, end)`, from one first day of school to the next; `summer` is its first day off."""

    start: date
    summer: date
    end: date

    @property
    def label(self) -> str:
        return f"{self.start.year}-{self.end.year}"


@dataclass(frozen=True, slots=True)
class Holiday:
    """School holidays `[start, end)`, from their first calendar day (a Saturday as a rule) to the return."""

    label: str
    start: date
    end: date

    @property
    def is_bridge(self) -> bool:
        return (self.end - self.start).days < 5


@dataclass(frozen=True, eq=False, slots=True)
class SchoolCalendar:
    """The school years around a day and what each of their weekdays is."""

    previous: Year
    current: Year
    following: Year | None
    days: Mapping[date, tuple[DayKindStored, str]]
    holidays: tuple[Holiday, ...]

    @property
    def years(self) -> tuple[Year, ...]:
        return tuple(year for year in (self.previous, self.current, self.following) if year)

    def is_school_day(self, day: date) -> bool:
        known = self.days.get(day)
        return known is not None and known[0] is DayKindStored.SCHOOL


def around(today: date) -> SchoolCalendar:
    """The school year that holds `today`, the one before and, once published, the one after.

    Raises `CalendarNotPublished` rather than inventing a year without holidays.
    """
    off = _days_off(today.year - 2, today.year + 2)
    first = today.year if today >= _back_to_school(off, today.year) else today.year - 1
    current, previous = _year(off, first), _year(off, first - 1)
    try:
        following = _year(off, first + 1)
    except CalendarNotPublished:
        following = None
    end = (following or current).end
    start = previous.start - MARGIN
    return SchoolCalendar(
        previous, current, following, _kinds(off, start, end), _holidays(off, previous.start, end)
    )


def _days_off(first: int, last: int) -> dict[date, str]:
    """Every day of school holidays of the civil years, week-ends within them included."""
    source = SchoolHolidayDates()
    off: dict[date, str] = dict(FORGOTTEN)
    for year in range(max(first, source.min_year), min(last, source.max_year) + 1):
        for day, facts in source.holidays_for_year_and_zone(year, ZONE).items():
            off[day] = facts["nom_vacances"]
    return off


def _back_to_school(off: Mapping[date, str], year: int) -> date:
    summer = [day for day, name in off.items() if name == SUMMER and day.year == year]
    if not summer:
        raise CalendarNotPublished(year)
    return max(summer) + ONE_DAY


def _year(off: Mapping[date, str], first: int) -> Year:
    start = _back_to_school(off, first)
    try:
        end = _back_to_school(off, first + 1)
    except CalendarNotPublished:
        raise CalendarNotPublished(first) from None
    return Year(start, min(day for day, name in off.items() if name == SUMMER and day.year == first + 1), end)


def _kinds(off: Mapping[date, str], start: date, end: date) -> dict[date, tuple[DayKindStored, str]]:
    public = holidays.country_holidays("FR", years=range(start.year, end.year + 1), language="fr")
    kinds: dict[date, tuple[DayKindStored, str]] = {}
    for day in date_range(start, end):
        if name := public.get(day):
            kinds[day] = (DayKindStored.PUBLIC_HOLIDAY, name.replace("'", "’"))
        elif day.weekday() >= SATURDAY:
            continue
        elif day in off:
            kinds[day] = (DayKindStored.HOLIDAY, off[day].replace("'", "’"))
        else:
            kinds[day] = (DayKindStored.SCHOOL, "")
    return kinds


def _holidays(off: Mapping[date, str], start: date, end: date) -> tuple[Holiday, ...]:
    """Runs of days off of one name, in order."""
    found: list[Holiday] = []
    for day in sorted(day for day in off if start <= day < end):
        label = off[day].replace("'", "’")
        if found and found[-1].label == label and found[-1].end == day:
            found[-1] = Holiday(label, found[-1].start, day + ONE_DAY)
        else:
            found.append(Holiday(label, day, day + ONE_DAY))
    return tuple(found)
