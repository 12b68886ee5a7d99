"""Ten notifications at once, two tabs at once: the race proven, then prevented (I31, I32; defects 1 and 2)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections

from espace.kernel import clock
from espace.kernel.actor import SYSTEM
from espace.kernel.money import Money
from espace.payments.enums import IntentState, PaymentMethod
from espace.payments.errors import BankUnavailable
from espace.payments.models import DebtorAccount, Payment, PaymentIntent
from espace.payments.providers.base import Answer, Event, Opened, ProviderUnavailable
from espace.payments.queries import preuve
from espace.payments.services import check_intent, receive_notification, start_payment, starting
from tests.support.bank import TestBank
from tests.support.bills import Month
from tests.support.cast import Character
from tests.support.pages import StrictClient

pytestmark = pytest.mark.django_db(transaction=True)
TEN = 10


def all_at_once(act: Callable[[], object], times: int = TEN) -> list[object]:
    """Runs the act in as many threads, which all wait for each other first; their answers or exceptions."""
    gate = threading.Barrier(times)

    def one(_: int) -> object:
        try:
            gate.wait(timeout=30)
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.fixture
def intent(billed: Month, alice: Character, bank: TestBank) -> PaymentIntent:
    started = start_payment(alice.actor, invoice_id=billed.of(alice).pk)
    bank.answer(started, IntentState.PAID)
    return started


def test_without_the_conditional_update_several_make_the_payment(intent: PaymentIntent) -> None:
    """Defect 1, proven: check, then insert. All ten find the intent waiting; only the last wall, the unique intent
    of a payment, stops nine of them, each with an error."""
    gate = threading.Barrier(TEN)

    def naive() -> str:
        found = PaymentIntent.objects.get(pk=intent.pk)
        gate.wait(timeout=30)
        if found.state != IntentState.WAITING:
            return "too late"
        try:
            Payment.objects.create(
                account_id=found.account_id,
                intent=found,
                method=PaymentMethod.CARD_ONLINE,
                amount=found.amount,
                received_at=clock.now(),
                receipt=f"NAIVE-{threading.get_ident()}",
                entered_by="naive",
            )
        except IntegrityError:
            return "stopped by the last wall"
        return "paid"

    answers = all_at_once(naive)
    assert answers.count("paid") == 1
    assert answers.count("stopped by the last wall") == TEN - 1


def test_ten_notifications_at_once_make_one_payment(intent: PaymentIntent) -> None:
    """I31."""
    raw = json.dumps({"commande": intent.order_id, "evenement": "once"}).encode()
    answers = all_at_once(lambda: receive_notification("demo", raw))
    assert answers == [True] * TEN
    assert Payment.objects.count() == 1
    assert PaymentIntent.objects.get().state == IntentState.PAID
    assert preuve() == []


def test_notifications_and_the_return_at_once_make_one_payment(intent: PaymentIntent) -> None:
    """The same through the web: what the bank posts, while the payer's browser comes back."""
    body = json.dumps({"commande": intent.order_id, "evenement": "web"})

    def post() -> int:
        answer = StrictClient().post("/paiement/notification/", body, content_type="application/json")
        check_intent(SYSTEM, order_id=intent.order_id)
        return answer.status_code

    assert all_at_once(post) == [204] * TEN
    assert Payment.objects.count() == 1
    assert preuve() == []


def test_two_tabs_at_once_open_one_payment(billed: Month, alice: Character, bank: TestBank) -> None:
    """I32."""
    actor, invoice_id = alice.actor, billed.of(alice).pk
    answers = all_at_once(lambda: start_payment(actor, invoice_id=invoice_id).redirect_url, 4)
    assert len(set(map(str, answers))) == 1, answers
    assert str(answers[0]).startswith(bank.url)
    assert PaymentIntent.objects.count() == 1


class MoodyBank:
    """Two tabs are at its door; the first to ask gets no answer, the other one only once the first has given up."""

    name, origin = "demo", "http://127.0.0.1:1"

    def __init__(self) -> None:
        self.calls, self.lock = 0, threading.Lock()
        self.both_asked, self.gave_up = threading.Event(), threading.Event()

    def create(self, *, order_id: str, amount: Money, return_url: str, notify_url: str) -> Opened:
        with self.lock:
            self.calls += 1
            call = self.calls
        if call == 1:
            assert self.both_asked.wait(30)
            raise ProviderUnavailable
        self.both_asked.set()
        assert self.gave_up.wait(30)
        return Opened(f"ref-{order_id}", f"{self.origin}/payer/{order_id}")

    def status(self, provider_ref: str) -> Answer:
        raise ProviderUnavailable

    def read(self, raw: bytes) -> Event | None:
        return None


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> MoodyBank:
    bank = MoodyBank()
    monkeypatch.setattr(starting, "provider", lambda name="": bank)
    return bank


def test_without_the_guard_a_payer_is_sent_to_pay_a_cancelled_order(
    billed: Month, alice: Character, moody: MoodyBank
) -> None:
    """The race, proven: a tab stores the page it was given without looking whether the order still lives."""
    invoice = billed.of(alice)
    account, _ = DebtorAccount.objects.get_or_create(
        debtor_id=invoice.debtor_id, cash_office_id=invoice.cash_office_id
    )
    order = PaymentIntent.objects.create(
        account=account, invoice=invoice, provider="demo", order_id="a" * 32, amount=Money(3690),
        created_at=clock.now(),
    )  # fmt: skip
    row = PaymentIntent.objects.filter(pk=order.pk)

    def naive() -> str:
        try:
            opened = moody.create(order_id=order.order_id, amount=order.amount, return_url="", notify_url="")
        except ProviderUnavailable:
            row.filter(state=IntentState.WAITING, redirect_url="").update(state=IntentState.CANCELLED)
            moody.gave_up.set()
            return "no answer"
        row.update(provider_ref=opened.provider_ref, redirect_url=opened.redirect_url)
        return opened.redirect_url

    answers = sorted(map(str, all_at_once(naive, 2)))
    assert answers == [f"{moody.origin}/payer/{order.order_id}", "no answer"]
    assert PaymentIntent.objects.get().state == IntentState.CANCELLED


def test_a_tab_that_fails_does_not_send_the_other_to_a_cancelled_order(
    billed: Month, alice: Character, moody: MoodyBank
) -> None:
    actor, invoice_id = alice.actor, billed.of(alice).pk

    def pay() -> str:
        try:
            return start_payment(actor, invoice_id=invoice_id).redirect_url
        except BankUnavailable:
            moody.gave_up.set()
            return ""

    nothing, page = sorted(map(str, all_at_once(pay, 2)))
    assert nothing == ""
    live = PaymentIntent.objects.get(state=IntentState.WAITING)
    assert page == live.redirect_url == f"{moody.origin}/payer/{live.order_id}"
    cancelled = PaymentIntent.objects.get(state=IntentState.CANCELLED)
    assert (cancelled.provider_ref, cancelled.redirect_url) == ("", "")
