"""What a file is, by its content, and what its name may tell."""

from __future__ import annotations

from datetime import date

import pytest

from espace.documents.enums import DocumentKind, MediaType
from espace.documents.errors import DocumentRefusal, EmptyFile, FileTooHeavy, NotADocument
from espace.documents.rules import HEAVIEST, KEEPING, delivered_name, media_type_of, purge_after, shown_name

PDF, JPEG, PNG = b"%PDF-1.7\n...", b"\xff\xd8\xff\xe0...", b"\x89PNG\r\n\x1a\n..."


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, MediaType.PDF), (JPEG, MediaType.JPEG), (PNG, MediaType.PNG)]
)
def test_a_file_is_what_it_begins_with(content: bytes, kind: MediaType) -> None:
    assert media_type_of(content, len(content)) is kind


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", EmptyFile),
        (b"<html><script>alert(1)</script>", NotADocument),
        (b"MZ\x90\x00", NotADocument),
        (b"PK\x03\x04", NotADocument),
        (b"\xff\xd8", NotADocument),
        (b" %PDF-1.7", NotADocument),
        (b"GIF89a", NotADocument),
        (b"\x00\x00\x00\x18ftypheic", NotADocument),
    ],
)
def test_anything_else_is_refused(content: bytes, why: type[DocumentRefusal]) -> None:
    with pytest.raises(why):
        media_type_of(content, len(content))


def test_ten_megabytes_are_taken_and_not_one_byte_more() -> None:
    assert media_type_of(PDF, HEAVIEST) is MediaType.PDF
    with pytest.raises(FileTooHeavy, match="10\u00a0Mo"):
        media_type_of(PDF, HEAVIEST + 1)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("certificat.pdf", "certificat.pdf"),
        ("C:\\Users\\Léa\\photo 1.jpg", "photo 1.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\u202efdp.exe", "document.pdf"),
        ("", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_name_keeps_what_its_depositor_recognises(typed: str, shown: str) -> None:
    assert shown_name(typed, MediaType.PDF) == shown


def test_a_file_leaves_under_a_name_that_tells_nothing() -> None:
    assert delivered_name(12, MediaType.JPEG) == "document-12.jpg"


def test_each_kind_says_how_it_is_kept() -> None:
    assert KEEPING.keys() == set(DocumentKind)
    assert purge_after(DocumentKind.ABSENCE_PROOF, date(2026, 11, 24)) == date(2027, 11, 24)
