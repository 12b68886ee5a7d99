"""Taking and giving back places: locks in ascending id order, a conditional update whose row count is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from espace.activities.enums import SlotState
from espace.activities.models import CapacityPool, Slot
from espace.bookings.enums import HOLDING_A_PLACE, BookingState
from espace.bookings.errors import BookingGone, NoPlaceLeft, WaitingListFull
from espace.bookings.models import Booking
from espace.bookings.rules import Room
from espace.families.models import Person
from espace.kernel.asking import asked_again


def lock_children(child_ids: Collection[int]) -> None:
    """Makes the changes of a child wait for one another. Nothing to do on SQLite: its transaction is the lock."""
    _locked_children(sorted(child_ids))


@asked_again
def _locked_children(child_ids: Collection[int]) -> QuerySet[Any, Any]:
    locked = Person.objects.select_for_update(no_key=True).filter(id__in=child_ids)
    return locked.order_by("id").values_list("id")


def lock_pools(pool_ids: Collection[int]) -> dict[int, Room]:
    """Locks these pools in ascending id order, so that two families never wait for each other; their places and queues."""
    return {
        pk: Room(capacity - taken, waiting, None if longest is None else max(longest - waiting, 0))
        for pk, capacity, taken, waiting, longest in _locked_pools(pool_ids)
    }


def lock_pools_of(bookings: QuerySet[Booking]) -> Counter[int]:
    """Locks the pools these bookings are in; how many in each. 3 queries.

    `BookingGone` when an event moved one before its pool was locked: places would be given back where it no longer is.
    """
    pools = _pools_of(bookings)
    lock_pools(pools)
    if _pools_of(bookings) != pools:
        raise BookingGone
    return pools


def _pools_of(bookings: QuerySet[Booking]) -> Counter[int]:
    return Counter(bookings.order_by("id").values_list("slot__pool_id", flat=True))


@asked_again
def _locked_pools(pool_ids: Collection[int]) -> QuerySet[Any, Any]:
    locked = CapacityPool.objects.select_for_update().filter(id__in=pool_ids).order_by("id")
    return locked.values_list("id", "capacity", "taken", "waiting", "waitlist_capacity")


def places_left(rooms: Mapping[int, Room]) -> dict[int, int]:
    """The free places of these pools, whoever waits for them."""
    return {pool: room.left for pool, room in rooms.items()}


def open_slots(slot_ids: Collection[int]) -> dict[int, int]:
    """Those of these slots that are still open, with their venue. Asked after the locks: an event takes the same ones."""
    return dict(_open_slots(slot_ids))


@asked_again
def _open_slots(slot_ids: Collection[int]) -> QuerySet[Any, Any]:
    rows = Slot.objects.filter(id__in=slot_ids, state=SlotState.OPEN).order_by("id")
    return rows.values_list("id", "venue_id")


def move_places(deltas: Mapping[int, int]) -> None:
    """Takes (positive) or gives back (negative) places in each pool, or raises `NoPlaceLeft` and nothing is kept.

    One statement for each distinct number, whatever the number of pools (I10).
    """
    for number, pool_ids in _by_number(deltas):
        enough = Q(taken__lte=F("capacity") - number) if number > 0 else Q(taken__gte=-number)
        changed = CapacityPool.objects.filter(enough, id__in=sorted(pool_ids)).update(
            taken=F("taken") + number
        )
        if changed != len(pool_ids):
            raise NoPlaceLeft


def move_waiting(deltas: Mapping[int, int]) -> None:
    """Adds families to the queue of each pool, or takes them off, or raises `WaitingListFull` and nothing is kept."""
    for number, pool_ids in _by_number(deltas):
        unlimited = Q(waitlist_capacity__isnull=True)
        enough = (
            unlimited | Q(waiting__lte=F("waitlist_capacity") - number)
            if number > 0
            else Q(waiting__gte=-number)
        )
        changed = CapacityPool.objects.filter(enough, id__in=sorted(pool_ids)).update(
            waiting=F("waiting") + number
        )
        if changed != len(pool_ids):
            raise WaitingListFull


def recount(pool_ids: Collection[int]) -> None:
    """Sets `taken` and `waiting` to what the bookings say, in one statement: after a closure or a refusal."""
    CapacityPool.objects.filter(id__in=sorted(pool_ids)).update(
        taken=_counted(HOLDING_A_PLACE), waiting=_counted((BookingState.WAITLISTED,))
    )


def _counted(states: Collection[BookingState]) -> Coalesce:
    found = (
        Booking.objects.filter(slot__pool=OuterRef("pk"), state__in=states)
        .order_by()
        .values("slot__pool")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def _by_number(deltas: Mapping[int, int]) -> list[tuple[int, list[int]]]:
    """The pools by how many, the places given back first."""
    by_number: dict[int, list[int]] = {}
    for pool_id, number in deltas.items():
        if number:
            by_number.setdefault(number, []).append(pool_id)
    return sorted(by_number.items())
