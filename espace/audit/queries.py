"""Reading the journal: a family its own acts and those of agents on its file; an agent the file it opens."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from espace.audit.models import AuditEvent
from espace.kernel.actor import Actor
from espace.kernel.reading import Later, rows_later


def journal_of(household_id: int) -> QuerySet[AuditEvent]:
    """The journal of one household, latest first; the caller fetched the household through its permission."""
    return AuditEvent.objects.filter(household_id=household_id).order_by("-at", "-id")


def latest_in(journal: QuerySet[AuditEvent], most: int) -> Later[list[AuditEvent]]:
    """The latest events of a `journal_of`, latest first. 1 query when read alone."""
    return rows_later(journal[:most]).then(
        lambda rows: sorted(rows, key=lambda e: (e.at, e.pk), reverse=True)
    )


def noted(actor: Actor, action: str, *, since: datetime) -> Exists:
    """Whether this account already did that since then to the household of a row: to ask within another query."""
    return Exists(
        AuditEvent.objects.filter(
            household_id=OuterRef("pk"), at__gte=since, action=action, user_id=actor.user_id
        )
    )


def was_noted(actor: Actor, action: str, *, household_id: int, since: datetime) -> bool:
    """Whether this account already did that to this household since then. 1 query."""
    return AuditEvent.objects.filter(
        household_id=household_id, at__gte=since, action=action, user_id=actor.user_id
    ).exists()
