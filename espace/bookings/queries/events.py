"""What a collective event would do, said before it is declared and done as said: bookings, places, meals, amounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from espace.activities.enums import EventEffect, EventScope, UnitKind
from espace.activities.models import CapacityPool, FormulaUnit
from espace.activities.queries.events import Destination, destinations, slots_reached
from espace.activities.rules import EventDraft, Reach
from espace.bookings.enums import ACTIVE, EXPECTED, HOLDING_A_PLACE, BookingState
from espace.bookings.models import Booking
from espace.bookings.rules import Seat, seat
from espace.families.errors import FamilyRefusal
from espace.families.models import Household, Schooling
from espace.families.queries import family_facts
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound
from espace.kernel.money import Money, total
from espace.kernel.text import join_fr
from espace.pricing.errors import PricingRefusal
from espace.pricing.queries import pricer

MOST_HOUSEHOLDS = 200  # shown one by one


@dataclass(frozen=True, slots=True)
class Reached:
    """A booking that an event reaches. `household_id`: who answers for the child that day, None when nobody is known."""

    id: int
    child_id: int
    first_name: str
    day: date
    activity: str
    formula_id: int
    formula: str
    period_id: int
    slot_id: int
    pool_id: int
    age_group: str
    state: BookingState
    is_late: bool
    is_moved: bool
    requested_at: datetime
    household_id: int | None

    @property
    def holds_a_place(self) -> bool:
        return self.state in HOLDING_A_PLACE

    @property
    def is_expected(self) -> bool:
        """The child was to come: neither on a waiting list nor asked whether they take an offered place."""
        return self.state in EXPECTED


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What an event does to each booking it reaches: cancelled, moved to a seat, or (MOVED) left without one, for want
    of a place or, `without_choice`, because the other venue has no such formula that day."""

    draft: EventDraft
    reached: tuple[Reached, ...]
    seats: Mapping[int, Seat] = field(default_factory=dict)
    without_choice: frozenset[int] = frozenset()

    @property
    def left_out(self) -> list[Reached]:
        """Those that an event that moves cannot move: no place, or no such formula, at the other venue."""
        if self.draft.effect is not EventEffect.MOVED:
            return []
        return [b for b in self.reached if b.id not in self.seats]

    @property
    def cancelled(self) -> list[Reached]:
        """Those the town takes off, free of charge."""
        return list(self.reached) if self.draft.effect is EventEffect.CLOSED else self.left_out

    @property
    def moved(self) -> list[Reached]:
        return [b for b in self.reached if b.id in self.seats]

    @property
    def households(self) -> dict[int, list[Reached]]:
        """The bookings by the household that answers for the child that day; those of nobody are left out."""
        found: dict[int, list[Reached]] = {}
        for booking in self.reached:
            if booking.household_id is not None:
                found.setdefault(booking.household_id, []).append(booking)
        return found

    @property
    def children(self) -> set[int]:
        return {b.child_id for b in self.reached}


def plan_event(draft: EventDraft, lefts: Mapping[int, int] | None = None) -> EventPlan:
    """The plan of an event on today's bookings; a picnic concerns meals only. What closes or moves a day also ends or
    moves the requests that wait for it. `lefts`: the places left by pool, when the pools are locked. 3 queries, 5 for
    one that moves."""
    changes_all = draft.effect in (EventEffect.CLOSED, EventEffect.MOVED)
    reached = tuple(reached_by(draft.reach, Q(state__in=ACTIVE if changes_all else EXPECTED)))
    if draft.effect is EventEffect.PICNIC:
        meals = meal_formulas()
        reached = tuple(b for b in reached if b.formula_id in meals)
    if draft.effect is not EventEffect.MOVED:
        return EventPlan(draft, reached)
    targets = destinations(draft.reach)
    if lefts is None:
        pools = {d.pool_id for found in targets.values() for d in found}
        rows = CapacityPool.objects.filter(id__in=pools).order_by("id").values_list("id", "capacity", "taken")
        lefts = {pk: capacity - taken for pk, capacity, taken in rows}
    slots = {d.slot_id for found in targets.values() for d in found}
    already = Booking.objects.filter(slot_id__in=slots, state__in=ACTIVE).order_by("id")
    there = set(already.values_list("child_id", "slot_id"))
    asked = sorted(reached, key=lambda b: (b.requested_at, b.id))
    choices = {b.id: _choices(b, targets, there) for b in asked}
    seating = seat(((b.id, choices[b.id], b.holds_a_place) for b in asked), lefts)
    return EventPlan(
        draft, reached, seating.seats, frozenset(pk for pk, seats in choices.items() if not seats)
    )


def _choices(
    booking: Reached,
    targets: Mapping[tuple[date, int, int], Sequence[Destination]],
    there: Collection[tuple[int, int]],
) -> list[Seat]:
    """The seats a booking may have: the same formula that day, its own age group first; none when it was moved once
    already, for undoing the first event would not know where from."""
    if booking.is_moved:
        return []
    found = targets.get((booking.day, booking.formula_id, booking.period_id), ())
    ordered = sorted(found, key=lambda d: d.age_group != booking.age_group)
    return [Seat(d.slot_id, d.pool_id) for d in ordered if (booking.child_id, d.slot_id) not in there]


