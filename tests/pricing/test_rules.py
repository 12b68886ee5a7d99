"""Prices. The golden grids are the tables of docs/rules/pricing.md."""

from __future__ import annotations

import pytest

from espace.kernel.money import Money, Rounding
from espace.pricing.enums import ModifierKind, ModifierMode, Per, RuleKind
from espace.pricing.errors import BadQuotient, NoBracket, NoCeiling, NoTariff
from espace.pricing.rules import (
    Bracket,
    Modifier,
    QuoteRequest,
    Rule,
    Tariff,
    chain,
    explain,
    quote,
)
from tests.support.doc_tables import Row, hundredths_of
from tests.support.grids import (
    A_COLUMNS,
    DOUBLE,
    J_GRID,
    LATE,
    NON_RESIDENT,
    RESIDENT,
    TABLES,
    A,
    B,
    J,
    K,
    bracketed,
    brackets_of,
    euros,
    fixed,
    readable,
    tariff,
)

UNKNOWN = "inconnu"


def quotient_of(cell: str) -> int | None:
    return None if cell == UNKNOWN else hundredths_of(cell)


# Golden grids ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", A_COLUMNS)
@pytest.mark.parametrize("row", TABLES["a-grille"], ids=lambda row: row["de"])
def test_a_every_bracket_holds_its_two_ends(row: Row, column: str) -> None:
    price = Money.parse(row[column])
    ends = [hundredths_of(row["de"])]
    ends += [hundredths_of(row["à moins de"]) - 1] if row["à moins de"] else [10**9]
    for quotient in ends:
        assert quote(QuoteRequest(column, quotient=quotient), A).amount == price


@pytest.mark.parametrize("row", TABLES["a-bords"], ids=lambda row: row["quotient"])
def test_a_at_the_edges(row: Row) -> None:
    found = quote(QuoteRequest("repas", quotient=quotient_of(row["quotient"])), A)
    assert found.amount == Money.parse(row["repas"])
    assert found.is_ceiling is (row["quotient"] == UNKNOWN)


@pytest.mark.parametrize("row", TABLES["b-taux"], ids=lambda row: row["quotient"])
def test_b_effort_rate_between_its_bounds(row: Row) -> None:
    found = quote(QuoteRequest("repas", quotient=quotient_of(row["quotient"])), B)
    assert found.amount == Money.parse(row["repas"])


def test_b_a_packed_lunch_has_its_own_price() -> None:
    assert quote(QuoteRequest("repas", quotient=100_000, packed_lunch=True), B).amount == Money(175)


@pytest.mark.parametrize("row", TABLES["j-demi-heure"], ids=lambda row: row["de"])
def test_j_a_non_resident_pays_exactly_twice(row: Row) -> None:
    quotient = hundredths_of(row["de"])
    resident = quote(QuoteRequest("garde", quotient=quotient), J)
    non_resident = quote(QuoteRequest("garde", quotient=quotient, category=NON_RESIDENT), J)
    midday = quote(QuoteRequest("garde", quantity=400, quotient=quotient), J)
    found = (resident.amount, non_resident.amount, midday.amount)
    assert found == tuple(Money.parse(row[column]) for column in ("½ h", "hors commune", "méridienne"))


@pytest.mark.parametrize("row", TABLES["k-repas"], ids=lambda row: row["de"])
def test_k_half_price_from_the_third_child_rounded_half_up(row: Row) -> None:
    amounts = [
        quote(QuoteRequest("repas", quotient=hundredths_of(row["de"]), sibling_rank=rank), K).amount
        for rank in (1, 2, 3, 4)
    ]
    first, third = Money.parse(row["repas"]), Money.parse(row["3e enfant"])
    assert amounts == [first, first, third, third]


def test_k_a_packed_lunch_replaces_whatever_the_rank_made() -> None:
    request = QuoteRequest("repas", quotient=60_000, sibling_rank=3, packed_lunch=True)
    assert quote(request, K).amount == Money(64)


