"""What declaring an absence would do, laid out before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from espace.activities.enums import Timing
from espace.attendance.enums import Consequence, Mark, Proof
from espace.attendance.errors import DayUnknown
from espace.attendance.models import AbsentBooking
from espace.attendance.queries.policies import Policies, calendar_around
from espace.attendance.rules import Absence, Justification, Policy, consequence, limits_of, strictest
from espace.bookings.queries.desk import BookingEntry, Desk, open_desk
from espace.families.errors import FamilyRefusal
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import Calendar, UnknownDay
from espace.kernel.money import Money
from espace.kernel.text import format_date_long
from espace.pricing.errors import PricingRefusal


@dataclass(frozen=True, slots=True)
class Terms:
    """What the town asks for some activities, as it reads on a page; the limits are last seconds."""

    activities: tuple[str, ...]
    proof: Proof
    in_time_until: datetime
    accepted_until: datetime
    carence: int
    late_carence: int


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A booking of the days of absence, what becomes of it, and of its price; `price` None when it has none."""

    booking_id: int
    day: date
    activity_id: int
    activity: str
    formula: str
    starts_at: time
    price: Money | None
    mark: Mark
    consequence: Consequence


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """The lines of one child, by day and hour, and what is asked for them."""

    child_id: int
    child: str
    household_id: int
    lines: tuple[PlanLine, ...]
    terms: tuple[Terms, ...]

    @property
    def needed(self) -> Proof:
        return strictest(t.proof for t in self.terms)


