"""Deposited, encrypted, delivered to who may read, kept while it serves, then erased (I6)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from espace.audit.models import AuditEvent
from espace.documents import queries, services
from espace.documents.enums import DocumentKind, MediaType
from espace.documents.errors import DocumentInUse, NotADocument
from espace.documents.models import Document, DocumentUse
from espace.documents.services import Subject, Upload
from espace.kernel.actor import Permission
from espace.kernel.crypto import Unreadable
from espace.kernel.db import read_only
from espace.kernel.errors import NotFound
from tests.support.cast import Character, make_agent

CONTENT = b"%PDF-1.7\nvaricelle"
SUBJECT = Subject("absence", 7)


def deposit(someone: Character, content: bytes = CONTENT, name: str = "varicelle.pdf") -> Document:
    return services.deposit(
        someone.actor,
        household_id=someone.household.pk,
        kind=DocumentKind.ABSENCE_PROOF,
        subject=SUBJECT,
        upload=Upload(name, content, len(content)),
    )


def test_a_document_is_kept_and_given_back(alice: Character) -> None:
    document = deposit(alice)
    given = services.read(queries.document_for(alice.actor, document.pk))
    assert (given.content, given.media_type) == (CONTENT, MediaType.PDF)
    assert given.name == f"document-{document.pk}.pdf"
    assert queries.entries_of([document.pk])[document.pk].name == "varicelle.pdf"


def test_nothing_of_it_is_readable_on_the_disk_nor_in_the_database(alice: Character) -> None:
    document = deposit(alice)
    stored = queries.path_of(document.file_id).read_bytes()
    assert b"varicelle" not in stored
    assert b"PDF" not in stored
    assert b"varicelle" not in bytes(Document.objects.get().name)
    assert "varicelle" not in str(list(AuditEvent.objects.order_by("id").values()))


def test_a_file_put_in_the_place_of_another_does_not_open(alice: Character) -> None:
    """The id of the row is part of what was sealed."""
    one, other = deposit(alice), deposit(alice, CONTENT + b"2")
    queries.path_of(other.file_id).write_bytes(queries.path_of(one.file_id).read_bytes())
    with pytest.raises(Unreadable):
        queries.content_of(other)


def test_what_is_refused_leaves_nothing(alice: Character) -> None:
    with pytest.raises(NotADocument):
        deposit(alice, b"<html>")
    assert not Document.objects.exists()


def test_the_other_parent_and_a_stranger_find_nothing(
    alice: Character, bob: Character, charlie: Character
) -> None:
    document = deposit(alice)
    for someone in (bob, charlie):
        with pytest.raises(NotFound):
            queries.document_for(someone.actor, document.pk)


def test_an_agent_reads_it_with_the_health_permission_and_the_journal_says_so(
    alice: Character, denise: Character
) -> None:
    document = deposit(alice)
    with pytest.raises(NotFound):
        services.read_at_desk(denise.actor, document_id=document.pk)
    assert not AuditEvent.objects.filter(action="documents.read").exists()
    hana = make_agent("Hana", "Petit", (Permission.HEALTH,))
    with read_only():  # as a GET
        assert services.read_at_desk(hana.actor, document_id=document.pk).content == CONTENT
    event = AuditEvent.objects.get(action="documents.read")
    assert (event.actor_label, event.household_id, event.payload) == ("Hana Petit", alice.household.pk, None)


def test_a_document_in_use_is_not_deleted(alice: Character) -> None:
    """I6, by the service, the model and the database."""
    document = deposit(alice)
    services.use(document, purpose="absence_proof", subject=SUBJECT)
    with pytest.raises(DocumentInUse):
        services.erase(alice.actor, document_id=document.pk)
    with pytest.raises(ProtectedError):
        document.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        _go_round_the_model(document)


def _go_round_the_model(document: Document) -> None:
    Document.objects.filter(pk=document.pk)._raw_delete(using="default")
    transaction.get_connection().check_constraints()


@pytest.mark.django_db(transaction=True)
def test_released_it_is_erased_with_its_file(alice: Character) -> None:
    document = deposit(alice)
    services.use(document, purpose="absence_proof", subject=SUBJECT)
    services.release(alice.actor, document_id=document.pk, purpose="absence_proof", subject=SUBJECT)
    assert not Document.objects.exists()
    assert not queries.path_of(document.file_id).exists()


@pytest.mark.django_db(transaction=True)
def test_the_purge_erases_what_is_over_and_nothing_else(
    alice: Character, frozen: time_machine.Traveller
) -> None:
    document = deposit(alice)
    services.use(document, purpose="absence_proof", subject=SUBJECT)
    frozen.shift(timedelta(days=365))
    assert services.purge() == 0
    frozen.shift(timedelta(days=1))
    later = deposit(alice)
    assert services.purge() == 1
    assert list(Document.objects.all()) == [later]
    assert not DocumentUse.objects.exists()
    assert not queries.path_of(document.file_id).exists()


def test_a_document_whose_file_is_lost_is_told_by_the_proof(alice: Character) -> None:
    document = deposit(alice)
    assert queries.preuve() == []
    queries.path_of(document.file_id).unlink()
    assert queries.preuve() == [f"Le fichier du document {document.pk} n’est plus sur le disque."]
