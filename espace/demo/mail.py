"""The messages of the past: gone with it, but for two bills that came back."""

from __future__ import annotations

from django.db.models import F

from espace.notifications.enums import Lane, MessageState
from espace.notifications.models import OutboxMessage

CAME_BACK = ("550 5.1.1", "452 4.2.2")  # an address that is no more, a mailbox that is full


def mail_is_gone() -> None:
    """What was written in the past was sent then: the worker starts with an empty outbox."""
    OutboxMessage.objects.filter(state=MessageState.PENDING).update(
        state=MessageState.SENT, sent_at=F("created_at"), attempts=1
    )
    OutboxMessage.objects.filter(lane=Lane.CODE).update(body="", subject="")
    bills = OutboxMessage.objects.filter(kind="billing.invoice").order_by("-id").values_list("pk", flat=True)
    for pk, answer in zip(bills[: len(CAME_BACK)], CAME_BACK, strict=False):
        OutboxMessage.objects.filter(pk=pk).update(state=MessageState.FAILED, sent_at=None, last_error=answer)
