"""What was told to a family, and what still waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound
from espace.kernel.reading import Later, rows_later
from espace.notifications import rules
from espace.notifications.enums import Lane, MessageState
from espace.notifications.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message without its words. `reason` says in French (a msgid) why it was not taken, `next_try` when it is tried
    again. The subject of a code holds the code: it is left out, and `is_code` says so."""

    id: int
    at: datetime
    recipient: str
    subject: str
    is_code: bool
    state: MessageState
    sent_at: datetime | None
    next_try: datetime | None
    reason: str
    user_id: int | None
    household_id: int | None

    @property
    def is_on_its_way(self) -> bool:
        return self.state in (MessageState.PENDING, MessageState.SENDING)


def messages_for(actor: Actor, limit: int = 10) -> list[MessageLine]:
    """The last messages written to the actor's own account; none for whoever has none. 1 query."""
    if actor.user_id is None:
        return []
    return _lines(OutboxMessage.objects.filter(user_id=actor.user_id), limit)


def messages_of(household_id: int, limit: int = 10) -> Later[list[MessageLine]]:
    """The last messages written to a household; the caller fetched the household through its permission. 1 query when
    read alone."""
    return _lines_later(OutboxMessage.objects.filter(household_id=household_id), limit)


def failed_for(actor: Actor, limit: int = 100) -> list[MessageLine]:
    """What could not be delivered, latest first, for an agent who may write to families; none for anyone else. 1 query.

    Without the codes: a code is worth nothing after a quarter of an hour, and its person has asked for another.
    """
    return _lines(_failed(), limit) if actor.may(Permission.FAMILIES_WRITE) else []


def failed_count_for(actor: Actor) -> int:
    """How many they are. 1 query."""
    return _failed().count() if actor.may(Permission.FAMILIES_WRITE) else 0


def failed_message_for(actor: Actor, message_id: int) -> MessageLine:
    """One of them, or `NotFound`. 1 query."""
    found = _lines(_failed().filter(id=message_id), 1) if actor.may(Permission.FAMILIES_WRITE) else []
    if not found:
        raise NotFound
    return found[0]


def _failed() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(state=MessageState.FAILED, lane=Lane.NOTICE)


def _lines(messages: QuerySet[OutboxMessage], limit: int) -> list[MessageLine]:
    return _lines_later(messages, limit).answer


def _lines_later(messages: QuerySet[OutboxMessage], limit: int) -> Later[list[MessageLine]]:
    rows = rows_later(messages.order_by("-created_at", "-id")[:limit], without=("attachment", "body"))
    return rows.then(
        lambda found: [
            _line(row) for row in sorted(found, key=lambda row: (row.created_at, row.pk), reverse=True)
        ]
    )


def _line(row: OutboxMessage) -> MessageLine:
    return MessageLine(
        id=row.pk,
        at=row.created_at,
        recipient=row.recipient,
        subject="" if row.lane == Lane.CODE else row.subject,
        is_code=row.lane == Lane.CODE,
        state=MessageState(row.state),
        sent_at=row.sent_at,
        next_try=row.next_attempt_at if row.state == MessageState.PENDING and row.attempts else None,
        reason=rules.reason_of(row.last_error),
        user_id=row.user_id,
        household_id=row.household_id,
    )


def waiting_since() -> timedelta:
    """How long the most overdue message has waited for a worker; zero when none does. 1 query."""
    now = clock.now()
    oldest = OutboxMessage.objects.filter(state=MessageState.PENDING).aggregate(at=Min("next_attempt_at"))[
        "at"
    ]
    return max(now - oldest, timedelta()) if oldest else timedelta()
