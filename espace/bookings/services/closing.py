"""A closure, in one act: slots closed, bookings cancelled without charge, places freed, families told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from espace.activities import services as activities
from espace.activities.queries import slots_to_close
from espace.audit import services as audit
from espace.audit.models import AuditEvent
from espace.bookings import notices
from espace.bookings.enums import ACTIVE, BookingState, CancelTiming
from espace.bookings.models import Booking
from espace.bookings.queries.closures import Closed, closed_by
from espace.bookings.services.places import lock_pools, recount
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.db import bulk_insert, write_transaction


@dataclass(frozen=True, slots=True)
class ClosureDone:
    """How many slots were closed, bookings cancelled, children and households concerned."""

    slots: int
    bookings: int
    children: int
    households: int


def apply_closure(
    actor: Actor, *, activity_id: int | None, venue_id: int | None, start: date, end: date, reason: str
) -> ClosureDone:
    """Closes `[start, end)` for an activity, a venue, or both; None means all of them.

    One journal row for the closure and one a household, one message an adult. Raises `NotYoursToChange`,
    `PeriodWithoutDays`, `ClosureInThePast`, `NothingToClose`.
    """
    with write_transaction():
        slots = slots_to_close(activity_id, venue_id, start, end)
        pools = set(slots.order_by("id").values_list("pool_id", flat=True))
        lock_pools(pools)
        slot_ids = activities.declare_closure(
            actor, activity_id=activity_id, venue_id=venue_id, start=start, end=end, reason=reason
        )
        concerned = closed_by(slot_ids, start, end)
        Booking.objects.filter(slot_id__in=slot_ids, state__in=ACTIVE).update(
            state=BookingState.CANCELLED,
            cancelled_at=clock.now(),
            cancel_timing=CancelTiming.SERVICE,
            offer_expires_at=None,
        )
        recount(pools)
        bulk_insert(_journal(actor, concerned, reason))
        notices.tell_closure(concerned.by_household, reason=reason)
    return ClosureDone(len(slot_ids), concerned.bookings, concerned.children, len(concerned.by_household))


def _journal(actor: Actor, concerned: Closed, reason: str) -> list[AuditEvent]:
    return [
        audit.prepared(
            actor,
            "bookings.cancel_by_service",
            object_kind="household",
            object_id=household_id,
            household_id=household_id,
            payload={"days": sorted({day.isoformat() for _, day, _ in rows}), "bookings": len(rows)},
            reason=reason,
        )
        for household_id, rows in concerned.by_household.items()
    ]
