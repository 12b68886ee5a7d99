"""Throttling shared by all workers: each try is a row, whose subject is a keyed hash, never a clear value."""

from __future__ import annotations

from datetime import timedelta

from espace.accounts.enums import AttemptKind
from espace.accounts.models import Attempt
from espace.kernel import clock
from espace.kernel.crypto import keyed_hash
from espace.kernel.db import write_transaction
from espace.kernel.locks import lock_name

KEPT = timedelta(days=2)


def too_many_attempts(kind: AttemptKind, subject: str, *, limit: int, within: timedelta) -> bool:
    """Whether `limit` tries or more were noted for that subject in the time `within` before now. 1 query.

    `subject` is who or what is throttled ("user:12", "ip:…", an address): it is hashed here.
    """
    since = clock.now() - within
    return Attempt.objects.filter(kind=kind, subject=_hashed(kind, subject), at__gt=since).count() >= limit


def note_attempt(kind: AttemptKind, subject: str) -> None:
    """Notes one try. Call it outside the transaction of what was tried: a refusal rolled back would forget it."""
    with write_transaction():
        Attempt.objects.create(kind=kind, subject=_hashed(kind, subject), at=clock.now())


def count_attempt(kind: AttemptKind, subject: str, *, limit: int, within: timedelta) -> bool:
    """Notes one try and says whether it may go on: the (limit + 1)th within that time may not.

    A refused try is not counted again, so that insisting does not lock a person out for ever. Tries of one subject
    wait for each other: sent together, no more of them pass than one after the other.
    """
    with write_transaction():
        lock_name(f"attempt:{kind}:{_hashed(kind, subject)}")
        if too_many_attempts(kind, subject, limit=limit, within=within):
            return False
        note_attempt(kind, subject)
        return True


def forget_attempts(kind: AttemptKind, subject: str) -> None:
    """Starts the count again, once the person succeeded."""
    with write_transaction():
        Attempt.objects.filter(kind=kind, subject=_hashed(kind, subject)).delete()


def purge_attempts() -> int:
    """Deletes the tries too old to matter; returns how many."""
    with write_transaction():
        deleted, _ = Attempt.objects.filter(at__lt=clock.now() - KEPT).delete()
    return deleted


def _hashed(kind: AttemptKind, subject: str) -> str:
    return keyed_hash(f"attempt:{kind}", subject)
