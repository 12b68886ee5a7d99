"""The waiting lists as an agent sees them: by place and day, then one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from espace.activities.models import CapacityPool
from espace.activities.queries import catalogue
from espace.bookings.enums import ON_THE_LIST, BookingState
from espace.bookings.models import Booking
from espace.bookings.queries.limits import Limits
from espace.bookings.queries.queue import QueueEntry, entries, queue_of
from espace.bookings.rules import runs
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A day of a place with families on its list. `left`: places that an agent may offer."""

    pool_id: int
    venue: str
    day: date
    activity: str
    capacity: int
    left: int
    waiting: int
    offered: int

    @property
    def needs_an_agent(self) -> bool:
        return self.left > 0 and self.waiting > 0


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A family on the list. `is_next`: the one a place goes to without any reason being given."""

    rank: int
    entry: QueueEntry
    is_next: bool


@dataclass(frozen=True, slots=True)
class QueueSheet:
    """One list. `until`: the last second at which a place may be offered; `may_offer`: now, there is one."""

    line: QueueLine
    waitlist_capacity: int | None
    offers: Sequence[QueueEntry]
    rows: Sequence[QueueRow]
    until: datetime | None
    may_offer: bool


def queues_for(actor: Actor) -> list[QueueLine]:
    """The lists of today and after, those with a place to offer first, then by day; for an agent of the enrolments,
    none for anyone else. 1 query."""
    if not actor.may(Permission.ENROLMENTS):
        return []
    found = [_line(pool) for pool in _pools(Q(date__gte=clock.today())).filter(on_list__gt=0)]
    return sorted(found, key=lambda line: (not line.needs_an_agent, line.day, line.venue))


def queue_sheet_for(actor: Actor, pool_id: int) -> QueueSheet:
    """One list in order; `NotFound` unless the actor is an agent of the enrolments. 7 queries."""
    if not actor.may(Permission.ENROLMENTS):
        raise NotFound
    pool = _pools(Q(id=pool_id)).first()
    if pool is None:
        raise NotFound
    line = _line(pool)
    waiting = queue_of([pool_id]).get(pool_id, [])
    offered = entries(Q(slot__pool=pool_id, state=BookingState.OFFERED))
    until = None
    if known := [*waiting, *offered]:
        limits = Limits(catalogue(), clock.now(), line.day, line.day + ONE_DAY)
        until = limits.offers_until(known[0].dated)
    may_offer = line.left > 0 and runs(until, clock.now())
    return QueueSheet(
        line,
        pool.waitlist_capacity,
        offered,
        [QueueRow(rank, entry, rank == 1) for rank, entry in enumerate(waiting, start=1)],
        until,
        may_offer,
    )


def list_of_for(actor: Actor, booking_id: int) -> int:
    """The list a request is on; `NotFound` unless the actor is an agent of the enrolments. 1 query."""
    pools = Booking.objects.filter(id=booking_id).values_list("slot__pool_id", flat=True)
    if not actor.may(Permission.ENROLMENTS) or (pool_id := pools.first()) is None:
        raise NotFound
    return pool_id


def _pools(wanted: Q) -> QuerySet[Any]:
    on_list = Q(slot__bookings__state__in=[s.value for s in ON_THE_LIST])
    offered = Q(slot__bookings__state=BookingState.OFFERED.value)
    return (
        CapacityPool.objects.filter(wanted)
        .select_related("venue")
        .annotate(
            activity=Min("slot__activity__name"),
            on_list=Count("slot__bookings", filter=on_list),
            offered=Count("slot__bookings", filter=offered),
        )
        .order_by("date", "id")
    )  # fmt: skip


def _line(pool: Any) -> QueueLine:
    return QueueLine(
        pool.pk, pool.venue.name, pool.date, pool.activity, pool.capacity, max(pool.capacity - pool.taken, 0), pool.waiting,
        pool.offered,
    )  # fmt: skip