@pytest.mark.parametrize("row", TABLES["m-publie"], ids=lambda row: row["unité"])
def test_m_the_published_price_is_stored_never_recomputed(row: Row) -> None:
    published = Modifier(
        ModifierKind.SIBLING,
        1,
        ModifierMode.REPLACEMENT,
        euros(row["2e enfant"]),
        "2e enfant",
        min_rank=2,
        units=(row["unité"],),
    )
    plan = tariff(fixed(row["unité"], row["1er enfant"]), modifiers=[published])
    assert quote(QuoteRequest(row["unité"]), plan).amount == Money.parse(row["1er enfant"])
    second = quote(QuoteRequest(row["unité"], sibling_rank=2), plan)
    assert second.amount == Money.parse(row["2e enfant"])


def test_m_no_rounding_gives_both_published_prices() -> None:
    """Why the grid is stored: 3.336 -> 3.33 and 4.904 -> 4.91."""

    def computed(price: str, rounding: Rounding) -> Money:
        rule = Rule("u", "U", Per.ACT, RuleKind.FIXED, unit_price=euros(price), rounding=rounding)
        off = Modifier(ModifierKind.SIBLING, 1, ModifierMode.PERCENT, -2_000, "2e enfant", min_rank=2)
        return quote(QuoteRequest("u", sibling_rank=2), tariff(rule, modifiers=[off])).amount

    published = (Money(333), Money(491))
    assert published not in [(computed("4,17", r), computed("6,13", r)) for r in Rounding]


@pytest.mark.parametrize("row", TABLES["q-creche"], ids=str)
def test_q_the_creche_is_resources_times_rate(row: Row) -> None:
    rate = 619
    ceiling = hundredths_of(row["plafond"]) * rate // 10_000 if row["plafond"] else None
    rule = Rule(
        "heure",
        "Heure d’accueil",
        Per.HOUR,
        RuleKind.EFFORT_RATE,
        rate=rate,
        maximum=ceiling,
        rounding=Rounding.DOWN,
        precision=100 if row["précision"] == "centime" else 1,
    )
    resources = hundredths_of(row["ressources mensuelles"])
    found = quote(QuoteRequest("heure", quotient=resources), tariff(rule))
    assert found.unit_price == euros(row["prix d’une heure"])


@pytest.mark.parametrize("row", TABLES["p-majorations"], ids=lambda row: row["commune"])
def test_p_published_surcharges(row: Row) -> None:
    text = row["majoration"]
    if text.endswith("%"):
        mode, value = ModifierMode.PERCENT, int(text.strip("+ %")) * 100
    elif text.startswith("remplacé"):
        mode, value = ModifierMode.REPLACEMENT, euros(text.removeprefix("remplacé par "))
    else:
        mode, value = ModifierMode.FIXED, euros(text.strip("+ "))
    surcharge = Modifier(ModifierKind.UNBOOKED, 1, mode, value, "non réservé")
    plan = tariff(fixed("repas", row["prix"]), modifiers=[surcharge])
    found = quote(QuoteRequest("repas", is_unbooked=True), plan)
    assert found.amount == Money.parse(row["prix majoré"])
    assert found.base == Money.parse(row["prix"])
    assert quote(QuoteRequest("repas"), plan).surcharge == Money.ZERO


# What the family reads ------------------------------------------------------------------------------------------


def test_a_late_meal_explains_itself_from_the_quotient_to_the_total() -> None:
    found = quote(QuoteRequest("repas", quotient=81_200, is_late=True), A)
    assert readable(chain(found)) == "812 → tranche 3 → 2,35 € → + 2,50 € (réservé hors délai) → 4,85 €"
    assert readable(explain(found)) == (
        "Quotient familial 812 : tranche 3 (de 640 à moins de 860), soit 2,35 €. "
        "Réservé hors délai : + 2,50 €. Total : 4,85 €."
    )
    assert (found.base, found.surcharge, found.amount) == (Money(235), Money(250), Money(485))


