"""Retries get rarer and end."""

from datetime import UTC, datetime

import pytest

from espace.notifications.enums import Lane
from espace.notifications.rules import next_attempt, reason_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("lane", list(Lane))
def test_waits_grow_then_stop(lane: Lane) -> None:
    instants = [next_attempt(lane, n, NOW) for n in range(1, 8)]
    assert instants[-1] is None
    known = [i for i in instants if i is not None]
    assert known == sorted(known)
    assert len(known) == 6


def test_a_code_is_given_up_within_its_quarter_of_an_hour() -> None:
    waits = [next_attempt(Lane.CODE, n, NOW) for n in range(1, 7)]
    assert sum((w - NOW).total_seconds() for w in waits if w) <= 15 * 60


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.1.1", "l’adresse n’existe pas, ou plus"),
        ("550", "l’adresse n’existe pas, ou plus"),
        ("552 5.2.2", "la boîte aux lettres est pleine"),
        ("452 4.2.2", "la boîte aux lettres est pleine"),
        ("552", "la boîte aux lettres est pleine"),
        ("550 5.2.1", "la boîte aux lettres est fermée"),
        ("550 5.7.1", "le serveur du destinataire a refusé le message"),
        ("554", "le serveur du destinataire a refusé le message"),
        ("503", "le serveur du destinataire a refusé le message"),
        ("552 5.3.4", "le message est trop lourd pour ce destinataire"),
        ("451 4.3.0", "le serveur du destinataire n’a pas répondu, après plusieurs essais"),
        ("ConnectionRefusedError", "le serveur de courrier de la mairie ne répondait pas"),
        ("TimeoutError", "le serveur de courrier de la mairie ne répondait pas"),
        ("SMTPServerDisconnected", "le serveur de courrier de la mairie ne répondait pas"),
        ("adresse illisible", "l’adresse ne peut pas être lue"),
        ("UnicodeEncodeError", "le message n’a pas pu être préparé"),
        ("", ""),
    ],
)
def test_why_in_plain_french(answer: str, reason: str) -> None:
    assert reason_of(answer) == reason
