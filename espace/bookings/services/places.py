"""Taking and giving back places: locks in ascending id order, a conditional update whose row count is checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from espace.activities.enums import SlotState
from espace.activities.models import CapacityPool, Slot
from espace.bookings.enums import HOLDING_A_PLACE
from espace.bookings.errors import NoPlaceLeft
from espace.bookings.models import Booking
from espace.families.models import Person


def lock_children(child_ids: Collection[int]) -> None:
    """Makes the changes of a child wait for one another. Nothing to do on SQLite: its transaction is the lock."""
    list(
        Person.objects.select_for_update(no_key=True)
        .filter(id__in=sorted(child_ids))
        .order_by("id")
        .values_list("id")
    )


def lock_pools(pool_ids: Collection[int]) -> dict[int, int]:
    """Locks these pools in ascending id order, so that two families never wait for each other; the places left."""
    rows = (
        CapacityPool.objects.select_for_update()
        .filter(id__in=sorted(pool_ids))
        .order_by("id")
        .values_list("id", "capacity", "taken")
    )
    return {pk: capacity - taken for pk, capacity, taken in rows}


def open_slots(slot_ids: Collection[int]) -> dict[int, int]:
    """Those of these slots that are still open, with their venue. Asked after the locks: an event takes the same ones."""
    rows = Slot.objects.filter(id__in=sorted(slot_ids), state=SlotState.OPEN).order_by("id")
    return dict(rows.values_list("id", "venue_id"))


def move_places(deltas: Mapping[int, int]) -> None:
    """Takes (positive) or gives back (negative) places in each pool, or raises `NoPlaceLeft` and nothing is kept.

    One statement for each distinct number, whatever the number of pools (I10).
    """
    by_number: dict[int, list[int]] = {}
    for pool_id, number in deltas.items():
        if number:
            by_number.setdefault(number, []).append(pool_id)
    for number, pool_ids in sorted(by_number.items()):
        enough = Q(taken__lte=F("capacity") - number) if number > 0 else Q(taken__gte=-number)
        changed = CapacityPool.objects.filter(enough, id__in=sorted(pool_ids)).update(
            taken=F("taken") + number
        )
        if changed != len(pool_ids):
            raise NoPlaceLeft


def recount(pool_ids: Collection[int]) -> None:
    """Sets `taken` to what the bookings say, in one statement: after a closure or a refusal."""
    held = (
        Booking.objects.filter(slot__pool=OuterRef("pk"), state__in=HOLDING_A_PLACE)
        .order_by()
        .values("slot__pool")
        .annotate(n=Count("pk"))
        .values("n")
    )
    counted = Coalesce(Subquery(held, output_field=IntegerField()), 0)
    CapacityPool.objects.filter(id__in=sorted(pool_ids)).update(taken=counted)
