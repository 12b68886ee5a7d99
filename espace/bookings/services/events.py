"""A collective event in one act, and its undoing: bookings, places, kitchen and bill corrected, families told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, F, Value, When

from espace.activities import services as activities
from espace.activities.models import CollectiveEvent
from espace.activities.queries.events import event_for, pools_of
from espace.activities.rules import EventDraft
from espace.audit import services as audit
from espace.audit.models import AuditEvent
from espace.bookings import notices
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.errors import SomeCannotMove
from espace.bookings.models import Booking
from espace.bookings.queries.events import EventPlan, Reached, plan_event
from espace.bookings.queries.undoing import UndoPlan, plan_undo
from espace.bookings.rules import Seat
from espace.bookings.services.offering import offer_freed
from espace.bookings.services.places import lock_children, lock_pools, places_left, recount
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.db import bulk_insert, write_transaction


@dataclass(frozen=True, slots=True)
class EventDone:
    """The event, and what was done: bookings cancelled free of charge, bookings moved, households told. All zero when
    the very same event stood already (`is_new` false)."""

    event_id: int
    is_new: bool
    cancelled: int = 0
    moved: int = 0
    households: int = 0


@dataclass(frozen=True, slots=True)
class UndoDone:
    """Bookings that came back, bookings that could not, households told."""

    back: int
    missing: int
    households: int


# The answer's delay of an offered place ends with the event: undone, the request waits again, at its own rank.
_BEFORE = Case(
    When(state=BookingState.OFFERED, then=Value(BookingState.WAITLISTED.value)),
    default=F("state"),
    output_field=CharField(),
)


def declare_event(actor: Actor, *, draft: EventDraft, cancel_left_out: bool = False) -> EventDone:
    """Declares a collective event: its slots closed, bookings cancelled as SERVICE or moved, places counted anew, those
    that are left somewhere offered to who waits for them (I11). A request that waits ends with the day it waits for.

    A booking that an event cannot move refuses the whole (`SomeCannotMove`), unless `cancel_left_out`: then it is
    cancelled free of charge. One journal row for the event and one a household, one message an adult. Declared again,
    the same event is found and nothing happens twice. Raises as `activities.services.record_event`.
    """
    activities.check_event(actor, draft)
    with write_transaction():
        pools = pools_of(draft.reach)
        rooms = lock_pools(pools)
        event, is_new = activities.record_event(actor, draft)
        if not is_new:
            return EventDone(event.pk, False)
        plan = plan_event(draft, places_left(rooms))
        if plan.left_out and not cancel_left_out:
            raise SomeCannotMove
        _cancel(event, plan.cancelled)
        _move(event, plan)
        recount(pools)
        bulk_insert(_journal(actor, plan, event.pk))
        notices.tell_event(event_for(actor, event.pk).event, plan)
        offer_freed(pools)
    return EventDone(event.pk, True, len(plan.cancelled), len(plan.moved), len(plan.households))


def _cancel(event: CollectiveEvent, bookings: Iterable[Reached]) -> None:
    Booking.objects.filter(id__in=[b.id for b in bookings]).update(
        state_before=_BEFORE,
        state=BookingState.CANCELLED,
        cancelled_at=clock.now(),
        cancel_timing=CancelTiming.SERVICE,
        event=event,
        offer_expires_at=None,
    )


def _move(event: CollectiveEvent, plan: EventPlan) -> None:
    """One statement for each slot children arrive in."""
    for slot_id, ids in _by_slot(plan.seats).items():
        Booking.objects.filter(id__in=ids).update(moved_from=F("slot"), moved_by=event, slot=slot_id)


def _by_slot(seats: Mapping[int, Seat]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for booking_id, seat in seats.items():
        found.setdefault(seat.slot_id, []).append(booking_id)
    return found


def _journal(actor: Actor, plan: EventPlan, event_id: int) -> list[AuditEvent]:
    cancelled, moved = {b.id for b in plan.cancelled}, set(plan.seats)
    rows = []
    for household_id, bookings in plan.households.items():
        ids = {b.id for b in bookings}
        rows.append(
            audit.prepared(
                actor,
                "bookings.move_by_service"
                if ids & moved
                else "bookings.cancel_by_service"
                if ids & cancelled
                else "bookings.tell_event",
                object_kind="event",
                object_id=event_id,
                household_id=household_id,
                payload={
                    "days": _days(b.day for b in bookings),
                    "bookings": len(ids),
                    "cancelled": len(ids & cancelled),
                    "moved": len(ids & moved),
                },
                reason=plan.draft.reason,
            )
        )
    return rows


def _days(days: Iterable[date]) -> list[str]:
    return sorted({day.isoformat() for day in days})


# Undoing --------------------------------------------------------------------------------------------------------


def undo_event(actor: Actor, *, event_id: int) -> UndoDone:
    """Undoes an event from today on: what it cancelled or moved comes back where a place is left, in the order asked.

    What cannot come back stays as it is, is listed and told to the family. Two agents at once: the second reads
    `EventUndone`. Raises as `activities.services.record_undo`.
    """
    known = event_for(actor, event_id).event
    with write_transaction():
        # Children first, as whoever books does: none of them books while their days come back.
        before = plan_undo(known)
        lock_children(before.children)
        rooms = lock_pools(before.pools)
        event = event_for(actor, event_id).event
        plan = plan_undo(event, places_left(rooms))
        stored = activities.record_undo(actor, event_id)
        _give_back(plan)
        recount(plan.pools)
        bulk_insert(_undo_journal(actor, plan, stored))
        notices.tell_undo(event, plan)
        offer_freed(plan.pools)
    return UndoDone(len(plan.seats), len(plan.lost), len(plan.households))


def _give_back(plan: UndoPlan) -> None:
    states: dict[BookingState, list[int]] = {}
    slots: dict[int, list[int]] = {}
    for booking in plan.back:
        if booking.is_moved:
            slots.setdefault(booking.home.slot_id, []).append(booking.id)
        else:
            states.setdefault(booking.comes_back_as, []).append(booking.id)
    for pk in plan.silent:
        slots.setdefault(plan.touched[pk].home.slot_id, []).append(pk)
    for state, ids in states.items():
        Booking.objects.filter(id__in=ids).update(
            state=state, state_before="", cancelled_at=None, cancel_timing="", event=None
        )
    for slot_id, ids in slots.items():
        Booking.objects.filter(id__in=ids).update(slot=slot_id, moved_from=None, moved_by=None)
    for booking_id, event_id in plan.handed.items():
        Booking.objects.filter(id=booking_id).update(event=event_id)


def _undo_journal(actor: Actor, plan: UndoPlan, event: CollectiveEvent) -> list[AuditEvent]:
    back, lost = set(plan.seats), set(plan.lost)
    mine: dict[int, set[int]] = {home: set() for home in plan.households}
    for booking in plan.touched.values():
        if booking.household_id is not None:
            mine[booking.household_id].add(booking.id)
    return [
        audit.prepared(
            actor,
            "bookings.undo_event",
            object_kind="event",
            object_id=event.pk,
            household_id=household_id,
            payload={"back": len(ids & back), "missing": len(ids & lost)},
            reason=event.reason,
        )
        for household_id, ids in mine.items()
    ]
