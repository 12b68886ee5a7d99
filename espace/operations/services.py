"""Signs of life."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from espace.kernel import clock
from espace.kernel.db import write_transaction
from espace.operations.models import Heartbeat


def beat(name: str) -> None:
    """A worker says it is alive."""
    with write_transaction():
        Heartbeat.objects.update_or_create(name=name, defaults={"beaten_at": clock.now()})


def forget_ended() -> int:
    """Deletes the sessions and the cache's entries (rate limits) that have ended; returns how many sessions.

    Django deletes a session only when its own person comes back with it.
    """
    now = clock.now()
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with write_transaction(), connection.cursor() as cursor:
        ended, _ = Session.objects.filter(expire_date__lt=now).delete()
        until = connection.ops.adapt_datetimefield_value(now)
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [until])  # noqa: S608 - our own setting
    return ended
