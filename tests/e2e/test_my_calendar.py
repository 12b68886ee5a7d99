"""« Mon agenda dans mon téléphone »: the address made, read as a telephone does, replaced, ended."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from espace.demo.accounts import LINKED_PARENT
from tests.e2e.look import Look
from tests.e2e.test_dashboard import sign_in

Open = Callable[..., Page]


def journey(page: Page, look: Callable[[Page, str], None]) -> None:
    sign_in(page, LINKED_PARENT)
    page.goto("/mon-compte/")
    page.get_by_role("link", name="Mon agenda dans mon téléphone").click()
    page.wait_for_url("**/mon-compte/agenda/")
    look(page, "agenda-telephone")
    made = page.get_by_role("button", name="Créer mon adresse")
    (made if made.count() else page.get_by_role("button", name="Créer une nouvelle adresse")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre adresse d’agenda")
    look(page, "agenda-adresse")
    address = page.get_by_label("Ou copiez l’adresse").input_value()
    path = address[address.index("/agenda/") :]
    answer = page.request.get(path)
    assert answer.status == 200
    assert answer.text().startswith("BEGIN:VCALENDAR")
    page.get_by_role("link", name="C’est fait").click()
    page.wait_for_url("**/mon-compte/agenda/")
    expect(page.get_by_text("en service")).to_be_visible()
    look(page, "agenda-en-service")
    page.get_by_role("button", name="Supprimer l’adresse").click()
    expect(page.get_by_text("L’adresse ne sert plus")).to_be_visible()
    assert page.request.get(path).status == 404


def test_a_telephone_reads_the_calendar(open_page: Open, look: Look, width: int) -> None:
    journey(open_page(width), look)


def test_a_telephone_reads_the_calendar_without_javascript(open_page: Open) -> None:
    journey(open_page(360, javascript=False), lambda page, name: None)