@dataclass(frozen=True, slots=True)
class AbsencePlan:
    """What declaring `[start, end)` would do. `nothing`: the children for whom nothing is booked then."""

    start: date
    end: date
    asked_at: datetime
    children: tuple[ChildPlan, ...]
    nothing: tuple[str, ...]

    @property
    def terms(self) -> tuple[Terms, ...]:
        """What is asked for all the children together, the first limit first."""
        return merged(t for child in self.children for t in child.terms)

    @property
    def lines(self) -> Iterable[PlanLine]:
        return (line for child in self.children for line in child.lines)

    @property
    def digest(self) -> str:
        """What the person agrees to: it changes when a place, a price or a limit does."""
        said = [(line.booking_id, line.mark, line.consequence, str(line.price)) for line in self.lines]
        return hashlib.sha256(repr([self.start, self.end, said]).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Begun:
    """An absence already announced that goes on: it began on `start`, and these (activity, day) count for carence."""

    start: date
    due: frozenset[tuple[int, date]]


def lay_out(
    actor: Actor,
    *,
    child_ids: Collection[int],
    start: date,
    end: date,
    asked_at: datetime | None = None,
    begun: Begun | None = None,
) -> AbsencePlan:
    """What an absence of these children over `[start, end)` would do; writes nothing. About 20 queries.

    `asked_at`: when the family asked, if not now. Only the days of the actor's own homes; what another absence covers
    already is left out. `NotFound` for a child who is not theirs to book for, `DayUnknown`.
    """
    desk = open_desk(actor, start, end, child_ids=child_ids)
    if asked_at is not None:
        desk = replace(desk, now=asked_at, limits=desk.limits.at(asked_at))
    covered = set(
        AbsentBooking.objects.filter(booking_id__in=[b.id for b in desk.bookings])
        .order_by("booking_id")
        .values_list("booking_id", flat=True)
    )
    absence = Absence(begun.start if begun else start, end)
    try:
        sheet = _Sheet(desk, absence, begun.due if begun else frozenset())
        children = tuple(
            sheet.child(pk, person.first_name, mine)
            for pk, person in desk.children.items()
            if (
                mine := [
                    b for b in desk.bookings if b.child_id == pk and b.id not in covered and _missed(desk, b)
                ]
            )
        )
    except UnknownDay as unknown:
        raise DayUnknown(day=format_date_long(unknown.day)) from unknown
    with_lines = {child.child_id for child in children}
    return AbsencePlan(
        start=start,
        end=end,
        asked_at=desk.now,
        children=children,
        nothing=tuple(p.first_name for pk, p in desk.children.items() if pk not in with_lines),
    )


def terms_of(
    rules: Mapping[int, Policy | None], names: Mapping[int, str], absence: Absence, known: Calendar
) -> tuple[Terms, ...]:
    """What is asked, activities with the same rule together, the first limit first."""
    found = []
    for activity_id, policy in rules.items():
        if policy is not None:
            in_time, accepted = limits_of(policy, absence, known)
            found.append(
                Terms(
                    (names[activity_id],),
                    policy.proof,
                    in_time,
                    accepted,
                    policy.carence,
                    policy.late_carence,
                )
            )
    return merged(found)


def merged(terms: Iterable[Terms]) -> tuple[Terms, ...]:
    """The same, each rule once with all its activities."""
    together: dict[tuple[object, ...], Terms] = {}
    for t in terms:
        key = (t.proof, t.in_time_until, t.accepted_until, t.carence, t.late_carence)
        names = {*t.activities, *(together[key].activities if key in together else ())}
        together[key] = replace(t, activities=tuple(sorted(names)))
    return tuple(sorted(together.values(), key=lambda t: (t.in_time_until, t.activities)))


def ranks_of(days: Iterable[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """By (activity, day) that would have been due, its place among those of the activity, from 0."""
    by_activity: dict[int, set[date]] = {}
    for activity_id, day in days:
        by_activity.setdefault(activity_id, set()).add(day)
    return {
        (activity_id, day): rank
        for activity_id, found in by_activity.items()
        for rank, day in enumerate(sorted(found))
    }


class _Sheet:
    """Lays out the days of one child after another under the same absence. 2 queries when made."""

    def __init__(self, desk: Desk, absence: Absence, due: frozenset[tuple[int, date]]) -> None:
        self._desk = desk
        self._absence = absence
        self._due = due
        self._policies = Policies()
        self._known = calendar_around(absence.start, absence.end)

    def child(self, child_id: int, name: str, bookings: Sequence[BookingEntry]) -> ChildPlan:
        desk = self._desk
        marks = {b.id: _mark(desk, b) for b in bookings}
        due = [b for b in bookings if marks[b.id] is not Mark.IN_TIME]
        rules = {b.activity_id: self._policies.on(b.activity_id, self._absence.start) for b in due}
        ranks = ranks_of([*self._due, *((b.activity_id, b.day) for b in due)])
        lines = sorted(
            (self._line(b, marks[b.id], rules, ranks) for b in bookings),
            key=lambda line: (line.day, line.starts_at, line.booking_id),
        )
        names = {pk: desk.catalogue.activities[pk].name for pk in rules}
        home = desk.household_on(child_id, bookings[0].day)
        assert home is not None  # noqa: S101 - `is_own_day` found it
        terms = terms_of(rules, names, self._absence, self._known)
        return ChildPlan(child_id, name, home, tuple(lines), terms)

    def _line(
        self,
        b: BookingEntry,
        mark: Mark,
        rules: Mapping[int, Policy | None],
        ranks: Mapping[tuple[int, date], int],
    ) -> PlanLine:
        desk, effect = self._desk, Consequence.FREE
        if mark is not Mark.IN_TIME:
            given, rank = Justification(desk.now), ranks[b.activity_id, b.day]
            effect = consequence(rules[b.activity_id], self._absence, given, rank, desk.now, self._known)
        formula = desk.catalogue.formulas[b.formula_id]
        activity = desk.catalogue.activities[b.activity_id].name
        return PlanLine(
            b.id,
            b.day,
            b.activity_id,
            activity,
            formula.label,
            formula.starts_at,
            _price(desk, b),
            mark,
            effect,
        )


def _missed(desk: Desk, booking: BookingEntry) -> bool:
    """A place held on a day that is the actor's, or one they gave up too late and did not book again."""
    if not desk.is_own_day(booking.child_id, booking.day):
        return False
    if booking.is_booked:
        return True
    return booking.stays_due and (booking.child_id, booking.slot_id) not in desk.held


def _mark(desk: Desk, booking: BookingEntry) -> Mark:
    """In time, the day is free; today's place and a past one are kept, for nobody would come; the others are freed."""
    if booking.stays_due:
        return Mark.GIVEN_UP
    today = clock.today()
    if booking.day >= today and desk.cancelling(booking)[0] is Timing.IN_TIME:
        return Mark.IN_TIME
    return Mark.FREED if booking.day > today else Mark.KEPT


def _price(desk: Desk, booking: BookingEntry) -> Money | None:
    try:
        return desk.quote(booking.child_id, booking.formula_id, booking.day, is_late=booking.is_late).amount
    except (PricingRefusal, FamilyRefusal):
        return None
