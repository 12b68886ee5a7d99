"""Prices for screens and bills: the tariff of the day, the facts of the day, a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.activities.enums import UnitKind
from espace.demo.town import Reference
from espace.families.enums import TariffCategory
from espace.families.models import FamilyQuotient, HealthPlan
from espace.kernel.money import Money
from espace.pricing.enums import PlanState
from espace.pricing.errors import NoTariff
from espace.pricing.models import TariffModifier, TariffPlan
from espace.pricing.queries import FormulaPart, formula_parts, pricer, quote_formula, tariffs
from tests.support.cast import Character

DAY = date(2026, 11, 24)
YEAR = (date(2026, 9, 1), date(2027, 9, 1))


@dataclass(frozen=True)
class Typed:
    """What someone types in the simulator."""

    quotient: int | None = 81_200
    category: TariffCategory = TariffCategory.RESIDENT
    packed_lunch: bool = False
    sibling_rank: int = 1


def formula(town: Reference, activity: str, code: str) -> int:
    return town.formulas[activity, code].pk


def test_a_meal_costs_the_bracket_of_the_household(town: Reference, alice: Character) -> None:
    zoe = alice.children[0]
    prices = pricer([zoe.pk], *YEAR)
    quote = prices.formula_quote(zoe.pk, formula(town, "restauration-scolaire", "REPAS"), DAY)
    assert quote.amount == Money(235)
    assert [code for code, _ in quote.units] == ["REPAS"]
    assert not quote.is_ceiling


def test_late_is_counted_once_on_the_first_unit(town: Reference, alice: Character) -> None:
    zoe = alice.children[0]
    prices = pricer([zoe.pk], *YEAR)
    day = formula(town, "accueil-de-loisirs-du-mercredi", "JOURNEE")
    plain, late = (
        prices.formula_quote(zoe.pk, day, date(2026, 11, 25), is_late=is_late) for is_late in (False, True)
    )
    assert late.amount - plain.amount == Money(250)
    assert late.units[0].quote.surcharge == Money(250)
    assert late.units[1].quote.surcharge == Money.ZERO
    assert late.surcharge == Money(250)


def test_each_home_pays_its_own_price(town: Reference, alice: Character, bob: Character) -> None:
    """The responsible household's quotient, day by day (I2)."""
    tom = alice.children[1]
    prices = pricer([tom.pk], *YEAR)
    meal = formula(town, "restauration-scolaire", "REPAS")
    week, next_week = (prices.formula_quote(tom.pk, meal, day).amount for day in (DAY, date(2026, 12, 1)))
    assert {week, next_week} == {Money(235), Money(405)}


def test_without_a_quotient_the_ceiling_is_asked_and_said(town: Reference, alice: Character) -> None:
    """I4."""
    FamilyQuotient.objects.all().delete()
    zoe = alice.children[0]
    quote = pricer([zoe.pk], *YEAR).formula_quote(
        zoe.pk, formula(town, "restauration-scolaire", "REPAS"), DAY
    )
    assert quote.amount == Money(490)
    assert quote.is_ceiling


def test_a_packed_lunch_changes_the_meal_only(town: Reference, alice: Character) -> None:
    zoe = alice.children[0]
    HealthPlan.objects.create(child=zoe, packed_lunch=True, detail=b"", start=date(2026, 9, 1))
    prices = pricer([zoe.pk], *YEAR)
    quote = prices.formula_quote(
        zoe.pk, formula(town, "accueil-de-loisirs-du-mercredi", "JOURNEE"), date(2026, 11, 25)
    )
    assert [q.amount for _, q in quote.units] == [Money(640), Money(50)]


def test_a_draft_prices_nothing_and_an_ended_plan_its_own_days(town: Reference) -> None:
    TariffPlan.objects.create(name="Projet", deliberation_ref="?", start=date(2027, 1, 1))
    assert tariffs(*YEAR).plan_on(date(2027, 1, 5)).plan_id == town.plan.pk  # type: ignore[union-attr]
    TariffPlan.objects.filter(pk=town.plan.pk).update(end=date(2026, 12, 1), state=PlanState.ENDED)
    found = tariffs(*YEAR)
    assert found.on(date(2026, 11, 30)).rules
    assert not found.on(date(2026, 12, 1)).rules


def test_a_day_without_tariff_is_not_free(town: Reference, alice: Character) -> None:
    TariffPlan.objects.update(end=date(2026, 11, 1))
    zoe = alice.children[0]
    with pytest.raises(NoTariff):
        pricer([zoe.pk], *YEAR).formula_quote(zoe.pk, formula(town, "restauration-scolaire", "REPAS"), DAY)


def test_a_formula_nobody_priced_is_not_free(town: Reference, alice: Character) -> None:
    zoe = alice.children[0]
    with pytest.raises(NoTariff):
        pricer([zoe.pk], *YEAR).formula_quote(zoe.pk, 999_999, DAY)


def test_the_ranks_of_a_modifier_reach_the_rules(town: Reference) -> None:
    TariffModifier.objects.filter(kind="SIBLING").update(max_rank=3, minimum=10_000)
    modifier = next(m for m in tariffs(*YEAR).on(DAY).modifiers if m.min_rank == 3)
    assert (modifier.max_rank, modifier.minimum) == (3, 10_000)


def test_the_simulator_asks_the_same_engine(town: Reference) -> None:
    parts = formula_parts()[formula(town, "restauration-scolaire", "REPAS")]
    assert parts == (FormulaPart(UnitKind.MEAL, "REPAS", 100),)
    tariff = tariffs(*YEAR).on(DAY)
    assert quote_formula(parts, Typed(), tariff).amount == Money(235)
    assert quote_formula(parts, Typed(quotient=0), tariff).amount == Money(50)
    outside = Typed(category=TariffCategory.NON_RESIDENT)
    assert quote_formula(parts, outside, tariff).amount == Money(650)


def test_more_children_and_days_do_not_cost_more_queries(
    town: Reference, alice: Character, bob: Character, charlie: Character
) -> None:
    meal = formula(town, "restauration-scolaire", "REPAS")
    children = [*alice.children, *charlie.children]
    with CaptureQueriesContext(connection) as one:
        pricer([children[0].pk], DAY, date(2026, 11, 25)).formula_quote(children[0].pk, meal, DAY)
    with CaptureQueriesContext(connection) as many:
        prices = pricer([c.pk for c in children], *YEAR)
        for child in children:
            for number in range(1, 29):
                prices.formula_quote(child.pk, meal, date(2026, 11, number))
    assert len(many) == len(one) <= 4
