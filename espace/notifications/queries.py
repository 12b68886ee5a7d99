"""What was told to a family, and what still waits."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Min, QuerySet

from espace.kernel import clock
from espace.notifications.enums import MessageState
from espace.notifications.models import OutboxMessage


def messages_of(household_id: int) -> QuerySet[OutboxMessage]:
    """The messages written to a household, latest first, without their attachments; the caller fetched the
    household through its permission. 1 query."""
    return (
        OutboxMessage.objects.filter(household_id=household_id)
        .defer("attachment", "body")
        .order_by("-created_at", "-id")
    )


def failed_messages() -> QuerySet[OutboxMessage]:
    """What could not be delivered, latest first: the guichet calls or writes instead. 1 query."""
    return (
        OutboxMessage.objects.filter(state=MessageState.FAILED)
        .defer("attachment", "body")
        .order_by("-created_at", "-id")
    )


def waiting_since() -> timedelta:
    """How long the most overdue message has waited for a worker; zero when none does. 1 query."""
    now = clock.now()
    oldest = OutboxMessage.objects.filter(state=MessageState.PENDING).aggregate(at=Min("next_attempt_at"))[
        "at"
    ]
    return max(now - oldest, timedelta()) if oldest else timedelta()
