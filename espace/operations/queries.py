"""Can we serve? The database, its migrations, the worker, the outbox. No personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max

from espace.kernel import clock
from espace.notifications.queries import waiting_since
from espace.operations.models import Heartbeat

FRESH = timedelta(seconds=30)
PATIENCE = timedelta(minutes=2)

# Once every migration of this process's code is applied it stays so: asked again only while it is not.
_migrated = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """`worker_age` None: no worker ever ran. `outbox_wait`: how long a message has waited for a worker."""

    database: bool = False
    migrations: bool = False
    worker_age: timedelta | None = None
    outbox_wait: timedelta | None = None

    @property
    def worker(self) -> bool:
        return self.worker_age is not None and self.worker_age <= FRESH

    @property
    def outbox(self) -> bool:
        return self.outbox_wait is not None and self.outbox_wait <= PATIENCE

    @property
    def ready(self) -> bool:
        return self.database and self.migrations and self.worker and self.outbox


def readiness() -> Readiness:
    """Everything `/sante/pret` says; never raises. 3 queries once the migrations are known to be there."""
    try:
        connection.ensure_connection()
        migrated = migrations_applied()
        if not migrated:
            return Readiness(database=True)
        beaten = Heartbeat.objects.aggregate(at=Max("beaten_at"))["at"]
        age = max(clock.now() - beaten, timedelta()) if beaten else None
        return Readiness(True, True, age, waiting_since())
    except Error:  # of the database, or of a connection that it closed
        return Readiness()


def migrations_applied() -> bool:
    """Whether the database has every migration of the code."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
