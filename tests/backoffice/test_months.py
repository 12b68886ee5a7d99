"""« Mois »: closing one, with its consequence first."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.attendance.models import MonthClosing
from espace.audit.models import AuditEvent
from espace.billing.models import BillingRun
from espace.demo.town import Reference
from tests.support.cast import Character

MOST_QUERIES = 15


def closing_path(town: Reference, month: str = "2026-10") -> str:
    return f"/agents/mois/{town.office.pk}/{month}/cloturer/"


def test_the_régisseur_sees_the_months(town: Reference, remi: Character) -> None:
    page = remi.client.get("/agents/mois/").content.decode()
    assert "Octobre 2026" in page
    assert "à clôturer" in page
    assert "Novembre 2026" in page
    assert "en cours" in page
    assert "à clôturer à partir du mardi 1er décembre 2026" in page


def test_the_consequence_comes_before_the_click(town: Reference, remi: Character) -> None:
    page = remi.client.get(closing_path(town)).content.decode()
    assert "Plus rien de ce mois ne changera pour la facturation." in page
    assert not MonthClosing.objects.exists()


def test_a_month_is_closed_and_journaled(town: Reference, remi: Character) -> None:
    answer = remi.client.post(closing_path(town), follow=True)
    assert "Le mois d’octobre 2026 est clôturé" in answer.content.decode()
    assert MonthClosing.objects.get().closed_by == "Rémi Garnier"
    assert AuditEvent.objects.filter(action="attendance.close_month").count() == 1


def test_closing_twice_says_so_and_changes_nothing(town: Reference, remi: Character) -> None:
    remi.client.post(closing_path(town))
    answer = remi.client.post(closing_path(town), follow=True)
    assert "est déjà clôturé" in answer.content.decode()
    assert MonthClosing.objects.count() == 1


def test_the_current_month_waits(town: Reference, remi: Character) -> None:
    answer = remi.client.post(closing_path(town, "2026-11"), follow=True)
    assert "n’est pas terminé" in answer.content.decode()
    assert not MonthClosing.objects.exists()


def test_a_month_that_does_not_exist_is_not_there(town: Reference, remi: Character) -> None:
    for month in ("2026-13", "2026-0", "0-1", "99999-1"):
        assert remi.client.post(closing_path(town, month)).status_code == 404
    assert remi.client.post("/agents/mois/999999/2026-10/cloturer/").status_code == 404


def test_an_agent_without_the_permission_gets_404(
    town: Reference, denise: Character, alice: Character
) -> None:
    for who in (denise, alice):
        assert who.client.get("/agents/mois/").status_code == 404
        assert who.client.post(closing_path(town)).status_code == 404
    assert not MonthClosing.objects.exists()


def test_a_closed_month_opens_its_billing(town: Reference, remi: Character) -> None:
    remi.client.post(closing_path(town))
    assert "Calculer les factures" in remi.client.get("/agents/mois/").content.decode()
    answer = remi.client.post(f"/agents/mois/{town.office.pk}/2026-10/facturer/")
    assert answer.status_code == 303
    assert answer["Location"] == f"/agents/facturation/{BillingRun.objects.get().pk}/"


def test_an_open_month_is_not_billed(town: Reference, remi: Character) -> None:
    answer = remi.client.post(f"/agents/mois/{town.office.pk}/2026-10/facturer/", follow=True)
    assert "n’est pas clôturé" in answer.content.decode()
    assert not BillingRun.objects.exists()


def test_the_months_cost_few_queries(town: Reference, remi: Character) -> None:
    with CaptureQueriesContext(connection) as asked:
        remi.client.get("/agents/mois/")
    assert len(asked) <= MOST_QUERIES
