"""What the linter says of a tariff, and what is true of any that it passes (I16, I17)."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.families.enums import TariffCategory
from espace.kernel.money import Money, Rounding
from espace.pricing.enums import ModifierKind, ModifierMode, Per, ProblemKind, RuleKind, StepKind
from espace.pricing.errors import PlanHasGap
from espace.pricing.rules import (
    Bracket,
    Modifier,
    Quote,
    QuoteRequest,
    Rule,
    Tariff,
    check_plan,
    explain,
    lint,
    quote,
    steps_from_json,
    steps_to_json,
)
from tests.support.grids import (
    A_RULES,
    NON_RESIDENT,
    RESIDENT,
    TABLES,
    A,
    B,
    J,
    K,
    bracketed,
    brackets_of,
    fixed,
    readable,
    tariff,
)

pytestmark = pytest.mark.pure


def sentences(plan: Tariff) -> str:
    return readable(" ".join(problem.sentence for problem in lint(plan)))


@pytest.mark.parametrize("plan", [A, B, J, K], ids=["A", "B", "J", "K"])
def test_a_sound_grid_has_nothing_to_say(plan: Tariff) -> None:
    assert lint(plan) == ()
    check_plan(plan)


def test_the_hole_roncq_published_is_refused_and_named() -> None:
    holed = brackets_of(TABLES["a-hors-commune"], "½ h", NON_RESIDENT)
    plan = tariff(bracketed("½ h", *A_RULES[3].brackets, *holed))
    said = sentences(plan)
    assert "aucun prix pour les quotients de 800 à 859,99." in said
    assert "aucun prix pour le quotient 1 500." in said
    assert "(hors commune)" in said
    with pytest.raises(PlanHasGap) as refused:
        check_plan(plan)
    assert "800" in str(refused.value)


def test_a_last_bracket_published_as_above_1900_leaves_1900_without_a_price() -> None:
    *rows, last = TABLES["a-grille"]
    plan = tariff(bracketed("repas", *brackets_of([*rows, {**last, "de": "1 900,01"}], "repas")))
    assert [problem.kind for problem in lint(plan)] == [ProblemKind.GAP]
    assert "aucun prix pour le quotient 1 900." in sentences(plan)


def one(*rows: tuple[int, int | None, int], category: TariffCategory = RESIDENT) -> tuple[Bracket, ...]:
    return tuple(
        Bracket(category, low * 100, None if high is None else high * 100, price) for low, high, price in rows
    )


@pytest.mark.parametrize(
    ("rule", "kind", "said"),
    [
        (bracketed("r"), ProblemKind.NO_PRICE, "aucune tranche"),
        (bracketed("r", *one((0, 400, 1))), ProblemKind.GAP, "les quotients de 400 et plus"),
        (bracketed("r", *one((10, None, 1))), ProblemKind.GAP, "les quotients de 0 à 9,99"),
        (
            bracketed("r", *one((0, 500, 1), (400, None, 2))),
            ProblemKind.OVERLAP,
            "deux prix pour les quotients de 400 à 499,99",
        ),
        (
            bracketed("r", *one((0, None, 1), (400, None, 2))),
            ProblemKind.OVERLAP,
            "deux prix pour les quotients de 400 et plus",
        ),
        (
            bracketed("r", *one((0, 400, 1), (400, 400, 2), (400, None, 2))),
            ProblemKind.BAD_BOUNDS,
            "ne contient aucun quotient",
        ),
        (bracketed("r", *one((0, None, -1))), ProblemKind.NO_PRICE, "négatif"),
        (bracketed("r", *one((0, None, 1), category=NON_RESIDENT)), ProblemKind.NO_PRICE, "habitants"),
        (Rule("r", "R", Per.ACT, RuleKind.FIXED), ProblemKind.NO_PRICE, "aucun prix"),
        (Rule("r", "R", Per.ACT, RuleKind.EFFORT_RATE, maximum=1), ProblemKind.NO_PRICE, "taux d’effort"),
        (Rule("r", "R", Per.ACT, RuleKind.EFFORT_RATE, rate=1), ProblemKind.NO_PRICE, "sans prix maximum"),
        (
            Rule("r", "R", Per.ACT, RuleKind.EFFORT_RATE, rate=1, minimum=2, maximum=1),
            ProblemKind.BAD_BOUNDS,
            "inférieur au prix minimum",
        ),
    ],
)
def test_what_forbids_to_activate(rule: Rule, kind: ProblemKind, said: str) -> None:
    """I16."""
    found = [problem for problem in lint(tariff(rule)) if problem.kind is kind]
    assert any(said in readable(problem.sentence) for problem in found)
    with pytest.raises(PlanHasGap):
        check_plan(tariff(rule))


def test_an_empty_plan_cannot_be_activated() -> None:
    with pytest.raises(PlanHasGap):
        check_plan(tariff())


def test_a_price_that_falls_or_a_cheaper_non_resident_is_a_warning() -> None:
    falling = tariff(bracketed("r", *one((0, 400, 20_000), (400, None, 10_000))))
    assert "le prix baisse de 2,00 € à 1,00 € à partir du quotient 400" in sentences(falling)
    cheaper = tariff(
        bracketed(
            "r", *one((0, 400, 10_000), (400, None, 30_000)), *one((0, None, 20_000), category=NON_RESIDENT)
        )
    )
    assert "inférieur à celui des habitants (3,00 €) à partir du quotient 400" in sentences(cheaper)
    less = Modifier(ModifierKind.NON_RESIDENT, 1, ModifierMode.PERCENT, -100, "hors commune")
    assert [p.kind for p in lint(tariff(fixed("r", "1,00"), modifiers=[less]))] == [
        ProblemKind.NON_RESIDENT_BELOW
    ]
    check_plan(falling)
    check_plan(cheaper)


# Properties -----------------------------------------------------------------------------------------------------

BOUNDS = st.lists(st.integers(1, 10**6), unique=True, max_size=8).map(sorted)
REQUESTS = st.builds(
    QuoteRequest,
    unit_code=st.just("u"),
    quantity=st.integers(0, 1_000),
    quotient=st.none() | st.integers(0, 2 * 10**6),
    category=st.sampled_from(TariffCategory),
    sibling_rank=st.integers(1, 6),
    is_late=st.booleans(),
    packed_lunch=st.booleans(),
    is_unbooked=st.booleans(),
    is_late_pickup=st.booleans(),
)
MODIFIERS = st.lists(
    st.builds(
        Modifier,
        kind=st.sampled_from(ModifierKind),
        order=st.integers(0, 20),
        mode=st.sampled_from(ModifierMode),
        value=st.integers(-20_000, 50_000),
        label=st.just("raison"),
        min_rank=st.none() | st.integers(1, 4),
    ),
    max_size=5,
)


def sound_rule(bounds: list[int], prices: Sequence[int], rounding: Rounding = Rounding.HALF_UP) -> Rule:
    edges: list[int | None] = [0, *bounds, None]
    brackets = tuple(
        Bracket(RESIDENT, low or 0, high, price)
        for low, high, price in zip(edges, edges[1:], prices, strict=False)
    )
    return Rule("u", "U", Per.ACT, RuleKind.BRACKET, brackets, rounding=rounding)


PRICES = st.lists(st.integers(0, 10**6), min_size=9, max_size=9).map(sorted)


@given(BOUNDS, PRICES, st.integers(0, 10**9))
def test_a_grid_the_linter_passes_prices_every_quotient_once(
    bounds: list[int], prices: list[int], quotient: int
) -> None:
    """I16."""
    rule = sound_rule(bounds, prices)
    assert lint(tariff(rule)) == ()
    holding = [b for b in rule.brackets if b.qf_min <= quotient and (b.qf_max is None or quotient < b.qf_max)]
    assert len(holding) == 1
    assert quote(QuoteRequest("u", quotient=quotient), tariff(rule)).unit_price == holding[0].unit_price


@given(BOUNDS.filter(bool), PRICES, st.data())
def test_a_grid_with_a_bracket_taken_out_is_always_refused(
    bounds: list[int], prices: list[int], data: st.DataObject
) -> None:
    brackets = list(sound_rule(bounds, prices).brackets)
    brackets.pop(data.draw(st.integers(0, len(brackets) - 1)))
    assert any(problem.is_blocking for problem in lint(tariff(bracketed("u", *brackets))))


@given(BOUNDS, PRICES, MODIFIERS, st.lists(REQUESTS, min_size=1, max_size=4), st.sampled_from(Rounding))
def test_same_inputs_same_quote_and_its_parts_sum(
    bounds: list[int],
    prices: list[int],
    modifiers: list[Modifier],
    requests: list[QuoteRequest],
    rounding: Rounding,
) -> None:
    """I17; and the steps a charge stores come back the same, ending with the amount."""
    plan = tariff(sound_rule(bounds, prices, rounding), modifiers=modifiers)
    for request in requests:
        found: Quote = quote(request, plan)
        assert found == quote(request, plan)
        assert found.base + found.surcharge == found.amount >= Money.ZERO
        assert found.is_ceiling is (request.quotient is None)
        assert steps_from_json(json.loads(json.dumps(steps_to_json(found.steps)))) == found.steps
        last = found.steps[-1]
        if last.kind is not StepKind.PRICE:
            assert last.amount == found.amount
        assert explain(found.steps) == explain(found)


@given(BOUNDS, PRICES, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_higher_quotient_never_pays_less_in_a_grid_that_does_not_fall(
    bounds: list[int], prices: list[int], a: int, b: int
) -> None:
    plan = tariff(sound_rule(bounds, prices))
    low, high = sorted((a, b))
    assert (
        quote(QuoteRequest("u", quotient=low), plan).amount
        <= quote(QuoteRequest("u", quotient=high), plan).amount
    )
    assert quote(QuoteRequest("u", quotient=high), plan).amount <= quote(QuoteRequest("u"), plan).amount