@pytest.mark.parametrize(
    ("request_", "plan", "said"),
    [
        (
            QuoteRequest("repas", quotient=0),
            A,
            "Quotient familial 0 : tranche 1 (moins de 400), soit 0,50 €.",
        ),
        (
            QuoteRequest("repas"),
            A,
            "Quotient inconnu (tarif le plus élevé) : tranche 8 (1 900 et plus), soit 4,90 €.",
        ),
        (
            QuoteRequest("repas", quotient=100_000),
            B,
            "Quotient familial 1 000 : taux d’effort 0,36 %, soit 3,60 €.",
        ),
        (
            QuoteRequest("repas", quotient=50_000),
            B,
            "Quotient familial 500 : taux d’effort 0,36 %, soit 2,60 € (prix minimum).",
        ),
        (QuoteRequest("repas"), B, "Quotient inconnu (tarif le plus élevé) : 4,50 € (prix maximum)."),
        (QuoteRequest("adulte"), tariff(fixed("adulte", "4,80")), "4,80 € (prix unique)."),
        (
            QuoteRequest("garde", quantity=400, quotient=0, category=NON_RESIDENT),
            J,
            "Quotient familial 0 : tranche 1 (moins de 651), soit 0,30 €. Hors commune : + 100 %. "
            "× 4 demi-heures : 2,40 €.",
        ),
    ],
)
def test_each_price_is_a_sentence(request_: QuoteRequest, plan: Tariff, said: str) -> None:
    assert readable(explain(quote(request_, plan))) == said


def test_a_surcharge_is_once_an_act_whatever_the_quantity() -> None:
    plan = tariff(bracketed("garde", *J_GRID, per=Per.HALF_HOUR), modifiers=[LATE])
    found = quote(QuoteRequest("garde", quantity=400, quotient=0, is_late=True), plan)
    assert (found.base, found.surcharge) == (Money(120), Money(250))


def test_a_surcharge_of_another_unit_does_not_apply() -> None:
    canteen_only = Modifier(
        ModifierKind.LATE_BOOKING, 1, ModifierMode.FIXED, 25_000, "réservé hors délai", units=("repas",)
    )
    plan = tariff(fixed("repas", "3,00"), fixed("garde", "2,00"), modifiers=[canteen_only])
    assert quote(QuoteRequest("garde", is_late=True), plan).amount == Money(200)
    assert quote(QuoteRequest("repas", is_late=True), plan).amount == Money(550)


def test_ranks_that_do_not_meet_give_one_reduction_each() -> None:
    second, third = (
        Modifier(ModifierKind.SIBLING, 1, ModifierMode.PERCENT, -2_000, "2e enfant", min_rank=2, max_rank=2),
        Modifier(ModifierKind.SIBLING, 2, ModifierMode.PERCENT, -3_000, "3e enfant", min_rank=3),
    )
    plan = tariff(fixed("repas", "10,00"), modifiers=[third, second])
    amounts = [quote(QuoteRequest("repas", sibling_rank=rank), plan).amount.cents for rank in (1, 2, 3, 4)]
    assert amounts == [1000, 800, 700, 700]


def test_a_category_with_its_own_grid_never_meets_the_non_resident_modifier() -> None:
    own = brackets_of([{"de": "0", "à moins de": "", "prix": "5,00"}], "prix", NON_RESIDENT)
    plan = tariff(bracketed("garde", *J_GRID, *own), modifiers=[DOUBLE])
    found = quote(QuoteRequest("garde", quotient=0, category=NON_RESIDENT), plan)
    assert found.amount == Money(500)
    assert "tranche 1, hors commune" in explain(found)


# Refusals: it never guesses ------------------------------------------------------------------------------------


def test_what_cannot_be_priced_is_refused() -> None:
    with pytest.raises(NoTariff):
        quote(QuoteRequest("inconnu", quotient=0), A)
    with pytest.raises(BadQuotient):
        quote(QuoteRequest("repas", quotient=-1), A)
    holed = tariff(bracketed("garde", *brackets_of(TABLES["a-hors-commune"], "½ h")))
    with pytest.raises(NoBracket, match="820"):
        quote(QuoteRequest("garde", quotient=82_000), holed)
    closed = tariff(bracketed("garde", Bracket(RESIDENT, 0, 40_000, 100)))
    with pytest.raises(NoCeiling):
        quote(QuoteRequest("garde"), closed)
    with pytest.raises(NoCeiling):
        quote(QuoteRequest("heure"), tariff(Rule("heure", "Heure", Per.HOUR, RuleKind.EFFORT_RATE, rate=619)))
