"""How old a child is, which child of the family they are, what a key is worth, what a search reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby

from espace.families.enums import KeyState
from espace.families.errors import NotBornYet
from espace.kernel.text import normalise


def age_on(birth_date: date, day: date) -> int:
    """Completed years on this day; a child born on 29 February has their birthday on 1 March of other years."""
    if day < birth_date:
        raise NotBornYet
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def sibling_rank(child: int, birth_dates: Mapping[int, date]) -> int:
    """The rank of a child among those that count together, the eldest being 1.

    `birth_dates` holds the birth date of each of them, the child included; twins are ranked by id, so that the same
    family always gives the same ranks. Which children count (enrolled, of one household) is the caller's rule.
    """
    ordered = sorted(birth_dates, key=lambda other: (birth_dates[other], other))
    return ordered.index(child) + 1


def key_state(
    now: datetime, expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None
) -> KeyState:
    """What a Clé Enfance is worth now (I5): used wins over revoked, revoked over expired; expired at `expires_at`."""
    if used_at is not None:
        return KeyState.USED
    if revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.READY if now < expires_at else KeyState.EXPIRED


def is_same_person(a: tuple[str, str, date | None], b: tuple[str, str, date | None]) -> bool:
    """Whether two (first name, last name, birth date) name one person: the same names whatever accents and capitals,
    and no two birth dates that differ."""
    (first_a, last_a, born_a), (first_b, last_b, born_b) = a, b
    same_names = (normalise(first_a), normalise(last_a)) == (normalise(first_b), normalise(last_b))
    return same_names and (born_a is None or born_b is None or born_a == born_b)


KEY_LIFETIME = timedelta(days=90)
SEARCH_LENGTH = 200
FEWEST_SOUNDS = 4


def person_search_text(first_name: str, last_name: str, email: str = "", phone: str = "") -> str:
    """What a search reads of a person: names without accents, then the telephone's digits, then the mailbox."""
    digits = "".join(c for c in phone if c.isdigit())
    return " ".join(normalise(f"{first_name} {last_name} {digits} {email}").split())[:SEARCH_LENGTH]


def household_search_text(name: str, number: str) -> str:
    """What a search reads of a household itself; its people are searched by their own."""
    return " ".join(normalise(f"{name} {number}").split())[:SEARCH_LENGTH]


def search_words(text: str) -> list[str]:
    """The words of a search as typed: a telephone number becomes one word of digits, at most eight words are kept."""
    bare = "".join(c for c in text if c not in " .-/()\u00a0\u202f")
    bare = f"0{bare[3:]}" if bare.startswith("+33") else bare
    if len(bare) >= 6 and bare.isascii() and bare.isdigit():
        return [bare]
    return normalise(text).split()[:8]


def sounds_like(word: str) -> str:
    """The regular expression of the words that are heard alike: doubled letters, c, k, q and s, spaces do not count
    (Belkacem and Belkassem, Lebihan and Le Bihan). Nothing for what is not a word of four sounds. `word` is normalised."""
    sounds = [sound for sound, _run in groupby("c" if letter in "ckqs" else letter for letter in word)]
    if len(sounds) < FEWEST_SOUNDS or not word.isalpha():
        return ""
    return "[ ]?".join("[ckqs]+" if sound == "c" else f"{sound}+" for sound in sounds)


def near_misses(word: str) -> list[str]:
    """Regular expressions of the words one slip away (a letter changed, added, forgotten, or two swapped).

    The first letter is trusted: people rarely miss it, and it keeps the search narrow. `word` is normalised.
    """
    safe = [c if c.isalnum() else "." for c in word]
    found = []
    for i in range(1, len(safe)):
        found.append("".join(safe[:i]) + ".?" + "".join(safe[i + 1 :]))
        found.append("".join(safe[:i]) + "." + "".join(safe[i:]))
        if i + 1 < len(safe):
            found.append("".join([*safe[:i], safe[i + 1], safe[i], *safe[i + 2 :]]))
    return found
