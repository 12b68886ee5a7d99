"""Who waits for a place, in order: for the services that offer it, and for the agents' page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from espace.activities.enums import SlotState
from espace.bookings.enums import ON_THE_LIST, BookingState
from espace.bookings.models import Booking, ChildCriterion
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.limits import Dated
from espace.bookings.rules import Request, in_order

Points = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A booking on the list of a pool. `child` is a first name, `child_name` the whole one; `detail` the criteria and
    points it was given when asked."""

    id: int
    pool_id: int
    child_id: int
    child: str
    child_name: str
    slot_id: int
    dated: Dated
    formula_id: int
    activity: str
    formula: str
    venue: str
    priority: int
    detail: Points
    requested_at: datetime
    is_late: bool
    state: BookingState
    offer_expires_at: datetime | None

    @property
    def is_offered(self) -> bool:
        return self.state is BookingState.OFFERED

    @property
    def request(self) -> Request:
        return Request(self.id, self.priority, self.requested_at)


def queue_of(pool_ids: Collection[int]) -> dict[int, list[QueueEntry]]:
    """The families who wait in each pool, the first to be offered first. 1 query, none for no pool."""
    return _ordered(
        entries(Q(slot__pool__in=list(pool_ids), state=BookingState.WAITLISTED)) if pool_ids else ()
    )


def entries(wanted: Q) -> list[QueueEntry]:
    """The bookings on a list that answer `wanted` and can still be served, by id. 1 query."""
    rows = (
        Booking.objects.filter(
            wanted, state__in=ON_THE_LIST, slot__state=SlotState.OPEN, enrolment__state__in=OPEN_ENROLMENTS
        )
        .select_related("child", "slot__formula", "slot__activity", "slot__venue")
        .order_by("id")
    )
    return [_entry(row) for row in rows]


def waiting_ranks(pool_ids: Collection[int]) -> dict[int, int]:
    """The rank, from 1, of every booking that waits in these pools. 1 query, none for no pool."""
    if not pool_ids:
        return {}
    rows = (
        Booking.objects.filter(slot__pool__in=list(pool_ids), state=BookingState.WAITLISTED)
        .order_by("id")
        .values_list("slot__pool_id", "id", "priority", "requested_at")
    )
    queues: dict[int, list[Request]] = {}
    for pool, pk, priority, asked in rows:
        queues.setdefault(pool, []).append(Request(pk, priority, asked))
    return {r.id: rank for queue in queues.values() for rank, r in enumerate(in_order(queue), start=1)}


def points_of(child_ids: Collection[int], day: date) -> dict[tuple[int, int], Points]:
    """(child, activity) -> the criteria recorded for the child that hold that day, as published. 1 query."""
    rows = (
        ChildCriterion.objects.filter(
            Q(criterion__end__isnull=True) | Q(criterion__end__gt=day),
            child_id__in=list(child_ids), start__lte=day, end__gt=day, criterion__start__lte=day,
        )
        .order_by("criterion__position", "id")
        .values_list("child_id", "criterion__activity_id", "criterion_id", "criterion__label", "criterion__points")
    )  # fmt: skip
    found: dict[tuple[int, int], dict[int, tuple[str, int]]] = {}
    for child, activity, criterion, label, points in rows:
        found.setdefault((child, activity), {})[criterion] = (label, points)  # proved twice, it counts once
    return {key: list(criteria.values()) for key, criteria in found.items()}


def _ordered(found: Iterable[QueueEntry]) -> dict[int, list[QueueEntry]]:
    queues: dict[int, dict[int, QueueEntry]] = {}
    for entry in found:
        queues.setdefault(entry.pool_id, {})[entry.id] = entry
    return {
        pool: [queue[r.id] for r in in_order(e.request for e in queue.values())]
        for pool, queue in queues.items()
    }


def _entry(row: Booking) -> QueueEntry:
    slot = row.slot
    return QueueEntry(
        id=row.pk, pool_id=slot.pool_id, child_id=row.child_id, child=row.child.first_name, child_name=str(row.child), slot_id=slot.pk,
        dated=Dated(slot.activity_id, slot.period_id, row.date), formula_id=slot.formula_id,
        activity=slot.activity.name, formula=slot.formula.label, venue=slot.venue.name, priority=row.priority,
        detail=[(label, points) for label, points in row.priority_detail], requested_at=row.requested_at,
        is_late=row.is_late, state=BookingState(row.state), offer_expires_at=row.offer_expires_at,
    )  # fmt: skip
