"""The booking as everyone writes it first: read what is left, decide, write what was read plus one.

Loaded by `bench.urls` when a bench asks for it (`BENCH_WITHOUT_GUARD`): the race must be seen to exist before its
guard can be said to hold. No lock on the pool, no condition in the update, and on SQLite, where a transaction is
itself a lock, no transaction.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from django.db import connection

from espace.activities.models import CapacityPool
from espace.bookings.rules import Room
from espace.bookings.services import changing, submitting

HESITATION = 0.005  # seconds between reading and writing: any server has them once it is busy


@contextmanager
def no_transaction() -> Iterator[None]:
    """Each statement for itself."""
    yield


def look_at_pools(pool_ids: Collection[int]) -> dict[int, Room]:
    """The places that are left, which nothing keeps from being taken meanwhile."""
    rows = CapacityPool.objects.filter(id__in=list(pool_ids)).order_by("id")
    rooms = {pool.pk: Room(pool.capacity - pool.taken, pool.waiting) for pool in rows}
    time.sleep(HESITATION)
    return rooms


def write_places(deltas: Mapping[int, int]) -> None:
    """What was read, plus one."""
    for pool in CapacityPool.objects.filter(id__in=list(deltas)).order_by("id"):
        pool.taken = min(pool.capacity, pool.taken + deltas[pool.pk])
        pool.save(update_fields=["taken"])


def remove_the_guard() -> None:
    """For the life of this process."""
    for module, name, careless in (
        (submitting, "lock_pools", look_at_pools),
        (submitting, "move_places", write_places),
        (changing, "write_transaction", no_transaction),
    ):
        if careless is not no_transaction or connection.vendor == "sqlite":
            setattr(module, name, careless)
