"""« Factures »: the list, an invoice that explains itself, its PDF."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.billing.models import Invoice
from espace.families.models import Guardianship
from espace.kernel import clock
from espace.kernel.money import Money
from espace.payments.enums import IntentState, PaymentMethod
from espace.payments.models import Allocation, DebtorAccount, Payment, PaymentIntent
from tests.support.bills import Month
from tests.support.cast import Character, signed_in

MOST_QUERIES, MOST_OF_A_FILE = 15, 24


def text_of(client: object, path: str) -> str:
    page: str = client.get(path).content.decode().replace("\u00a0", " ")  # type: ignore[attr-defined]
    return page


def paid(invoice: Invoice, amount: Money, *, allocated: Money) -> None:
    """A payment on line of an invoice, of which a part was allocated."""
    account, _ = DebtorAccount.objects.get_or_create(
        debtor_id=invoice.debtor_id, cash_office_id=invoice.cash_office_id
    )
    number = Payment.objects.count()
    now = clock.now()
    intent = PaymentIntent.objects.create(
        account=account, invoice=invoice, provider="demo", order_id=f"order-{number}", amount=amount,
        state=IntentState.PAID, created_at=now, ended_at=now,
    )  # fmt: skip
    payment = Payment.objects.create(
        account=account, intent=intent, method=PaymentMethod.CARD_ONLINE, amount=amount, received_at=now,
        receipt=f"RC-R-2026-{number:06d}", entered_by="essai",
    )  # fmt: skip
    if allocated:
        Allocation.objects.create(payment=payment, invoice=invoice, amount=allocated, at=now)


def test_a_parent_sees_what_is_left_to_pay(billed: Month, alice: Character) -> None:
    page = text_of(alice.client, "/factures/")
    assert "Il vous reste 36,90 € à régler." in page
    assert "à régler avant le 24 décembre 2026" in page
    assert "Octobre 2026" in page


def test_a_parent_without_invoice_is_told_when_one_comes(alice: Character) -> None:
    assert "Pas encore de facture" in text_of(alice.client, "/factures/")


def test_an_unlinked_account_is_shown_the_key(alice: Character) -> None:
    alice.adult.user = None
    alice.adult.save()
    assert "Saisir ma Clé Enfance" in text_of(alice.client, "/factures/")


def test_the_invoice_explains_each_price(billed: Month, alice: Character) -> None:
    page = text_of(alice.client, f"/factures/{billed.of(alice).reference}/")
    assert "Facture d’octobre 2026" in page
    for words in ("Restauration scolaire", "8 × 2,35 €", "votre quotient familial", "812", "Tranche 3"):
        assert words in page
    assert "jeudi 15 octobre 2026, annulé hors délai" in page
    assert "réservé le dim. 4 oct., le délai finissait le mer. 30 sept. à 23 h 59" in page
    assert "+ 2,50 €" in page
    assert "Accueil de loisirs du mercredi : journée sans le repas" in page


def test_an_overdue_invoice_says_so(billed: Month, alice: Character, frozen: object) -> None:
    frozen.move_to("2026-12-26 10:00:00+01:00")  # type: ignore[attr-defined]
    page = text_of(signed_in(alice.user), "/factures/")
    assert "en retard depuis le 24 décembre 2026" in page


def test_the_due_day_itself_is_in_time(billed: Month, alice: Character, frozen: object) -> None:
    frozen.move_to("2026-12-24 23:30:00+01:00")  # type: ignore[attr-defined]
    page = text_of(signed_in(alice.user), "/factures/")
    assert "à régler avant le 24 décembre 2026" in page
    assert "en retard" not in page


@pytest.mark.parametrize("path", ["", "facture.pdf"])
def test_a_stranger_cannot_see_the_invoice(
    billed: Month, alice: Character, charlie: Character, path: str
) -> None:
    address = f"/factures/{billed.of(alice).reference}/{path}"
    assert charlie.client.get(address).status_code == 404
    assert alice.client.get(address).status_code == 200


def test_the_other_home_does_not_see_the_invoice(billed: Month, alice: Character, bob: Character) -> None:
    assert bob.client.get(f"/factures/{billed.of(alice).reference}/").status_code == 404


def test_an_adult_who_may_not_see_the_bills_does_not(billed: Month, alice: Character) -> None:
    Guardianship.objects.filter(party__person=alice.adult).update(can_view_bills=False)
    assert alice.client.get(f"/factures/{billed.of(alice).reference}/").status_code == 404


def test_money_paid_in_excess_is_told_to_the_family_and_the_agent(
    billed: Month, alice: Character, charlie: Character, denise: Character
) -> None:
    """Paid twice: only an e-mail and a receipt said so."""
    file = f"/agents/familles/{alice.household.pk}/"
    for client, path in ((alice.client, "/factures/"), (denise.client, file)):
        assert "trop-perçu" not in text_of(client, path).lower()
    paid(billed.of(alice), Money(3690), allocated=Money(3690))
    assert "trop-perçu" not in text_of(alice.client, "/factures/")
    paid(billed.of(alice), Money(3690), allocated=Money(1000))
    assert "Vous avez un trop-perçu de 26,90 €" in text_of(alice.client, "/factures/")
    page = " ".join(text_of(denise.client, file).split())
    assert "<dt>Trop-perçu</dt><dd>26,90 €</dd>" in page
    assert "trop-perçu" not in text_of(charlie.client, "/factures/")
    for client, path, most in (
        (alice.client, "/factures/", MOST_QUERIES),
        (denise.client, file, MOST_OF_A_FILE),
    ):
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        assert len(asked) <= most, [q["sql"][:90] for q in asked.captured_queries]


def test_the_other_home_is_not_told_of_the_excess(billed: Month, alice: Character, bob: Character) -> None:
    paid(billed.of(alice), Money(3690), allocated=Money.ZERO)
    assert "trop-perçu" not in text_of(bob.client, "/factures/")


def test_a_visitor_is_sent_to_sign_in(billed: Month, alice: Character, client: object) -> None:
    answer = client.get(f"/factures/{billed.of(alice).reference}/")  # type: ignore[attr-defined]
    assert answer.status_code == 302
    assert "/connexion/" in answer["Location"]


def test_a_draft_is_nobody_s_invoice(billed: Month, alice: Character) -> None:
    assert alice.client.get("/factures/brouillon/").status_code == 404
    assert alice.client.get("/factures/%00/").status_code == 404
    assert alice.client.get("/factures/" + "x" * 300 + "/").status_code == 404


def test_the_pdf_is_tagged_archivable_and_says_the_same(
    billed: Month, alice: Character, tmp_path: Path
) -> None:
    answer = alice.client.get(f"/factures/{billed.of(alice).reference}/facture.pdf")
    assert answer["Content-Type"] == "application/pdf"
    paper = tmp_path / "facture.pdf"
    paper.write_bytes(answer.content)
    about = subprocess.run(["pdfinfo", str(paper)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", about)
    assert b"pdfaid:part" in answer.content
    assert b"pdfuaid:part" in answer.content
    said = subprocess.run(
        ["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True
    )
    words = " ".join(said.stdout.split())
    for expected in (
        billed.of(alice).reference,
        "36,90 €",
        "Alice Moreau",
        "Quotient familial 812 : tranche 3",
        "jeudi 24 décembre 2026",
    ):
        assert expected in words


def test_the_page_asks_the_same_few_queries_for_more_lines(
    billed: Month, alice: Character, charlie: Character
) -> None:
    for path in ("/factures/", f"/factures/{billed.of(alice).reference}/"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            alice.client.get(path)
        assert len(asked) <= MOST_QUERIES, [q["sql"][:90] for q in asked.captured_queries]


def test_the_page_lets_its_form_go_to_the_bank(billed: Month, alice: Character) -> None:
    invoice = Invoice.objects.get(pk=billed.of(alice).pk)
    policy = alice.client.get(f"/factures/{invoice.reference}/")["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:8001" in policy
    assert "8001" not in alice.client.get("/factures/")["Content-Security-Policy"]
