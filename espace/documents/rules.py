"""What a file is by its content, and until when it is kept. Sizes in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from espace.documents.enums import DocumentKind, MediaType
from espace.documents.errors import EmptyFile, FileTooHeavy, NotADocument
from espace.kernel.text import clean_line, has_forbidden_characters

HEAVIEST = 10 * 1024 * 1024
LONGEST_NAME = 120
BEGINNINGS = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)
EXTENSIONS = {MediaType.PDF: "pdf", MediaType.JPEG: "jpg", MediaType.PNG: "png"}


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a kind is kept: under the health permission or not, and for how many days after its deposit."""

    is_health: bool
    days: int


KEEPING = {
    # Until the bill it corrects can no longer be contested before the administrative judge (two months), with the
    # months it takes to be issued; then nothing justifies keeping it.
    DocumentKind.ABSENCE_PROOF: Keeping(is_health=True, days=365),
}


def media_type_of(content: bytes, size: int) -> MediaType:
    """What a file is, by its first bytes: neither its name nor what the browser says is believed.

    `size` is what was sent, of which `content` may be only the beginning. `EmptyFile`, `FileTooHeavy`, `NotADocument`.
    """
    if size > HEAVIEST:
        raise FileTooHeavy
    if not content:
        raise EmptyFile
    for beginning, kind in BEGINNINGS:
        if content.startswith(beginning):
            return kind
    raise NotADocument


def shown_name(typed: str, kind: MediaType) -> str:
    """The name a depositor recognises their file by: one line without a path; « document.pdf » when it holds nothing
    that can be kept."""
    name = clean_line(typed.replace("\\", "/").rpartition("/")[2])
    if not name or has_forbidden_characters(name):
        return f"document.{EXTENSIONS[kind]}"
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 5:
        return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"
    return name[:LONGEST_NAME]


def delivered_name(document_id: int, kind: MediaType) -> str:
    """The name under which a file is downloaded: what the depositor wrote may tell an illness, a number does not."""
    return f"document-{document_id}.{EXTENSIONS[kind]}"


def purge_after(kind: DocumentKind, deposited_on: date) -> date:
    """The last day a document is kept when nothing uses it any more."""
    return deposited_on + timedelta(days=KEEPING[kind].days)
