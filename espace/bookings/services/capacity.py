"""The places of an activity at a venue, over many days at once."""

from __future__ import annotations

from datetime import date

from espace.activities.models import CapacityPool, Slot
from espace.audit import services as audit
from espace.bookings.errors import CapacityUnderTaken, NotAllowed, NothingOpen
from espace.bookings.services.offering import offer_freed
from espace.bookings.services.places import lock_pools
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction
from espace.kernel.text import format_date_long


def set_places_between(
    actor: Actor, *, activity_id: int, venue_id: int, start: date, end: date, capacity: int
) -> tuple[int, int]:
    """So many places on each day of `[start, end)` from today on, at that venue; a pool shared with another activity is
    theirs together. How many pools changed, and how many offers were made to who waited.

    Raises `NotAllowed`, `NothingOpen` where there is no day, `CapacityUnderTaken` when one has more bookings already:
    then none changes.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotAllowed
    with write_transaction():
        days = Slot.objects.filter(
            activity_id=activity_id, venue_id=venue_id, date__gte=max(start, clock.today()), date__lt=end
        )
        ids = sorted(set(days.order_by("pool_id").values_list("pool_id", flat=True)))
        if not ids:
            raise NothingOpen
        lock_pools(ids)
        pools = list(CapacityPool.objects.filter(id__in=ids).order_by("date", "id"))
        if over := next((pool for pool in pools if pool.taken > capacity), None):
            raise CapacityUnderTaken(day=format_date_long(over.date), taken=over.taken)
        changed = [pool for pool in pools if pool.capacity != capacity]
        if not changed:
            return 0, 0
        before = sorted({pool.capacity for pool in changed})
        CapacityPool.objects.filter(id__in=[pool.pk for pool in changed]).update(capacity=capacity)
        audit.record(
            actor,
            "activities.set_places_between",
            object_kind="activity",
            object_id=activity_id,
            payload={
                "venue": venue_id,
                "start": start.isoformat(),
                "end": end.isoformat(),
                "before": before,
                "after": capacity,
                "days": len(changed),
            },
        )
        return len(changed), offer_freed([pool.pk for pool in changed])
