"""The outbox: order, claims, retries."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import pytest
import time_machine

from espace.demo.town import Reference
from espace.kernel.db import write_transaction
from espace.notifications import services
from espace.notifications.enums import Lane, MessageState
from espace.notifications.models import OutboxMessage
from espace.notifications.services import enqueue, send_batch
from espace.notifications.transport import NotAccepted


class Recorder:
    """A carrier that remembers, and refuses when told to."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.to: list[str] = []
        self.refusal = refusal

    def deliver(self, envelope_from: str, recipient: str, content: bytes) -> None:
        self.to.append(recipient)
        if self.refusal:
            raise self.refusal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def write(recipient: str, lane: Lane = Lane.NOTICE) -> OutboxMessage:
    return enqueue(recipient=recipient, kind="test", subject="Objet", body="Bonjour", lane=lane)


def test_codes_leave_before_notices(town: Reference) -> None:
    write("avis@exemple.fr")
    write("code@exemple.fr", Lane.CODE)
    carrier = Recorder()
    assert send_batch(carrier) == 2
    assert carrier.to == ["code@exemple.fr", "avis@exemple.fr"]


def test_two_workers_never_send_the_same(town: Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other worker claims the message between our reading and our claim."""
    message = write("a@exemple.fr")
    stolen: list[int] = []

    def steal_first() -> object:
        if not stolen:
            stolen.append(OutboxMessage.objects.filter(pk=message.pk).update(state=MessageState.SENDING))
        return write_transaction()

    monkeypatch.setattr("espace.notifications.services.write_transaction", steal_first)
    carrier = Recorder()
    assert send_batch(carrier) == 0
    assert carrier.to == []


def test_a_code_is_given_up_once_it_is_worth_nothing(town: Reference, frozen: time_machine.Traveller) -> None:
    message = write("code@exemple.fr", Lane.CODE)
    carrier = Recorder(NotAccepted("451", permanent=False))
    for _ in range(20):
        send_batch(carrier)
        frozen.shift(600)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.body) == (MessageState.FAILED, 7, "")


def test_a_message_that_cannot_be_written_does_not_hold_the_others(town: Reference) -> None:
    write("a@exemple.fr")
    write("b@exemple.fr")
    carrier = Recorder(RuntimeError("unexpected"))
    assert send_batch(carrier) == 2
    assert OutboxMessage.objects.filter(state=MessageState.FAILED).count() == 2


def test_what_a_dead_worker_held_is_given_back(town: Reference, frozen: time_machine.Traveller) -> None:
    message = write("a@exemple.fr")
    claimed = services._claim(None)
    assert claimed is not None
    assert services.release_stale() == 0
    frozen.shift(600)
    assert services.release_stale() == 1
    carrier = Recorder()
    send_batch(carrier)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.SENT, 2)


def test_nothing_leaves_before_the_town_has_an_address(db: None) -> None:
    write("a@exemple.fr")
    assert send_batch(Recorder()) == 0
