"""A visitor: the front page, the simulator, the documents, the short pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.look import Look

Open = Callable[..., Page]


def visit(page: Page, look: Callable[[Page, str], None]) -> None:
    """From the front page to a price, its documents and the help, by links and buttons alone."""
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("tout se règle ici")
    expect(page.get_by_role("heading", name="Pas d’adresse e-mail, pas d’ordinateur ?")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="01 99 00 10 20").first).to_be_visible()
    look(page, "accueil")

    page.get_by_label("Quotient familial").fill("812")
    page.get_by_label("Enfants concernés").select_option("3")
    page.get_by_role("button", name="Calculer mes tarifs").click()
    expect(page.get_by_role("heading", name="Combien ça coûte ?", level=1)).to_be_visible()
    expect(page.get_by_text("tranche 3").first).to_be_visible()
    look(page, "simulateur")

    evening = page.get_by_role("group", name="Accueil du soir")
    evening.get_by_text("Mardi").click()
    page.get_by_text("Journée", exact=True).click()
    page.get_by_role("button", name="Calculer", exact=True).click()
    expect(page.get_by_text("À partir du troisième enfant").first).to_be_visible()
    assert "quotient=812" in page.url, "the answer can be kept and shared"
    look(page, "simulateur-semaine")

    page.get_by_label("Quotient familial").fill("beaucoup")
    page.get_by_role("button", name="Calculer", exact=True).click()
    expect(page.get_by_text("Écrivez un nombre, par exemple 812.").first).to_be_visible()
    look(page, "simulateur-erreur")

    for slug in ("mode-d-emploi", "reglement-de-la-regie", "tarification"):
        answer = page.request.get(f"/documents/{slug}.pdf")
        assert answer.status == 200
        assert answer.body().startswith(b"%PDF")
    for address in ("/aide/", "/accessibilite/", "/mentions-legales/", "/mes-donnees/", "/plan-du-site/"):
        page.goto(address)
        look(page, address.strip("/"))
    page.goto("/nulle-part/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("n’existe pas")
    look(page, "introuvable")


def test_a_visitor_finds_everything(open_page: Open, look: Look, width: int) -> None:
    visit(open_page(width), look)


def test_a_visitor_without_javascript(open_page: Open) -> None:
    visit(open_page(360, javascript=False), lambda page, name: None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_front_page_in_both_lights(open_page: Open, look: Look, scheme: str) -> None:
    page = open_page(1280)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/")
    look(page, f"accueil-{scheme}")
