"""What an address, a user name, a telephone number and a code must be. Pure: `now` and `today` are arguments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain, count, pairwise

from espace.accounts.enums import SignUpStep
from espace.kernel.text import normalise

CODE_LIFETIME = timedelta(minutes=15)
CODE_TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
DRAFT_LIFETIME = timedelta(days=7)
YOUNGEST = 15  # the age from which a minor may consent alone to an online service (loi 78-17, art. 45)
OLDEST = 120

# The mailboxes families have; a near miss of one of them is offered for correction, never imposed.
KNOWN_DOMAINS = (
    "yahoo.fr", "yahoo.com", "gmail.com", "hotmail.fr", "hotmail.com", "outlook.fr", "outlook.com", "live.fr",
    "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "icloud.com", "numericable.fr",
    "neuf.fr", "aliceadsl.fr", "club-internet.fr", "gmx.fr", "aol.com", "msn.com", "ymail.com", "proton.me",
    "protonmail.com", "hotmail.be", "skynet.be", "telenet.be",
)  # fmt: skip
_WELL_KNOWN_MISSES = {
    "gmail.fr": "gmail.com",
    "laposte.fr": "laposte.net",
    "laposte.com": "laposte.net",
    "icloud.fr": "icloud.com",
    "wanadoo.com": "wanadoo.fr",
}
_SHORT_NAME = 5  # shorter ones look like too many real domains: only their ending is corrected

_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,59}", re.ASCII)
_POSTCODE = re.compile(r"(?=(?:.*\d){3})[0-9A-Za-z][0-9A-Za-z -]{2,8}[0-9A-Za-z]", re.ASCII)
_PHONE_FILLERS = str.maketrans("", "", " .-/\u00a0\u202f\u2009\u2010\u2011\u2012\u2013\t")


class CodeState(StrEnum):
    """What a code typed by a person may still be tried against."""

    NONE = "NONE"
    LIVE = "LIVE"
    EXPIRED = "EXPIRED"
    USED_UP = "USED_UP"


# Addresses ------------------------------------------------------------------------------------------------------


def suggested_email(email: str) -> str:
    """The address probably meant ("a@yaho.fr" -> "a@yahoo.fr"), or "" when there is nothing to say."""
    local, _, domain = email.rpartition("@")
    domain = domain.lower()
    if not local or domain in KNOWN_DOMAINS:
        return ""
    if domain in _WELL_KNOWN_MISSES:
        return f"{local}@{_WELL_KNOWN_MISSES[domain]}"
    for known in KNOWN_DOMAINS:
        name = known.partition(".")[0]
        if len(name) < _SHORT_NAME and domain.partition(".")[0] != name:
            continue
        if _one_slip_apart(domain, known):
            return f"{local}@{known}"
    return ""


def _one_slip_apart(typed: str, meant: str) -> bool:
    """Whether one letter was added, forgotten or changed, or two neighbours swapped."""
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant))
    )
    if len(typed) == len(meant):
        swapped = typed[at : at + 2] == meant[at : at + 2][::-1] and typed[at + 2 :] == meant[at + 2 :]
        return swapped or typed[at + 1 :] == meant[at + 1 :]
    longer, shorter = (typed, meant) if len(typed) > len(meant) else (meant, typed)
    return longer[at + 1 :] == shorter[at:]


def tidy_email(email: str) -> str:
    """An address as we keep it: no space around, its domain in lower case; what is before the @ is untouched."""
    local, at, domain = email.strip().rpartition("@")
    return f"{local}{at}{domain.lower()}"


# User names -----------------------------------------------------------------------------------------------------


def is_username(text: str) -> bool:
    """3 to 60 ASCII letters, digits, dots, dashes, underscores; no @, which would read as an address."""
    return _USERNAME.fullmatch(text) is not None


def username_base(first_name: str, last_name: str) -> str:
    """What a user name is made from: "Jean-Paul", "O’Brien" -> "jean-paul.o-brien"; "parent" when nothing is left."""
    parts = []
    for name in (first_name, last_name):
        bare = "".join(c if c.isascii() and c.isalnum() else " " for c in normalise(name))
        parts.append("-".join(bare.split()))
    base = ".".join(part for part in parts if part)[:50].strip(".-")
    return base if is_username(base) else f"parent.{base}".strip(".-")


def free_name(name: str, taken: Collection[str]) -> str:
    """The name itself, else with the first number that makes it free: "lea.martin", "lea.martin2"…

    `taken` holds user names in lower case.
    """
    candidates = chain([name], (f"{name}{number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate.lower() not in taken)


# Telephone numbers, postcodes, ages -----------------------------------------------------------------------------


def normalised_phone(text: str) -> str | None:
    """A number as we keep it, or None when it can't be one.

    French, however typed (dots, spaces, +33, 0033, "(0)"): ten digits in pairs. Abroad: "+" and 8 to 15 digits.
    """
    bare = text.translate(_PHONE_FILLERS).replace("(0)", "").replace("(", "").replace(")", "")
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if bare.startswith("+33"):
        bare = f"0{bare[3:].removeprefix('0')}"
    digits = bare.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if bare.startswith("+"):
        return bare if 8 <= len(digits) <= 15 and digits[0] != "0" else None
    if len(bare) != 10 or bare[0] != "0" or bare[1] == "0":
        return None
    return " ".join(bare[i : i + 2] for i in range(0, 10, 2))


def is_civil_name(text: str) -> bool:
    """Letters of any alphabet with their accents, spaces, apostrophes, hyphens and dots; one letter at least."""
    marks = " .-'\u2019\u2018\u02bc\u2010\u2011"
    return any(c.isalpha() for c in text) and all(
        c in marks or unicodedata.category(c)[0] in "LM" for c in text
    )


def is_postcode(text: str) -> bool:
    """Five digits in France; a neighbour's postcode (4 to 10 letters and digits, 3 digits at least) is taken too."""
    return _POSTCODE.fullmatch(text) is not None


