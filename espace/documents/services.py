"""Depositing, reading at the desk, releasing and erasing. A file is written before its row and erased after it: what a
crash leaves behind is an encrypted file that nothing names, never a document without its file."""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from espace.audit.services import record
from espace.documents import rules
from espace.documents.enums import DocumentKind, MediaType, ReviewState
from espace.documents.errors import DocumentInUse
from espace.documents.models import Document, DocumentUse
from espace.documents.queries import PURPOSE, content_of, document_at_desk_for, path_of
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.crypto import seal_bytes
from espace.kernel.db import journaled_read, write_transaction

log = logging.getLogger("espace.documents")
PURGE_BATCH = 200
GRACE = 24 * 60 * 60  # seconds


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as received: the name it bore, its content (perhaps cut short when too heavy), and its whole size."""

    name: str
    content: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document is about, or serves: the caller's own words."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file on its way to a reader."""

    name: str
    media_type: MediaType
    content: bytes


def deposit(
    actor: Actor, *, household_id: int, kind: DocumentKind, subject: Subject, upload: Upload
) -> Document:
    """Checks a file and keeps it, encrypted. The caller checked that the actor may speak for the household.

    `EmptyFile`, `FileTooHeavy`, `NotADocument`: nothing is kept then.
    """
    media_type = rules.media_type_of(upload.content, upload.size)
    keeping, now, file_id = rules.KEEPING[kind], clock.now(), uuid.uuid4()
    _write(file_id, upload.content)
    try:
        with write_transaction():
            document = Document.objects.create(
                file_id=file_id,
                household_id=household_id,
                depositor_id=actor.user_id,
                depositor_label=actor.label,
                subject_kind=subject.kind,
                subject_id=subject.id,
                kind=kind,
                is_health=keeping.is_health,
                name=seal_bytes(
                    PURPOSE, rules.shown_name(upload.name, media_type).encode(), bound_to=f"{file_id}:nom"
                ),
                media_type=media_type,
                size=upload.size,
                file_hash=hashlib.sha256(upload.content).hexdigest(),
                deposited_at=now,
                purge_after=rules.purge_after(kind, now.date()),
            )
            record(
                actor, "documents.deposit", object_kind="document", object_id=document.pk,
                household_id=household_id,
            )  # fmt: skip
    except BaseException:
        path_of(file_id).unlink(missing_ok=True)
        raise
    return document


def use(document: Document, *, purpose: str, subject: Subject) -> None:
    """Tells where a document serves, until its own last day; in the caller's transaction."""
    DocumentUse.objects.get_or_create(
        document=document,
        purpose=purpose,
        subject_kind=subject.kind,
        subject_id=subject.id,
        defaults={"until": document.purge_after},
    )


def release(actor: Actor, *, document_id: int, purpose: str, subject: Subject) -> None:
    """A document no longer serves there; erased when it serves nowhere else."""
    with write_transaction():
        DocumentUse.objects.filter(
            document_id=document_id, purpose=purpose, subject_kind=subject.kind, subject_id=subject.id
        ).delete()
        document = Document.objects.select_for_update().filter(pk=document_id).order_by("id").first()
        if document is not None and not document.uses.exists():
            _erase(actor, document)


def erase(actor: Actor, *, document_id: int) -> None:
    """Erases a document that serves nowhere; `DocumentInUse` otherwise (I6). The caller checked who asks."""
    with write_transaction():
        document = Document.objects.select_for_update().filter(pk=document_id).order_by("id").first()
        if document is None:
            return
        if document.uses.exists():
            raise DocumentInUse
        _erase(actor, document)


def set_review(document_id: int, state: ReviewState) -> None:
    """What an agent thought of it; in the caller's transaction, which journals it."""
    Document.objects.filter(pk=document_id).update(review_state=state)


def read(document: Document) -> Delivery:
    """The file of a document the caller was allowed to hold as its depositor (`document_for`)."""
    media_type = MediaType(document.media_type)
    return Delivery(rules.delivered_name(document.pk, media_type), media_type, content_of(document))


def read_at_desk(actor: Actor, *, document_id: int) -> Delivery:
    """The file, for an agent who may read it; each reading of a health document is journaled, a GET's too.

    The journal says that a document of the household was read, never what it is.
    """
    document = document_at_desk_for(actor, document_id)
    if document.is_health:
        with journaled_read(), write_transaction():
            record(
                actor, "documents.read", object_kind="document", object_id=document.pk,
                household_id=document.household_id,
            )  # fmt: skip
    return read(document)


def purge() -> int:
    """Erases the documents whose last day is past, uses ended included; returns how many. Run by the worker."""
    today = clock.today()
    with write_transaction():
        DocumentUse.objects.filter(until__lt=today).delete()
        over = Document.objects.select_for_update(of=("self",)).filter(
            purge_after__lt=today, uses__isnull=True
        )
        gone = list(over.order_by("id")[:PURGE_BATCH])
        for document in gone:
            _erase(SYSTEM, document)
    _sweep()
    return len(gone)


def _erase(actor: Actor, document: Document) -> None:
    path, pk, household_id = path_of(document.file_id), document.pk, document.household_id
    document.delete()
    record(
        actor, "documents.erase", object_kind="document", object_id=pk, household_id=household_id
    )  # fmt: skip
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _sweep() -> None:
    """Erases the files that no row names: a transaction undone after its file was written. A day's grace keeps those
    whose transaction is still open."""
    if not settings.DOCUMENTS_DIR.exists():
        return
    marker = settings.DOCUMENTS_DIR / ".balayage"
    marker.touch()  # files are dated by the machine, which a demonstration's clock does not move
    before = marker.stat().st_mtime - GRACE
    for path in settings.DOCUMENTS_DIR.glob("??/*"):
        if path.stat().st_mtime > before:
            continue
        try:
            known = Document.objects.filter(file_id=uuid.UUID(path.stem)).exists()
        except ValueError:
            known = False
        if not known:
            path.unlink(missing_ok=True)


def _write(file_id: uuid.UUID, content: bytes) -> None:
    """Encrypts and writes, whole or not at all, readable by this process alone."""
    path = path_of(file_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".ecriture")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(seal_bytes(PURPOSE, content, bound_to=str(file_id)))
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
