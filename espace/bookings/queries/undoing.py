"""What undoing a collective event would give back: the bookings it cancelled or moved, as far as places allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

from django.db.models import Q

from espace.activities.enums import EventEffect, SlotState
from espace.activities.models import CapacityPool
from espace.activities.queries.events import DeclaredEvent, EventEntry, event_for, live_events
from espace.activities.rules import Reach
from espace.bookings.enums import ACTIVE, EXPECTED, HOLDING_A_PLACE, BookingState, EnrolmentState
from espace.bookings.models import Booking
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.events import Homes, Reached, meal_formulas, reached_by
from espace.bookings.queries.happenings import of_events
from espace.bookings.rules import Seat, overlaps, seat
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY
from espace.kernel.text import N_

NO_PLACE = N_("la place a été prise")
ELSEWHERE = N_("l’enfant est attendu ailleurs à la même heure")
NOT_ENROLLED = N_("l’inscription est terminée")
BARRED = N_("un autre événement l’empêche")


@dataclass(frozen=True, slots=True)
class Touched:
    """A booking that an event cancelled, or moved (`is_moved`), and the slot it would go back to."""

    row: Booking
    home: Seat
    home_venue_id: int
    is_moved: bool
    is_home_open: bool
    household_id: int | None

    @property
    def id(self) -> int:
        return self.row.pk

    @property
    def first_name(self) -> str:
        return self.row.child.first_name

    @property
    def day(self) -> date:
        return self.row.date

    @property
    def formula(self) -> str:
        return self.row.slot.formula.label

    @property
    def comes_back_as(self) -> BookingState:
        """Its state before; one that waited for an enrolment accepted meanwhile is confirmed."""
        before = BookingState(self.row.state if self.is_moved else self.row.state_before)
        accepted = self.row.enrolment.state == EnrolmentState.ACCEPTED
        return BookingState.CONFIRMED if before is BookingState.PENDING_ENROLMENT and accepted else before

    @property
    def takes_the_hour(self) -> bool:
        """Coming back, it makes the child expected at an hour; a request that waits for a place forbids nothing."""
        return not self.is_moved and self.comes_back_as in EXPECTED

    @property
    def is_enrolled(self) -> bool:
        enrolment = self.row.enrolment
        return enrolment.state in OPEN_ENROLMENTS and enrolment.start <= self.day < enrolment.end


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What comes back to its seat; what another closing event keeps (booking -> event); what does not come back, with
    the reason. `silent` were moved, then cancelled by someone else: only their slot goes back. `told` are bookings
    that stay as they are (free absence, picnic): their families learn that the event does not take place."""

    effect: EventEffect
    touched: Mapping[int, Touched] = field(default_factory=dict)
    seats: Mapping[int, Seat] = field(default_factory=dict)
    handed: Mapping[int, int] = field(default_factory=dict)
    silent: tuple[int, ...] = ()
    lost: Mapping[int, str] = field(default_factory=dict)
    told: tuple[Reached, ...] = ()

    @property
    def back(self) -> list[Touched]:
        return [self.touched[pk] for pk in self.seats]

    @property
    def missing(self) -> list[tuple[Touched, str]]:
        return [(self.touched[pk], why) for pk, why in self.lost.items()]

    @property
    def children(self) -> set[int]:
        return {b.row.child_id for b in self.touched.values()} | {b.child_id for b in self.told}

    @property
    def households(self) -> set[int]:
        found = {b.household_id for b in self.touched.values()} | {b.household_id for b in self.told}
        return {home for home in found if home is not None}

    @property
    def pools(self) -> set[int]:
        """Where a place may be taken, or given back."""
        return {p for b in self.touched.values() for p in (b.home.pool_id, b.row.slot.pool_id)}


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """An event, and what undoing it would do."""

    declared: DeclaredEvent
    plan: UndoPlan

    @property
    def event(self) -> EventEntry:
        return self.declared.event


def undo_preview_for(actor: Actor, event_id: int) -> UndoPreview:
    """What undoing an event would do, for an agent of the activities; `NotFound`. 12 queries at most."""
    declared = event_for(actor, event_id)
    return UndoPreview(declared, plan_undo(declared.event))


