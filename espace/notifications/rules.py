"""When a message that was not taken is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from espace.notifications.enums import Lane

# A person waits for a code, which is worth nothing after a quarter of an hour; a notice may wait for a day.
RETRIES = {
    Lane.CODE: tuple(timedelta(seconds=s) for s in (2, 5, 15, 60, 180, 420)),
    Lane.NOTICE: tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720)),
}
# A worker that dies while it speaks to the server gives the message back after this time.
LEASE = timedelta(minutes=5)


def next_attempt(lane: Lane, attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None once it is useless."""
    waits = RETRIES[lane]
    return now + waits[attempts - 1] if attempts <= len(waits) else None
