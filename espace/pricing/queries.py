"""Prices for screens and bills: the tariffs in force, and what a formula costs a child on a day.

`tariffs` costs 1 query and `pricer` 2 more than `families.queries.family_facts`, whatever the number of children
and days. The arithmetic is `pricing.rules`: here tariffs and facts are only brought to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from django.db.models import Q, QuerySet

from espace.activities.enums import UnitKind
from espace.activities.models import FormulaUnit
from espace.families.enums import TariffCategory
from espace.families.queries import FamilyFacts, family_facts
from espace.kernel.asking import asked_and_kept, built_once
from espace.kernel.db import kept_a_moment
from espace.kernel.money import Money, Rounding, total
from espace.kernel.reading import Rows, read_together
from espace.pricing import rules
from espace.pricing.enums import ModifierKind, ModifierMode, Per, PlanState, RuleKind
from espace.pricing.errors import NoTariff
from espace.pricing.models import TariffBracket, TariffModifier, TariffPlan, TariffRule

# A plan that ended still prices the days it covered; a draft never prices anything.
IN_FORCE = (PlanState.ACTIVE, PlanState.ENDED)
NOTHING_IN_FORCE = rules.Tariff({})


# Tariffs --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DatedTariff:
    """A plan's tariff and the days it is in force: `[start, end)`, an open end being None."""

    plan_id: int
    name: str
    deliberation_ref: str
    start: date
    end: date | None
    tariff: rules.Tariff

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Tariffs:
    """The tariffs of a stretch of days, oldest first."""

    plans: tuple[DatedTariff, ...]

    def on(self, day: date) -> rules.Tariff:
        """The tariff of a day; an empty one, which prices nothing (`NoTariff`), when no plan is in force."""
        plan = self.plan_on(day)
        return plan.tariff if plan else NOTHING_IN_FORCE

    def plan_on(self, day: date) -> DatedTariff | None:
        """The plan of a day. Of two that cover it, the later start wins: the newest decision of the council."""
        return next((plan for plan in reversed(self.plans) if plan.covers(day)), None)


# Each begins with its own order.
_PLAN = ("start", "id", "name", "deliberation_ref", "end")
_RULE = (
    "position", "id", "plan_id", "code", "label", "per", "kind", "unit_price", "rate", "minimum", "maximum", "rounding",
)  # fmt: skip
_BRACKET = ("category", "qf_min", "rule_id", "qf_max", "unit_price")
_MODIFIER = (
    "order", "id", "plan_id", "kind", "mode", "value", "label", "min_rank", "max_rank", "minimum", "code",
)  # fmt: skip


@kept_a_moment
def tariffs(start: date, end: date) -> Tariffs:
    """Every tariff in force on a day of `[start, end)`. 1 query."""
    return _tariffs(_in_force(start, end))


@built_once
def _tariffs(rows: tuple[Rows, ...]) -> Tariffs:
    return Tariffs(tuple(_dated(rows)))


@asked_and_kept
def _in_force(start: date, end: date) -> tuple[QuerySet[Any, Any], ...]:
    plans = TariffPlan.objects.filter(state__in=IN_FORCE, start__lt=end)
    return _lists(plans.filter(Q(end__isnull=True) | Q(end__gt=start)))


def dated_tariffs(plans: QuerySet[TariffPlan]) -> list[DatedTariff]:
    """These plans as the rules read them, the oldest first. 1 query."""
    return _dated(read_together(*_lists(plans)))


def _lists(plans: QuerySet[TariffPlan]) -> tuple[QuerySet[Any, Any], ...]:
    return (
        plans.values_list(*_PLAN),
        TariffRule.objects.filter(plan__in=plans).values_list(*_RULE),
        TariffBracket.objects.filter(rule__plan__in=plans).values_list(*_BRACKET),
        TariffModifier.objects.filter(plan__in=plans).values_list(*_MODIFIER),
    )


def _dated(lists: tuple[Rows, ...]) -> list[DatedTariff]:
    found, rows, brackets, modifiers = lists
    of_plan = _rules(rows, brackets)
    changing = _modifiers(modifiers)
    return [
        DatedTariff(
            pk, name, reference, start, end, rules.Tariff(of_plan.get(pk, {}), tuple(changing.get(pk, ())))
        )
        for start, pk, name, reference, end in sorted(found)
    ]


def _rules(rows: Rows, brackets: Rows) -> dict[int, dict[str, rules.Rule]]:
    """By plan and code."""
    steps: dict[int, list[rules.Bracket]] = {}
    for category, qf_min, rule, qf_max, unit_price in sorted(brackets, key=itemgetter(0, 1)):
        bracket = rules.Bracket(TariffCategory(category), qf_min, qf_max, unit_price)
        steps.setdefault(rule, []).append(bracket)
    found: dict[int, dict[str, rules.Rule]] = {}
    for _, pk, plan, code, label, per, kind, price, rate, low, high, rounding in sorted(rows):
        found.setdefault(plan, {})[code] = rules.Rule(
            code, label, Per(per), RuleKind(kind), tuple(steps.get(pk, ())), price, rate, low, high, Rounding(rounding)
        )  # fmt: skip
    return found


