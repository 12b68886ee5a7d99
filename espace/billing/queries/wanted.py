"""What a month should be charged, as the rules say today: read, never written. `services.computing` stores it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from espace.activities.models import Activity
from espace.attendance.enums import BillingEffect, Outcome
from espace.attendance.queries import Consumption, consumption
from espace.billing.enums import AnomalyKind, ChargeKind
from espace.billing.models import Charge
from espace.billing.rules import Charge as ChargeRow
from espace.billing.rules import ChargeContent
from espace.bookings.queries import undecided_days
from espace.families.enums import TariffCategory
from espace.families.errors import FamilyRefusal
from espace.families.queries import debtors_of
from espace.kernel.calendar import PARIS
from espace.kernel.money import Money
from espace.kernel.text import NBSP, format_date_short, format_time
from espace.pricing.enums import StepKind
from espace.pricing.errors import PricingRefusal
from espace.pricing.queries import FormulaQuote, PricedUnit, Pricer, pricer
from espace.pricing.rules import ONE, Step, steps_to_json

CANCELLED_LATE = "annulé hors délai"
LATE_STEPS = frozenset({StepKind.LATE_BOOKING, StepKind.UNBOOKED, StepKind.LATE_PICKUP})


@dataclass(frozen=True, slots=True, order=True)
class Anomaly:
    """Something that a computation could not settle: of whom, of what, on which days. Ids only: no name is stored."""

    kind: AnomalyKind
    household: int = 0
    child: int = 0
    activity: int = 0
    reason: str = ""


@dataclass(slots=True)
class Wanted:
    """What a month should be charged, and what stands in the way. `free` are the charges of nothing, which only explain."""

    charges: dict[str, ChargeContent] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    anomalies: dict[Anomaly, list[date]] = field(default_factory=dict)
    labels: dict[tuple[int, str, ChargeKind], str] = field(default_factory=dict)

    def found(self, anomaly: Anomaly, day: date) -> None:
        self.anomalies.setdefault(anomaly, []).append(day)


@dataclass(frozen=True, slots=True)
class _Priced:
    """One consumption with its price, for the household that answers for the child that day."""

    consumption: Consumption
    household: int
    plain: FormulaQuote
    quoted: FormulaQuote


def wanted_charges(cash_office_id: int, start: date, end: date) -> Wanted:
    """The charges of `[start, end)` for one office, keyed by booking, unit and debtor (I18).

    Tariff, quotient and category are those of each day; a child of two homes is charged, day by day, to the one that
    answers for them. About 20 queries, whatever the number of families.
    """
    happened = consumption(cash_office_id, start, end)
    prices = pricer({c.booking.child_id for c in happened}, start, end)
    wanted = Wanted()
    for child, activity, day in undecided_days(cash_office_id, start, end):
        wanted.found(Anomaly(AnomalyKind.PENDING_ENROLMENT, child=child, activity=activity), day)
    for happening in happened:
        if happening.is_pending:
            b = happening.booking
            wanted.found(
                Anomaly(AnomalyKind.ABSENCE_PENDING, child=b.child_id, activity=b.activity_id), b.day
            )
    priced = list(_price(happened, prices, wanted))
    debtors = debtors_of({p.household for p in priced})
    activities = _activities(cash_office_id)
    for item in priced:
        debtor = debtors.get(item.household)
        if debtor is None:
            wanted.found(
                Anomaly(AnomalyKind.NO_DEBTOR, household=item.household), item.consumption.booking.day
            )
        else:
            _charge(wanted, item, debtor, activities[item.consumption.booking.activity_id], prices)
    _drop_empty_bills(wanted)
    return wanted


def existing_charges(
    cash_office_id: int, start: date, end: date, *, but_run: int
) -> list[tuple[int, ChargeRow]]:
    """(id, charge) of those already on issued documents for these days. 1 query."""
    rows = Charge.objects.filter(
        run__cash_office_id=cash_office_id, date__gte=start, date__lt=end, invoice_line__isnull=False
    ).exclude(run_id=but_run)
    stored = list(rows.order_by("source_key", "revision"))
    revisions = {row.pk: row.revision for row in stored}
    return [(row.pk, _as_rule(row, revisions)) for row in stored]


def _as_rule(row: Charge, revisions: dict[int, int]) -> ChargeRow:
    content = ChargeContent(
        row.debtor_id,
        row.household_id,
        row.person_id or 0,
        row.activity_id,
        row.unit_code,
        row.date,
        ChargeKind(row.kind),
        row.quantity,
        row.unit_price,
        row.amount,
        row.accounting_code,
        json.dumps(row.steps, ensure_ascii=False),
    )
    return ChargeRow(
        row.source_key, row.revision, content, revisions[row.reverses_id] if row.reverses_id else None
    )


def _price(happened: Iterable[Consumption], prices: Pricer, wanted: Wanted) -> Iterator[_Priced]:
    for item in happened:
        if item.effect is BillingEffect.NONE and item.outcome is not Outcome.EXCUSED_ABSENCE:
            continue
        b = item.booking
        try:
            facts = prices.facts.on(b.child_id, b.day)
            plain = prices.formula_quote(b.child_id, b.formula_id, b.day, is_late=False)
            quoted = (
                prices.formula_quote(b.child_id, b.formula_id, b.day, is_late=True) if b.is_late else plain
            )
        except FamilyRefusal as refusal:
            wanted.found(Anomaly(AnomalyKind.NO_CUSTODY, child=b.child_id, reason=str(refusal)), b.day)
            continue
        except PricingRefusal as refusal:
            wanted.found(Anomaly(AnomalyKind.NO_TARIFF, activity=b.activity_id, reason=str(refusal)), b.day)
            continue
        is_due = item.effect is not BillingEffect.NONE
        if is_due and plain.is_ceiling and facts.category is not TariffCategory.NON_RESIDENT:
            wanted.found(Anomaly(AnomalyKind.MISSING_QUOTIENT, household=facts.household_id), b.day)
        yield _Priced(item, facts.household_id, plain, quoted)


def _charge(wanted: Wanted, item: _Priced, debtor: int, activity: Activity, prices: Pricer) -> None:
    b = item.consumption.booking
    quantities = {part.tariff_code: part.quantity for part in prices.parts[b.formula_id]}
    for plain, quoted in zip(item.plain.units, item.quoted.units, strict=True):
        key = f"b{b.booking_id}:{plain.tariff_code}:d{debtor}"

        def content(
            kind: ChargeKind,
            quantity: int,
            unit_price: int,
            amount: Money,
            steps: Iterable[Step],
            unit: str = plain.tariff_code,
        ) -> ChargeContent:
            return ChargeContent(
                debtor, item.household, b.child_id, activity.pk, unit, b.day, kind, quantity, unit_price, amount,
                activity.accounting_code.code, json.dumps(steps_to_json(steps), ensure_ascii=False),
            )  # fmt: skip

        if item.consumption.effect is BillingEffect.NONE:
            said = Step(StepKind.TOTAL, item.consumption.note, str(Money.ZERO), Money.ZERO)
            quantity = quantities[plain.tariff_code]
            wanted.charges[key] = content(ChargeKind.CONSUMPTION, quantity, 0, Money.ZERO, [said])
            wanted.notes[key] = item.consumption.note
            wanted.free.add(key)
            _label(wanted, activity, plain.tariff_code, prices, b.day)
            continue
        if item.consumption.effect is BillingEffect.FULL:
            wanted.charges[key] = content(
                ChargeKind.CONSUMPTION,
                quantities[plain.tariff_code],
                plain.quote.unit_price,
                plain.quote.base,
                [*plain.quote.steps, *_due_anyway(item.consumption, plain.quote.base)],
            )
            if why := _why_due(item.consumption):
                wanted.notes[key] = why
            _label(wanted, activity, plain.tariff_code, prices, b.day)
        surcharge = quoted.quote.surcharge
        if surcharge:
            late = _late_steps(quoted, surcharge)
            wanted.charges[f"{key}:s"] = content(
                ChargeKind.SURCHARGE, ONE, surcharge.cents * 100, surcharge, late
            )
            wanted.labels[activity.pk, plain.tariff_code, ChargeKind.SURCHARGE] = (
                f"{activity.name}, majoration"
            )
            wanted.notes[f"{key}:s"] = _why_late(item.consumption)


def _due_anyway(item: Consumption, base: Money) -> list[Step]:
    """A day that nobody came to is on a line of its own, which says why it is due."""
    why = _why_due(item)
    return [Step(StepKind.TOTAL, f"{why}, donc dû", str(base), base)] if why else []


def _why_due(item: Consumption) -> str:
    if item.note:
        return item.note
    return CANCELLED_LATE if item.outcome is Outcome.CANCELLED_LATE else ""


def _drop_empty_bills(wanted: Wanted) -> None:
    """An excused day explains itself on the bill of its month; alone, it would make a bill of nothing."""
    owing = {(c.household, c.debtor) for key, c in wanted.charges.items() if key not in wanted.free}
    for key in [
        k for k in wanted.free if (wanted.charges[k].household, wanted.charges[k].debtor) not in owing
    ]:
        del wanted.charges[key]


def _late_steps(quoted: PricedUnit, surcharge: Money) -> list[Step]:
    late = [step for step in quoted.quote.steps if step.kind in LATE_STEPS]
    return [*late, Step(StepKind.TOTAL, "majoration", str(surcharge), surcharge)]


def _why_late(item: Consumption) -> str:
    """ "jeu. 24 sept. : réservé le mar. 22 sept., le délai finissait le mer. 9 sept. à 23 h 59"."""
    b = item.booking
    asked = b.requested_at.astimezone(PARIS)
    text = f"{format_date_short(b.day)}{NBSP}: réservé le {format_date_short(asked.date())}"
    if b.limit is None:
        return text
    limit = b.limit.astimezone(PARIS)
    return f"{text}, le délai finissait le {format_date_short(limit.date())} à {format_time(limit)}"


def _label(wanted: Wanted, activity: Activity, unit: str, prices: Pricer, day: date) -> None:
    """The activity, and the unit too when the activity has several: "Accueil du mercredi : repas"."""
    key = (activity.pk, unit, ChargeKind.CONSUMPTION)
    if key in wanted.labels:
        return
    units = {part.tariff_code for formula in activity.formulas.all() for part in formula.units.all()}
    rule = prices.tariffs.on(day).rules[unit]
    wanted.labels[key] = (
        activity.name if len(units) == 1 else f"{activity.name}{NBSP}: {_unit_name(rule.label)}"
    )


def _unit_name(label: str) -> str:
    """What follows the comma of a rule's label, else the whole: "Mercredi, journée sans le repas" names its
    activity again."""
    name = label.partition(", ")[2] or label
    return name[:1].lower() + name[1:]


def _activities(cash_office_id: int) -> dict[int, Activity]:
    rows = Activity.objects.filter(cash_office_id=cash_office_id).select_related("accounting_code")
    return {row.pk: row for row in rows.prefetch_related("formulas__units").order_by("position", "id")}
