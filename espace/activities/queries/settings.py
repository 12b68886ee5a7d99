"""What agents read of how the offer is set."""

from __future__ import annotations

from django.db.models import QuerySet

from espace.activities.models import DeadlineExtension
from espace.kernel.actor import Actor, Permission

SHOWN = 20


def extensions_for(actor: Actor) -> QuerySet[DeadlineExtension]:
    """The latest extensions, the newest first, for an agent of the activities; none for anyone else. 1 query."""
    if not actor.may(Permission.ACTIVITIES):
        return DeadlineExtension.objects.none()
    return DeadlineExtension.objects.order_by("-declared_at", "-id")[:SHOWN]