def age_on(born: date, today: date) -> int:
    """Full years; someone born on 29 February ages on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


# Codes ----------------------------------------------------------------------------------------------------------


def code_state(*, has_code: bool, expires_at: datetime | None, tries: int, now: datetime) -> CodeState:
    """Whether a code may be tried: 15 minutes, five tries."""
    if not has_code or expires_at is None:
        return CodeState.NONE
    if tries >= CODE_TRIES:
        return CodeState.USED_UP
    return CodeState.LIVE if now < expires_at else CodeState.EXPIRED


def seconds_before_resend(sent_at: datetime | None, now: datetime) -> int:
    """How long to wait before another code may be asked for; 0 when it may be now."""
    if sent_at is None:
        return 0
    left = (sent_at + RESEND_AFTER - now).total_seconds()
    return max(0, -int(-left // 1))


def digits_of(text: str) -> str:
    """The digits of a code as typed or pasted: "123 456" -> "123456"; other characters are kept, and fail."""
    return "".join(text.split()).replace("-", "")


# Passwords ------------------------------------------------------------------------------------------------------

# Neighbours on a French or an English keyboard, and the alphabets as they are recited.
_ROWS = (
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "&é\"'(-è_çà",
)
_STEPS = frozenset(pair for row in _ROWS for a, b in pairwise(row) for pair in ((a, b), (b, a)))
_WORD = re.compile(r"\w{2,}")


def changes_in(text: str) -> int:
    """How many times a text says something new: neighbours of a keyboard or of an alphabet, repeats and what was said
    already do not count. "aaaaaaaa", "azerty12" and "abcabcabc" have one at most, "Tilleul-2026" ten."""
    signs = text.casefold()
    pairs = set(pairwise(signs))
    return sum(1 for pair in pairs if pair[0] != pair[1] and pair not in _STEPS)


def distinct_words(text: str) -> int:
    """How many different words of two signs or more, case and accents set apart; "aaa" and "1234" are none."""
    words = set(_WORD.findall(normalise(text)))
    return sum(1 for word in words if len(word) == 2 or changes_in(word))


# Steps ----------------------------------------------------------------------------------------------------------

STEPS = tuple(SignUpStep)
ANSWERED = (SignUpStep.IDENTITY, SignUpStep.ADDRESS, SignUpStep.CONTACT)


def typed_at(step: SignUpStep) -> str:
    """Where a draft keeps what was typed at a step and not checked yet."""
    return f"TYPED_{step.value}"


def next_step(*, email: str, verified: bool, answered: Collection[str]) -> SignUpStep:
    """The first step still to be done; all those before it may be visited again."""
    if not email:
        return SignUpStep.EMAIL
    if not verified:
        return SignUpStep.CODE
    for step in ANSWERED:
        if step.value not in answered:
            return step
    return SignUpStep.CREDENTIALS


def may_visit(step: SignUpStep, reached: SignUpStep) -> bool:
    """Any step already done, or the next one."""
    return STEPS.index(step) <= STEPS.index(reached)
