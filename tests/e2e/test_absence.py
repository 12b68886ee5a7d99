"""A week of illness: announced in the morning, corrected, proved from the phone, read at the desk; also without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from espace.demo.absences import PDF
from espace.demo.accounts import AGENT
from tests.e2e.desk import fresh, sit_at_the_desk
from tests.e2e.look import Look
from tests.e2e.stack import Stack
from tests.e2e.test_booking import enrol_and_choose_the_week, family
from tests.e2e.test_family_key import sign_in

Open = Callable[..., Page]
FRIDAY = date(2026, 11, 27)
HEALTH_WORDS = ("malad", "médic", "certificat", "santé", "fièvre")
# The canteen of the mornings to come, booked long ago: the limit of Thursday is over on Tuesday at noon.
BOOKED = """
from datetime import date
from espace.activities.models import Slot
from espace.bookings.models import Booking, Enrolment
from espace.kernel import clock
enrolment = Enrolment.objects.get(child_id={child}, activity__kind="CANTEEN")
for day in (date(2026, 11, 24), date(2026, 11, 26), date(2026, 11, 27)):
    slot = Slot.objects.get(activity=enrolment.activity, venue=enrolment.venue, date=day)
    Booking.objects.get_or_create(
        child_id={child}, slot=slot, state="CONFIRMED",
        defaults=dict(enrolment=enrolment, date=day, origin="UNIT", pinned=True, requested_at=clock.now(),
                      rule_snapshot=dict(in_time_until=None)),
    )
from espace.bookings.services.places import recount
recount(list(Slot.objects.filter(date__gte=date(2026, 11, 24), date__lte=date(2026, 11, 27)).values_list("pool_id", flat=True)))
"""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.pdf"
    path.write_bytes(PDF)
    return path


def at_home(page: Page, stack: Stack, name: str) -> None:
    """A family with meals on Tuesday (today), Thursday and Friday, on its dashboard."""
    child = family(stack, name)
    page.goto("/connexion/")
    sign_in(page, name)
    enrol_and_choose_the_week(page, child)
    stack.manage("shell", "-c", BOOKED.format(child=child))
    page.goto("/tableau-de-bord/")


def announce(page: Page, look: Callable[[Page, str], None]) -> None:
    page.get_by_role("link", name="Malade aujourd’hui").click()
    expect(page.get_by_text("dû, sauf justificatif").first).to_be_visible()
    look(page, "absence-declarer")
    page.get_by_label("Jour du retour").fill("2026-11-30")
    page.get_by_role("button", name="Voir ce que ça change").click()
    expect(page.get_by_role("heading", name="Ce que ça change")).to_be_visible()
    expect(
        page.get_by_text("un certificat ou un autre justificatif avant le vendredi 27 novembre 2026")
    ).to_be_visible()
    expect(page.get_by_text("annulé à temps").first).to_be_visible()
    look(page, "absence-verifier")
    page.get_by_role("button", name="Confirmer l’absence").click()
    expect(page.get_by_text("C’est noté.")).to_be_visible()
    expect(page.get_by_text("justificatif à déposer")).to_be_visible()
    look(page, "absence")


def prove(page: Page, photo: Path) -> None:
    page.get_by_label("Certificat ou autre justificatif").set_input_files(photo)
    page.get_by_role("button", name="Déposer").click()
    expect(page.get_by_text("Votre justificatif est reçu.")).to_be_visible()
    expect(page.get_by_text("justificatif reçu, à vérifier")).to_be_visible()


def test_a_week_of_illness(open_page: Open, stack: Stack, look: Look, width: int, photo: Path) -> None:
    name = fresh(f"iris-absente{width}")
    page = open_page(width)
    at_home(page, stack, name)
    announce(page, look)

    page.get_by_label("Nouveau jour du retour").fill(FRIDAY.isoformat())
    page.get_by_role("button", name="Changer le jour du retour").click()
    expect(page.get_by_role("heading", name="Maëlys revient le vendredi 27 novembre 2026")).to_be_visible()
    look(page, "absence-retour")
    page.get_by_role("button", name="Confirmer ce retour").click()
    expect(page.get_by_text("Le jour du retour est changé")).to_be_visible()

    page.goto("/tableau-de-bord/")
    expect(page.get_by_role("heading", name="Justifier l’absence de Maëlys")).to_be_visible()
    expect(page.get_by_text("absence signalée").first).to_be_visible()
    look(page, "tableau-de-bord-absence")
    page.get_by_role("link", name="Déposer").click()
    prove(page, photo)
    look(page, "absence-justifiee")

    desk = open_page(width)
    sit_at_the_desk(desk, stack, AGENT)
    desk.goto("/agents/absences/")
    expect(desk.get_by_role("link", name="Maëlys Morel").first).to_be_visible()
    look(desk, "agents-absences")
    desk.get_by_role("link", name="Justificatifs à lire").click()
    card = desk.get_by_role("listitem").filter(has_text="Maëlys").first
    look(desk, "agents-justificatifs")
    with desk.expect_download() as download:
        card.get_by_role("link", name="Lire le document").click()
    assert download.value.suggested_filename.startswith("document-")
    card.get_by_role("button", name="Accepter").click()
    expect(desk.get_by_text("Le justificatif est accepté, la famille est prévenue.")).to_be_visible()
    desk.get_by_role("navigation", name="Absences").get_by_role("link", name="Règles").click()
    look(desk, "agents-regles-absence")
    desk.get_by_role("link", name="Changer la règle de Restauration scolaire").click()
    look(desk, "agents-regle-absence")

    page.reload()
    expect(page.get_by_text("absence justifiée").first).to_be_visible()
    page.goto("/absences/")
    look(page, "absences")
    mails = stack.mails_to(f"{name}@exemple.fr")
    said = [str(m["Subject"]) + str(m.get_body(("plain",)).get_content()) for m in mails]  # type: ignore[union-attr]
    assert [(word, text) for text in said for word in HEALTH_WORDS if word in text.lower()] == []


def test_without_scripts_it_goes_the_same_way(open_page: Open, stack: Stack, width: int, photo: Path) -> None:
    page = open_page(width, javascript=False)
    at_home(page, stack, f"iris-sans{width}")
    announce(page, lambda page, name: None)
    prove(page, photo)
    page.get_by_role("link", name="Absences").first.click()
    expect(page.get_by_role("link", name="Absence de Maëlys")).to_be_visible()
