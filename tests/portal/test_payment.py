"""Paying on screen: to the bank, and each way back."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.payments.enums import IntentState
from espace.payments.models import Payment, PaymentIntent, ProviderEvent
from tests.support.bank import TestBank
from tests.support.bills import Month
from tests.support.cast import Character
from tests.support.pages import StrictClient
from tests.support.statements import MOST

RECORDING = 33  # once a payment: the return writes what the bank said (payment, receipt, journal, message)


@pytest.fixture
def intent(billed: Month, alice: Character, bank: TestBank) -> PaymentIntent:
    answer = alice.client.post(f"/factures/{billed.of(alice).reference}/regler/")
    assert answer.status_code == 303
    found = PaymentIntent.objects.get()
    assert answer["Location"] == found.redirect_url
    return found


def back(character: Character, intent: PaymentIntent) -> str:
    page = character.client.get(f"/paiement/retour/{intent.order_id}/")
    return re.sub(r"\s+", " ", page.content.decode())


def test_accepted_it_gives_the_receipt_and_a_balance_of_zero(
    intent: PaymentIntent, bank: TestBank, alice: Character, billed: Month
) -> None:
    bank.answer(intent, IntentState.PAID)
    page = back(alice, intent)
    assert "Paiement accepté" in page
    assert "RC-R-2026-000001" in page
    assert "0,00 €" in page
    invoice = alice.client.get(f"/factures/{billed.of(alice).reference}/").content.decode()
    assert "36,90\u00a0€ réglés par carte" in invoice
    assert "réglée" in invoice
    assert "Régler" not in invoice
    assert alice.client.get("/recus/RC-R-2026-000001.pdf")["Content-Type"] == "application/pdf"
    assert "Vous n’avez rien à régler." in alice.client.get("/factures/").content.decode()


def test_what_is_being_paid_is_not_left_to_do(intent: PaymentIntent, alice: Character) -> None:
    page = alice.client.get("/tableau-de-bord/").content.decode()
    assert "paiement en cours" in page
    assert "Régler la facture" not in page


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (IntentState.REFUSED, "Votre banque a refusé le paiement"),
        (IntentState.CANCELLED, "Vous avez abandonné le paiement"),
    ],
)
def test_refused_or_cancelled_it_says_that_nothing_was_taken(
    intent: PaymentIntent, bank: TestBank, alice: Character, state: IntentState, title: str
) -> None:
    bank.answer(intent, state)
    page = back(alice, intent)
    assert title in page
    assert "Rien n’a été débité." in page
    assert "Régler 36,90 €" in page
    assert not Payment.objects.exists()


def test_waiting_it_can_be_reloaded(intent: PaymentIntent, bank: TestBank, alice: Character) -> None:
    page = back(alice, intent)
    assert "La banque n’a pas encore répondu" in page
    assert "Recharger cette page" in page
    assert "Régler" not in page
    bank.answer(intent, IntentState.PAID)
    assert "Paiement accepté" in back(alice, intent)
    assert "Paiement accepté" in back(alice, intent)
    assert Payment.objects.count() == 1


def test_while_it_waits_the_invoice_offers_to_go_on(
    intent: PaymentIntent, alice: Character, billed: Month
) -> None:
    page = alice.client.get(f"/factures/{billed.of(alice).reference}/").content.decode()
    assert "Savoir où en est le paiement" in page
    assert "jamais un second" in page
    assert "Un paiement est en cours." in page


def test_a_double_click_pays_once(intent: PaymentIntent, alice: Character, billed: Month) -> None:
    again = alice.client.post(f"/factures/{billed.of(alice).reference}/regler/")
    assert again["Location"] == intent.redirect_url
    assert PaymentIntent.objects.count() == 1


def test_what_the_browser_sends_is_not_believed(billed: Month, alice: Character, bank: TestBank) -> None:
    """Defect 7."""
    alice.client.post(f"/factures/{billed.of(alice).reference}/regler/", {"amount": "1", "montant": "0,01"})
    assert PaymentIntent.objects.get().amount.cents == 3690


def test_a_settled_invoice_is_not_paid_again(
    intent: PaymentIntent, bank: TestBank, alice: Character, billed: Month
) -> None:
    bank.answer(intent, IntentState.PAID)
    back(alice, intent)
    answer = alice.client.post(f"/factures/{billed.of(alice).reference}/regler/", follow=True)
    assert "Il n’y a plus rien à régler sur cette facture." in answer.content.decode()
    assert PaymentIntent.objects.count() == 1


def test_a_bank_that_is_down_is_said_plainly(billed: Month, alice: Character, settings: object) -> None:
    settings.BANK_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    answer = alice.client.post(f"/factures/{billed.of(alice).reference}/regler/", follow=True)
    assert answer.status_code == 200
    assert "La banque ne répond pas. Rien n’a été débité" in answer.content.decode()


def test_a_stranger_gets_404(
    intent: PaymentIntent, bank: TestBank, alice: Character, charlie: Character, billed: Month
) -> None:
    reference = billed.of(alice).reference
    assert charlie.client.post(f"/factures/{reference}/regler/").status_code == 404
    assert charlie.client.get(f"/paiement/retour/{intent.order_id}/").status_code == 404
    bank.answer(intent, IntentState.PAID)
    back(alice, intent)
    assert charlie.client.get("/recus/RC-R-2026-000001.pdf").status_code == 404
    assert charlie.client.get("/paiement/retour/inconnu/").status_code == 404


def test_there_is_no_address_that_marks_as_paid(intent: PaymentIntent, client: StrictClient) -> None:
    """Defect 10, I33: whoever posts, whatever they say, the bank is asked."""
    for body in (
        {"commande": intent.order_id, "evenement": "x", "etat": "PAID", "montant": 3690},
        {"commande": intent.order_id, "evenement": "y"},
    ):
        answer = client.post("/paiement/notification/", json.dumps(body), content_type="application/json")
        assert answer.status_code == 204
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "n’importe quoi",
        "{}",
        "[1]",
        '{"commande":"x","evenement":"y"}',
        "x" * 20_000,
        "[" * 9_000,
        r'{"commande":"\ud800","evenement":"x"}',
        r'{"commande":"a\u0000","evenement":"x"}',
    ],
)
def test_an_unknown_notification_gets_a_neutral_answer(
    intent: PaymentIntent, client: StrictClient, body: str
) -> None:
    answer = client.post("/paiement/notification/", body.encode(), content_type="application/json")
    assert answer.status_code == 404
    assert answer.content == b""


@pytest.mark.parametrize("key", [r"\u0000", r"\ud800", "", "k" * 121])
def test_a_known_order_with_a_mad_event_is_not_kept(
    intent: PaymentIntent, client: StrictClient, key: str
) -> None:
    body = f'{{"commande":"{intent.order_id}","evenement":"{key}"}}'
    answer = client.post("/paiement/notification/", body.encode(), content_type="application/json")
    assert answer.status_code == 404
    assert not ProviderEvent.objects.exists()


def test_paying_is_never_a_get(billed: Month, alice: Character) -> None:
    assert alice.client.get(f"/factures/{billed.of(alice).reference}/regler/").status_code == 405
    assert alice.client.get("/paiement/notification/").status_code == 405


def test_the_return_costs_few_queries(intent: PaymentIntent, bank: TestBank, alice: Character) -> None:
    with CaptureQueriesContext(connection) as waiting:
        back(alice, intent)
    assert len(waiting) <= MOST, [q["sql"][:90] for q in waiting.captured_queries]
    bank.answer(intent, IntentState.PAID)
    with CaptureQueriesContext(connection) as recording:
        back(alice, intent)
    assert len(recording) <= RECORDING
    with CaptureQueriesContext(connection) as recorded:
        back(alice, intent)
    assert len(recorded) <= MOST
