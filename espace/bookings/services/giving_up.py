"""Days that the town itself takes off, because a child changes home or school: free of charge, and free for others."""

from __future__ import annotations

from collections.abc import Collection

from espace.bookings.enums import ACTIVE, EXPECTED, ON_THE_LIST, BookingState, CancelTiming
from espace.bookings.models import Booking
from espace.bookings.services.offering import offer_freed
from espace.bookings.services.places import lock_pools_of, recount
from espace.kernel import clock


def give_up(booking_ids: Collection[int]) -> None:
    """Takes off what is booked, offered or waited for; the places go to who waits for them (I10, I11).

    In the caller's transaction, the children being locked. `BookingGone` when an event moves one meanwhile.
    """
    bookings = Booking.objects.filter(id__in=list(booking_ids))
    pools = lock_pools_of(bookings.filter(state__in=ACTIVE))
    # What never had its place is not a day cancelled: a price still due from before stays due.
    for states, timing in ((EXPECTED, CancelTiming.SERVICE), (ON_THE_LIST, CancelTiming.WAITING)):
        bookings.filter(state__in=states).update(
            state=BookingState.CANCELLED,
            cancelled_at=clock.now(),
            cancel_timing=timing,
            offer_expires_at=None,
        )
    recount(pools)
    offer_freed(pools)
