"""The month is billed, the invoice explains itself, the bank answers each way, the balance is zero; in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from espace.demo.accounts import PASSWORD, REGISSEUR
from tests.e2e.desk import sit_at_the_desk
from tests.e2e.look import Look
from tests.e2e.stack import Stack

Open = Callable[..., Page]

# An adult who has no account yet and whose bill is not paid gets one: each journey pays a bill of its own.
PAYER = """
from espace.accounts.models import User
from espace.billing.models import Invoice
from espace.families.models import HouseholdMember
from espace.kernel import clock
from espace.payments.queries import balances
unpaid = Invoice.objects.filter(state="PUBLISHED", intents__isnull=True).order_by("-id")
left = balances(list(unpaid.values_list("pk", flat=True)))
for invoice in unpaid:
    rows = HouseholdMember.objects.filter(household=invoice.household, role="ADULT", person__user__isnull=True)
    adult = rows.order_by("id").first()
    if adult is not None and left[invoice.pk].cents > 0 and invoice.due_on >= clock.today():
        user = User(username="payeur-{name}", email="payeur-{name}@exemple.fr", first_name=adult.person.first_name,
                    last_name=adult.person.last_name, date_joined=clock.now())
        user.set_password("{password}")
        user.save()
        adult.person.user = user
        adult.person.save()
        print("FACTURE", invoice.reference)
        break
"""


def sign_in(page: Page, username: str) -> None:
    page.goto("/connexion/")
    page.get_by_label(re.compile("nom d’utilisateur", re.IGNORECASE)).first.fill(username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()


def payer(stack: Stack, name: str) -> tuple[str, str]:
    """A fresh account with a bill to pay: its user name and the reference."""
    told = stack.manage("shell", "-v0", "-c", PAYER.format(name=name, password=PASSWORD))
    found = re.search(r"FACTURE (\S+)", told)
    assert found, "aucune facture à régler dans la ville de démonstration"
    return f"payeur-{name}", found.group(1)


def decide(page: Page, button: str, *, late: bool = False, twice: bool = False) -> None:
    """What the payer does at the bank."""
    expect(page.get_by_role("heading", name="Payer par carte")).to_be_visible()
    if late:
        page.get_by_label("Plus tard").check()
    if twice:
        page.get_by_label("Notifier deux fois").check()
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile("/paiement/retour/"))


def test_a_parent_pays_the_invoice(stack: Stack, open_page: Open, look: Look, width: int) -> None:
    username, reference = payer(stack, str(width))
    page = open_page(width)
    sign_in(page, username)
    page.goto("/factures/")
    look(page, "factures-1-liste")
    page.get_by_role("listitem").filter(has_text=reference).get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Facture d’octobre 2026")
    page.get_by_text("Pourquoi").first.click()
    expect(
        page.get_by_text("votre quotient familial").or_(page.get_by_text("Quotient inconnu")).first
    ).to_be_visible()
    look(page, "factures-2-facture")
    pdf = page.request.get(f"/factures/{reference}/facture.pdf")
    assert pdf.headers["content-type"] == "application/pdf"

    page.get_by_role("button", name="Régler").click()
    look(page, "factures-3-banque")
    decide(page, "Refuser le paiement")
    expect(page.get_by_text("Rien n’a été débité.")).to_be_visible()
    look(page, "factures-4-refus")

    page.get_by_role("button", name="Régler").click()
    decide(page, "Annuler et revenir")
    expect(page.get_by_role("heading", name="Vous avez abandonné le paiement")).to_be_visible()

    page.get_by_role("button", name="Régler").click()
    decide(page, "Accepter le paiement", twice=True)
    expect(page.get_by_role("heading", name="Paiement accepté")).to_be_visible()
    expect(page.get_by_text(re.compile(r"RC-R-\d{4}-\d{6}"))).to_be_visible()
    look(page, "factures-5-accepte")
    page.get_by_role("link", name="Revoir la facture").click()
    expect(page.get_by_text("Rien à régler")).to_be_visible()
    expect(page.get_by_text(re.compile("réglés par carte"))).to_have_count(1)
    look(page, "factures-6-reglee")
    message = stack.wait_for_mail(f"{username}@exemple.fr")
    assert "Paiement reçu" in str(message["Subject"])


def test_a_bank_that_answers_late_is_waited_for(stack: Stack, open_page: Open, look: Look) -> None:
    username, reference = payer(stack, "tardif")
    page = open_page()
    sign_in(page, username)
    page.goto(f"/factures/{reference}/")
    page.get_by_role("button", name="Régler").click()
    decide(page, "Accepter le paiement", late=True)
    expect(page.get_by_role("heading", name="La banque n’a pas encore répondu")).to_be_visible()
    look(page, "factures-7-attente")
    # nobody touches the page: it asks again by itself
    expect(page.get_by_role("heading", name="Paiement accepté")).to_be_visible(timeout=40_000)


def test_it_is_paid_without_javascript(stack: Stack, open_page: Open) -> None:
    username, reference = payer(stack, "sobre")
    page = open_page(javascript=False)
    sign_in(page, username)
    page.goto(f"/factures/{reference}/")
    page.get_by_role("button", name="Régler").click()
    decide(page, "Accepter le paiement")
    expect(page.get_by_role("heading", name="Paiement accepté")).to_be_visible()


def test_the_régisseur_closes_and_bills(stack: Stack, open_page: Open, look: Look, width: int) -> None:
    """The demonstration has billed its last complete month: what is left to see is read, and nothing is undone."""
    page = open_page(width)
    sit_at_the_desk(page, stack, REGISSEUR)
    page.goto("/agents/mois/")
    expect(page.get_by_role("row", name=re.compile("Octobre 2026")).first).to_contain_text("clôturé")
    look(page, "agents-mois")
    page.get_by_role("link", name="émise").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Octobre 2026")
    look(page, "agents-facturation")
    page.get_by_role("table").last.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Facture RC-2026-")
    look(page, "agents-facture")
