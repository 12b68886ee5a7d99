"""The only place that reads the clock. Demonstrations and tests may freeze it with `ESPACE_NOW`.

A frozen clock still moves: it starts at the given instant when the process starts, so that codes expire and
workers wait as in life. Several processes share one time when `ESPACE_NOW_SINCE` gives them the real second
(of the Unix epoch) at which it was `ESPACE_NOW`. Tests move it with `time_machine`; the demonstration writes its past with `as_of`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

PARIS = ZoneInfo("Europe/Paris")
_started = time.monotonic()
_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def now() -> datetime:
    """The current instant, aware, in Europe/Paris."""
    past = _as_of.get()
    if past is not None:
        return past
    frozen: datetime | None = settings.FROZEN_NOW
    if frozen is not None:
        base = frozen if frozen.tzinfo else frozen.replace(tzinfo=PARIS)
        since: int = settings.FROZEN_SINCE
        passed = time.time() - since if since else time.monotonic() - _started
        return (base + timedelta(seconds=passed)).astimezone(PARIS)
    return timezone.now().astimezone(PARIS)


def today() -> date:
    """The current day in Europe/Paris."""
    return now().date()


@contextmanager
def as_of(instant: datetime) -> Iterator[None]:
    """Within it, it is that instant, for this thread alone. Never in production: what is done is dated when done."""
    if settings.ENVIRONMENT.production:
        raise RuntimeError("the clock of production does not go back")
    token = _as_of.set(instant.astimezone(PARIS))
    try:
        yield
    finally:
        _as_of.reset(token)
