"""Writing the journal, and sealing it behind the writers."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC
from typing import Any

from config.logs import request_id
from espace.audit.models import AuditEvent
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.db import write_transaction

SEAL_BATCH = 500


def digest_of(event: AuditEvent) -> str:
    """The salted digest that the seal covers; it outlives a payload erased by law."""
    content = [
        event.at.astimezone(UTC).isoformat(),
        event.user_id,
        event.on_behalf_of,
        event.channel,
        event.action,
        event.object_kind,
        event.object_id,
        event.payload,
        event.reason,
    ]
    return hashlib.sha256((event.salt + json.dumps(content, sort_keys=True)).encode()).hexdigest()


def prepared(
    actor: Actor,
    action: str,
    *,
    object_kind: str,
    object_id: int | None = None,
    household_id: int | None = None,
    payload: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """An event ready to insert (bulk writers); `payload` must be plain JSON and hold no health value."""
    event = AuditEvent(
        at=clock.now(),
        user_id=actor.user_id,
        actor_label=actor.label,
        on_behalf_of=actor.on_behalf_of,
        channel=actor.channel.value,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        household_id=household_id if household_id is not None else actor.on_behalf_of,
        payload=payload,
        reason=reason,
        request_id=request_id.get(),
        salt=secrets.token_hex(16),
    )
    event.digest = digest_of(event)
    return event


def record(
    actor: Actor,
    action: str,
    *,
    object_kind: str,
    object_id: int | None = None,
    household_id: int | None = None,
    payload: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Journals an act in the caller's transaction. `action` is a verb in the app's words: `bookings.book`."""
    prepared(
        actor,
        action,
        object_kind=object_kind,
        object_id=object_id,
        household_id=household_id,
        payload=payload,
        reason=reason,
    ).save(force_insert=True)


def seal_pending() -> int:
    """Chains the events not sealed yet, in order of id; returns how many. Run by one worker at a time."""
    with write_transaction():
        last = AuditEvent.objects.filter(seal_number__isnull=False).order_by("-seal_number").first()
        number, seal = (last.seal_number or 0, last.seal) if last else (0, "")
        events = list(
            AuditEvent.objects.select_for_update()
            .filter(seal_number__isnull=True)
            .order_by("id")[:SEAL_BATCH]
        )
        for event in events:
            number += 1
            seal = next_seal(seal, number, event.digest)
            event.seal_number, event.seal = number, seal
        AuditEvent.objects.bulk_update(events, ["seal_number", "seal"], batch_size=100)
    return len(events)


def next_seal(previous: str, number: int, digest: str) -> str:
    """The link of the chain: hash of the previous seal, the number and the digest."""
    return hashlib.sha256(f"{previous}{number}{digest}".encode()).hexdigest()


def prove() -> list[str]:
    """Re-proves the sealed journal (I40): a sentence for each broken link or altered event; empty when whole."""
    problems, previous, expected = [], "", 0
    for event in AuditEvent.objects.filter(seal_number__isnull=False).order_by("seal_number").iterator():
        expected += 1
        if event.seal_number != expected:
            problems.append(f"Il manque l’événement scellé numéro {expected}.")
            expected = event.seal_number or expected
        if event.payload is not None and digest_of(event) != event.digest:
            problems.append(f"L’événement {event.seal_number} a été modifié.")
        if next_seal(previous, expected, event.digest) != event.seal:
            problems.append(f"La chaîne est rompue à l’événement {event.seal_number}.")
        previous = event.seal
    return problems
