"""Codes copied from paper: unguessable, and no slip of the pen passes."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.kernel.codes import (
    ALPHABET,
    BASE,
    check_character,
    is_well_formed,
    new_code,
    normalise_code,
    reference,
)

pytestmark = pytest.mark.pure

BODIES = st.text(ALPHABET, min_size=11, max_size=11)


def grouped(bare: str) -> str:
    return normalise_code(bare)


def test_the_alphabet_has_no_look_alikes_and_a_prime_size() -> None:
    assert not set("01ILOUV") & set(ALPHABET)
    assert len(set(ALPHABET)) == BASE == 29
    assert all(BASE % n for n in range(2, BASE))


def test_a_code_has_its_shape_and_at_least_fifty_bits() -> None:
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert is_well_formed(code)
    assert 11 * math.log2(BASE) >= 50
    assert len(new_code(bits=70).replace("-", "")) == 16
    assert is_well_formed(new_code(bits=70), bits=70)


@pytest.mark.parametrize("bits", [0, 49, 200])
def test_a_code_too_weak_or_too_long_is_never_made(bits: int) -> None:
    with pytest.raises(ValueError, match=r"50 bits|too long"):
        new_code(bits)


def test_the_source_of_chance_can_be_given() -> None:
    assert new_code(randbelow=random.Random(1).randrange) == new_code(randbelow=random.Random(1).randrange)
    assert new_code() != new_code()


def test_every_substitution_of_one_code_is_caught() -> None:
    bare = new_code(randbelow=random.Random(2).randrange).replace("-", "")
    for position, character in itertools.product(range(len(bare)), ALPHABET):
        if character != bare[position]:
            assert not is_well_formed(bare[:position] + character + bare[position + 1 :])


def test_the_sum_proves_every_single_error_of_every_code() -> None:
    """A slip changes the weighted sum by weight × difference, a swap by the difference alone: never nil modulo 29."""
    weights = range(1, 13)
    differences = range(1, BASE)
    assert all(weight * difference % BASE for weight in weights for difference in differences)
    assert all(
        (a - b) * difference % BASE for a, b in itertools.pairwise(weights) for difference in differences
    )


@given(BODIES, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_a_mistyped_character_is_caught(body: str, position: int, typed: str) -> None:
    bare = body + check_character(body)
    wrong = bare[:position] + typed + bare[position + 1 :]
    assert is_well_formed(wrong) is (wrong == bare)


@given(BODIES, st.integers(0, 10))
def test_two_neighbours_swapped_are_caught(body: str, position: int) -> None:
    bare = body + check_character(body)
    wrong = bare[:position] + bare[position + 1] + bare[position] + bare[position + 2 :]
    assert is_well_formed(wrong) is (wrong == bare)


@given(BODIES)
def test_a_code_is_read_however_it_is_typed(body: str) -> None:
    code = grouped(body + check_character(body))
    bare = code.replace("-", "")
    for typed in (
        code.lower(),
        bare,
        f"  {bare[:6]} {bare[6:]}",
        code.replace("-", "\u2011"),
        " - ".join(bare),
    ):
        assert normalise_code(typed) == code
        assert is_well_formed(typed)


@pytest.mark.parametrize(
    "typed", ["", "K7PM", "0000-0000-0000", "ÉÉÉÉ-ÉÉÉÉ-ÉÉÉÉ", "😀" * 12, "2" * 500, "ſſſſſſſſſſſſ"]
)
def test_what_is_not_a_code_is_not_well_formed(typed: str) -> None:
    assert not is_well_formed(typed)


@pytest.mark.parametrize("n", [0, 7, 123, 99_999, 1_234_567])
def test_a_reference_is_short_and_its_own(n: int) -> None:
    prefix, digits, check = reference("RES", n).split("-")
    assert (prefix, int(digits)) == ("RES", n)
    assert len(digits) >= 5
    assert check in ALPHABET


def test_neighbouring_references_differ_by_more_than_their_last_digit() -> None:
    assert len({reference("RES", n).rsplit("-", 1)[1] for n in range(10)}) == 10


def test_a_reference_does_not_count_below_zero() -> None:
    with pytest.raises(ValueError, match="zero"):
        reference("RES", -1)
