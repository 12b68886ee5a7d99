"""The journal records, seals in order, and re-proves (I40)."""

from __future__ import annotations

import pytest

from espace.audit import services
from espace.audit.models import AuditEvent
from espace.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


def record(n: int) -> None:
    services.record(
        SYSTEM, "essai.faire", object_kind="essai", object_id=n, payload={"n": n}, reason="pour voir"
    )


def test_a_sealed_journal_re_proves() -> None:
    for n in range(5):
        record(n)
    assert services.seal_pending() == 5
    record(5)
    assert services.seal_pending() == 1
    assert list(AuditEvent.objects.order_by("id").values_list("seal_number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert services.prove() == []


def test_sealing_again_does_nothing() -> None:
    record(1)
    services.seal_pending()
    assert services.seal_pending() == 0


def test_a_changed_event_is_told() -> None:
    for n in range(3):
        record(n)
    services.seal_pending()
    AuditEvent.objects.filter(seal_number=2).update(payload={"n": 99})
    assert services.prove() == ["L’événement 2 a été modifié."]


def test_a_removed_event_is_told() -> None:
    for n in range(3):
        record(n)
    services.seal_pending()
    AuditEvent.objects.filter(seal_number=2).delete()
    assert services.prove()[0] == "Il manque l’événement scellé numéro 2."


def test_a_payload_erased_by_law_leaves_the_chain_whole() -> None:
    for n in range(3):
        record(n)
    services.seal_pending()
    AuditEvent.objects.filter(seal_number=2).update(payload=None)
    assert services.prove() == []


def test_a_rewritten_digest_breaks_the_chain() -> None:
    for n in range(3):
        record(n)
    services.seal_pending()
    AuditEvent.objects.filter(seal_number=2).update(digest="0" * 64, payload=None)
    assert services.prove() == ["La chaîne est rompue à l’événement 2."]
