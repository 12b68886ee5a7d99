"""What a document is, and what an agent thought of it."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """What it proves. Each says whether it is about health, and how long it is kept (`rules`)."""

    ABSENCE_PROOF = "ABSENCE_PROOF"


class ReviewState(StrEnum):
    WAITING = "WAITING"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class MediaType(StrEnum):
    """The only contents taken: what a browser never runs."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
