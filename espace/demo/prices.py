"""The demonstration's tariffs: the brackets of Roncq closed at 1 900, its meal, and prices of our own by the same
brackets for the other activities. Euros as text, so that no float ever touches a price."""

from __future__ import annotations

from espace.families.enums import TariffCategory
from espace.kernel.money import Money
from espace.pricing.enums import ModifierKind, ModifierMode, Per, RuleKind
from espace.pricing.models import TariffBracket, TariffModifier, TariffPlan, TariffRule

BOUNDS = (0, 400, 640, 860, 1150, 1500, 1700, 1900, None)
DELIBERATION = "Délibération n° 2025-061 du 26 juin 2025"

# code: (label, per, prices of residents by bracket, price outside the town)
PRICES: dict[str, tuple[str, Per, str, str]] = {
    "REPAS": ("Repas", Per.ACT, "0.50 1.75 2.35 3.05 3.55 4.05 4.60 4.90", "6.50"),
    "MATIN": ("Accueil du matin", Per.ACT, "0.35 0.70 0.95 1.25 1.50 1.75 1.95 2.15", "3.10"),
    "SOIR": ("Accueil du soir", Per.ACT, "0.60 1.15 1.50 1.95 2.35 2.70 3.00 3.30", "4.80"),
    "MERCREDI_JOURNEE": (
        "Mercredi, journée sans le repas", Per.DAY, "2.40 4.80 6.40 8.20 9.90 11.60 13.00 14.20", "19.50",
    ),
    "MERCREDI_DEMI": (
        "Mercredi, demi-journée sans le repas", Per.HALF_DAY, "1.30 2.60 3.50 4.50 5.40 6.30 7.10 7.80", "10.80",
    ),
    "VACANCES_JOURNEE": (
        "Vacances loisirs, journée sans le repas", Per.DAY, "2.80 5.40 7.10 9.00 10.80 12.60 14.10 15.40", "21.00",
    ),
    "VACANCES_DEMI": (
        "Vacances loisirs, matinée sans le repas", Per.HALF_DAY, "1.50 2.90 3.90 4.90 5.90 6.90 7.70 8.40", "11.60",
    ),
    "SPORT_JOURNEE": (
        "Vacances sport, journée sans le repas", Per.DAY, "3.60 6.60 8.60 11.00 13.20 15.20 17.00 18.60", "25.00",
    ),
}  # fmt: skip

CARE = tuple(code for code in PRICES if code != "REPAS")
THIRD_CHILD = -1000  # basis points
PACKED_LUNCH = "0.50"
LATE = "2.50"


def tenthousandths(euros: str) -> int:
    return Money.parse(euros).cents * 100


def write_plan(plan: TariffPlan) -> None:
    """The rules, brackets and modifiers of a plan just created."""
    for position, (code, (label, per, prices, outside)) in enumerate(PRICES.items(), start=1):
        rule = TariffRule.objects.create(
            plan=plan, code=code, label=label, per=per, kind=RuleKind.BRACKET, position=position
        )
        brackets = [
            TariffBracket(
                rule=rule,
                category=TariffCategory.RESIDENT,
                qf_min=(low or 0) * 100,
                qf_max=None if high is None else high * 100,
                unit_price=tenthousandths(price),
            )
            for low, high, price in zip(BOUNDS, BOUNDS[1:], prices.split(), strict=False)
        ]
        brackets.append(
            TariffBracket(
                rule=rule, category=TariffCategory.NON_RESIDENT, qf_min=0, unit_price=tenthousandths(outside)
            )
        )
        TariffBracket.objects.bulk_create(brackets)
    _write_modifiers(plan)


def _write_modifiers(plan: TariffPlan) -> None:
    modifiers = [
        TariffModifier(
            code="REPAS",
            kind=ModifierKind.PACKED_LUNCH,
            mode=ModifierMode.REPLACEMENT,
            value=tenthousandths(PACKED_LUNCH),
            label="panier repas (PAI)",
        )
    ]
    modifiers += [
        TariffModifier(
            code=code,
            kind=ModifierKind.SIBLING,
            mode=ModifierMode.PERCENT,
            value=THIRD_CHILD,
            min_rank=3,
            label="à partir du troisième enfant",
        )
        for code in CARE
    ]
    modifiers.append(
        TariffModifier(
            kind=ModifierKind.LATE_BOOKING,
            mode=ModifierMode.FIXED,
            value=tenthousandths(LATE),
            label="réservé hors délai",
        )
    )
    for order, modifier in enumerate(modifiers, start=1):
        modifier.plan, modifier.order = plan, order
    TariffModifier.objects.bulk_create(modifiers)
