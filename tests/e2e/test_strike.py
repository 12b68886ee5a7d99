"""A strike: declared at the guichet on a desk, read and answered by a parent on a phone, then called off; and an
outing whose class eats a picnic, declared without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from espace.demo.accounts import AGENT
from tests.e2e.desk import fresh, sit_at_the_desk
from tests.e2e.look import Look
from tests.e2e.stack import Stack
from tests.e2e.test_booking import enrol_and_choose_the_week, family, words_of
from tests.e2e.test_family_key import sign_in

Open = Callable[..., Page]
DAY, WORDS = "2026-12-10", "jeudi 10 décembre 2026"


def school_of(stack: Stack, child: int) -> str:
    asked = f"from espace.families.models import Schooling; print('ÉCOLE', Schooling.objects.get(child={child}).school)"
    found = re.search(r"ÉCOLE (.+)", stack.manage("shell", "-c", asked))
    assert found
    return found.group(1).strip()


def declare(page: Page, who: str, kind: str, effect: str, reason: str, look: Look | None) -> None:
    page.get_by_role("link", name="Événements").click()
    page.get_by_role("link", name="Déclarer un événement").click()
    page.get_by_label("Qui est concerné").select_option(label=who)
    page.get_by_label("Premier jour").fill(DAY)
    page.get_by_label("Dernier jour").fill(DAY)
    page.get_by_label("Ce qui se passe").select_option(kind)
    page.get_by_role("radio", name=effect).check()
    page.get_by_label("Motif").fill(reason)
    page.get_by_role("button", name="Voir qui est concerné").click()
    expect(page.get_by_role("heading", name="Les foyers concernés")).to_be_visible()
    if look:
        look(page, "agents-greve-verifier")
    page.get_by_role("button", name="Déclarer et prévenir les familles").click()
    expect(page.get_by_text("Événement déclaré")).to_be_visible()


def mail_about(stack: Stack, address: str, subject: str) -> str:
    for number in range(10):
        mail = stack.wait_for_mail(address, after=number, within=30)
        if subject in str(mail["Subject"]).replace("\xa0", " "):
            return words_of(mail)
    raise AssertionError(f"aucun courriel « {subject} »")


def test_a_strike(open_page: Open, stack: Stack, look: Look) -> None:
    name = fresh("iris-greve")
    child = family(stack, name)
    phone, desk = open_page(360), open_page(1280)
    phone.goto("/connexion/")
    sign_in(phone, name)
    enrol_and_choose_the_week(phone, child)

    sit_at_the_desk(desk, stack, AGENT)
    declare(
        desk,
        school_of(stack, child),
        "Grève",
        "Annulation gratuite",
        "Mouvement national dans les écoles.",
        look,
    )
    look(desk, "agents-evenements-a-venir")
    desk.goto(f"/agents/cuisine/?semaine={DAY}")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Cuisine, semaine 50")
    look(desk, "agents-cuisine")

    told = mail_about(stack, f"{name}@exemple.fr", "Grève : vous pouvez annuler sans frais")
    assert f"Maëlys : Repas, {WORDS}" in told
    phone.goto("/tableau-de-bord/")
    expect(phone.get_by_text("Grève : annulation gratuite").first).to_be_visible()
    look(phone, "tableau-de-bord-greve")
    phone.goto(f"/ma-famille/{child}/?mois=2026-12")
    expect(phone.get_by_text("Grève : annulation gratuite").first).to_be_visible()
    look(phone, "agenda-greve")
    phone.goto(f"/reserver/{child}/2026-12/?semaine=2026-12-07")
    day = phone.locator(f'li.day:has(time[datetime="{DAY}"])')
    expect(day).to_contain_text("Grève : annulation gratuite")
    expect(day).to_contain_text(f"Annuler sans frais jusqu’au {WORDS} à 23 h 59")
    look(phone, "reserver-greve")
    phone.locator("label.slot", has_text=WORDS).get_by_role("checkbox").uncheck()
    phone.get_by_role("button", name="Vérifier et confirmer").click()
    expect(phone.get_by_text("rien n’est facturé").first).to_be_visible()
    phone.get_by_role("button", name="Confirmer").click()
    expect(phone.get_by_role("heading", name="C’est enregistré")).to_be_visible()

    desk.get_by_role("link", name="Événements").click()
    desk.get_by_role("link", name=re.compile(rf"Annuler\s: Grève, {WORDS}")).first.click()
    expect(desk.get_by_text("reprennent leurs règles habituelles")).to_be_visible()
    look(desk, "agents-greve-annuler")
    desk.get_by_role("button", name="Annuler l’événement et prévenir les familles").click()
    expect(desk.get_by_text("Événement annulé :")).to_be_visible()
    off = mail_about(stack, f"{name}@exemple.fr", "N’a plus lieu : Grève")
    assert "Un jour que vous avez annulé le reste" in off


def test_an_outing_is_a_picnic_for_the_kitchen(open_page: Open, stack: Stack) -> None:
    """Without scripts on a phone: the class eats a picnic that the kitchen reads, before and after."""
    phone = open_page(360, javascript=False)
    sit_at_the_desk(phone, stack, AGENT)
    phone.goto(f"/agents/cuisine/?semaine={DAY}")
    assert "Sortie : pique-nique" not in phone.get_by_role("row", name="Toute la commune").inner_text()
    before = phone.get_by_role("row", name="Toute la commune").inner_text()
    classes = phone.request.get("/agents/evenements/declarer/").text()
    one = re.findall(r'<option value="(CLASS-\d+)">([^<]+)</option>', classes)[0]
    declare(phone, one[1], "Sortie", "Pique-nique", "La classe visite le musée.", None)
    phone.goto(f"/agents/cuisine/?semaine={DAY}")
    expect(phone.get_by_text("Sortie : pique-nique").first).to_be_visible()
    assert phone.get_by_role("row", name="Toute la commune").inner_text() != before
    expect(phone.get_by_text(re.compile(r"avant\s:")).first).to_be_attached()
