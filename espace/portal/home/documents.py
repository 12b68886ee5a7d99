"""The public documents, made from what the database says the moment they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from espace.activities.enums import Action
from espace.activities.queries import catalogue
from espace.families.enums import TariffCategory
from espace.kernel.calendar import ONE_DAY
from espace.kernel.text import NBSP, format_date_long, format_unit_price
from espace.paper.services import letterhead, render
from espace.portal.home.delays import Delay, delays
from espace.portal.home.guide import Section, guide, payment_rules
from espace.pricing.enums import ModifierKind
from espace.pricing.queries import DatedTariff, tariffs
from espace.pricing.rules import Rule
from espace.town import queries as town_queries

Data = dict[str, Any]


def public_pdf(slug: str, now: datetime) -> tuple[str, bytes] | None:
    """The title and the PDF of a public document, or None when there is no such document. At most 4 queries."""
    document = next((d for d in town_queries.public_documents() if d.slug == slug), None)
    build = BUILDERS.get(document.template) if document else None
    if document is None or build is None:
        return None
    data = {
        "town": letterhead(town_queries.identity()),
        "date": format_date_long(now),
        **build(now),
    }
    return document.title, render(f"public_{document.template.replace('-', '_')}", data, title=document.title)


def late_fee(plan: DatedTariff | None) -> str:
    """The surcharge of a late booking as the plan in force says it: "2,50 €"."""
    found = plan.tariff.modifiers if plan else ()
    return next((m.value_text.lstrip(f"+{NBSP}") for m in found if m.kind is ModifierKind.LATE_BOOKING), "")


def _guide(now: datetime) -> Data:
    plan = tariffs(now.date(), now.date() + ONE_DAY).plan_on(now.date())
    town = town_queries.identity()
    return {
        "sections": [_section(s) for s in guide(town, late_fee(plan))],
        "booking": [_delay(d) for d in delays(catalogue(), Action.BOOK, now)],
    }


def _rules(now: datetime) -> Data:
    plan = tariffs(now.date(), now.date() + ONE_DAY).plan_on(now.date())
    offer = catalogue()
    office = town_queries.cash_offices().first()
    sections = payment_rules(
        office.creditor if office else "", office.acte_ref if office else "", office.payment_days if office else 30,
        late_fee(plan),
    )  # fmt: skip
    return {
        "sections": [_section(s) for s in sections],
        "office": office.name if office else "",
        "booking": [_delay(d) for d in delays(offer, Action.BOOK, now)],
        "cancelling": [_delay(d) for d in delays(offer, Action.CANCEL, now)],
    }


def _tariffs(now: datetime) -> Data:
    """Every price of the plan in force, by bracket and category; the same rows that make the invoices."""
    plan = tariffs(now.date(), now.date() + ONE_DAY).plan_on(now.date())
    if plan is None:
        return {"plan": "", "since": "", "deliberation": "", "tables": [], "modifiers": []}
    return {
        "plan": plan.name,
        "since": format_date_long(plan.start),
        "deliberation": plan.deliberation_ref,
        "tables": price_tables(plan),
        "modifiers": [
            {"label": label[:1].upper() + label[1:], "value": value}
            for label, value in _modifiers(plan).items()
        ],
    }


def price_tables(plan: DatedTariff) -> list[Data]:
    """One table for the rules that share their brackets: a row a bracket, a column a rule, then outside the town."""
    groups: dict[tuple[str, ...], list[Rule]] = {}
    for rule in plan.tariff.rules.values():
        rows = rule.priced_for(TariffCategory.RESIDENT)
        groups.setdefault(tuple(p.bracket.range_text for p in rows), []).append(rule)
    return [
        {"columns": [r.label for r in part], "rows": _rows(ranges, part)}
        for ranges, rules in groups.items()
        for part in _parts(rules)
    ]


def _parts(rules: list[Rule], size: int = 4) -> list[list[Rule]]:
    return [rules[i : i + size] for i in range(0, len(rules), size)]


def _rows(ranges: tuple[str, ...], rules: list[Rule]) -> list[list[str]]:
    rows = []
    for index, words in enumerate(ranges or ("",)):
        prices = [
            format_unit_price(r.priced_for(TariffCategory.RESIDENT)[index].bracket.unit_price)
            if r.brackets
            else format_unit_price(r.unit_price or 0)
            for r in rules
        ]
        rows.append([words[:1].upper() + words[1:] if words else _("Prix unique"), *prices])
    if any(r.has_own_prices(TariffCategory.NON_RESIDENT) for r in rules):
        outside = [
            format_unit_price(r.priced_for(TariffCategory.NON_RESIDENT)[0].bracket.unit_price)
            if r.has_own_prices(TariffCategory.NON_RESIDENT)
            else "–"
            for r in rules
        ]
        rows.append([_("Hors commune"), *outside])
    return rows


def _modifiers(plan: DatedTariff) -> dict[str, str]:
    """What changes a price, each said once: "réservé hors délai" → "+ 2,50 €"."""
    names = {code: rule.label for code, rule in plan.tariff.rules.items()}
    found: dict[tuple[str, str], list[str]] = {}
    for modifier in plan.tariff.modifiers:
        units = [names[u] for u in modifier.units if u in names]
        found.setdefault((modifier.label, modifier.value_text), []).extend(units)
    return {f"{label}{_concerned(units, names)}": value for (label, value), units in found.items()}


def _concerned(units: list[str], names: dict[str, str]) -> str:
    """Which prices a modifier changes, said the shorter way: nothing for all, "sauf …" for almost all."""
    left = [name for name in names.values() if name not in units]
    if not units or not left:
        return ""
    words, which = (_("sauf"), left) if len(left) < len(units) else ("", units)
    return f" – {words} {', '.join(which).lower()}".replace("  ", " ")


def _section(section: Section) -> Data:
    return {
        "title": section.title,
        "paragraphs": section.paragraphs,
        "steps": section.steps,
        "after": section.after,
    }


def _delay(delay: Delay) -> Data:
    return {
        "activities": delay.activities,
        "in_time": delay.in_time,
        "late": delay.late,
        "counter": delay.counter,
        "window": delay.window,
    }


BUILDERS: dict[str, Callable[[datetime], Data]] = {
    "mode-d-emploi": _guide,
    "reglement-de-la-regie": _rules,
    "tarification": _tariffs,
}
