"""« Facturation »: compute, look, review, issue."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.accounts.models import RoleGrant
from espace.billing.enums import RunState
from espace.billing.models import BillingRun, Invoice
from espace.bookings.models import Booking
from espace.demo.town import Reference
from espace.families.models import FamilyQuotient
from espace.kernel.actor import Permission
from espace.pricing.models import TariffRule
from tests.support.bills import Month, compute
from tests.support.cast import Character

MOST_QUERIES = 15


def page_of(character: Character, path: str) -> str:
    page: str = character.client.get(path).content.decode().replace("\u00a0", " ")
    return page


@pytest.fixture
def computed(town: Reference, consumed: dict[str, Booking], remi: Character) -> BillingRun:
    return compute(remi, office_id=town.office.pk)


def test_the_whole_path_by_clicks(computed: BillingRun, remi: Character, alice: Character) -> None:
    path = f"/agents/facturation/{computed.pk}/"
    page = page_of(remi, path)
    assert "36,90 €" in page
    assert "Famille Moreau" in page
    answer = remi.client.post(f"{path}valider/", {"reason": ""}, follow=True)
    assert "La facturation est validée" in answer.content.decode()
    assert "Une facture émise ne se modifie plus." in page_of(remi, path)
    answer = remi.client.post(f"{path}emettre/", follow=True)
    assert "Les factures sont émises" in answer.content.decode()
    assert "De RC-2026-000001 à RC-2026-000001." in page_of(remi, path)
    assert "Octobre 2026" in page_of(alice, "/factures/")


def test_a_month_without_anything_to_bill_says_so_and_asks_for_nothing(
    town: Reference, remi: Character
) -> None:
    run = compute(remi, office_id=town.office.pk)
    page = page_of(remi, f"/agents/facturation/{run.pk}/")
    assert "Aucune famille ne doit rien à cette régie pour ce mois." in page
    assert "Valider ces factures" not in page


def test_a_draft_reads_as_the_family_will_read_it(computed: BillingRun, remi: Character) -> None:
    draft = Invoice.objects.get(run=computed)
    page = page_of(remi, f"/agents/factures/{draft.pk}/")
    assert "Quotient familial 812 : tranche 3" in page
    assert "7067" in page
    assert remi.client.get(f"/agents/factures/{draft.pk}/facture.pdf").status_code == 404


def test_issuing_before_reviewing_is_refused(computed: BillingRun, remi: Character) -> None:
    answer = remi.client.post(f"/agents/facturation/{computed.pk}/emettre/", follow=True)
    assert "n’est pas validée" in answer.content.decode()
    assert not Invoice.objects.filter(number__isnull=False).exists()


def test_a_missing_price_blocks_until_a_reason_is_given(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    TariffRule.objects.filter(code="SOIR").delete()
    run = compute(remi, office_id=town.office.pk)
    path = f"/agents/facturation/{run.pk}/"
    assert "Pas de tarif" in page_of(remi, path)
    refused = remi.client.post(f"{path}valider/", {"reason": ""})
    assert refused.status_code == 422
    assert "bloquent la facturation" in refused.content.decode()
    assert remi.client.post(f"{path}valider/", {"reason": "oui"}).status_code == 422
    assert remi.client.post(f"{path}valider/", {"reason": "x" * 501}).status_code == 422
    assert (
        remi.client.post(f"{path}valider/", {"reason": "Le tarif du soir est voté en janvier."}).status_code
        == 303
    )
    assert BillingRun.objects.get().state == RunState.REVIEWED
    assert "Le tarif du soir est voté en janvier." in page_of(remi, path)


def test_a_missing_quotient_is_told_and_does_not_block(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    FamilyQuotient.objects.all().delete()
    run = compute(remi, office_id=town.office.pk)
    page = page_of(remi, f"/agents/facturation/{run.pk}/")
    assert "Quotient inconnu" in page
    assert "Le tarif le plus élevé a été appliqué." in page
    assert remi.client.post(f"/agents/facturation/{run.pk}/valider/", {}).status_code == 303


def test_a_run_given_up_leaves_the_month_to_bill(computed: BillingRun, remi: Character) -> None:
    remi.client.post(f"/agents/facturation/{computed.pk}/abandonner/")
    assert not Invoice.objects.exists()
    assert "Calculer les factures" in page_of(remi, "/agents/mois/")


def test_who_computes_may_be_barred_from_issuing(computed: BillingRun, remi: Character) -> None:
    """I39."""
    RoleGrant.objects.filter(user=remi.user, permission=Permission.BILLING_ISSUE).delete()
    path = f"/agents/facturation/{computed.pk}/"
    remi.client.post(f"{path}valider/", {})
    assert "Émettre les factures" not in page_of(remi, path)
    assert remi.client.post(f"{path}emettre/").status_code == 404


@pytest.mark.parametrize("step", ["", "calculer/", "valider/", "emettre/", "abandonner/"])
def test_an_agent_without_the_permission_gets_404(
    computed: BillingRun, denise: Character, alice: Character, step: str
) -> None:
    for who in (denise, alice):
        ask = who.client.post if step else who.client.get
        assert ask(f"/agents/facturation/{computed.pk}/{step}").status_code == 404
    assert BillingRun.objects.get().state == RunState.COMPUTED


def test_a_family_is_found_by_name_or_number(billed: Month, remi: Character) -> None:
    for words in ("moreau", "000001", "RC-2026"):
        answer = remi.client.post("/agents/factures/", {"q": words})
        assert (answer.status_code, answer["Location"]) == (303, "/agents/factures/")
        assert "RC-2026-000001" in page_of(remi, "/agents/factures/")
    remi.client.post("/agents/factures/", {"q": "\x00\U0001f4a9"})
    assert "Aucune facture trouvée" in page_of(remi, "/agents/factures/")


def test_an_unknown_run_or_invoice_is_not_there(town: Reference, remi: Character) -> None:
    for path in ("facturation/999/", "factures/999/", "factures/999/facture.pdf", f"facturation/{2**70}/"):
        assert remi.client.get(f"/agents/{path}").status_code == 404


def test_more_runs_do_not_cost_more_queries(billed: Month, remi: Character) -> None:
    spent = []
    for month in (None, date(2026, 9, 1), date(2026, 8, 1)):
        if month:
            BillingRun.objects.create(
                cash_office=billed.run.cash_office, month=month, created_at=billed.run.created_at
            )
        with CaptureQueriesContext(connection) as asked:
            assert "octobre 2026" in page_of(remi, "/agents/facturation/").lower()
        spent.append(len(asked))
    assert len(set(spent)) == 1, spent


@pytest.mark.parametrize("path", ["facturation/", "facturation/{run}/", "factures/", "factures/{invoice}/"])
def test_each_page_costs_few_queries(billed: Month, remi: Character, path: str) -> None:
    address = "/agents/" + path.format(run=billed.run.pk, invoice=billed.invoices[0].pk)
    with CaptureQueriesContext(connection) as asked:
        assert remi.client.get(address).status_code == 200
    assert len(asked) <= MOST_QUERIES, [q["sql"][:80] for q in asked.captured_queries]
