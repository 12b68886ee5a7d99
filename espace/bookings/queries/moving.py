"""What a change of school, or a departure, does to enrolments and booked days, before it is done and while it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from espace.activities.queries import (
    Catalogue,
    SlotEntry,
    VenueEntry,
    catalogue,
    slots_between,
    venues_of_periods,
)
from espace.bookings.enums import ACTIVE, BookingState, EnrolmentState, KeptOut, MoveKind
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.happenings import happenings
from espace.bookings.rules import Room, digest, free_for_all
from espace.families.models import Person
from espace.families.queries import person_for
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class NewSchool:
    """Another school, another class, or both, from `start` on."""

    school_id: int
    class_id: int | None
    start: date


@dataclass(frozen=True, slots=True)
class Departure:
    """No school of the town any more from `start` on."""

    start: date


SchoolChange = NewSchool | Departure


@dataclass(frozen=True, slots=True)
class EnrolmentMove:
    """What becomes of one enrolment. `to` is the venue it goes to, for a MOVE."""

    enrolment_id: int
    kind: MoveKind
    activity: str
    period: str
    venue: str
    to: VenueEntry | None
    start: date
    end: date
    state: EnrolmentState


@dataclass(frozen=True, slots=True)
class DayMove:
    """A booked day of an enrolment that moves or ends: where it goes, or why it is given up."""

    booking_id: int
    enrolment_id: int
    day: date
    activity: str
    formula: str
    pool_id: int
    holds_a_place: bool
    slot: SlotEntry | None
    why: KeptOut | None


@dataclass(frozen=True, slots=True)
class MovePreview:
    """A change of school or a departure as it would be."""

    child: Person
    start: date
    enrolments: Sequence[EnrolmentMove]
    days: Sequence[DayMove]

    @property
    def moved(self) -> list[DayMove]:
        return [d for d in self.days if d.why is None]

    @property
    def kept_out(self) -> list[DayMove]:
        return [d for d in self.days if d.why is not None]

    @property
    def pools(self) -> set[int]:
        """Every pool in which a place is given back or taken."""
        return {d.pool_id for d in self.days} | {d.slot.pool_id for d in self.days if d.slot}

    @property
    def digest(self) -> str:
        """What the agent agreed to: what becomes of each enrolment and of each day."""
        said = [(e.enrolment_id, e.kind, e.to.id if e.to else 0) for e in self.enrolments]
        return digest([*said, *((d.booking_id, d.slot.id if d.slot else 0, d.why) for d in self.days)])


def move_preview_for(actor: Actor, child_id: int, change: SchoolChange) -> MovePreview:
    """What this change would do, for an agent who writes families; `NotFound`. A constant number of queries.

    What happens at school follows the child to the new school's venue of the same activity and period, in the same
    formula, where it is offered, open, and a place is left that nobody waits for; else it ends. What happens elsewhere
    stays.
    """
    if not actor.may(Permission.FAMILIES_WRITE):
        raise NotFound
    child = person_for(actor, child_id)
    since = max(change.start, clock.today())
    offer = catalogue()
    rows = Enrolment.objects.filter(child=child, state__in=OPEN_ENROLMENTS, end__gt=since)
    enrolled = list(rows.select_related("venue").order_by("activity__position", "start", "id"))
    venues = venues_of_periods(sorted({row.period_id for row in enrolled}))
    moves = [_enrolment(row, offer, venues.get(row.period_id, []), change) for row in enrolled]
    return MovePreview(child, since, moves, _days(offer, moves, enrolled, since))


def _enrolment(
    row: Enrolment, offer: Catalogue, venues: Sequence[VenueEntry], change: SchoolChange
) -> EnrolmentMove:
    activity, to, kind = offer.activities[row.activity_id], None, MoveKind.STAY
    if isinstance(change, Departure):
        kind = MoveKind.END
    elif activity.is_at_school and row.venue.school_id != change.school_id:
        to = next((v for v in venues if v.school_id == change.school_id), None)
        kind = MoveKind.MOVE if to else MoveKind.END
    return EnrolmentMove(
        row.pk, kind, activity.name, offer.periods[row.period_id].label, row.venue.name, to, row.start, row.end,
        EnrolmentState(row.state),
    )  # fmt: skip


def _days(
    offer: Catalogue, moves: Sequence[EnrolmentMove], enrolled: Sequence[Enrolment], since: date
) -> list[DayMove]:
    changed = {m.enrolment_id: m for m in moves if m.kind is not MoveKind.STAY}
    periods = {row.pk: row.period_id for row in enrolled}
    rows = list(
        Booking.objects.filter(enrolment_id__in=changed, date__gte=since, state__in=ACTIVE)
        .order_by("date", "slot__formula__starts_at", "id")
        .values_list("id", "enrolment_id", "date", "slot__formula_id", "slot__pool_id", "slot_id", "state")
    )
    places = {(periods[m.enrolment_id], m.to.id) for m in changed.values() if m.to}
    offered = slots_between(places, since, max(m.end for m in changed.values())) if changed else []
    slots = {(s.period_id, s.venue_id, s.formula_id, s.day): s for s in offered}
    child_id = enrolled[0].child_id if enrolled else 0
    events = happenings([child_id], since, max((row[2] for row in rows), default=since) + ONE_DAY)
    taken: Counter[int] = Counter()
    found = []
    for pk, enrolment_id, day, formula_id, pool_id, slot_id, state in rows:
        move = changed[enrolment_id]
        slot = slots.get((periods[enrolment_id], move.to.id, formula_id, day)) if move.to else None
        is_there = slot is not None and slot.id == slot_id  # an event moved it there already
        barred = slot is not None and events.bar(child_id, slot.activity_id, slot.venue_id, day) is not None
        why = None if is_there else _why_not(move, slot, taken, barred)
        if why is None and state == BookingState.WAITLISTED and not is_there:
            why = KeptOut.FULL  # a rank is that of one list: it is asked again at the new venue
        if why is None and slot is not None and not is_there:
            taken[slot.pool_id] += 1
        found.append(
            DayMove(
                pk, enrolment_id, day, move.activity, offer.formulas[formula_id].label, pool_id,
                state != BookingState.WAITLISTED, slot if why is None else None, why,
            )
        )  # fmt: skip
    return found


def _why_not(
    move: EnrolmentMove, slot: SlotEntry | None, taken: Mapping[int, int], is_barred: bool
) -> KeptOut | None:
    if move.kind is MoveKind.END:
        return KeptOut.ENDS
    if slot is None:
        return KeptOut.NOT_OFFERED
    if not slot.is_open or is_barred:
        return KeptOut.CLOSED
    room = Room(slot.left, slot.waiting)
    return None if free_for_all(room, queue_runs=True) > taken[slot.pool_id] else KeptOut.FULL