def _modifiers(rows: Rows) -> dict[int, list[rules.Modifier]]:
    """By plan, in the order in which they apply."""
    found: dict[int, list[rules.Modifier]] = {}
    for order, _, plan, kind, mode, value, label, min_rank, max_rank, minimum, code in sorted(rows):
        modifier = rules.Modifier(
            ModifierKind(kind),
            order,
            ModifierMode(mode),
            value,
            label,
            min_rank=min_rank,
            max_rank=max_rank,
            minimum=minimum,
            units=(code,) if code else (),
        )
        found.setdefault(plan, []).append(modifier)
    return found


# Formulas -------------------------------------------------------------------------------------------------------


class FormulaPart(NamedTuple):
    """A priced unit of a formula: its kind, the rule that prices it, its quantity in hundredths."""

    kind: UnitKind
    tariff_code: str
    quantity: int


class PricedUnit(NamedTuple):
    """A unit of a formula and its price: reads as `tariff_code, quote`."""

    tariff_code: str
    quote: rules.Quote


@dataclass(frozen=True, slots=True)
class FormulaQuote:
    """What a formula costs one child on one day, by unit, in the order of the formula."""

    amount: Money
    units: tuple[PricedUnit, ...]

    @property
    def is_ceiling(self) -> bool:
        """Whether the quotient was unknown and the highest price was taken (I4)."""
        return any(unit.quote.is_ceiling for unit in self.units)

    @property
    def surcharge(self) -> Money:
        return total(unit.quote.surcharge for unit in self.units)


class Facts(Protocol):
    """What a price needs to know of a child on a day; `families.queries.PricingFacts`, or typed in a simulator."""

    @property
    def quotient(self) -> int | None: ...
    @property
    def category(self) -> TariffCategory: ...
    @property
    def packed_lunch(self) -> bool: ...
    @property
    def sibling_rank(self) -> int: ...


def formula_parts(formula_ids: Iterable[int] | None = None) -> dict[int, tuple[FormulaPart, ...]]:
    """The priced units of each formula, in order; all formulas when none is named. 1 query."""
    rows = FormulaUnit.objects.order_by("formula_id", "position", "id")
    if formula_ids is not None:
        rows = rows.filter(formula_id__in=list(formula_ids))
    parts: dict[int, list[FormulaPart]] = {}
    for formula_id, kind, code, quantity in rows.values_list("formula_id", "kind", "tariff_code", "quantity"):
        parts.setdefault(formula_id, []).append(FormulaPart(UnitKind(kind), code, quantity))
    return {formula_id: tuple(units) for formula_id, units in parts.items()}


def quote_formula(
    parts: Sequence[FormulaPart],
    facts: Facts,
    tariff: rules.Tariff,
    *,
    is_late: bool = False,
    known: dict[tuple[int, rules.QuoteRequest], rules.Quote] | None = None,
) -> FormulaQuote:
    """The price of a formula from its parts; no query. The late surcharge is due once a booking: on its first unit.

    `known` keeps quotes already made, of these very tariffs: a month asks the same thing thousands of times.
    Raises `NoTariff` when nothing prices a unit, or when the formula has none: it never says zero by accident.
    """
    if not parts:
        raise NoTariff(unit_code="formule")
    units = []
    for position, part in enumerate(parts):
        request = rules.QuoteRequest(
            part.tariff_code,
            quantity=part.quantity,
            quotient=facts.quotient,
            category=facts.category,
            sibling_rank=facts.sibling_rank,
            is_late=is_late and position == 0,
            packed_lunch=facts.packed_lunch and part.kind is UnitKind.MEAL,
        )
        key = (id(tariff), request)
        quote = known.get(key) if known is not None else None
        if quote is None:
            quote = rules.quote(request, tariff)
            if known is not None:
                known[key] = quote
        units.append(PricedUnit(part.tariff_code, quote))
    return FormulaQuote(total(unit.quote.amount for unit in units), tuple(units))


@dataclass(frozen=True, slots=True)
class Pricer:
    """Prices for some children over some days, with tariff, quotient and category valid on each day (I13)."""

    tariffs: Tariffs
    facts: FamilyFacts
    parts: Mapping[int, tuple[FormulaPart, ...]]
    _known: dict[tuple[int, rules.QuoteRequest], rules.Quote] = field(default_factory=dict)

    def formula_quote(
        self, child_id: int, formula_id: int, day: date, *, is_late: bool = False
    ) -> FormulaQuote:
        """What this formula costs this child on this day.

        Raises `NoTariff`, `NoBracket` or `NoCeiling`; and what `families` raises for a child or a day it does not
        answer for (`NoCustody`).
        """
        facts = self.facts.on(child_id, day)
        tariff = self.tariffs.on(day)
        return quote_formula(
            self.parts.get(formula_id, ()), facts, tariff, is_late=is_late, known=self._known
        )


def pricer(child_ids: Iterable[int], start: date, end: date) -> Pricer:
    """A pricer for these children over `[start, end)`. 2 queries more than `family_facts`."""
    return Pricer(tariffs(start, end), family_facts(list(child_ids), start, end), formula_parts())
