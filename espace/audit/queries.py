"""Reading the journal: a family its own acts and those of agents on its file; an agent the file it opens."""

from __future__ import annotations

from django.db.models import QuerySet

from espace.audit.models import AuditEvent


def journal_of(household_id: int) -> QuerySet[AuditEvent]:
    """The journal of one household, latest first; the caller fetched the household through its permission."""
    return AuditEvent.objects.filter(household_id=household_id).order_by("-at", "-id")
