"""A parent moves, or has another telephone: asked, waiting, applied by the guichet, seen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from espace.demo.accounts import AGENT
from tests.e2e.desk import fresh, sit_at_the_desk
from tests.e2e.look import Look
from tests.e2e.stack import Stack
from tests.e2e.test_booking import family
from tests.e2e.test_family_key import sign_in

Open = Callable[..., Page]
NOTED = "C’est noté. Le guichet unique vérifie avant de changer votre dossier."


def apply(desk: Page, value: str, look: Callable[[Page, str], None]) -> None:
    """The guichet finds the task among the others, and applies it."""
    desk.get_by_role("link", name="À traiter").click()
    card = desk.get_by_role("article").filter(has_text=value)
    expect(card).to_contain_text("demandé par Iris Morel")
    look(desk, "agents-a-traiter")
    card.get_by_role("button", name="Appliquer").click()
    expect(desk.get_by_text("Le dossier est à jour, la famille est prévenue.")).to_be_visible()
    expect(card).to_have_count(0)


def test_a_family_moves(open_page: Open, stack: Stack, look: Look, width: int) -> None:
    name, street = fresh(f"iris-demenage{width}"), f"{width}, rue des Capucines"
    family(stack, name)
    page = open_page(width)
    page.goto("/connexion/?next=/ma-famille/")
    sign_in(page, name)
    page.get_by_role("link", name="Changer d’adresse").click()
    expect(page.get_by_label("Numéro et rue")).to_have_value("6, rue Haute")
    page.get_by_label("Numéro et rue").fill(street)
    look(page, "ma-famille-adresse")
    page.get_by_role("button", name="Demander ce changement").click()
    expect(page.get_by_text(NOTED)).to_be_visible()
    address = page.get_by_role("article", name="Adresse", exact=True)
    expect(address).to_contain_text("6, rue Haute")
    expect(address).to_contain_text("En attente au guichet")
    expect(address).to_contain_text(street)
    look(page, "ma-famille-en-attente")

    desk = open_page(width)
    sit_at_the_desk(desk, stack, AGENT)
    apply(desk, street, look)

    page.reload()
    expect(address).to_contain_text(street)
    expect(address).not_to_contain_text("6, rue Haute")
    expect(address).not_to_contain_text("En attente au guichet")


def test_a_telephone_changes_without_scripts(open_page: Open, stack: Stack) -> None:
    name, phone = fresh("iris-telephone"), "06 39 98 55 21"
    family(stack, name)
    page = open_page(360, javascript=False)
    page.goto("/connexion/?next=/ma-famille/")
    sign_in(page, name)
    page.get_by_role("link", name="Changer ces coordonnées").click()
    page.get_by_label("Téléphone").fill(phone.replace(" ", "."))
    page.get_by_label("Adresse e-mail").fill(f"{name}@exemple.fr")
    page.get_by_role("button", name="Demander ce changement").click()
    expect(page.get_by_text(NOTED)).to_be_visible()
    expect(page.get_by_text("En attente au guichet")).to_be_visible()
    desk = open_page(360, javascript=False)
    sit_at_the_desk(desk, stack, AGENT)
    apply(desk, phone, lambda page, name: None)
    page.reload()
    expect(page.get_by_text("En attente au guichet")).to_have_count(0)
    expect(page.get_by_role("article", name="Iris Morel")).to_contain_text(phone)
