"""What is wrong with a tariff before it is activated, in words an agent can act on (I16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from espace.families.enums import TariffCategory
from espace.kernel.text import NBSP, format_hundredths, format_unit_price
from espace.pricing.enums import ModifierKind, ModifierMode, ProblemKind, RuleKind
from espace.pricing.errors import PlanHasGap
from espace.pricing.rules.tariffs import CATEGORY_NAMES, Bracket, Modifier, Rule, Tariff

_WARNINGS = frozenset({ProblemKind.FALLING_PRICE, ProblemKind.NON_RESIDENT_BELOW})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, in a French sentence. A warning does not forbid to activate: the council may have chosen."""

    kind: ProblemKind
    rule_code: str
    sentence: str

    @property
    def is_blocking(self) -> bool:
        return self.kind not in _WARNINGS


def lint(plan: Tariff) -> tuple[Problem, ...]:
    """Every problem of a tariff, in the order of its rules; empty when nothing is to say."""
    problems = [problem for rule in plan.rules.values() for problem in _problems_of_rule(rule)]
    problems += [problem for modifier in plan.modifiers for problem in _problems_of_modifier(modifier)]
    return tuple(problems)


def check_plan(plan: Tariff) -> None:
    """`PlanHasGap`, naming the quotients, unless the plan prices every quotient exactly once (I16)."""
    blocking = [problem.sentence for problem in lint(plan) if problem.is_blocking]
    if blocking or not plan.rules:
        raise PlanHasGap(problems=" ".join(blocking) or "aucun tarif n’y est défini.")


def _problems_of_rule(rule: Rule) -> Iterator[Problem]:
    match rule.kind:
        case RuleKind.FIXED:
            if rule.unit_price is None or rule.unit_price < 0:
                yield _problem(ProblemKind.NO_PRICE, rule, "aucun prix n’est défini")
        case RuleKind.EFFORT_RATE:
            yield from _problems_of_effort_rate(rule)
        case RuleKind.BRACKET:
            yield from _problems_of_brackets(rule)


def _problems_of_effort_rate(rule: Rule) -> Iterator[Problem]:
    if rule.rate is None or rule.rate <= 0:
        yield _problem(ProblemKind.NO_PRICE, rule, "le taux d’effort n’est pas défini")
    if rule.maximum is None:
        yield _problem(ProblemKind.NO_PRICE, rule, "sans prix maximum, un quotient inconnu n’a pas de prix")
    elif rule.maximum < (rule.minimum or 0):
        yield _problem(ProblemKind.BAD_BOUNDS, rule, "le prix maximum est inférieur au prix minimum")


def _problems_of_brackets(rule: Rule) -> Iterator[Problem]:
    if not rule.has_own_prices(TariffCategory.RESIDENT):
        yield _problem(ProblemKind.NO_PRICE, rule, "aucune tranche n’est définie pour les habitants")
    for category in TariffCategory:
        if rule.has_own_prices(category):
            brackets = [priced.bracket for priced in rule.priced_for(category)]
            yield from _problems_of_ladder(rule, category, brackets)
    yield from _non_residents_below(rule)


def _problems_of_ladder(
    rule: Rule, category: TariffCategory, brackets: Sequence[Bracket]
) -> Iterator[Problem]:
    """Walk the brackets of one category, sorted: whatever the last one left uncovered is a gap."""
    covered: int | None = 0  # every quotient below is priced; None once the open bracket was met
    previous: Bracket | None = None
    for bracket in brackets:
        where = bracket.range_text
        if bracket.qf_min < 0 or (bracket.qf_max is not None and bracket.qf_max <= bracket.qf_min):
            text = f"la tranche « {where} » ne contient aucun quotient"
            yield _problem(ProblemKind.BAD_BOUNDS, rule, text, category)
            continue
        if bracket.unit_price < 0:
            yield _problem(ProblemKind.NO_PRICE, rule, f"la tranche « {where} » a un prix négatif", category)
        if covered is not None and covered < bracket.qf_min:
            yield _problem(
                ProblemKind.GAP, rule, f"aucun prix pour {_span(covered, bracket.qf_min)}", category
            )
        elif covered is None or bracket.qf_min < covered:
            end = _lowest(covered, bracket.qf_max)
            yield _problem(
                ProblemKind.OVERLAP, rule, f"deux prix pour {_span(bracket.qf_min, end)}", category
            )
        if previous is not None and bracket.unit_price < previous.unit_price:
            text = (
                f"le prix baisse de {format_unit_price(previous.unit_price)} à {format_unit_price(bracket.unit_price)} "
                f"à partir du quotient {format_hundredths(bracket.qf_min)}"
            )
            yield _problem(ProblemKind.FALLING_PRICE, rule, text, category)
        previous = bracket
        covered = None if covered is None or bracket.qf_max is None else max(covered, bracket.qf_max)
    if covered is not None:
        yield _problem(ProblemKind.GAP, rule, f"aucun prix pour {_span(covered, None)}", category)


def _non_residents_below(rule: Rule) -> Iterator[Problem]:
    if not rule.has_own_prices(TariffCategory.NON_RESIDENT):
        return
    residents = [priced.bracket for priced in rule.priced_for(TariffCategory.RESIDENT)]
    others = [priced.bracket for priced in rule.priced_for(TariffCategory.NON_RESIDENT)]
    for start in sorted({bracket.qf_min for bracket in (*residents, *others)}):
        resident, other = _price_at(residents, start), _price_at(others, start)
        if resident is not None and other is not None and other < resident:
            text = (
                f"hors commune, le prix ({format_unit_price(other)}) est inférieur à celui des habitants "
                f"({format_unit_price(resident)}) à partir du quotient {format_hundredths(start)}"
            )
            yield _problem(ProblemKind.NON_RESIDENT_BELOW, rule, text)


def _problems_of_modifier(modifier: Modifier) -> Iterator[Problem]:
    code = modifier.units[0] if len(modifier.units) == 1 else ""
    if modifier.mode is ModifierMode.REPLACEMENT and modifier.value < 0:
        sentence = f"« {modifier.label} »{NBSP}: le prix de remplacement est négatif."
        yield Problem(ProblemKind.NO_PRICE, code, sentence)
    lowers = modifier.mode is not ModifierMode.REPLACEMENT and modifier.value < 0
    if modifier.kind is ModifierKind.NON_RESIDENT and lowers:
        sentence = (
            f"« {modifier.label} »{NBSP}: hors commune, le prix serait inférieur à celui des habitants."
        )
        yield Problem(ProblemKind.NON_RESIDENT_BELOW, code, sentence)


def _problem(kind: ProblemKind, rule: Rule, text: str, category: TariffCategory | None = None) -> Problem:
    name = CATEGORY_NAMES[category] if category else ""
    where = f"{rule.label} ({name})" if name else rule.label
    return Problem(kind, rule.code, f"{where}{NBSP}: {text}.")


def _span(start: int, end: int | None) -> str:
    """The quotients of `[start, end)` in words: the last one named is a hundredth under the end."""
    if end is None:
        return f"les quotients de {format_hundredths(start)} et plus"
    if end - start == 1:
        return f"le quotient {format_hundredths(start)}"
    return f"les quotients de {format_hundredths(start)} à {format_hundredths(end - 1)}"


def _lowest(a: int | None, b: int | None) -> int | None:
    return min((bound for bound in (a, b) if bound is not None), default=None)


def _price_at(brackets: Sequence[Bracket], quotient: int) -> int | None:
    for bracket in brackets:
        if bracket.qf_min <= quotient and (bracket.qf_max is None or quotient < bracket.qf_max):
            return bracket.unit_price
    return None
