"""Money: integer cents, exact, rounded once by the rule that says how.

Units used everywhere: an amount is in cents, a unit price in ten-thousandths of a euro, a quantity in hundredths.
No float ever touches a price (defect 6 of the model).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from espace.kernel.text import format_money

BASIS_POINTS = 10_000

# "12", "12,4", "1 234,50 €", "-3.20": at most two decimals, spaces only between groups of three digits.
_AMOUNT = re.compile(r"([-\u2212+]?)\s?(\d+|\d{1,3}(?:\s\d{3})+)(?:[.,](\d{1,2}))?\s?€?", re.ASCII)
_ODD_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
_MAX_CENTS = 10**14  # a thousand billion euros: anything above is a typing accident


class Rounding(StrEnum):
    """How a fraction of a cent is settled; a negative amount mirrors the positive one."""

    HALF_UP = "HALF_UP"
    HALF_DOWN = "HALF_DOWN"
    DOWN = "DOWN"
    UP = "UP"


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in cents, of either sign. Adds, subtracts and orders with its like; multiplies by an integer."""

    cents: int

    ZERO: ClassVar[Money]

    @classmethod
    def parse(cls, text: str) -> Money:
        """The amount a person typed: "12,40", "12.4", "1 234,50 €", "−3". `ValueError` for anything else."""
        match = _AMOUNT.fullmatch(text.translate(_ODD_SPACES).strip())
        if match is None:
            raise ValueError("not an amount of money")
        sign, whole, decimals = match.groups()
        cents = int(whole.replace(" ", "")) * 100 + int((decimals or "").ljust(2, "0"))
        if cents > _MAX_CENTS:
            raise ValueError("amount out of range")
        return cls(-cents if sign in ("-", "\u2212") else cents)

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.cents - other.cents)

    def __neg__(self) -> Money:
        return Money(-self.cents)

    def __abs__(self) -> Money:
        return Money(abs(self.cents))

    def __mul__(self, times: int) -> Money:
        if not isinstance(times, int):
            return NotImplemented
        return Money(self.cents * times)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        return format_money(self.cents)


Money.ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """The sum, zero for none."""
    return Money(sum(amount.cents for amount in amounts))


def round_ratio(numerator: int, denominator: int, rounding: Rounding) -> int:
    """numerator / denominator (> 0) as an integer, settled by `rounding`, symmetrical around zero."""
    quotient, rest = divmod(abs(numerator), denominator)
    if rest:
        twice = 2 * rest
        match rounding:
            case Rounding.HALF_UP:
                quotient += twice >= denominator
            case Rounding.HALF_DOWN:
                quotient += twice > denominator
            case Rounding.UP:
                quotient += 1
            case Rounding.DOWN:
                pass
    return -quotient if numerator < 0 else quotient


def amount_of(
    quantity_hundredths: int, unit_price_tenthousandths: int, rounding: Rounding = Rounding.HALF_UP
) -> Money:
    """quantity × unit price, rounded once to the cent (I19)."""
    return Money(round_ratio(quantity_hundredths * unit_price_tenthousandths, 10_000, rounding))


def split_by_shares(amount: Money, shares: Sequence[int]) -> list[Money]:
    """Split an amount by shares in basis points, exactly: the parts sum to the amount (I3).

    Each part is first rounded towards zero; the odd cents then go, one each, to the first shares that are not nil,
    in the order given, which the caller must keep fixed. `ValueError` unless the shares sum to 10,000.
    """
    if any(share < 0 for share in shares) or sum(shares) != BASIS_POINTS:
        raise ValueError("shares must be positive and sum to 10,000 basis points")
    sign = -1 if amount.cents < 0 else 1
    parts = [abs(amount.cents) * share // BASIS_POINTS for share in shares]
    odd = abs(amount.cents) - sum(parts)
    for index, share in enumerate(shares):
        if odd and share:
            parts[index] += 1
            odd -= 1
    return [Money(sign * part) for part in parts]
