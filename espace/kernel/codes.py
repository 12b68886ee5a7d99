"""Codes a person copies from paper: readable, mistyping-proof, unguessable.

29 characters remain when 0, 1, I, L, O, U and V are left out of the digits and capitals. 29 is prime, so that a
sum with distinct weights, taken modulo 29, changes with any one character mistyped and with any two neighbours
swapped: the last character, which makes the sum nil, catches both (proved by `tests/kernel/test_codes.py`).
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
BASE = len(ALPHABET)
GROUP = 4
BITS = 50

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_IGNORED = str.maketrans("", "", " \t\r\n\u00a0\u202f\u2009-\u2010\u2011\u2012\u2013\u2014\u2212_.")


def new_code(bits: int = BITS, randbelow: Callable[[int], int] = secrets.randbelow) -> str:
    """A fresh code of at least `bits` (≥ 50) of chance, check character included: "K7PM-2XQ9-4WTC".

    `randbelow(n)` gives an integer of [0, n); tests inject their own, nothing else should.
    """
    if bits < BITS:
        raise ValueError("a code a person copies holds at least 50 bits")
    body = "".join(ALPHABET[randbelow(BASE)] for _ in range(_length(bits) - 1))
    return _grouped(body + check_character(body))


def check_character(body: str) -> str:
    """The character that makes the weighted sum of body and check nil modulo 29. `body` is within ALPHABET."""
    return ALPHABET[-_weighted_sum(body) % BASE]


def normalise_code(text: str) -> str:
    """What was meant: capitals, without spaces, grouped by dashes whether they were typed or not."""
    return _grouped(text.translate(_IGNORED).upper())


def is_well_formed(code: str, bits: int = BITS) -> bool:
    """Whether a code, as typed, has the right length, the right characters and the right check character."""
    bare = normalise_code(code).replace("-", "")
    if len(bare) != _length(bits) or any(character not in _VALUES for character in bare):
        return False
    return check_character(bare[:-1]) == bare[-1]


def reference(prefix: str, n: int) -> str:
    """A short reference to say over the telephone: reference("RES", 123) -> "RES-00123-D".

    Digits, then a check character of their own; the prefix is not checked. Not a secret.
    """
    if n < 0:
        raise ValueError("a reference counts from zero")
    digits = f"{n:05d}"
    value = sum(int(digit) * weight for weight, digit in enumerate(reversed(digits), start=2)) % BASE
    return f"{prefix}-{digits}-{ALPHABET[value]}"


def _weighted_sum(body: str) -> int:
    """Weights 2, 3, 4… from the right: the check character itself weighs 1."""
    return sum(_VALUES[character] * weight for weight, character in enumerate(reversed(body), start=2))


def _length(bits: int) -> int:
    """Characters for `bits` and the check, filling whole groups; below 29, so that all weights differ."""
    length = math.ceil((math.ceil(bits / math.log2(BASE)) + 1) / GROUP) * GROUP
    if length >= BASE:
        raise ValueError("too long for its check character")
    return length


def _grouped(bare: str) -> str:
    return "-".join(bare[i : i + GROUP] for i in range(0, len(bare), GROUP))