def plan_undo(event: EventEntry, lefts: Mapping[int, int] | None = None) -> UndoPlan:
    """The plan of undoing an event from today on; empty for one that is undone. `lefts`: the places left by pool,
    when the pools are locked."""
    today = clock.today()
    if event.undone_at is not None:
        return UndoPlan(event.effect)
    if event.effect in (EventEffect.FREE_ABSENCE, EventEffect.PICNIC):
        rest = replace(event.reach, start=max(event.reach.start, today))
        return UndoPlan(event.effect, told=tuple(_still_concerned(event, rest)))
    touched = _touched(event.id, today)
    plan = _sorted_out(UndoPlan(event.effect, touched), event)
    if lefts is None:
        rows = CapacityPool.objects.filter(id__in=plan.pools).order_by("id")
        lefts = {pk: capacity - taken for pk, capacity, taken in rows.values_list("id", "capacity", "taken")}
    settled = {*plan.handed, *plan.silent, *plan.lost}
    asked = [b for b in touched.values() if b.id not in settled]
    seating = seat(((b.id, (b.home,), b.comes_back_as in HOLDING_A_PLACE) for b in asked), lefts)
    return replace(plan, seats=seating.seats, lost={**plan.lost, **dict.fromkeys(seating.standing, NO_PLACE)})


def _still_concerned(event: EventEntry, rest: Reach) -> list[Reached]:
    """Who had booked, or gave the day up since because of the event."""
    gave_up = Q(state=BookingState.CANCELLED, cancelled_at__gte=event.declared_at, event=None)
    found = reached_by(rest, Q(state__in=EXPECTED) | gave_up)
    if event.effect is EventEffect.FREE_ABSENCE:
        return found
    meals = meal_formulas()
    return [b for b in found if b.formula_id in meals]


def _touched(event_id: int, today: date) -> dict[int, Touched]:
    """The bookings that an event cancelled or moved, from today on, in the order asked. 2 queries."""
    rows = list(
        Booking.objects.filter(Q(event_id=event_id) | Q(moved_by_id=event_id), date__gte=today)
        .select_related("child", "enrolment", "slot__formula", "moved_from")
        .defer("rule_snapshot")
        .order_by("requested_at", "id")
    )
    days = [row.date for row in rows]
    homes = Homes(
        {row.child_id for row in rows}, min(days, default=today), max(days, default=today) + ONE_DAY
    )
    found = {}
    for row in rows:
        is_moved = row.moved_by_id == event_id
        home = row.moved_from if is_moved and row.moved_from else row.slot
        is_open = home.state == SlotState.OPEN or home.closed_by_id == event_id
        found[row.pk] = Touched(
            row,
            Seat(home.pk, home.pool_id),
            home.venue_id,
            is_moved,
            is_open,
            homes.of(row.child_id, row.date),
        )
    return found


def _sorted_out(plan: UndoPlan, event: EventEntry) -> UndoPlan:
    """The plan with what cannot go back for a reason other than places. 4 queries at most."""
    if not plan.touched:
        return plan
    rows = [b.row for b in plan.touched.values()]
    start, end = min(row.date for row in rows), max(row.date for row in rows) + ONE_DAY
    events = [e for e in live_events(start, end) if e.id != event.id]
    others = of_events(events, plan.children, start, end)
    busy = _busy(plan, start, end)
    handed, silent, lost = dict(plan.handed), list(plan.silent), dict(plan.lost)
    for booking in plan.touched.values():
        row = booking.row
        bar = others.bar(row.child_id, row.slot.activity_id, booking.home_venue_id, row.date)
        if booking.is_moved and row.state not in ACTIVE:
            silent.append(row.pk)
        elif bar is not None and bar.effect is EventEffect.CLOSED and not booking.is_moved:
            handed[row.pk] = bar.id
        elif bar is not None or not booking.is_home_open:
            lost[row.pk] = BARRED
        elif not booking.is_moved and not booking.is_enrolled:
            lost[row.pk] = NOT_ENROLLED
        elif booking.takes_the_hour and _meets(booking, busy.get((row.child_id, row.date), ())):
            lost[row.pk] = ELSEWHERE
    return replace(plan, handed=handed, silent=tuple(silent), lost=lost)


def _busy(plan: UndoPlan, start: date, end: date) -> dict[tuple[int, date], list[tuple[time, time]]]:
    """When each child is expected somewhere, besides what the event moved. 1 query."""
    rows = (
        Booking.objects.filter(child_id__in=plan.children, date__gte=start, date__lt=end, state__in=EXPECTED)
        .exclude(id__in=[pk for pk, b in plan.touched.items() if b.is_moved])
        .order_by("id")
        .values_list("child_id", "date", "slot__formula__starts_at", "slot__formula__ends_at")
    )
    found: dict[tuple[int, date], list[tuple[time, time]]] = {}
    for child, day, starts, ends in rows:
        found.setdefault((child, day), []).append((starts, ends))
    return found


def _meets(booking: Touched, hours: Sequence[tuple[time, time]]) -> bool:
    formula = booking.row.slot.formula
    return any(overlaps(formula.starts_at, formula.ends_at, start, end) for start, end in hours)
