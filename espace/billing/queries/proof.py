"""Does everything add up? Each check gives a sentence for each thing that does not; none when all is well."""

from __future__ import annotations

from datetime import date

from django.db.models import BigIntegerField, Count, F, Max, Min, Sum
from django.db.models.functions import Cast, Coalesce

from espace.billing.enums import InvoiceState
from espace.billing.models import Charge, Invoice, InvoiceCounter, InvoiceLine
from espace.kernel.calendar import ONE_DAY
from espace.kernel.money import Money, Rounding, amount_of
from espace.pricing.queries import tariffs


def _cents(value: object) -> int:
    return value.cents if isinstance(value, Money) else int(str(value or 0))


def numbers_without_gap() -> list[str]:
    """I25: in each series, the numbers are 1, 2, 3… up to the counter, each once. 2 queries."""
    counters = {
        (c.cash_office_id, c.year): c.last for c in InvoiceCounter.objects.order_by("cash_office_id", "year")
    }
    series = (
        Invoice.objects.filter(number__isnull=False)
        .values("cash_office_id", "year")
        .annotate(count=Count("number", distinct=True), low=Min("number"), high=Max("number"))
        .order_by("cash_office_id", "year")
    )
    problems = []
    for row in series:
        last = counters.pop((row["cash_office_id"], row["year"]), 0)
        if row["low"] != 1 or row["high"] != row["count"] or row["high"] != last:
            problems.append(f"La série {row['year']} de la régie {row['cash_office_id']} a un trou.")
    problems += [
        f"Le compteur {year} de la régie {office} ne numérote rien."
        for (office, year), last in counters.items()
        if last
    ]
    return problems


def totals_are_their_lines() -> list[str]:
    """I26: the total of an invoice is the sum of its lines. 1 query."""
    wrong = (
        Invoice.objects.annotate(cents=Cast("total", BigIntegerField()))
        .annotate(of_lines=Coalesce(Sum(Cast("lines__amount", BigIntegerField())), 0))
        .exclude(cents=F("of_lines"))
        .order_by("id")
    )
    return [f"La facture {invoice} ne vaut pas la somme de ses lignes." for invoice in wrong]


def amounts_are_quantity_times_price() -> list[str]:
    """I19: the amount of a charge is quantity × unit price, rounded as the tariff of its day says; by any rounding
    where no tariff says (a unit that no plan prices any more). 6 queries."""
    span = Charge.objects.aggregate(first=Min("date"), last=Max("date"))
    if span["first"] is None:
        return []
    prices = tariffs(span["first"], span["last"] + ONE_DAY)
    known: dict[tuple[str, date], tuple[Rounding, ...]] = {}
    wrong = []
    rows = Charge.objects.order_by("id").values_list(
        "source_key", "revision", "unit_code", "date", "quantity", "unit_price", "amount"
    )
    for key, revision, unit, day, quantity, unit_price, amount in rows.iterator(chunk_size=2000):
        if (unit, day) not in known:
            rule = prices.on(day).rules.get(unit)
            known[unit, day] = (rule.rounding,) if rule else tuple(Rounding)
        if all(_cents(amount) != amount_of(quantity, unit_price, r).cents for r in known[unit, day]):
            wrong.append(f"La prestation {key} r{revision} ne vaut pas sa quantité multipliée par son prix.")
    return wrong


def lines_are_their_charges() -> list[str]:
    """Every cent on one line: a line is the sum of its charges, in amount and in quantity. 1 query."""
    wrong = (
        InvoiceLine.objects.annotate(cents=Cast("amount", BigIntegerField()))
        .annotate(
            of_charges=Coalesce(Sum(Cast("charges__amount", BigIntegerField())), 0),
            quantities=Coalesce(Sum("charges__quantity"), 0),
        )
        .order_by("id")
    )
    return [
        f"La ligne {line.pk} ne vaut pas la somme de ses prestations."
        for line in wrong
        if _cents(line.cents) != line.of_charges or line.quantity != line.quantities
    ]


def charges_are_on_lines() -> list[str]:
    """No charge is outside an invoice, none keeps another accounting code than its line (defect 4), and each owes to
    the debtor of its invoice. 1 query."""
    wrong = []
    rows = Charge.objects.select_related("invoice_line__invoice").order_by("id")
    for charge in rows.iterator(chunk_size=2000):
        line = charge.invoice_line
        if line is None:
            wrong.append(f"La prestation {charge} n’est sur aucune facture.")
        elif line.accounting_code != charge.accounting_code:
            wrong.append(f"La prestation {charge} a perdu son imputation.")
        elif (line.invoice.debtor_id, line.invoice.household_id) != (charge.debtor_id, charge.household_id):
            wrong.append(f"La prestation {charge} est facturée à un autre.")
    return wrong


def preuve() -> list[str]:
    """Every check of what is owed; `payments.queries.proof` has those of what is paid."""
    checks = (
        numbers_without_gap,
        totals_are_their_lines,
        lines_are_their_charges,
        amounts_are_quantity_times_price,
        charges_are_on_lines,
    )
    problems = [problem for check in checks for problem in check()]
    drafts = Invoice.objects.filter(state=InvoiceState.DRAFT, number__isnull=False).order_by("id")
    return problems + [f"Le brouillon {draft.pk} porte un numéro." for draft in drafts]
