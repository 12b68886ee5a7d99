"""The price of a request: see the package for the units and the order of the operations."""

from __future__ import annotations

from collections.abc import Mapping

from espace.families.enums import TariffCategory
from espace.kernel.money import Money, Rounding, amount_of, round_ratio
from espace.kernel.text import NBSP, format_hundredths, format_quotient, plural_fr
from espace.pricing.enums import ModifierKind, ModifierMode, Per, RuleKind, StepKind
from espace.pricing.errors import BadQuotient, NoBracket, NoCeiling, NoTariff
from espace.pricing.rules.tariffs import (
    ONE,
    SURCHARGES,
    Modifier,
    PricedBracket,
    Quote,
    QuoteRequest,
    Rule,
    Step,
    Tariff,
    price_step,
)

PER_NAMES: Mapping[Per, tuple[str, str]] = {
    Per.ACT: ("fois", "fois"),
    Per.HALF_HOUR: ("demi-heure", "demi-heures"),
    Per.HOUR: ("heure", "heures"),
    Per.DAY: ("jour", "jours"),
    Per.HALF_DAY: ("demi-journée", "demi-journées"),
    Per.FLAT: ("forfait", "forfaits"),
}


def quote(request: QuoteRequest, tariff: Tariff) -> Quote:
    """The price of a request under a tariff, with its explanation (I17).

    Raises `NoTariff`, `NoBracket`, `NoCeiling` or `BadQuotient`: it never guesses.
    """
    rule = tariff.rules.get(request.unit_code)
    if rule is None:
        raise NoTariff(unit_code=request.unit_code)
    if request.quotient is not None and request.quotient < 0:
        raise BadQuotient
    unit_price, steps = _unit_price(rule, request)
    modifiers = [m for m in tariff.modifiers if _applies(m, rule, request)]
    for modifier in modifiers:
        if modifier.kind not in SURCHARGES:
            unit_price = _modified(unit_price, modifier)
            steps.append(_step_of(modifier))
    base = amount = amount_of(request.quantity, unit_price, rule.rounding)
    if request.quantity != ONE:
        steps.append(_quantity_step(rule.per, request.quantity, base))
    for modifier in modifiers:
        if modifier.kind in SURCHARGES:
            surcharged = _surcharged(amount, request.quantity, modifier, rule.rounding)
            steps.append(_step_of(modifier, surcharged - amount))
            amount = surcharged
    if steps[-1].kind not in (StepKind.PRICE, StepKind.QUANTITY):
        steps.append(Step(StepKind.TOTAL, "total", str(amount), amount))
    is_ceiling = steps[0].kind is StepKind.CEILING
    return Quote(amount, unit_price, tuple(steps), base, amount - base, is_ceiling)


# The unit price -------------------------------------------------------------------------------------------------

_UNKNOWN_QUOTIENT = Step(StepKind.CEILING, "quotient inconnu", "tarif le plus élevé")


def _unit_price(rule: Rule, request: QuoteRequest) -> tuple[int, list[Step]]:
    match rule.kind:
        case RuleKind.FIXED:
            if rule.unit_price is None:
                raise NoTariff(unit_code=rule.code)
            return rule.unit_price, [price_step("prix unique", rule.unit_price)]
        case RuleKind.BRACKET:
            priced = _bracket_for(rule, request)
            return priced.bracket.unit_price, [_quotient_step(request.quotient), *priced.steps]
        case RuleKind.EFFORT_RATE:
            return _effort_price(rule, request.quotient)


def _bracket_for(rule: Rule, request: QuoteRequest) -> PricedBracket:
    """The bracket that holds the quotient; the open one, the highest, when the quotient is unknown."""
    quotient = request.quotient
    for priced in rule.priced_for(request.category):
        low, high = priced.bracket.qf_min, priced.bracket.qf_max
        if quotient is None:
            if high is None:
                return priced
        elif low <= quotient and (high is None or quotient < high):
            return priced
    if quotient is None:
        raise NoCeiling
    raise NoBracket(quotient=format_quotient(quotient))


