"""What a tariff is made of, and what a quote says. All frozen: a tariff is loaded once and shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from espace.families.enums import TariffCategory
from espace.kernel.money import Money, Rounding
from espace.kernel.text import MINUS, NBSP, format_hundredths, format_quotient, format_unit_price
from espace.pricing.enums import ModifierKind, ModifierMode, Per, RuleKind, StepKind

ONE = 100  # a quantity of one
CENT = 100  # a precision, in ten-thousandths of a euro
SURCHARGES = frozenset({ModifierKind.LATE_BOOKING, ModifierKind.UNBOOKED, ModifierKind.LATE_PICKUP})

CATEGORY_NAMES: Mapping[TariffCategory, str] = {
    TariffCategory.RESIDENT: "",
    TariffCategory.NON_RESIDENT: "hors commune",
    TariffCategory.STAFF: "agents de la commune",
    TariffCategory.ULIS: "ULIS",
    TariffCategory.FOSTER: "familles d’accueil",
}


@dataclass(frozen=True, slots=True)
class Bracket:
    """The price of a category for the quotients of `[qf_min, qf_max)`; `qf_max` None is "and above"."""

    category: TariffCategory
    qf_min: int
    qf_max: int | None
    unit_price: int

    @property
    def range_text(self) -> str:
        """ "moins de 400", "de 640 à moins de 860", "1 900 et plus"."""
        if self.qf_max is None:
            return f"{format_quotient(self.qf_min)} et plus"
        if self.qf_min == 0:
            return f"moins de {format_quotient(self.qf_max)}"
        return f"de {format_quotient(self.qf_min)} à moins de {format_quotient(self.qf_max)}"


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the explanation: what it is, in French, its value as shown, and its cents when it has some."""

    kind: StepKind
    label: str
    value: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class PricedBracket:
    """A bracket ready to quote: its explanation is written once, when the tariff is loaded."""

    bracket: Bracket
    steps: tuple[Step, Step]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one unit of an activity is priced.

    A category without brackets of its own is priced as a resident, then by the NON_RESIDENT modifier if it is that
    one; a category with its own brackets never meets that modifier. `minimum` and `maximum` (ten-thousandths of a
    euro) frame an effort rate; its maximum is also the price when the quotient is unknown. `precision` is what the
    price of an effort rate is settled to: CENT, or 1 to keep the ten-thousandths.
    """

    code: str
    label: str
    per: Per
    kind: RuleKind
    brackets: tuple[Bracket, ...] = ()
    unit_price: int | None = None
    rate: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    rounding: Rounding = Rounding.HALF_UP
    precision: int = CENT
    _priced: Mapping[TariffCategory, tuple[PricedBracket, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        priced: dict[TariffCategory, tuple[PricedBracket, ...]] = {}
        for category in {b.category for b in self.brackets}:
            brackets = sorted((b for b in self.brackets if b.category is category), key=lambda b: b.qf_min)
            priced[category] = tuple(_priced(b, number) for number, b in enumerate(brackets, start=1))
        object.__setattr__(self, "_priced", priced)

    def has_own_prices(self, category: TariffCategory) -> bool:
        return category in self._priced

    def priced_for(self, category: TariffCategory) -> tuple[PricedBracket, ...]:
        """The brackets of a category, or the residents' when it has none."""
        return self._priced.get(category) or self._priced.get(TariffCategory.RESIDENT, ())


@dataclass(frozen=True, slots=True)
class Modifier:
    """Something that changes a price. `value`: basis points for PERCENT, ten-thousandths of a euro otherwise.

    `units` empty means every unit of the tariff. `min_rank` and `max_rank` (both included) are for SIBLING: a "2nd
    child" and a "3rd child and after" are two modifiers whose ranks do not meet. `minimum` is a floor for the
    modified price (Bubry: half price from the third child, never under 1 €).
    """

    kind: ModifierKind
    order: int
    mode: ModifierMode
    value: int
    label: str
    min_rank: int | None = None
    max_rank: int | None = None
    units: tuple[str, ...] = ()
    minimum: int = 0

    value_text: str = field(init=False, repr=False, compare=False)
    """What it does, in signs, written once: "+ 2,50 €", "− 20 %", "7,61 €"."""

    def __post_init__(self) -> None:
        sign = MINUS if self.value < 0 else "+"
        match self.mode:
            case ModifierMode.PERCENT:
                text = f"{sign}{NBSP}{format_hundredths(abs(self.value))}{NBSP}%"
            case ModifierMode.FIXED:
                text = f"{sign}{NBSP}{format_unit_price(abs(self.value))}"
            case ModifierMode.REPLACEMENT:
                text = format_unit_price(self.value)
        object.__setattr__(self, "value_text", text)


@dataclass(frozen=True, eq=False, slots=True)
class Tariff:
    """Everything priced on one day: the rules by unit code, and the modifiers, kept in their order."""

    rules: Mapping[str, Rule]
    modifiers: tuple[Modifier, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "modifiers", tuple(sorted(self.modifiers, key=lambda m: m.order)))


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What is asked: so much of a unit, for a household of this quotient (None: unknown) and category.

    `is_late` is the lateness frozen when it was booked (I13); `sibling_rank` counts the eldest as 1.
    """

    unit_code: str
    quantity: int = ONE
    quotient: int | None = None
    category: TariffCategory = TariffCategory.RESIDENT
    sibling_rank: int = 1
    is_late: bool = False
    packed_lunch: bool = False
    is_unbooked: bool = False
    is_late_pickup: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A price and why. `amount` = `base` + `surcharge`; `base` = quantity × `unit_price`, rounded once (I19).

    A charge of CONSUMPTION is (quantity, unit_price, base); its SURCHARGE, when there is one, is
    (1, surcharge, surcharge). `is_ceiling`: the quotient was unknown and the highest price was taken (I4).
    """

    amount: Money
    unit_price: int
    steps: tuple[Step, ...]
    base: Money
    surcharge: Money
    is_ceiling: bool


def price_step(label: str, unit_price: int) -> Step:
    """The step that states a unit price; it has cents of its own only when it is a whole number of them."""
    cents, rest = divmod(unit_price, CENT)
    return Step(StepKind.PRICE, label, format_unit_price(unit_price), None if rest else Money(cents))


def _priced(bracket: Bracket, number: int) -> PricedBracket:
    name = CATEGORY_NAMES[bracket.category]
    label = f"tranche {number}, {name}" if name else f"tranche {number}"
    step = Step(StepKind.BRACKET, label, bracket.range_text)
    return PricedBracket(bracket, (step, price_step("prix", bracket.unit_price)))
