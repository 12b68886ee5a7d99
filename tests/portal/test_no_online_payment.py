"""A town that takes no payment on line: no « Régler » button anywhere, and where to pay instead."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.test import Client
from pypdf import PdfReader
from pytest_django import Settings

from espace.notifications.models import OutboxMessage
from espace.payments.models import PaymentIntent
from espace.payments.services import start_payment
from tests.support.bank import TestBank
from tests.support.bills import Month
from tests.support.cast import Character

BUTTON = re.compile(
    r"<(?:button|a)\b[^>]*>(?:(?!</(?:button|a)>).)*(?:Régler|Reprendre le paiement)", re.DOTALL
)


@pytest.fixture(autouse=True)
def none(settings: Settings) -> None:
    settings.PAYMENT_PROVIDER, settings.ONLINE_PAYMENT = "none", False


def read(client: Client, path: str) -> str:
    return re.sub(r"[ \n]+", " ", client.get(path).content.decode())


def test_the_eye_sees_a_button() -> None:
    assert BUTTON.search('<button class="btn"><svg></svg>Régler 36,90 €</button>')
    assert not BUTTON.search("<h3>Régler la facture</h3><a>Voir la facture</a>")


def test_the_invoice_says_where_to_pay(billed: Month, alice: Character) -> None:
    reference = billed.of(alice).reference
    page = read(alice.client, f"/factures/{reference}/")
    assert not BUTTON.search(page)
    assert "/regler/" not in page
    assert "Au Guichet unique</b>, Espace des Tanneries, 4, rue des Tanneurs" in page
    assert f"Cette facture se règle sur place. Rappelez son numéro\u00a0: {reference}." in page
    assert "36,90" in page


@pytest.mark.parametrize("path", ["/tableau-de-bord/", "/factures/"])
def test_no_other_page_offers_to_pay(billed: Month, alice: Character, path: str) -> None:
    page = read(alice.client, path)
    assert not BUTTON.search(page)
    assert f"/factures/{billed.of(alice).reference}/" in page


def test_who_sends_the_form_all_the_same_reads_why_not(billed: Month, alice: Character) -> None:
    reference = billed.of(alice).reference
    answer = alice.client.post(f"/factures/{reference}/regler/", follow=True)
    assert "Le paiement en ligne n’est pas ouvert" in answer.content.decode()
    assert not PaymentIntent.objects.exists()


def test_a_notification_of_no_bank_is_not_found(billed: Month, client: Client) -> None:
    body = json.dumps({"commande": "x", "evenement": "y"})
    assert client.post("/paiement/notification/", body, content_type="application/json").status_code == 404


def test_a_payment_made_before_is_still_told(
    billed: Month, alice: Character, bank: TestBank, settings: Settings
) -> None:
    """The town closed it meanwhile: who comes back from the bank reads what happened, and is offered no other try."""
    settings.PAYMENT_PROVIDER, settings.ONLINE_PAYMENT = "demo", True
    intent = start_payment(alice.actor, invoice_id=billed.of(alice).pk)
    settings.PAYMENT_PROVIDER, settings.ONLINE_PAYMENT = "none", False
    for path in (f"/paiement/retour/{intent.order_id}/", f"/factures/{billed.of(alice).reference}/"):
        answer = alice.client.get(path)
        assert answer.status_code == 200
        assert not BUTTON.search(answer.content.decode())
        assert "Au Guichet unique" in answer.content.decode()


def test_the_papers_and_the_message_promise_no_card(billed: Month, alice: Character, client: Client) -> None:
    reference = billed.of(alice).reference
    for path in (
        f"/factures/{reference}/facture.pdf",
        "/documents/mode-d-emploi.pdf",
        "/documents/reglement-de-la-regie.pdf",
    ):
        pages = PdfReader(io.BytesIO(alice.client.get(path).content)).pages
        text = " ".join(page.extract_text() for page in pages)
        assert "guichet" in text.lower()
        assert "par carte" not in text.lower(), path
    assert "par carte" not in read(client, "/aide/")


def test_the_message_of_a_bill_promises_no_card(billed: Month) -> None:
    """Written when the bill is issued, which `billed` does under the same setting."""
    bodies = (
        OutboxMessage.objects.filter(kind="billing.invoice").order_by("id").values_list("body", flat=True)
    )
    assert bodies
    assert all("Le détail et le PDF sont sur cette page" in body for body in bodies)
