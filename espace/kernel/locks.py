"""A lock on a name, where there is no row to lock."""

from __future__ import annotations

import hashlib

from django.db import connection


def lock_name(name: str) -> None:
    """Keeps every other transaction that locks the same name waiting, until the current one ends. ≤ 1 query.

    Call it first thing inside `write_transaction()`: what is read afterwards is what the last holder left. On
    PostgreSQL an advisory lock; on SQLite nothing more, for a write transaction there already waits for all others.
    Two names of one transaction are always locked in the same order. RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_name() outside write_transaction()")
    if connection.vendor == "postgresql":
        digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest, signed=True)])
