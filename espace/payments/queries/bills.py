"""Invoices with what is left to pay, as families read them; balances are computed, never stored (I29)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum

from espace.billing.models import Invoice
from espace.billing.queries import invoice_for, invoices_for
from espace.families.queries import bill_households_for
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.money import Money, total
from espace.kernel.reading import Later, Rows, rows_later
from espace.payments.enums import BillStatus, IntentState, PaymentState
from espace.payments.models import Allocation, Payment, PaymentIntent
from espace.payments.rules import status_of


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice and how it stands today."""

    invoice: Invoice
    balance: Money
    status: BillStatus

    @property
    def is_open(self) -> bool:
        """Whether something is left to pay."""
        return self.balance.cents > 0

    @property
    def is_todo(self) -> bool:
        """Whether the family still has something to do about it: not while the bank is being asked."""
        return self.is_open and self.status is not BillStatus.IN_PROGRESS

    @property
    def paid(self) -> Money:
        return self.invoice.total - self.balance

    @property
    def due_on(self) -> date:
        """The last day to pay; every issued invoice has one."""
        assert self.invoice.due_on is not None  # noqa: S101 - a named constraint says so
        return self.invoice.due_on


def paid_on(invoice_ids: Collection[int]) -> dict[int, Money]:
    """What was allocated to each invoice and not taken back; one without a payment is left out. 1 query."""
    rows = (
        Allocation.objects.filter(
            invoice_id__in=list(invoice_ids), reversed_at__isnull=True, payment__state=PaymentState.RECEIVED
        )
        .order_by("invoice_id")
        .values("invoice_id")
        .annotate(paid=Sum("amount"))
        .values_list("invoice_id", "paid")
    )
    return {invoice_id: _money(paid) for invoice_id, paid in rows}


def balances(invoice_ids: Collection[int]) -> dict[int, Money]:
    """Total less allocations, by invoice (I29). 2 queries."""
    ids = list(invoice_ids)
    paid = paid_on(ids)
    totals = Invoice.objects.filter(pk__in=ids).order_by("id").values_list("id", "total")
    return {pk: _money(amount) - paid.get(pk, Money.ZERO) for pk, amount in totals}


def bills_of(invoices: Iterable[Invoice]) -> list[Bill]:
    """These invoices, allowed before, with their balance and status. 2 queries."""
    found = list(invoices)
    ids = [invoice.pk for invoice in found]
    paid = paid_on(ids)
    waiting = PaymentIntent.objects.filter(invoice_id__in=ids, state=IntentState.WAITING)
    live = set(waiting.order_by("id").values_list("invoice_id", flat=True))
    today = clock.today()
    return [
        _bill(invoice, paid.get(invoice.pk, Money.ZERO), today, has_live_intent=invoice.pk in live)
        for invoice in found
    ]


def bills_in(invoices: QuerySet[Invoice]) -> list[Bill]:
    """The same of invoices not read yet. 1 query."""
    return [_standing(invoice) for invoice in _with_standing(invoices)]


def bills_later(invoices: QuerySet[Invoice]) -> Later[list[Bill]]:
    """The same, the last month first, to read with other lists."""
    return rows_later(_with_standing(invoices)).then(
        lambda rows: [
            _standing(invoice)
            for invoice in sorted(rows, key=lambda invoice: (invoice.month, invoice.pk), reverse=True)
        ]
    )


def _with_standing(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Annotates what was `paid`, and whether the bank is being asked (`is_waiting`)."""
    received = Allocation.objects.filter(
        invoice=OuterRef("pk"), reversed_at__isnull=True, payment__state=PaymentState.RECEIVED
    )
    paid = received.order_by().values("invoice").annotate(paid=Sum("amount")).values("paid")
    waiting = PaymentIntent.objects.filter(invoice=OuterRef("pk"), state=IntentState.WAITING)
    return invoices.annotate(paid=Subquery(paid), is_waiting=Exists(waiting))


def _standing(invoice: Any) -> Bill:
    return _bill(invoice, _money(invoice.paid), clock.today(), has_live_intent=invoice.is_waiting)


def _bill(invoice: Invoice, paid: Money, today: date, *, has_live_intent: bool) -> Bill:
    balance = invoice.total - paid
    status = status_of(
        invoice.total, balance, invoice.due_on or today, today, has_live_intent=has_live_intent
    )
    return Bill(invoice, balance, status)


def bills_for(actor: Actor) -> list[Bill]:
    """The bills the actor may see, latest first. 1 query and at most 2 to know the households."""
    return bills_in(invoices_for(actor))


def latest_bills_later(actor: Actor) -> Later[list[Bill]]:
    """The same, to read with other lists."""
    return rows_later(_with_standing(invoices_for(actor))).then(
        lambda rows: [_standing(invoice) for invoice in sorted(rows, key=_by_issue, reverse=True)]
    )


def _by_issue(invoice: Invoice) -> tuple[date, int, int]:
    return invoice.issued_on or date.min, invoice.number or 0, invoice.pk


def bill_for(actor: Actor, reference: str) -> Bill:
    """One bill, or `NotFound`. 3 queries and at most 3 to know the households."""
    return bills_of([invoice_for(actor, reference)])[0]


def credit_for(actor: Actor) -> Money:
    """The trop-perçu on the bills the actor may see. 1 query and at most 3 to know the households."""
    return credit_of(bill_households_for(actor))


def credit_of(household_ids: Collection[int]) -> Money:
    """What was received on line for these households' invoices and given to none of them: the trop-perçu. 1 query."""
    return credit_later(household_ids).answer


def credit_later(household_ids: Collection[int]) -> Later[Money]:
    """The same, to read with other lists."""
    rows = Payment.objects.filter(
        state=PaymentState.RECEIVED, intent__invoice__household_id__in=list(household_ids)
    )
    return Later(
        rows.values_list("id", "amount", "allocations__amount", "allocations__reversed_at"), _not_given
    )


def _not_given(rows: Rows) -> Money:
    received: dict[int, Money] = {}
    given = Money.ZERO
    for payment_id, amount, part, reversed_at in rows:  # a row for each allocation, or one without any
        received[payment_id] = _money(amount)
        if reversed_at is None:
            given += _money(part)
    return total(received.values()) - given


def left_to_pay(bills: Iterable[Bill]) -> Money:
    """The sum of what these bills still owe."""
    return total(bill.balance for bill in bills if bill.is_open)


def _money(value: object) -> Money:
    return value if isinstance(value, Money) else Money(int(str(value or 0)))
