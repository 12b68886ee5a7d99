"""From nothing to a booked year, then a day changed: on a phone, on a desk, with scripts and without."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.e2e.desk import fresh
from tests.e2e.look import Look
from tests.e2e.stack import Stack
from tests.e2e.test_family_key import sign_in

Open = Callable[..., Page]
# A linked mother and her child at an elementary school of the town.
FAMILY = """
import secrets
from datetime import date
from espace.accounts import services as accounts
from espace.accounts.models import User
from espace.families import services
from espace.families.enums import QuotientSource
from espace.kernel.actor import SYSTEM, Actor, Channel
from espace.kernel.crypto import unseal
from espace.town.queries import schools
accounts.create_agent(SYSTEM, agent=accounts.NewAgent("{name}", "Tilleul-2026", "Iris", "Morel", "{name}@exemple.fr"))
def born():  # its own in each journey: the same person twice at an address is refused
    return date.fromordinal(724_000 + secrets.randbelow(6_000))
opened = services.open_family(
    SYSTEM, street="6, rue Haute", postcode="99450", city="Clairval-sur-Aune",
    adults=[services.AdultDraft("Iris", "Morel", born())], children=[services.ChildDraft("Maëlys", "Morel", date(2018, 4, 5))],
)
services.set_quotient(
    SYSTEM, household=opened.household, amount=81200, source=QuotientSource.CAF_NOTICE, start=date(2026, 9, 1)
)
school = schools().filter(level="ELEMENTARY").first()
services.set_schooling(SYSTEM, child=opened.children[0], school=school, start=date(2026, 9, 1))
key = services.issue_key(SYSTEM, household=opened.household, adult=opened.adults[0])
user = User.objects.get(username="{name}")
services.redeem_key(
    Actor(user.pk, "Iris", Channel.PORTAL), typed=unseal("cle-enfance-courrier", bytes(key.sealed))
)
print("CHILD", opened.children[0].pk)
"""


def family(stack: Stack, name: str) -> int:
    printed = stack.manage("shell", "-c", FAMILY.format(name=name))
    found = re.search(r"CHILD (\d+)", printed)
    assert found, printed
    return int(found.group(1))


def enrol_and_choose_the_week(page: Page, child: int, look: Look | None = None) -> None:
    """Enrols in the canteen, takes Mondays and Thursdays, reads every date, confirms."""
    page.goto(f"/inscrire/{child}/")
    if look:
        look(page, "inscrire")
    page.get_by_role("checkbox", name="Restauration scolaire").check()
    page.get_by_role("button", name="Inscrire, puis choisir les jours").click()
    expect(page.get_by_text("Il reste à réserver les jours.")).to_be_visible()
    for day in ("lun.", "jeu."):
        page.get_by_role("checkbox", name=day).check()
    if look:
        look(page, "semaine-type")
    page.get_by_role("button", name="Voir toutes les dates et le prix").click()
    expect(page.get_by_role("heading", name="Toutes les dates avant de confirmer")).to_be_visible()
    expect(page.get_by_text("812 → tranche").first).to_be_visible()
    if look:
        look(page, "semaine-type-dates")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()


def acknowledgement(page: Page, stack: Stack, address: str) -> EmailMessage:
    """The message that bears the reference of the page: others are sent around it."""
    reference = re.search(r"RES-[\w-]+", page.get_by_role("main").inner_text())
    assert reference
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for mail in stack.mails_to(address):
            if reference.group() in str(mail["Subject"]):
                return mail
        time.sleep(0.1)
    raise AssertionError("aucun accusé de réception n’est parti en 30 s")


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_year_is_booked_then_a_day_is_changed(
    open_page: Open, stack: Stack, look: Look, width: int
) -> None:
    name = fresh(f"iris-annee{width}")
    child = family(stack, name)
    page = open_page(width)
    page.goto("/connexion/")
    sign_in(page, name)
    enrol_and_choose_the_week(page, child, look)
    look(page, "reserver-fait")
    mail = acknowledgement(page, stack, f"{name}@exemple.fr")
    (calendar,) = (part.get_filename() for part in mail.iter_attachments())
    assert str(calendar).removesuffix(".ics") in page.get_by_role("main").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Mettre dans mon agenda").click()
    assert download.value.suggested_filename == calendar

    page.goto(f"/reserver/{child}/2026-12/?semaine=2026-12-14")
    look(page, "reserver-mois")
    box = page.locator("label.slot", has_text="mardi 15 décembre 2026").get_by_role("checkbox")
    expect(
        page.locator("[data-bar]")
    ).to_be_hidden()  # nothing changed: it hides neither the days nor the menu
    box.check()
    expect(page.locator("[data-total]")).to_have_text(re.compile(r"\+2,35"))
    page.locator("label.slot", has_text="jeudi 17 décembre 2026").get_by_role("checkbox").uncheck()
    expect(page.locator("[data-count]")).to_have_text("2 changements")
    if width < 900:  # the week after is already in the page: the ticks stay
        page.get_by_role("link", name="Semaine précédente").click()
        expect(page.locator(".week-now")).to_have_attribute("data-monday", "2026-12-07")
        expect(page.locator("[data-count]")).to_have_text("2 changements")
    page.get_by_role("button", name="Vérifier et confirmer").click()
    expect(page.get_by_text("rien n’est facturé").first).to_be_visible()
    look(page, "reserver-verifier")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()


def test_everything_works_without_scripts(open_page: Open, stack: Stack, width: int) -> None:
    name = fresh(f"iris-sans{width}")
    child = family(stack, name)
    page = open_page(width, javascript=False)
    page.goto("/connexion/")
    sign_in(page, name)
    enrol_and_choose_the_week(page, child)
    page.goto(f"/reserver/{child}/2026-12/?semaine=2026-12-07")
    if width < 900:
        page.get_by_role("link", name="Semaine suivante").click()
    page.locator("label.slot", has_text="mardi 15 décembre 2026").get_by_role("checkbox").check()
    page.get_by_role("button", name="Calculer et vérifier").click()
    expect(page.get_by_text("+ Repas")).to_be_visible()
    page.get_by_role("button", name="Revenir au calendrier, garder mes choix").click()
    kept = page.locator("label.slot", has_text="mardi 15 décembre 2026").get_by_role("checkbox")
    expect(kept).to_be_checked()
    page.get_by_role("button", name="Calculer et vérifier").click()
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()


def test_late_changes_are_known_before_confirming(
    open_page: Open, stack: Stack, look: Look, width: int
) -> None:
    """Tuesday at 10:00, tomorrow can still be booked, then cancelled, but neither for free."""
    name = fresh(f"iris-tard{width}")
    child = family(stack, name)
    page = open_page(width)
    page.goto("/connexion/")
    sign_in(page, name)
    page.goto(f"/inscrire/{child}/")
    page.get_by_role("checkbox", name="Accueil de loisirs du mercredi").check()
    page.get_by_role("button", name="Inscrire, puis choisir les jours").click()
    expect(page.get_by_text("Il reste à réserver les jours.")).to_be_visible()

    def tick_tomorrow() -> None:
        page.goto(f"/reserver/{child}/2026-11/?semaine=2026-11-23")
        tomorrow = page.locator("label.slot", has_text="mercredi 25 novembre 2026")
        tomorrow.filter(has_text="Journée").get_by_role("checkbox").click()

    tick_tomorrow()
    page.get_by_role("button", name="Vérifier et confirmer").click()
    expect(page.get_by_role("table")).to_contain_text("hors délai")
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"\+\s2,50\s€"))
    look(page, "reserver-hors-delai")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()
    told = words_of(acknowledgement(page, stack, f"{name}@exemple.fr"))
    assert re.search(r"réservé\s: mer\.\s25\s.*hors délai.*2,50\s€", told), told

    tick_tomorrow()
    expect(page.locator("label.slot", has_text="mercredi 25").filter(has_text="Journée")).to_contain_text(
        "À annuler, reste dû"
    )
    page.get_by_role("button", name="Vérifier et confirmer").click()
    expect(page.get_by_role("table")).to_contain_text("reste dû")
    expect(page.get_by_text("la place est rendue, le prix reste dû")).to_be_visible()
    look(page, "annuler-hors-delai")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()
    told = words_of(acknowledgement(page, stack, f"{name}@exemple.fr"))
    assert re.search(r"annulé\s: mer\.\s25\s.*reste\sdû", told), told