def reached_by(reach: Reach, states: Q) -> list[Reached]:
    """The bookings in those states that an event reaches, by day. 2 queries."""
    rows = list(
        Booking.objects.filter(states, _among(reach), date__gte=reach.start, date__lt=reach.end)
        .order_by("date", "slot__formula__starts_at", "id")
        .values_list(
            "id", "child_id", "child__first_name", "date", "slot__activity__name", "slot__formula_id",
            "slot__formula__label", "slot__period_id", "slot_id", "slot__pool_id", "slot__pool__age_group",
            "state", "is_late", "moved_by_id", "requested_at",
        )
    )  # fmt: skip
    homes = Homes({row[1] for row in rows}, reach.start, reach.end)
    return [
        Reached(
            *row[:11], BookingState(row[11]), row[12], row[13] is not None, row[14], homes.of(row[1], row[3])
        )
        for row in rows
    ]


def _among(reach: Reach) -> Q:
    """`activities.rules.reaches`, asked of the database; `tests/bookings/test_events.py` holds both together."""
    found = Q()
    match reach.scope:
        case EventScope.ACTIVITY:
            found = Q(slot__activity_id=reach.scope_id)
        case EventScope.VENUE:
            found = Q(slot__venue_id=reach.scope_id)
        case EventScope.SCHOOL:
            found = Q(slot__venue__school_id=reach.scope_id) | _pupils(school_id=reach.scope_id)
        case EventScope.CLASS:
            found = _pupils(school_class_id=reach.scope_id)
    if reach.activity_id is not None:
        found &= Q(slot__activity_id=reach.activity_id)
    if reach.to_venue_id is not None:
        found &= ~Q(slot__venue_id=reach.to_venue_id)
    return found


def _pupils(**of: int | None) -> Q:
    """The bookings of the days on which the child goes to that school or class."""
    schoolings = Schooling.objects.filter(
        Q(end__isnull=True) | Q(end__gt=OuterRef("date")),
        child_id=OuterRef("child_id"),
        start__lte=OuterRef("date"),
        **of,
    )
    return Q(Exists(schoolings))


def meal_formulas() -> set[int]:
    """The formulas with a meal in them. 1 query."""
    units = FormulaUnit.objects.filter(kind=UnitKind.MEAL).order_by("formula_id")
    return set(units.values_list("formula_id", flat=True))


class Homes:
    """Which household answers for a child on a day. 1 query when made."""

    def __init__(self, child_ids: Collection[int], start: date, end: date) -> None:
        self.facts = family_facts(sorted(child_ids), start, end)

    def of(self, child_id: int, day: date) -> int | None:
        try:
            return self.facts.household_on(child_id, day)
        except FamilyRefusal:
            return None


# Before it is declared ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A household an event concerns: which children, how many bookings."""

    id: int
    number: str
    name: str
    children: str
    bookings: int


@dataclass(frozen=True)
class EventPreview:
    """What an event would do, counted. `amount`: no longer billed; for a free absence, at most, if all cancel."""

    plan: EventPlan
    days: int
    meals: int
    amount: Money
    lines: list[HouseholdLine]

    @property
    def effect(self) -> EventEffect:
        return self.plan.draft.effect

    @property
    def bookings(self) -> int:
        return len(self.plan.reached)

    @property
    def children(self) -> int:
        return len(self.plan.children)

    @cached_property
    def households(self) -> int:
        return len(self.plan.households)

    @property
    def unseen(self) -> int:
        """The households that are not listed, beyond the first ones."""
        return self.households - len(self.lines)


def event_preview_for(actor: Actor, draft: EventDraft) -> EventPreview:
    """What an event would do; `NotFound` unless the actor is an agent of the activities. 15 queries at most, however
    many the bookings."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotFound
    plan = plan_event(draft)
    meals = meal_formulas()
    free = plan.reached if draft.effect is EventEffect.FREE_ABSENCE else plan.cancelled
    days = slots_reached(draft.reach).order_by("date").values_list("date", flat=True).distinct()
    return EventPreview(
        plan=plan,
        days=days.count(),
        meals=sum(b.formula_id in meals for b in plan.reached if b.is_expected),
        amount=_amount([b for b in free if b.is_expected], draft.reach),
        lines=household_lines(plan.households),
    )


def _amount(bookings: Sequence[Reached], reach: Reach) -> Money:
    """What these bookings would have cost. One that has no price is not counted: the bill will say so itself."""
    prices = pricer({b.child_id for b in bookings}, reach.start, reach.end)

    def price(booking: Reached) -> Money:
        try:
            return prices.formula_quote(
                booking.child_id, booking.formula_id, booking.day, is_late=booking.is_late
            ).amount
        except (PricingRefusal, FamilyRefusal):
            return Money.ZERO

    return total(price(b) for b in bookings)


def household_lines(found: Mapping[int, Sequence[Reached]]) -> list[HouseholdLine]:
    """The households by name, the first ones of many. 1 query."""
    rows = Household.objects.filter(id__in=list(found)).order_by("name", "number", "id")[:MOST_HOUSEHOLDS]
    return [
        HouseholdLine(
            home.pk,
            home.number,
            home.name,
            join_fr(dict.fromkeys(b.first_name for b in found[home.pk])),
            len(found[home.pk]),
        )
        for home in rows
    ]
