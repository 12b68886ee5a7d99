"""Places given back because a child is away, and taken again when the child comes back sooner.

What an absence is, and what it costs, is one floor up (`attendance`), which calls these inside its own transaction,
the children being locked. A freed place is freed here as everywhere: by `move_places`, then offered to who waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from espace.bookings.enums import (
    ACTIVE,
    EXPECTED,
    BookingOrigin,
    BookingState,
    CancelTiming,
    EnrolmentState,
)
from espace.bookings.errors import BookingGone
from espace.bookings.models import Booking
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.happenings import happenings
from espace.bookings.rules import free_for_all
from espace.bookings.services.offering import offer_freed
from espace.bookings.services.places import lock_pools, lock_pools_of, move_places, open_slots
from espace.kernel.calendar import ONE_DAY


def give_back(*, freed: Collection[int], in_time: Collection[int], at: datetime) -> None:
    """Cancels these bookings and gives their places back: `in_time` for nothing, `freed` as an absence whose price
    depends on its proof. `BookingGone` when one no longer holds a place, or is moved. 6 statements at any number.
    """
    ids = [*freed, *in_time]
    if not ids:
        return
    held = Booking.objects.filter(id__in=ids, state__in=EXPECTED)
    pools = lock_pools_of(held)
    changed = held.update(
        state=BookingState.CANCELLED,
        cancelled_at=at,
        cancel_timing=Case(
            When(id__in=list(in_time), then=Value(CancelTiming.IN_TIME.value)),
            default=Value(CancelTiming.ABSENCE.value),
        ),
        pinned=True,  # no pattern books it again
    )
    if changed != len(ids):
        raise BookingGone
    move_places({pool: -number for pool, number in pools.items()})
    offer_freed(pools)


def take_back(booking_ids: Collection[int]) -> set[int]:
    """Books again, as they were, those of these bookings given back by an absence that still can be: the day is open to
    the child, a place is left that nobody waits for, the enrolment holds that day, and nothing else was booked at that
    hour since (I12). Returns which.

    Lateness is that of the first request: coming back sooner costs nothing more. A place that another child took
    meanwhile is not owed any more: those left cancelled are free. The caller looked at the deadlines.
    """
    _leave_free(booking_ids)
    same_slot = Q(slot=OuterRef("slot"), state__in=[s.value for s in ACTIVE])
    same_hour = Q(
        date=OuterRef("date"),
        slot__formula__starts_at__lt=OuterRef("slot__formula__ends_at"),
        slot__formula__ends_at__gt=OuterRef("slot__formula__starts_at"),
        state__in=[s.value for s in EXPECTED],
    )
    again = Booking.objects.filter(same_slot | same_hour, child=OuterRef("child"))
    rows = list(
        Booking.objects.filter(
            ~Exists(again),
            id__in=list(booking_ids),
            state=BookingState.CANCELLED,
            cancel_timing=CancelTiming.IN_TIME,
            enrolment__state__in=OPEN_ENROLMENTS,
            enrolment__start__lte=F("date"),
            enrolment__end__gt=F("date"),
        )
        .order_by("date", "id")
        .values_list("date", "id", "child_id", "slot_id", "slot__activity_id", "slot__pool_id")
    )
    if not rows:
        return set()
    rooms = lock_pools({pool for *_, pool in rows})
    lefts = {pool: free_for_all(room, queue_runs=True) for pool, room in rooms.items()}
    venues = open_slots({slot for _, _, _, slot, _, _ in rows})
    events = happenings({child for _, _, child, *_ in rows}, rows[0][0], rows[-1][0] + ONE_DAY)
    taken: dict[int, int] = {}
    for day, pk, child, slot, activity, pool in rows:
        venue = venues.get(slot)
        if venue is not None and events.bar(child, activity, venue, day) is None and lefts[pool] > 0:
            lefts[pool] -= 1
            taken[pk] = pool
    if not taken:
        return set()
    move_places(Counter(taken.values()))
    restored = Booking.objects.filter(id__in=list(taken))
    waiting = restored.filter(enrolment__state=EnrolmentState.PENDING).order_by("id")
    restored.update(
        state=Case(
            When(
                id__in=list(waiting.values_list("id", flat=True)),
                then=Value(BookingState.PENDING_ENROLMENT.value),
            ),
            default=Value(BookingState.CONFIRMED.value),
        ),
        pinned=Case(When(origin=BookingOrigin.PATTERN, then=Value(False)), default=Value(True)),
        cancelled_at=None,
        cancel_timing="",
        cancel_submission=None,
    )
    return set(taken)


def _leave_free(booking_ids: Collection[int]) -> None:
    Booking.objects.filter(
        id__in=list(booking_ids), state=BookingState.CANCELLED, cancel_timing=CancelTiming.ABSENCE
    ).update(cancel_timing=CancelTiming.IN_TIME)
