"""When a family asked: now, on the portal; or on the date stamped at the counter, that an agent keys afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from espace.bookings.errors import AskedInTheFuture, AskedTooLongAgo, NotAtTheCounter

LONGEST_WAIT = timedelta(days=60)


def check_stamp(stamped_at: datetime | None, now: datetime, *, at_counter: bool) -> None:
    """Refuses a date of request that cannot be one; None, a request made now, always can.

    `NotAtTheCounter` for whoever is not an agent acting for a family, `AskedInTheFuture`, `AskedTooLongAgo` beyond
    sixty calendar days. Both instants are in Europe/Paris.
    """
    if stamped_at is None:
        return
    if not at_counter:
        raise NotAtTheCounter
    if stamped_at > now:
        raise AskedInTheFuture
    if stamped_at.date() < now.date() - LONGEST_WAIT:
        raise AskedTooLongAgo
