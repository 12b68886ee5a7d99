"""The one switch of what is frozen: a legal purge, and the flush of the tests. Nothing else has a reason to use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from espace.audit.services import record
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound


@contextmanager
def maintenance(actor: Actor, *, reason: str) -> Iterator[None]:
    """Within it, and for this transaction only, the triggers let issued rows be changed or removed.

    Needs SETTINGS. The reason is journaled. Another connection never sees the switch: it is a row written and removed
    by one transaction, which also undoes everything if it fails.
    """
    if not actor.may(Permission.SETTINGS):
        raise NotFound
    with write_transaction():
        record(actor, "billing.maintenance", object_kind="billing", reason=reason)
        with open_switch(reason):
            yield


@contextmanager
def open_switch(reason: str) -> Iterator[None]:
    """The bare switch, inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO billing_maintenance (reason) VALUES (%s)", [reason])
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_maintenance")