def _effort_price(rule: Rule, quotient: int | None) -> tuple[int, list[Step]]:
    if rule.rate is None:
        raise NoTariff(unit_code=rule.code)
    steps = [_quotient_step(quotient)]
    if quotient is None:
        if rule.maximum is None:
            raise NoCeiling
        return rule.maximum, [*steps, price_step("prix maximum", rule.maximum)]
    # hundredths × millionths is 10⁻⁸ €: 10⁴ of them make one ten-thousandth of a euro.
    price = round_ratio(quotient * rule.rate, 10_000 * rule.precision, rule.rounding) * rule.precision
    label = "prix"
    if rule.minimum is not None and price < rule.minimum:
        price, label = rule.minimum, "prix minimum"
    if rule.maximum is not None and price > rule.maximum:
        price, label = rule.maximum, "prix maximum"
    steps.append(Step(StepKind.RATE, "taux d’effort", _percent_text(rule.rate)))
    return price, [*steps, price_step(label, price)]


# Modifiers ------------------------------------------------------------------------------------------------------


def _applies(modifier: Modifier, rule: Rule, request: QuoteRequest) -> bool:
    if modifier.units and rule.code not in modifier.units:
        return False
    match modifier.kind:
        case ModifierKind.NON_RESIDENT:
            category = TariffCategory.NON_RESIDENT
            return request.category is category and not rule.has_own_prices(category)
        case ModifierKind.SIBLING:
            rank = request.sibling_rank
            return (modifier.min_rank or 1) <= rank and (
                modifier.max_rank is None or rank <= modifier.max_rank
            )
        case ModifierKind.PACKED_LUNCH:
            return request.packed_lunch
        case ModifierKind.LATE_BOOKING:
            return request.is_late
        case ModifierKind.UNBOOKED:
            return request.is_unbooked
        case ModifierKind.LATE_PICKUP:
            return request.is_late_pickup


def _modified(unit_price: int, modifier: Modifier) -> int:
    """A unit price after a modifier, never negative nor under its floor. Kept to the ten-thousandth, the rest cut:
    the cent is settled once, by the rule, on the amount."""
    match modifier.mode:
        case ModifierMode.PERCENT:
            changed = unit_price * (10_000 + modifier.value) // 10_000
        case ModifierMode.FIXED:
            changed = unit_price + modifier.value
        case ModifierMode.REPLACEMENT:
            changed = modifier.value
    return max(changed, modifier.minimum, 0)


def _surcharged(amount: Money, quantity: int, modifier: Modifier, rounding: Rounding) -> Money:
    match modifier.mode:
        case ModifierMode.PERCENT:
            changed = amount + Money(round_ratio(amount.cents * modifier.value, 10_000, rounding))
        case ModifierMode.FIXED:
            changed = amount + amount_of(ONE, modifier.value, rounding)
        case ModifierMode.REPLACEMENT:
            changed = amount_of(quantity, modifier.value, rounding)
    return max(changed, amount_of(ONE, modifier.minimum, rounding), Money.ZERO)


# Steps ----------------------------------------------------------------------------------------------------------


def _quotient_step(quotient: int | None) -> Step:
    if quotient is None:
        return _UNKNOWN_QUOTIENT
    return Step(StepKind.QUOTIENT, "quotient familial", format_quotient(quotient))


def _percent_text(millionths: int) -> str:
    """A rate as a percentage: 619 is "0,0619 %"."""
    whole, rest = divmod(millionths, 10_000)
    decimals = f",{rest:04d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{NBSP}%"


def _quantity_step(per: Per, quantity: int, base: Money) -> Step:
    name = plural_fr(quantity // ONE, *PER_NAMES[per])
    return Step(StepKind.QUANTITY, f"×{NBSP}{format_hundredths(quantity)}{NBSP}{name}", str(base), base)


def _step_of(modifier: Modifier, amount: Money | None = None) -> Step:
    return Step(StepKind(modifier.kind.value), modifier.label, modifier.value_text, amount)
