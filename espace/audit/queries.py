"""Reading the journal: a family its own acts and those of agents on its file; an agent the file it opens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

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


def acts_of(household_ids: Collection[int], actions: Collection[str]) -> QuerySet[AuditEvent]:
    """The acts of these names in the journal of households the caller was allowed to hold, latest first."""
    acts = AuditEvent.objects.filter(household_id__in=list(household_ids), action__in=list(actions))
    return acts.order_by("-at", "-id")


def last_noted(household_ids: Collection[int], apps: Collection[str]) -> datetime | None:
    """When an act of these apps (« bookings ») was last noted in the journal of these households. 1 query."""
    of_apps = reduce(or_, (Q(action__startswith=f"{app}.") for app in apps))
    noted = AuditEvent.objects.filter(of_apps, household_id__in=list(household_ids)).order_by("-at")
    return noted.values_list("at", flat=True).first()


def was_noted(actor: Actor, action: str, *, household_id: int, since: datetime) -> bool:
    """Whether this account already did that to this household since then. 1 query."""
    return AuditEvent.objects.filter(
        household_id=household_id, at__gte=since, action=action, user_id=actor.user_id
    ).exists()
