"""Paying by card: what starts, what ends, what is never believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from espace.audit.models import AuditEvent
from espace.kernel.actor import SYSTEM
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.notifications.models import OutboxMessage
from espace.payments.enums import IntentState
from espace.payments.errors import BankUnavailable, NothingToPay
from espace.payments.models import Allocation, DebtorAccount, Payment, PaymentIntent, ProviderEvent
from espace.payments.queries import balances, bill_for, credit_of, payment_for, preuve
from espace.payments.services import (
    check_intent,
    poll_intents,
    receipt_pdf,
    receive_notification,
    start_payment,
)
from tests.support.bank import TestBank
from tests.support.bills import Month
from tests.support.cast import Character

Start = Callable[[], PaymentIntent]


@pytest.fixture
def start(billed: Month, alice: Character, bank: TestBank) -> Start:
    return lambda: start_payment(alice.actor, invoice_id=billed.of(alice).pk)


def notification(intent: PaymentIntent, key: str = "1") -> bytes:
    return json.dumps({"commande": intent.order_id, "evenement": key}).encode()


def test_starting_asks_the_bank_for_what_is_left(start: Start, bank: TestBank) -> None:
    intent = start()
    order = bank.order(intent)
    assert order.cents == 3690
    assert intent.redirect_url == f"{bank.url}/payer/{order.reference}"
    assert AuditEvent.objects.filter(action="payments.start").count() == 1


def test_a_second_tab_gets_the_same_payment(start: Start, bank: TestBank) -> None:
    """I32, defect 2."""
    assert start().pk == start().pk
    assert len(bank.bank.orders) == 1


def test_a_stranger_cannot_pay_the_invoice(billed: Month, alice: Character, charlie: Character) -> None:
    with pytest.raises(NotFound):
        start_payment(charlie.actor, invoice_id=billed.of(alice).pk)
    assert not PaymentIntent.objects.exists()


def test_a_bank_that_is_down_takes_nothing(billed: Month, alice: Character, settings: Settings) -> None:
    settings.BANK_URL = "http://127.0.0.1:9"
    with pytest.raises(BankUnavailable):
        start_payment(alice.actor, invoice_id=billed.of(alice).pk)
    assert PaymentIntent.objects.get().state == IntentState.CANCELLED
    assert bill_for(alice.actor, billed.of(alice).reference).balance == Money(3690)


def test_an_accepted_payment_settles_the_invoice(
    start: Start, bank: TestBank, billed: Month, alice: Character
) -> None:
    intent = start()
    bank.answer(intent, IntentState.PAID)
    assert check_intent(alice.actor, order_id=intent.order_id).state == IntentState.PAID
    payment = Payment.objects.get()
    assert (payment.amount, payment.receipt) == (Money(3690), "RC-R-2026-000001")
    assert balances([billed.of(alice).pk]) == {billed.of(alice).pk: Money.ZERO}
    assert not bill_for(alice.actor, billed.of(alice).reference).is_todo
    assert payment_for(alice.actor, payment.receipt) == payment
    assert AuditEvent.objects.filter(action="payments.receive").count() == 1
    assert preuve() == []
    with pytest.raises(NothingToPay):
        start()


def test_the_family_is_told_once_of_its_payment(start: Start, bank: TestBank, alice: Character) -> None:
    OutboxMessage.objects.all().delete()
    intent = start()
    bank.answer(intent, IntentState.PAID)
    check_intent(alice.actor, order_id=intent.order_id)
    message = OutboxMessage.objects.get()
    assert message.recipient == alice.user.email
    assert "RC-R-2026-000001" in message.body
    assert "Vous n’avez plus rien à régler sur cette facture." in message.body
    assert "/recus/RC-R-2026-000001.pdf" in message.body


@pytest.mark.parametrize("state", [IntentState.REFUSED, IntentState.CANCELLED])
def test_a_refusal_takes_nothing_and_leaves_the_invoice(
    start: Start, bank: TestBank, billed: Month, alice: Character, state: IntentState
) -> None:
    intent = start()
    bank.answer(intent, state)
    assert check_intent(alice.actor, order_id=intent.order_id).state == state
    assert not Payment.objects.exists()
    assert balances([billed.of(alice).pk])[billed.of(alice).pk] == Money(3690)
    assert start().pk != intent.pk


def test_coming_back_after_a_refusal_opens_a_new_payment(start: Start, bank: TestBank) -> None:
    """Without the return page ever being seen: the live intent is asked about first."""
    first = start()
    bank.answer(first, IntentState.REFUSED)
    second = start()
    assert second.pk != first.pk
    assert PaymentIntent.objects.get(pk=first.pk).state == IntentState.REFUSED


def test_a_silent_bank_changes_nothing(start: Start, bank: TestBank, alice: Character) -> None:
    intent = start()
    assert check_intent(alice.actor, order_id=intent.order_id).state == IntentState.WAITING


def test_a_stranger_cannot_ask_about_a_payment(start: Start, charlie: Character) -> None:
    with pytest.raises(NotFound):
        check_intent(charlie.actor, order_id=start().order_id)


@pytest.mark.parametrize("field", ["cents", "order_id"])
def test_another_amount_or_order_is_not_received(start: Start, bank: TestBank, field: str) -> None:
    """I33, defect 7: what comes back is compared with what was asked."""
    intent = start()
    order = bank.order(intent)
    bank.answer(intent, IntentState.PAID)
    setattr(order, field, 1 if field == "cents" else "x" * 32)
    check_intent(SYSTEM, order_id=intent.order_id)
    assert not Payment.objects.exists()
    assert PaymentIntent.objects.get().state == IntentState.WAITING
    assert AuditEvent.objects.filter(action="payments.mismatch").exists()


def test_a_notification_alone_proves_nothing(start: Start, bank: TestBank) -> None:
    """I33, defect 10: there is no address that marks an invoice as paid."""
    intent = start()
    assert receive_notification("demo", notification(intent))
    assert not Payment.objects.exists()


def test_a_notification_makes_us_ask(start: Start, bank: TestBank) -> None:
    intent = start()
    bank.answer(intent, IntentState.PAID)
    for _ in range(3):
        assert receive_notification("demo", notification(intent))
    assert Payment.objects.count() == 1
    assert ProviderEvent.objects.count() == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"commande": 3, "evenement": "x"}',
        b'{"commande": "inconnue", "evenement": "x"}', b'{"commande": "a", "evenement": ""}',
        b'{"commande": "' + b"a" * 400 + b'", "evenement": "x"}',
    ],
)  # fmt: skip
def test_a_forged_notification_is_neutral(start: Start, raw: bytes) -> None:
    start()
    assert not receive_notification("demo", raw)
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("key", ["1\x00", "\ud800", "\u202e1"])
def test_a_notification_that_no_database_keeps_is_neutral(start: Start, key: str) -> None:
    """It named a real order: PostgreSQL would have failed on its key."""
    intent = start()
    assert not receive_notification("demo", notification(intent, key))


def test_the_poller_finds_a_payment_that_nobody_told(
    start: Start, bank: TestBank, frozen: time_machine.Traveller
) -> None:
    intent = start()
    bank.answer(intent, IntentState.PAID)
    assert poll_intents() == 0
    frozen.shift(timedelta(minutes=2))
    assert poll_intents() == 1
    assert Payment.objects.count() == 1


def test_a_payment_nobody_finished_expires(
    start: Start, bank: TestBank, frozen: time_machine.Traveller
) -> None:
    intent = start()
    frozen.shift(timedelta(hours=1, minutes=59))
    poll_intents()
    assert PaymentIntent.objects.get().state == IntentState.WAITING
    frozen.shift(timedelta(minutes=2))
    poll_intents()
    intent.refresh_from_db()
    assert intent.state == IntentState.EXPIRED
    assert start().pk != intent.pk


def test_a_yes_after_expiry_is_not_lost(start: Start, bank: TestBank, frozen: time_machine.Traveller) -> None:
    intent = start()
    frozen.shift(timedelta(hours=3))
    poll_intents()
    bank.answer(intent, IntentState.PAID)
    frozen.shift(timedelta(hours=1))
    poll_intents()
    assert PaymentIntent.objects.get().state == IntentState.PAID
    assert Payment.objects.count() == 1
    assert preuve() == []


@pytest.mark.parametrize("state", [IntentState.REFUSED, IntentState.CANCELLED])
def test_a_yes_after_a_no_that_nobody_told_is_found(
    start: Start, bank: TestBank, frozen: time_machine.Traveller, state: IntentState
) -> None:
    """I31: the notification was lost; the bank is asked every half hour for two days."""
    intent = start()
    bank.answer(intent, state)
    check_intent(SYSTEM, order_id=intent.order_id)
    bank.answer(intent, IntentState.PAID)
    frozen.shift(timedelta(minutes=29))
    assert poll_intents() == 0
    frozen.shift(timedelta(minutes=1))
    assert poll_intents() == 1
    assert Payment.objects.count() == 1
    assert preuve() == []
    frozen.shift(timedelta(hours=1))
    assert poll_intents() == 0


def test_what_ended_two_days_ago_is_left_alone(
    start: Start, bank: TestBank, frozen: time_machine.Traveller
) -> None:
    intent = start()
    bank.answer(intent, IntentState.REFUSED)
    check_intent(SYSTEM, order_id=intent.order_id)
    frozen.shift(timedelta(hours=47, minutes=59))
    assert poll_intents() == 1
    frozen.shift(timedelta(minutes=31))
    assert poll_intents() == 0


def test_what_never_reached_the_bank_is_not_asked_about(
    billed: Month, alice: Character, settings: Settings, frozen: time_machine.Traveller
) -> None:
    settings.BANK_URL = "http://127.0.0.1:9"
    with pytest.raises(BankUnavailable):
        start_payment(alice.actor, invoice_id=billed.of(alice).pk)
    frozen.shift(timedelta(hours=1))
    assert poll_intents() == 0


def test_a_worker_stopped_for_a_week_still_asks_about_what_waits(
    start: Start, bank: TestBank, frozen: time_machine.Traveller
) -> None:
    intent = start()
    bank.answer(intent, IntentState.PAID)
    frozen.shift(timedelta(days=7))
    assert poll_intents() == 1
    assert Payment.objects.count() == 1


def test_paid_twice_the_surplus_is_the_debtors_credit(
    start: Start, bank: TestBank, billed: Month, alice: Character, frozen: time_machine.Traveller
) -> None:
    """Defect 2: two payments of one invoice; the second is attached to the account, never to nothing."""
    first = start()
    frozen.shift(timedelta(hours=3))
    poll_intents()
    second = start()
    for intent in (first, second):
        bank.answer(intent, IntentState.PAID)
        check_intent(SYSTEM, order_id=intent.order_id)
    assert Payment.objects.count() == 2
    assert Allocation.objects.count() == 1
    assert balances([billed.of(alice).pk])[billed.of(alice).pk] == Money.ZERO
    account = DebtorAccount.objects.get()
    received = sum(p.amount.cents for p in account.payments.order_by("id"))
    allocated = sum(a.amount.cents for a in Allocation.objects.order_by("id"))
    assert received - allocated == 3690
    assert preuve() == []
    assert credit_of([billed.of(alice).household_id]) == Money(3690)
    assert credit_of([billed.of(alice).household_id + 1]) == credit_of([]) == Money.ZERO


def test_the_receipt_is_on_paper(start: Start, bank: TestBank, alice: Character, charlie: Character) -> None:
    intent = start()
    bank.answer(intent, IntentState.PAID)
    check_intent(alice.actor, order_id=intent.order_id)
    receipt = Payment.objects.get().receipt
    assert receipt_pdf(alice.actor, receipt=receipt).startswith(b"%PDF")
    with pytest.raises(NotFound):
        receipt_pdf(charlie.actor, receipt=receipt)
