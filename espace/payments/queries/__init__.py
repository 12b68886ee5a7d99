"""Reads of what is paid. `…_for(actor)` decide who may see what; the others are given what was allowed before."""

from espace.payments.queries.bills import (
    Bill,
    balances,
    bill_for,
    bills_for,
    bills_in,
    bills_of,
    credit_for,
    credit_of,
    latest_bills_later,
    left_to_pay,
)
from espace.payments.queries.history import (
    PaymentEvent,
    allocations_of,
    bank_origin,
    events_of,
    intent_for,
    live_order_of,
    payment_for,
    pays_online,
    receipt_of,
)
from espace.payments.queries.proof import preuve

__all__ = [
    "Bill",
    "PaymentEvent",
    "allocations_of",
    "balances",
    "bank_origin",
    "bill_for",
    "bills_for",
    "bills_in",
    "bills_of",
    "credit_for",
    "credit_of",
    "events_of",
    "intent_for",
    "latest_bills_later",
    "left_to_pay",
    "live_order_of",
    "payment_for",
    "pays_online",
    "preuve",
    "receipt_of",
]
