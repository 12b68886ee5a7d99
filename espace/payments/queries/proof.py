"""Does every cent received add up? Each check gives a sentence for each thing that does not."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from espace.billing.models import Invoice
from espace.kernel.money import Money
from espace.payments.enums import IntentState
from espace.payments.models import Allocation, Payment, PaymentIntent, ReceiptCounter


def allocations_fit() -> list[str]:
    """I28: what is allocated of a payment, and to an invoice, never passes its amount. 3 queries."""
    of_payment: Counter[int] = Counter()
    of_invoice: Counter[int] = Counter()
    live = Allocation.objects.filter(reversed_at__isnull=True).order_by("id")
    for payment_id, invoice_id, amount in live.values_list("payment_id", "invoice_id", "amount"):
        of_payment[payment_id] += _cents(amount)
        of_invoice[invoice_id] += _cents(amount)
    payments = Payment.objects.filter(pk__in=of_payment).order_by("id").values_list("id", "receipt", "amount")
    invoices = (
        Invoice.objects.filter(pk__in=of_invoice).order_by("id").values_list("id", "reference", "total")
    )
    problems = [
        f"Le paiement {r} est affecté au-delà." for pk, r, a in payments if of_payment[pk] > _cents(a)
    ]
    return problems + [
        f"La facture {r} est réglée au-delà de son total."
        for pk, r, a in invoices
        if of_invoice[pk] > _cents(a)
    ]


def one_payment_an_intent() -> list[str]:
    """I31: a paid intent has its one payment, another has none. 1 query."""
    counted = PaymentIntent.objects.annotate(payments=Count("payment")).order_by("id")
    return [
        f"La tentative {i.order_id} ({i.state}) a {i.payments} paiement(s)."
        for i in counted
        if i.payments != (1 if i.state == IntentState.PAID else 0)
    ]


def receipts_without_gap() -> list[str]:
    """Receipts are numbered 1, 2, 3… by office and year. 2 queries."""
    given: dict[tuple[int, int], list[int]] = {}
    rows = Payment.objects.order_by("id").values_list("account__cash_office_id", "receipt")
    for office, receipt in rows:
        _, year, number = receipt.rsplit("-", 2)
        given.setdefault((office, int(year)), []).append(int(number))
    counters = {(c.cash_office_id, c.year): c.last for c in ReceiptCounter.objects.order_by("id")}
    return [
        f"Les reçus {year} de la régie {office} ont un trou."
        for (office, year), numbers in sorted(given.items())
        if sorted(numbers) != list(range(1, counters.get((office, year), 0) + 1))
    ]


def preuve() -> list[str]:
    """Every check of what is paid."""
    checks = (allocations_fit, one_payment_an_intent, receipts_without_gap)
    return [problem for check in checks for problem in check()]


def _cents(value: object) -> int:
    return value.cents if isinstance(value, Money) else int(str(value or 0))
