"""What a form must refuse, by the kind of its field; and the names that it must take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.core.files.uploadedfile import SimpleUploadedFile

LONG = "x" * 10_000
OVERRIDE = "\u202e"
EMOJI = "\U0001f600"
HUGE = "9" * 5_000  # more digits than int() accepts
BEYOND = str(2**63)

UNSEEN = ("a\x00b", "a\x07b", f"a{OVERRIDE}b", LONG)
NOT_A_CHOICE = ("inconnu", "-1", "0", BEYOND, HUGE, f"é{EMOJI}", "1\x00")
NAMES = ("O", "D’Arc", "d'Éon", "Jean-Paul", "Éloïse-Marie", "N’", "阿")


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def good_file() -> SimpleUploadedFile:
    return sent("document.pdf", b"%PDF-1.7 ")


class Kind(Enum):
    """What is refused, whatever the form."""

    NAME = (*UNSEEN, f"Léa {EMOJI}", "12345", "<b>Léa</b>", "Léa; DROP TABLE", "’-")
    LINE = (*UNSEEN, f"Léa {EMOJI}")
    PROSE = UNSEEN
    POSTCODE = (*UNSEEN, "abc", "-1", "9" * 11, EMOJI)
    PHONE = (*UNSEEN, "abc", "-1", "06", "9" * 40, EMOJI)
    EMAIL = (
        *UNSEEN, "lea", "lea@", "@exemple.fr", f"lea{OVERRIDE}@exemple.fr", f"lea@exem{OVERRIDE}ple.fr",
        "lea@exem\u200bple.fr", "lea\x00@exemple.fr", f"{EMOJI}@exemple.fr", "a" * 300 + "@exemple.fr", "a@b@c.fr",
    )  # fmt: skip
    DAY = (
        "a\x00b", f"2026-12-10{OVERRIDE}", LONG, "pas une date", "2026-02-30", "31/02/2026", "0000-00-00", "9999-12-31",
        "0001-01-01", "10000-01-01", "-1", EMOJI,
    )  # fmt: skip
    NUMBER = (
        *UNSEEN,
        "abc",
        "-1",
        "1e99999999",
        "1e999999",
        "9" * 12,
        HUGE,
        "NaN",
        "sNaN",
        "-Infinity",
        EMOJI,
    )
    CHOICE = NOT_A_CHOICE
    IDS = ("inconnu", "-1", BEYOND, HUGE, "1\x00", "1 OR 1=1", "0" * 19 + "1" + "9" * 50, "²")
    CODE = (*UNSEEN, "000000", "-1", "abcdef", EMOJI, "²²²²²²", "1e5")
    KEY = (*UNSEEN, "abc", "2222-2222-2222", "-1", EMOJI, "²")
    USERNAME = (*UNSEEN, "ab", "a b c", f"léa{EMOJI}", "a@b.fr", "-")
    NEW_PASSWORD = ("a\x00b", LONG, "court", " ", EMOJI)
    SECRET = ("a\x00b", LONG, "pas le bon", " ", EMOJI)
    SEAL = ("inconnu", "é" * 20, "1\x00", LONG, OVERRIDE)  # what only the page before may have given
    FILE = (
        "pas un fichier", sent("vide.pdf", b""), sent("page.pdf", b"<html><script>alert(1)</script>"),
        sent("programme.pdf", b"MZ\x90\x00"), sent("trop.pdf", b"%PDF-1.7" + b" " * (10 * 1024 * 1024)),
        sent(f"a{OVERRIDE}fdp.exe", b"PK\x03\x04"),
    )  # fmt: skip
    FREE = (
        "inconnu",
        BEYOND,
        HUGE,
        "1\x00",
        LONG,
        OVERRIDE,
    )  # ignored, or refused: nothing but a 500 is wrong


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its kind, what a good person types, and whether it may stay empty.

    `foreign`: what exists, but is another family's, or is not for this one.
    """

    kind: Kind
    good: str | Sequence[str] | SimpleUploadedFile
    required: bool = True
    foreign: Sequence[str | Sequence[str]] = ()

    @property
    def refused(self) -> list[object]:
        """Each value, or list of values, that must change nothing. None stands for a field that is not sent."""
        hostile: list[object] = list(self.kind.value)
        if self.kind is Kind.FREE:
            return [*hostile, None, ""]
        if self.required:
            hostile += [None, ""] if self.kind in (Kind.IDS, Kind.CHOICE, Kind.FILE) else [None, "", "   "]
        last = hostile[0]
        if isinstance(self.good, str):
            hostile.append([self.good, last])  # two values where one is expected: the last counts
        return hostile


# Whatever an address's path or query may carry.
IN_PATHS = (
    "0", "-1", "99999999", BEYOND, str(2**64), HUGE, "1.5", "%C3%A9", "%00", "1%20", "..", "%2e%2e%2f", "%C3%28",
    "%F0%9F%98%80", "%E2%80%AE", "%0D%0AX-A:1", "2026-13", "a" * 3_000, "R-2026-0000001", "%27%20OR%201=1",
)  # fmt: skip
IN_QUERIES = (
    "", "-1", "99999999999999999999", HUGE, "%00", "%C3%28", "%E2%80%AE", "%F0%9F%98%80", "2026-02-30", "9999-12-31",
    "0001-01-01", "0202699-1", "2026-0123", "2100-12", "2000-01", "²", "//exemple.org/", "%25%5B%28", "a" * 3_000,
)  # fmt: skip
