"""Two users at once, on one connection: what another does between someone's plan and their locks.

Real threads race in tests/concurrency. Here the other one acts exactly where it hurts: after the plan was read, before
its pools are locked. Sound for whoever needs no lock that the first one holds already: of other children, or pools.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from espace.bookings.rules import Room
from espace.bookings.services import absences, answering, events, moving, places, queues, submitting
from espace.bookings.services.places import lock_pools

MODULES = (absences, answering, events, moving, places, queues, submitting)


class Amid:
    """What waits to happen at the first lock of the next act; `happened` once it did."""

    def __init__(self) -> None:
        self.waiting: Callable[[], Any] | None = None
        self.happened = False

    def set(self, act: Callable[[], Any]) -> None:
        self.waiting, self.happened = act, False

    def clear(self) -> None:
        self.waiting, self.happened = None, False

    def lock(self, pool_ids: Collection[int]) -> dict[int, Room]:
        """As `lock_pools`, after what waits."""
        act, self.waiting = self.waiting, None
        if act is not None:
            self.happened = True
            act()
        return lock_pools(pool_ids)


@contextmanager
def listening() -> Iterator[Amid]:
    """Every service locks its pools through the one returned."""
    amid = Amid()
    patches = [patch.object(module, "lock_pools", amid.lock) for module in MODULES]
    for one in patches:
        one.start()
    try:
        yield amid
    finally:
        for one in patches:
            one.stop()
