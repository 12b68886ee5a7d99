"""Signs of life."""

from __future__ import annotations

from espace.kernel import clock
from espace.kernel.db import write_transaction
from espace.operations.models import Heartbeat


def beat(name: str) -> None:
    """A worker says it is alive."""
    with write_transaction():
        Heartbeat.objects.update_or_create(name=name, defaults={"beaten_at": clock.now()})
