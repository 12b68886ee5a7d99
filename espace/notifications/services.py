"""Putting a message in the outbox, in the transaction of the fact it tells; and sending it, by the worker."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import F

from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.notifications import rules, transport
from espace.notifications.enums import Lane, MessageState
from espace.notifications.errors import NothingToResend
from espace.notifications.models import OutboxMessage
from espace.notifications.transport import Carrier
from espace.town.queries import identity, opening_hours

log = logging.getLogger("espace.notifications")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small file that goes with a message: its name, its type, its bytes."""

    name: str
    content_type: str
    content: bytes


def prepared(
    *,
    recipient: str,
    kind: str,
    subject: str,
    body: str,
    lane: Lane = Lane.NOTICE,
    user_id: int | None = None,
    household_id: int | None = None,
    attachment: Attachment | None = None,
    reply_to: str = "",
) -> OutboxMessage:
    """A message ready to insert, for who writes many at once (`kernel.db.bulk_insert`)."""
    now = clock.now()
    return OutboxMessage(
        recipient=recipient,
        user_id=user_id,
        household_id=household_id,
        kind=kind,
        lane=lane,
        subject=subject,
        body=body,
        attachment_name=attachment.name if attachment else "",
        attachment_type=attachment.content_type if attachment else "",
        attachment=attachment.content if attachment else None,
        reply_to=reply_to,
        message_id=uuid.uuid4().hex,
        next_attempt_at=now,
        created_at=now,
    )


def enqueue(
    *,
    recipient: str,
    kind: str,
    subject: str,
    body: str,
    lane: Lane = Lane.NOTICE,
    user_id: int | None = None,
    household_id: int | None = None,
    attachment: Attachment | None = None,
    reply_to: str = "",
) -> OutboxMessage:
    """Writes an outgoing e-mail; must run inside the service's own transaction. The worker sends it.

    The town's domain is added to the Message-ID when sent; the identifier itself is fixed here so that a
    retry is recognised as the same message.
    """
    message = prepared(
        recipient=recipient,
        kind=kind,
        subject=subject,
        body=body,
        lane=lane,
        user_id=user_id,
        household_id=household_id,
        attachment=attachment,
        reply_to=reply_to,
    )
    message.save(force_insert=True)
    return message


def send_batch(carrier: Carrier, *, lane: Lane | None = None, limit: int = 50) -> int:
    """Sends what is due, one message at a time, codes first; returns how many were tried.

    Each message is claimed by a conditional update, so that two workers never send the same. A refusal is kept
    as its number, and tried again later (`rules.next_attempt`) unless it is final. Needs a town with an address.
    """
    town = identity()
    if not town.mail_from:
        return 0
    hours = opening_hours()
    signature = town_signature()
    tried = 0
    while tried < limit and (message := _claim(lane)) is not None:
        tried += 1
        letter = letter_of(message)
        try:
            carrier.deliver(
                transport.envelope_from(letter, town),
                message.recipient,
                transport.compose(letter, town, hours, signature),
            )
        except transport.NotAccepted as refusal:
            _not_sent(message, refusal)
        except Exception as error:
            # one message that cannot be written must not hold the others back
            log.exception("message not composed")
            _not_sent(message, transport.NotAccepted(type(error).__name__, permanent=True))
        else:
            _sent(message)
    return tried


def release_stale() -> int:
    """Gives back the messages of a worker that died while sending; the same Message-ID shows a repeat. 1 query."""
    with write_transaction():
        return OutboxMessage.objects.filter(
            state=MessageState.SENDING, next_attempt_at__lte=clock.now()
        ).update(state=MessageState.PENDING)


def resend(actor: Actor, *, message_id: int, recipient: str) -> None:
    """Puts a message that was given up back in the outbox, to the address its person has now, as many tries as at first.

    Raises `NotFound` unless the actor may write to families, `NothingToResend` for a message that is not given up, or
    a code, whose words are erased.
    """
    if not actor.may(Permission.FAMILIES_WRITE):
        raise NotFound
    with write_transaction():
        given_up = OutboxMessage.objects.select_for_update().filter(
            pk=message_id, state=MessageState.FAILED, lane=Lane.NOTICE
        )
        message = given_up.defer("attachment", "body").order_by("id").first()
        if message is None:
            raise NothingToResend
        OutboxMessage.objects.filter(pk=message.pk).update(
            state=MessageState.PENDING,
            attempts=0,
            next_attempt_at=clock.now(),
            recipient=recipient,
            last_error="",
        )
        audit.record(
            actor,
            "notifications.resend",
            object_kind="message",
            object_id=message.pk,
            household_id=message.household_id,
            payload={"kind": message.kind},
        )


def letter_of(message: OutboxMessage) -> transport.Letter:
    attachment = None
    if message.attachment is not None:
        attachment = (message.attachment_name, message.attachment_type, bytes(message.attachment))
    return transport.Letter(
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        message_id=message.message_id,
        sent_at=clock.now(),
        reply_to=message.reply_to,
        attachment=attachment,
    )


def town_signature() -> transport.Signature | None:
    """The town's DKIM key, when the installation has one."""
    if not settings.DKIM_KEY_FILE:
        return None
    return transport.Signature(settings.DKIM_SELECTOR, Path(settings.DKIM_KEY_FILE).read_bytes())


def _claim(lane: Lane | None) -> OutboxMessage | None:
    """Takes one due message for this worker alone. CODE sorts before NOTICE."""
    due = OutboxMessage.objects.filter(state=MessageState.PENDING)
    if lane is not None:
        due = due.filter(lane=lane)
    while True:
        now = clock.now()
        message = due.filter(next_attempt_at__lte=now).order_by("lane", "next_attempt_at", "id").first()
        if message is None:
            return None
        with write_transaction():
            claimed = OutboxMessage.objects.filter(
                pk=message.pk, state=MessageState.PENDING, attempts=message.attempts
            ).update(
                state=MessageState.SENDING, attempts=F("attempts") + 1, next_attempt_at=now + rules.LEASE
            )
        if claimed == 1:
            message.attempts += 1
            return message


def _sent(message: OutboxMessage) -> None:
    changes: dict[str, object] = {"state": MessageState.SENT, "sent_at": clock.now(), "last_error": ""}
    _settle(message, changes)


def _not_sent(message: OutboxMessage, refusal: transport.NotAccepted) -> None:
    again = (
        None if refusal.permanent else rules.next_attempt(Lane(message.lane), message.attempts, clock.now())
    )
    changes: dict[str, object] = {"last_error": refusal.code[:300]}
    if again is None:
        changes["state"] = MessageState.FAILED
    else:
        changes |= {"state": MessageState.PENDING, "next_attempt_at": again}
    _settle(message, changes)


def _settle(message: OutboxMessage, changes: dict[str, object]) -> None:
    """Only the worker that holds the message writes its fate; a code is erased once it can no longer be sent."""
    if message.lane == Lane.CODE and changes.get("state") != MessageState.PENDING:
        changes |= {"body": "", "subject": ""}
    with write_transaction():
        OutboxMessage.objects.filter(
            pk=message.pk, state=MessageState.SENDING, attempts=message.attempts
        ).update(**changes)
