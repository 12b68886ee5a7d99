"""What happens in the demonstration, as plain data: each event has its instant, and both writers write the same.

People are named by keys ("f007" a household, "f007a0" its first adult, "f007c1" its second child), activities and
schools by those of `demo.offer`, a period by its activity and its first day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from espace.activities.enums import EventEffect, EventKind, EventScope
from espace.activities.rules import Ages
from espace.families.enums import HolidayRule
from espace.families.rules import HolidaySharing
from espace.town.enums import Grade

GUICHET = "guichet"
HALVES = HolidaySharing(HolidayRule.HALVES, 0, 1)
Day = tuple[str, date, str]  # (activity, day, formula)


@dataclass(frozen=True, slots=True)
class Event:
    """Something done at an instant, in the past of the demonstration."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Adult:
    """An adult of a household. Without `username`, no account."""

    key: str
    first_name: str
    last_name: str
    birth_date: date
    email: str
    phone: str
    username: str = ""


@dataclass(frozen=True, slots=True)
class OpenHousehold(Event):
    """The guichet opens a household. `quotient` in hundredths of a euro, None when the family gave none."""

    key: str
    name: str
    street: str
    street_extra: str
    postcode: str
    city: str
    adults: tuple[Adult, ...]
    quotient: int | None
    is_resident: bool


@dataclass(frozen=True, slots=True)
class Schooling:
    """A school from a day on, and the grade of that year."""

    start: date
    school: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class AddChild(Event):
    """A child joins its homes: one, or two by turns of a week from `cycle_start` (a Monday). `holidays` are those
    `[start, end)` that the two homes halve, the first home beginning in even years; none when the weeks go on."""

    key: str
    first_name: str
    last_name: str
    birth_date: date
    homes: tuple[str, ...]
    cycle_start: date | None
    packed_lunch: bool
    schoolings: tuple[Schooling, ...]
    holidays: tuple[tuple[date, date], ...] = ()

    def home_on(self, day: date) -> str:
        """The household that answers for the child that day."""
        if self.cycle_start is None:
            return self.homes[0]
        for holiday in self.holidays:
            if holiday[0] <= day < holiday[1]:
                return self.homes[HALVES.owner_in(holiday, day)]
        return self.homes[(day - self.cycle_start).days % 14 // 7]

    def schooling_on(self, day: date) -> Schooling | None:
        return next((s for s in reversed(self.schoolings) if s.start <= day), None)

    def may_join(self, ages: Ages, day: date) -> bool:
        """Whether the activity takes this child that day."""
        years = (
            day.year
            - self.birth_date.year
            - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))
        )
        low, high = ages.minimum, ages.maximum
        return (low is None or low <= years) and (high is None or years <= high)


@dataclass(frozen=True, slots=True)
class SignUp(Event):
    """Somebody creates an account, step by step; `adult` holds what they type."""

    adult: Adult
    street: str
    street_extra: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True)
class IssueKey(Event):
    """The guichet makes the key of one adult."""

    household: str
    adult: str


@dataclass(frozen=True, slots=True)
class RedeemKey(Event):
    """The adult types the last key made for them."""

    adult: str


@dataclass(frozen=True, slots=True)
class Book(Event):
    """One confirmed form for one child: enrolments, then a weekly pattern or days added and removed; with `wait`, the
    full days are asked on their waiting list.

    `by` is the adult, or GUICHET acting for `household`. `pattern` is (activity, weekday, formula); it holds from
    `from_day` on. `stamped` is when the family left its request at the counter, that the guichet keys at `at`.
    """

    by: str
    household: str
    child: str
    enrol: tuple[tuple[str, date], ...] = ()
    pattern: tuple[tuple[str, int, str], ...] = ()
    from_day: date | None = None
    add: tuple[Day, ...] = ()
    remove: tuple[Day, ...] = ()
    stamped: datetime | None = None
    wait: bool = False

    @property
    def asked_at(self) -> datetime:
        """The instant that decides what is late."""
        return self.stamped or self.at


@dataclass(frozen=True, slots=True)
class Decide(Event):
    """The guichet accepts an enrolment that waited."""

    child: str
    activity: str
    period: date


@dataclass(frozen=True, slots=True)
class Declare(Event):
    """A collective event of one day: at a school's own place for one activity, for its pupils, or for one class."""

    scope: EventScope
    school: str
    grade: Grade | None
    activity: str  # every activity when empty
    day: date
    kind: EventKind
    effect: EventEffect
    reason: str


@dataclass(frozen=True, slots=True)
class Bill(Event):
    """The régisseur closes a month, computes, reviews and issues its invoices."""

    month: date


@dataclass(frozen=True, slots=True)
class Pay(Event):
    """The first adult of a household pays the bill of a month on line, if there is one; or the bank refuses."""

    household: str
    adult: str
    month: date
    accepted: bool


@dataclass(frozen=True, slots=True)
class Miss(Event):
    """A parent announces that a child is away over `[start, end)`; `proved_on`, they deposit a certificate that the
    guichet accepts the day after."""

    by: str
    household: str
    child: str
    start: date
    end: date
    proved_on: date | None = None


@dataclass(frozen=True, slots=True)
class AskChange(Event):
    """A family asks for a change to its record, which waits for the guichet. No `adult`: of the household."""

    household: str
    by: str
    adult: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Protect(Event):
    """An adult is hidden from another, and nobody is told."""

    adult: str
    hidden_from: str
    evidence: str


@dataclass(frozen=True, slots=True)
class RequestKey(Event):
    """An account without a key writes to the guichet."""

    username: str
    already_known: bool
    child_first_name: str
    child_last_name: str
    child_birth_date: date
    message: str
