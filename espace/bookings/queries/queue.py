"""Who waits for a place, in order: for the services that offer it, and for the agents' page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.db.models import Q, QuerySet

from espace.activities.enums import SlotState
from espace.bookings.enums import ON_THE_LIST, BookingState
from espace.bookings.models import Booking, ChildCriterion
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.limits import Dated
from espace.bookings.rules import Request, in_order
from espace.kernel.reading import Later, Rows

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
    return entries_later(wanted).answer


def entries_later(wanted: Q) -> Later[list[QueueEntry]]:
    """The same, to read with other lists."""
    rows = Booking.objects.filter(
        wanted, state__in=ON_THE_LIST, slot__state=SlotState.OPEN, enrolment__state__in=OPEN_ENROLMENTS
    )
    return Later(rows.values_list(*_COLUMNS), lambda found: [_entry(*row) for row in _by_id(found)])


def waiting_ranks(pool_ids: Collection[int]) -> dict[int, int]:
    """The rank, from 1, of every booking that waits in these pools. 1 query, none for no pool."""
    return ranks_later(list(pool_ids)).answer


def ranks_later(pool_ids: Collection[int] | QuerySet[Any, Any]) -> Later[dict[int, int]]:
    """The same, to read with other lists; the pools may be a query of their ids."""
    rows = Booking.objects.filter(slot__pool__in=pool_ids, state=BookingState.WAITLISTED)
    return Later(rows.values_list("id", "slot__pool_id", "priority", "requested_at"), _ranks)


def _ranks(rows: Rows) -> dict[int, int]:
    queues: dict[int, list[Request]] = {}
    for pk, pool, priority, asked in _by_id(rows):
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


_COLUMNS = (
    "id", "slot__pool_id", "child_id", "child__first_name", "child__last_name", "slot_id", "slot__activity_id",
    "slot__period_id", "date", "slot__formula_id", "slot__activity__name", "slot__formula__label",
    "slot__venue__name", "priority", "priority_detail", "requested_at", "is_late", "state", "offer_expires_at",
)  # fmt: skip


def _entry(
    pk: int, pool: int, child: int, first_name: str, last_name: str, slot: int, activity_id: int, period: int, day: date,
    formula_id: int, activity: str, formula: str, venue: str, priority: int, detail: Sequence[tuple[str, int]],
    requested_at: datetime, is_late: bool, state: str, offered: datetime | None,
) -> QueueEntry:  # fmt: skip
    return QueueEntry(
        id=pk, pool_id=pool, child_id=child, child=first_name, child_name=f"{first_name} {last_name}", slot_id=slot,
        dated=Dated(activity_id, period, day), formula_id=formula_id, activity=activity, formula=formula,
        venue=venue, priority=priority, detail=[(label, points) for label, points in detail],
        requested_at=requested_at, is_late=is_late, state=BookingState(state), offer_expires_at=offered,
    )  # fmt: skip


def _by_id(rows: Rows) -> Rows:
    return sorted(rows, key=itemgetter(0))
