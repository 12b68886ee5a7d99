"""What the bank says, and only what it says when we ask it, moves money (I31, I33)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from espace.audit.services import record
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.db import write_transaction
from espace.kernel.money import Money
from espace.payments.enums import IntentState, PaymentMethod
from espace.payments.models import Allocation, Payment, PaymentIntent, ProviderEvent, ReceiptCounter
from espace.payments.notices import payment_received
from espace.payments.providers import provider
from espace.payments.providers.base import Answer, ProviderUnavailable
from espace.payments.queries import balances, intent_for, pays_online
from espace.payments.rules import (
    ENDED,
    LAST_LOOK,
    LOOK_AGAIN,
    PATIENCE,
    is_plausible,
    is_silent,
    may_become,
    receipt_reference,
    share_of,
    should_ask,
)
from espace.payments.services.accounts import lock_account

POLLED = 200  # intents asked about in one turn of the worker: as many that wait, as many that ended


def check_intent(actor: Actor, *, order_id: str) -> PaymentIntent:
    """Asks the provider what became of a payment and writes it down; gives the intent as it then stands.

    The actor sees the invoice, or is the system (`NotFound`). Amount and order must be ours. When the provider does
    not answer, nothing changes: it will be asked again.
    """
    intent = intent_for(actor, order_id)
    if intent.state == IntentState.PAID or not intent.provider_ref:
        return intent
    try:
        answer = provider(intent.provider).status(intent.provider_ref)
    except ProviderUnavailable:
        return intent
    if answer.order_id != intent.order_id or answer.amount != intent.amount:
        _tell_mismatch(intent, answer)
    else:
        _apply(intent, answer)
    intent.refresh_from_db()
    return intent


def receive_notification(provider_name: str, raw: bytes) -> bool:
    """A notification came: whether it names a payment of ours. It proves nothing (I33): the bank is asked.

    Each is kept once by its key (I30). Repeated ten times at once, it makes one payment (I31).
    """
    if not pays_online():
        return False
    event = provider(provider_name).read(raw)
    known = PaymentIntent.objects.filter(provider=provider_name)
    if event is None or not is_plausible(event.order_id, event.event_key):
        return False
    if not known.filter(order_id=event.order_id).exists():
        return False
    with write_transaction():
        ProviderEvent.objects.get_or_create(
            provider=provider_name, event_key=event.event_key, defaults={"received_at": clock.now()}
        )
    check_intent(SYSTEM, order_id=event.order_id)
    return True


def poll_intents() -> int:
    """Asks about the payments the bank was silent on, and closes those nobody finished; how many were asked about.

    An intent that waits is asked about each minute, and expires after two hours. One that was refused, cancelled or
    expired is asked about each half hour for two days, so that a late yes is never lost, notified or not (I31).
    """
    now = clock.now()
    live = PaymentIntent.objects.filter(
        _asked_before(now - PATIENCE), state=IntentState.WAITING, created_at__lte=now - PATIENCE
    )
    ended = PaymentIntent.objects.filter(
        _asked_before(now - LOOK_AGAIN), state__in=ENDED, ended_at__gte=now - LAST_LOOK
    ).exclude(provider_ref="")
    asked = 0
    for rows in (live, ended):  # a turn each: those that ended never take the place of those that wait
        for intent in rows.order_by(F("checked_at").asc(nulls_first=True), "id")[:POLLED]:
            if should_ask(IntentState(intent.state), intent.ended_at, intent.checked_at, now):
                asked += 1
                _poll(intent, now)
    return asked


def _asked_before(moment: datetime) -> Q:
    return Q(checked_at__isnull=True) | Q(checked_at__lte=moment)


def _poll(intent: PaymentIntent, now: datetime) -> None:
    checked = check_intent(SYSTEM, order_id=intent.order_id)
    with write_transaction():
        PaymentIntent.objects.filter(pk=intent.pk).update(checked_at=now)
        if checked.state == IntentState.WAITING and is_silent(intent.created_at, now):
            PaymentIntent.objects.filter(pk=intent.pk, state=IntentState.WAITING).update(
                state=IntentState.EXPIRED, ended_at=now
            )


def _apply(intent: PaymentIntent, answer: Answer) -> None:
    """Moves the intent by a conditional update: whoever changes the row makes the payment, nobody else (I31)."""
    before = [state for state in IntentState if may_become(state, answer.state)]
    if not before:
        return
    with write_transaction():
        account = lock_account(intent.account.debtor_id, intent.account.cash_office_id)
        now = clock.now()
        moved = PaymentIntent.objects.filter(pk=intent.pk, state__in=before).update(
            state=answer.state, ended_at=now, checked_at=now
        )
        if moved != 1:
            return
        record(
            SYSTEM,
            f"payments.{answer.state.value.lower()}",
            object_kind="payment_intent",
            object_id=intent.pk,
            household_id=intent.invoice.household_id,
            payload={"invoice": intent.invoice.reference, "cents": intent.amount.cents},
        )
        if answer.state is IntentState.PAID:
            _receive(intent, account.cash_office_id, now)


def _receive(intent: PaymentIntent, cash_office_id: int, now: datetime) -> None:
    """Payment, allocation, numbered receipt, journal and message: all, or nothing."""
    balance = balances([intent.invoice_id])[intent.invoice_id]
    given = share_of(intent.amount, balance)
    payment = Payment.objects.create(
        account_id=intent.account_id,
        intent=intent,
        method=PaymentMethod.CARD_ONLINE,
        amount=intent.amount,
        received_at=now,
        receipt=_next_receipt(cash_office_id, now.year),
        entered_by=SYSTEM.label,
    )
    if given:
        Allocation.objects.create(payment=payment, invoice=intent.invoice, amount=given, at=now)
    record(
        SYSTEM,
        "payments.receive",
        object_kind="payment",
        object_id=payment.pk,
        household_id=intent.invoice.household_id,
        payload={"receipt": payment.receipt, "cents": payment.amount.cents, "allocated": given.cents},
    )
    payment_received(payment, intent, left=max(balance - given, Money.ZERO), credit=payment.amount - given)


def _next_receipt(cash_office_id: int, year: int) -> str:
    ReceiptCounter.objects.get_or_create(cash_office_id=cash_office_id, year=year)
    rows = ReceiptCounter.objects.select_for_update(of=("self",)).select_related("cash_office")
    counter = rows.get(cash_office_id=cash_office_id, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return receipt_reference(counter.cash_office.invoice_prefix, year, counter.last)


def _tell_mismatch(intent: PaymentIntent, answer: Answer) -> None:
    """Another amount or another order: nothing is received, and someone must look."""
    with write_transaction():
        record(
            SYSTEM,
            "payments.mismatch",
            object_kind="payment_intent",
            object_id=intent.pk,
            household_id=intent.invoice.household_id,
            payload={
                "expected": intent.amount.cents,
                "told": answer.amount.cents,
                "state": answer.state.value,
            },
            reason="La banque annonce un autre montant ou une autre commande.",
        )
