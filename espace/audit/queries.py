"""Reading the journal: a family its own acts and those of agents on its file; an agent the file it opens."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from espace.audit.models import AuditEvent
from espace.kernel.actor import Actor


def journal_of(household_id: int) -> QuerySet[AuditEvent]:
    """The journal of one household, latest first; the caller fetched the household through its permission."""
    return AuditEvent.objects.filter(household_id=household_id).order_by("-at", "-id")


def was_noted(actor: Actor, action: str, *, household_id: int, since: datetime) -> bool:
    """Whether this account already did that to this household since then. 1 query."""
    return AuditEvent.objects.filter(
        household_id=household_id, at__gte=since, action=action, user_id=actor.user_id
    ).exists()
