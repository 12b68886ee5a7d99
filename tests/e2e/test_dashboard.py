"""Coming back: the dashboard of a linked parent, and of one whose key waits."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from espace.demo.accounts import LINKED_PARENT, PARENT_WITH_KEY, Account
from tests.e2e.look import Look

Open = Callable[..., Page]


def sign_in(page: Page, who: Account) -> None:
    """From the front page's own form."""
    page.goto("/")
    page.get_by_label("Nom d’utilisateur ou adresse e-mail").fill(who.username)
    page.get_by_label("Mot de passe").fill(who.password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/tableau-de-bord/")


def come_back(page: Page, look: Callable[[Page, str], None]) -> None:
    sign_in(page, LINKED_PARENT)
    expect(page.get_by_role("heading", level=1)).to_contain_text(LINKED_PARENT.first_name)
    expect(page.get_by_role("heading", name="Les prochains jours")).to_be_visible()
    expect(page.get_by_role("heading", name="Factures")).to_be_visible()
    look(page, "tableau-de-bord")
    page.get_by_role("link", name="Toutes les factures").click()
    page.wait_for_url("**/factures/")


def test_a_parent_comes_back(open_page: Open, look: Look, width: int) -> None:
    come_back(open_page(width), look)


def test_a_parent_comes_back_without_javascript(open_page: Open) -> None:
    come_back(open_page(360, javascript=False), lambda page, name: None)


def test_a_parent_whose_key_waits(open_page: Open, look: Look, width: int) -> None:
    page = open_page(width)
    sign_in(page, PARENT_WITH_KEY)
    expect(page.get_by_role("heading", level=1)).to_contain_text(PARENT_WITH_KEY.first_name)
    look(page, "tableau-de-bord-sans-cle")
    page.get_by_role("link", name="Saisir ma Clé Enfance").click()
    page.wait_for_url("**/cle-enfance/")
