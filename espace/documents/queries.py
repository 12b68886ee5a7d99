"""Who may hold a document: the adults of the household that deposited it, and agents with the right to read it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from espace.documents.enums import MediaType
from espace.documents.models import Document
from espace.families.queries import households_for
from espace.kernel.actor import Actor, Permission
from espace.kernel.crypto import unseal_bytes
from espace.kernel.errors import NotFound
from espace.kernel.text import NBSP

PURPOSE = "document"
MOST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document as a list shows it; `size` in words."""

    id: int
    name: str
    media_type: MediaType
    size: str
    deposited_at: datetime


def document_for(actor: Actor, document_id: int) -> Document:
    """A document of one of the actor's households, or `NotFound`. 2 queries."""
    found = _row(document_id)
    if found.household_id not in {h.pk for h in households_for(actor)}:
        raise NotFound
    return found


def document_at_desk_for(actor: Actor, document_id: int) -> Document:
    """A document for an agent who may read it: HEALTH for what is about health, FAMILIES_READ for the rest. 1 query."""
    found = _row(document_id)
    if not actor.may(Permission.HEALTH if found.is_health else Permission.FAMILIES_READ):
        raise NotFound
    return found


def entries_of(document_ids: Collection[int]) -> dict[int, DocumentEntry]:
    """What a list shows of documents whose readers were allowed before. 1 query, none for no document."""
    if not document_ids:
        return {}
    rows = Document.objects.filter(pk__in=list(document_ids)).order_by("id")
    return {
        row.pk: DocumentEntry(
            row.pk, name_of(row), MediaType(row.media_type), weight_of(row.size), row.deposited_at
        )
        for row in rows
    }


def name_of(document: Document) -> str:
    """The name its depositor gave it: for them, and for who may read the file itself."""
    return unseal_bytes(PURPOSE, bytes(document.name), bound_to=f"{document.file_id}:nom").decode()


def weight_of(size: int) -> str:
    """A size in words: « 240 Ko », « 1,2 Mo »."""
    if size < 1024 * 1024:
        return f"{max(1, size // 1024)}{NBSP}Ko"
    return f"{size / 1024 / 1024:.1f}".replace(".", ",") + f"{NBSP}Mo"


def path_of(file_id: UUID) -> Path:
    """Where the encrypted bytes are."""
    return Path(settings.DOCUMENTS_DIR) / file_id.hex[:2] / f"{file_id.hex}.chiffre"


def content_of(document: Document) -> bytes:
    """The clear bytes of a document the caller was allowed to hold; `NotFound` when its file is lost (which the nightly
    proof tells), `crypto.Unreadable`."""
    try:
        sealed = path_of(document.file_id).read_bytes()
    except FileNotFoundError:
        raise NotFound from None
    return unseal_bytes(PURPOSE, sealed, bound_to=str(document.file_id))


def preuve() -> list[str]:
    """Each document has its file. 1 query, and one look on the disk a document."""
    rows = Document.objects.order_by("id").values_list("id", "file_id")
    return [
        f"Le fichier du document {pk} n’est plus sur le disque."
        for pk, file_id in rows.iterator()
        if not path_of(file_id).exists()
    ]


def _row(document_id: int) -> Document:
    found = (
        Document.objects.filter(pk=document_id).order_by("id").first() if 0 < document_id <= MOST_ID else None
    )
    if found is None:
        raise NotFound
    return found
