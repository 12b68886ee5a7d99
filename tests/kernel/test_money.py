"""Money is exact, whatever its sign."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.kernel.money import Money, Rounding, amount_of, round_ratio, split_by_shares, total

pytestmark = pytest.mark.pure

CENTS = st.integers(-(10**12), 10**12)
DECIMAL = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_DOWN: ROUND_HALF_DOWN,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.UP: ROUND_UP,
}


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,40", 1240),
        ("12.4", 1240),
        ("12", 1200),
        ("0,05", 5),
        ("1 234,50 €", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("-3,20", -320),
        ("\u22123,20", -320),
        (" 7 ", 700),
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, cents: int) -> None:
    assert Money.parse(text) == Money(cents)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,234", "12,", ",5", "1e3", "NaN", "12 34", "1,2,3", "٣", "--1", "9" * 30, "1\n2"]
)
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        Money.parse(text)


@given(CENTS)
def test_what_is_shown_reads_back(cents: int) -> None:
    assert Money.parse(str(Money(cents))) == Money(cents)


@given(CENTS, CENTS, st.integers(-1000, 1000))
def test_arithmetic_is_that_of_cents(a: int, b: int, n: int) -> None:
    assert Money(a) + Money(b) == Money(a + b)
    assert Money(a) - Money(b) == Money(a) + -Money(b)
    assert Money(a) * n == n * Money(a) == Money(a * n)
    assert (Money(a) < Money(b)) is (a < b)
    assert abs(Money(a)).cents == abs(a)
    assert bool(Money(a)) is (a != 0)


def test_money_does_not_mix_with_numbers() -> None:
    with pytest.raises(TypeError):
        Money(1) + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(1) - 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(1) * 1.5  # type: ignore[operator]


def test_the_sum_of_nothing_is_zero() -> None:
    assert total([]) == Money.ZERO
    assert total([Money(105), Money(-5)]) == Money(100)


@pytest.mark.parametrize(
    ("price", "rounding", "cents"),
    [
        (15_250, Rounding.HALF_UP, 153),  # Bubry, 3.05 / 2: the banker's rounding gives 1.52
        (15_750, Rounding.HALF_UP, 158),
        (15_250, Rounding.HALF_DOWN, 152),
        (33_360, Rounding.DOWN, 333),  # Vitry, 4.17 less 20 %
        (33_360, Rounding.HALF_UP, 334),
        (49_040, Rounding.UP, 491),
        (27_855, Rounding.DOWN, 278),  # a crèche, truncated
    ],
)
def test_a_tariff_s_own_rounding(price: int, rounding: Rounding, cents: int) -> None:
    assert amount_of(100, price, rounding) == Money(cents)
    assert amount_of(-100, price, rounding) == Money(-cents)


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**8), st.sampled_from(Rounding))
def test_rounding_agrees_with_decimal(quantity: int, price: int, rounding: Rounding) -> None:
    """I19."""
    exact = Decimal(quantity) / 100 * Decimal(price) / 100
    expected = exact.quantize(Decimal(1), DECIMAL[rounding])
    assert amount_of(quantity, price, rounding).cents == int(expected)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6), st.sampled_from(Rounding))
def test_rounding_is_symmetrical_and_less_than_one_away(n: int, d: int, rounding: Rounding) -> None:
    rounded = round_ratio(n, d, rounding)
    assert rounded == -round_ratio(-n, d, rounding)
    assert abs(rounded * d - n) < d


SHARES = st.lists(st.integers(0, 10_000), max_size=5).map(
    lambda cuts: [b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 10_000], strict=True)]
)


@given(CENTS, SHARES)
def test_shares_always_sum_to_the_amount(cents: int, shares: list[int]) -> None:
    """I3."""
    parts = split_by_shares(Money(cents), shares)
    assert total(parts) == Money(cents)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part.cents * 10_000 - cents * share) <= 10_000
        assert share or not part


@pytest.mark.parametrize(
    ("cents", "shares", "parts"),
    [
        (101, [5_000, 5_000], [51, 50]),
        (-101, [5_000, 5_000], [-51, -50]),
        (100, [3_333, 3_333, 3_334], [34, 33, 33]),
        (1, [0, 5_000, 5_000], [0, 1, 0]),
        (305, [10_000], [305]),
    ],
)
def test_the_odd_cent_goes_to_the_first(cents: int, shares: list[int], parts: list[int]) -> None:
    assert [part.cents for part in split_by_shares(Money(cents), shares)] == parts


@pytest.mark.parametrize("shares", [[], [9_999], [5_000, 5_001], [-1, 10_001]])
def test_shares_that_are_not_the_whole_are_refused(shares: list[int]) -> None:
    with pytest.raises(ValueError, match="10,000"):
        split_by_shares(Money(100), shares)
