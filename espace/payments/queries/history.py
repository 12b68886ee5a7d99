"""Payments made and tried: receipts, intents, the story of an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from espace.billing.models import Invoice
from espace.families.queries import bill_households_for
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import PARIS
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.payments.enums import IntentState
from espace.payments.models import Allocation, Payment, PaymentIntent
from espace.payments.providers import provider

TOLD = (IntentState.REFUSED, IntentState.CANCELLED, IntentState.EXPIRED)


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """One thing that happened to an invoice's money; `receipt` only when some was received."""

    at: datetime
    state: IntentState
    amount: Money
    receipt: str = ""


def events_of(invoice: Invoice) -> list[PaymentEvent]:
    """What was paid and tried on an invoice the caller was allowed to hold, oldest first. 2 queries."""
    paid = Allocation.objects.filter(invoice=invoice, reversed_at__isnull=True).select_related("payment")
    events = [
        PaymentEvent(a.payment.received_at.astimezone(PARIS), IntentState.PAID, a.amount, a.payment.receipt)
        for a in paid.order_by("at", "id")
    ]
    tried = PaymentIntent.objects.filter(invoice=invoice, state__in=TOLD).order_by("created_at", "id")
    events += [
        PaymentEvent((i.ended_at or i.created_at).astimezone(PARIS), IntentState(i.state), i.amount)
        for i in tried
    ]
    return sorted(events, key=lambda event: event.at)


def intent_for(actor: Actor, order_id: str) -> PaymentIntent:
    """A payment being made, for who may see its invoice, or the system; `NotFound` otherwise. ≤ 4 queries."""
    rows = PaymentIntent.objects.select_related("invoice", "account").filter(order_id=order_id)
    intent = rows.order_by("id").first()
    if intent is None:
        raise NotFound
    if actor.is_system or intent.invoice.household_id in bill_households_for(actor):
        return intent
    raise NotFound


def payment_for(actor: Actor, receipt: str) -> Payment:
    """A payment by its receipt number, for a family that sees one of its invoices, or an agent of payments."""
    rows = Payment.objects.filter(receipt=receipt).select_related(
        "account__cash_office", "account__debtor", "intent"
    )
    payment = rows.order_by("id").first()
    if payment is None:
        raise NotFound
    if actor.on_behalf_of is None and actor.may(
        Permission.PAYMENTS, "CASH_OFFICE", payment.account.cash_office_id
    ):
        return payment
    households = bill_households_for(actor)
    on_theirs = Allocation.objects.filter(payment=payment, invoice__household_id__in=households).exists()
    by_theirs = payment.intent is not None and payment.intent.invoice.household_id in households
    if on_theirs or by_theirs:
        return payment
    raise NotFound


def receipt_of(intent: PaymentIntent) -> str:
    """The receipt of an intent that was paid, else nothing. 1 query."""
    payment = Payment.objects.filter(intent=intent).order_by("id").first()
    return payment.receipt if payment else ""


def live_order_of(invoice: Invoice) -> str:
    """The order of the payment under way on an invoice, else nothing. 1 query."""
    live = PaymentIntent.objects.filter(invoice=invoice, state=IntentState.WAITING).order_by("id")
    return live.values_list("order_id", flat=True).first() or ""


def pays_online() -> bool:
    """Whether the town takes payments on line; else its pages say where to pay. No query."""
    return bool(settings.ONLINE_PAYMENT)


def bank_origin() -> str:
    """Where a page that pays may redirect its form to, for the content policy; "" when nothing is paid on line."""
    return provider().origin if pays_online() else ""


def allocations_of(payment: Payment) -> list[Allocation]:
    """Where a payment went, with the invoices. 1 query."""
    live = Allocation.objects.filter(payment=payment, reversed_at__isnull=True).select_related("invoice")
    return list(live.order_by("id"))
