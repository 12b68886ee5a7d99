"""Who answers for a child on a day: a rhythm, a rule for the holidays, exceptions (I2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from espace.families.enums import CustodyKind
from espace.families.errors import BadCustody, CustodyOverlap, FamilyRefusal, NoCustody
from espace.families.rules.holidays import NO_HOLIDAYS, Holidays, HolidaySharing
from espace.kernel.calendar import date_range, iso_week, monday_of

ONE_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Custody:
    """A rhythm of residence between households, and the days it is valid for: `[valid_from, valid_until)`.

    - SINGLE: `owners` is one household.
    - CYCLE: `owners` share `cycle_days` (7, 14 or 28; 0 means one owner a day) in equal blocks from `start`: two
      owners over 14 days alternate weeks; fourteen spell 2-2-3 or 2-2-5-5 day by day. It never jumps.
    - ISO_PARITY: `owners` are (even weeks, odd weeks). It jumps after a year of 53 weeks: see `parity_jumps`.

    `holidays` divides the school holidays, whatever the rhythm; the rhythm goes on beneath, and is found again after
    them where it would have been.
    """

    kind: CustodyKind
    owners: tuple[int, ...]
    start: date | None = None
    cycle_days: int = 0
    valid_from: date | None = None
    valid_until: date | None = None
    holidays: HolidaySharing | None = None

    def __post_init__(self) -> None:
        expected = {CustodyKind.SINGLE: 1, CustodyKind.ISO_PARITY: 2}.get(self.kind)
        if not self.owners or (expected is not None and len(self.owners) != expected):
            raise BadCustody
        if self.kind is CustodyKind.CYCLE and (
            self.start is None or self._length not in (7, 14, 28) or self._length % len(self.owners)
        ):
            raise BadCustody

    @property
    def _length(self) -> int:
        return self.cycle_days or len(self.owners)

    @property
    def homes(self) -> tuple[int, ...]:
        """Every household named, each once, those of the rhythm first."""
        shared = (self.holidays.first, self.holidays.second) if self.holidays else ()
        return tuple(dict.fromkeys((*self.owners, *shared)))

    @property
    def days(self) -> tuple[int, ...]:
        """The owners of a cycle, one a day."""
        each = self._length // len(self.owners)
        return tuple(owner for owner in self.owners for _ in range(each))

    def covers(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )

    def owner_on(self, day: date, holidays: Holidays = NO_HOLIDAYS) -> int:
        """The household of this day, before any exception. `HolidaysUnknown` when the holidays are divided and the
        town has not said what this day is."""
        if self.holidays is not None:
            holiday = holidays.on(day)
            if holiday is not None:
                return self.holidays.owner_in(holiday, day)
        if self.kind is CustodyKind.ISO_PARITY:
            return self.owners[iso_week(day) % 2]
        if self.start is None:
            return self.owners[0]
        position = (day - self.start).days % self._length
        return self.owners[position * len(self.owners) // self._length]


@dataclass(frozen=True, slots=True)
class CustodyException:
    """A household that answers for the child over `[start, end)`, whatever the rhythm says."""

    start: date
    end: date
    household: int


@dataclass(frozen=True, slots=True)
class ChildCustody:
    """The arrangements of a child in order of time, and the exceptions to them."""

    arrangements: tuple[Custody, ...] = ()
    exceptions: tuple[CustodyException, ...] = ()

    @property
    def homes(self) -> tuple[int, ...]:
        """Every household named, each once."""
        return shared_between(self.arrangements, self.exceptions)

    def from_day(self, custody: Custody, start: date) -> ChildCustody:
        """Were this arrangement to hold from `start` on: those before it end there."""
        before = tuple(
            replace(c, valid_until=min(c.valid_until or date.max, start))
            for c in self.arrangements
            if (c.valid_from or date.min) < start
        )
        return ChildCustody((*before, replace(custody, valid_from=start, valid_until=None)), self.exceptions)

    def excepting(self, exception: CustodyException) -> ChildCustody:
        """Were there this exception too."""
        return ChildCustody(self.arrangements, (*self.exceptions, exception))

    def without_exception(self, start: date) -> ChildCustody:
        """Were the exception that begins that day taken back."""
        return ChildCustody(self.arrangements, tuple(e for e in self.exceptions if e.start != start))


@dataclass(frozen=True, slots=True)
class CustodyDay:
    """A day of a child: the household that answers for them (None when nobody knows), and why."""

    day: date
    household: int | None
    is_exception: bool
    is_holiday: bool


def custody_days(custody: ChildCustody, holidays: Holidays, start: date, end: date) -> list[CustodyDay]:
    """Each day of `[start, end)`; `holidays` may be those of the town whatever the arrangement makes of them."""
    found = []
    for day in date_range(start, end):
        try:
            household = responsible_household(custody.arrangements, day, custody.exceptions, holidays)
        except FamilyRefusal:
            household = None
        excepted = any(e.start <= day < e.end for e in custody.exceptions)
        found.append(CustodyDay(day, household, excepted, holidays.holds(day)))
    return found


def responsible_household(
    custody: Custody | Sequence[Custody],
    day: date,
    exceptions: Sequence[CustodyException] = (),
    holidays: Holidays = NO_HOLIDAYS,
) -> int:
    """The one household that answers for the child on this day (I2): an exception, else the rule of the holidays, else
    the rhythm.

    `NoCustody` when nothing covers the day, `CustodyOverlap` when two arrangements, or two exceptions, do: we never
    choose for the parents. `HolidaysUnknown` when the holidays are divided and the calendar stops before this day.
    """
    excepted = {e.household for e in exceptions if e.start <= day < e.end}
    if len(excepted) > 1:
        raise CustodyOverlap
    if excepted:
        return excepted.pop()
    dated = (custody,) if isinstance(custody, Custody) else custody
    covering = [c for c in dated if c.covers(day)]
    if not covering:
        raise NoCustody
    if len(covering) > 1:
        raise CustodyOverlap
    return covering[0].owner_on(day, holidays)


def shared_between(
    custody: Sequence[Custody], exceptions: Sequence[CustodyException] = ()
) -> tuple[int, ...]:
    """Every household that these arrangements and exceptions name, each once."""
    named = [home for c in custody for home in c.homes]
    return tuple(dict.fromkeys((*named, *(e.household for e in exceptions))))


def parity_jumps(start: date, end: date) -> Iterator[date]:
    """The Mondays of `[start, end)` whose ISO week has the parity of the week before.

    It happens after each year of 53 weeks: 04/01/2027 (week 1) follows week 53, odd too, so that one parent has the
    child two weeks running. The screens warn who chooses ISO_PARITY.
    """
    monday = monday_of(start)
    if monday < start:
        monday += ONE_WEEK
    while monday < end:
        if iso_week(monday) % 2 == iso_week(monday - ONE_WEEK) % 2:
            yield monday
        monday += ONE_WEEK
