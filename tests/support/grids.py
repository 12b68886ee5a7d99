"""The golden grids of docs/rules/pricing.md as tariffs, and short ways to write others."""

from __future__ import annotations

from collections.abc import Sequence

from espace.families.enums import TariffCategory
from espace.kernel.text import NARROW_NBSP, NBSP
from espace.pricing.enums import ModifierKind, ModifierMode, Per, RuleKind
from espace.pricing.rules import Bracket, Modifier, Rule, Tariff
from tests.support.doc_tables import Row, hundredths_of, tables_of

TABLES = tables_of("pricing.md")
RESIDENT, NON_RESIDENT = TariffCategory.RESIDENT, TariffCategory.NON_RESIDENT


def euros(cell: str) -> int:
    """A price of a table, up to four decimals, in ten-thousandths of a euro."""
    whole, _, decimals = cell.partition(",")
    return int(whole) * 10_000 + int(decimals.ljust(4, "0") or "0")


def brackets_of(rows: Sequence[Row], column: str, category: TariffCategory = RESIDENT) -> tuple[Bracket, ...]:
    return tuple(
        Bracket(
            category,
            hundredths_of(row["de"]),
            hundredths_of(row["à moins de"]) if row["à moins de"] else None,
            euros(row[column]),
        )
        for row in rows
    )


def bracketed(code: str, *brackets: Bracket, per: Per = Per.ACT) -> Rule:
    return Rule(code, code.capitalize(), per, RuleKind.BRACKET, brackets)


def fixed(code: str, price: str) -> Rule:
    return Rule(code, code.capitalize(), Per.ACT, RuleKind.FIXED, unit_price=euros(price))


def tariff(*rules: Rule, modifiers: Sequence[Modifier] = ()) -> Tariff:
    return Tariff({rule.code: rule for rule in rules}, tuple(modifiers))


LATE = Modifier(ModifierKind.LATE_BOOKING, 10, ModifierMode.FIXED, 25_000, "réservé hors délai")
DOUBLE = Modifier(ModifierKind.NON_RESIDENT, 1, ModifierMode.PERCENT, 10_000, "hors commune")
A_COLUMNS = ("repas", "repas PAI", "période AMIS", "½ h")
A_RULES = tuple(bracketed(column, *brackets_of(TABLES["a-grille"], column)) for column in A_COLUMNS)
A = tariff(*A_RULES, modifiers=[LATE])


B = tariff(
    Rule(
        "repas",
        "Repas",
        Per.ACT,
        RuleKind.EFFORT_RATE,
        rate=3_600,
        minimum=euros("2,60"),
        maximum=euros("4,50"),
    ),
    modifiers=[
        Modifier(ModifierKind.PACKED_LUNCH, 1, ModifierMode.REPLACEMENT, euros("1,75"), "panier repas")
    ],
)


J_GRID = brackets_of(TABLES["j-demi-heure"], "½ h")
J = tariff(bracketed("garde", *J_GRID, per=Per.HALF_HOUR), modifiers=[DOUBLE])


K = tariff(
    bracketed("repas", *brackets_of(TABLES["k-repas"], "repas")),
    modifiers=[
        Modifier(
            ModifierKind.SIBLING,
            1,
            ModifierMode.PERCENT,
            -5_000,
            "3e enfant",
            min_rank=3,
            minimum=euros("1,00"),
        ),
        Modifier(ModifierKind.PACKED_LUNCH, 2, ModifierMode.REPLACEMENT, euros("0,64"), "panier repas"),
    ],
)


def readable(text: str) -> str:
    return text.replace(NBSP, " ").replace(NARROW_NBSP, " ")
