"""« Historique »: from the family's page to the rule that decided for one day."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from espace.demo.accounts import LINKED_PARENT
from tests.e2e.look import Look
from tests.e2e.test_dashboard import sign_in

Open = Callable[..., Page]


def journey(page: Page, look: Callable[[Page, str], None]) -> None:
    sign_in(page, LINKED_PARENT)
    page.goto("/ma-famille/")
    page.get_by_role("link", name="Historique").first.click()
    page.wait_for_url("**/historique/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Historique")
    look(page, "historique")
    page.locator("a[href^='/historique/reservation/']").first.click()
    expect(page.get_by_role("heading", name="La règle appliquée")).to_be_visible()
    expect(page.get_by_text(re.compile("Demandé le .* limite sans majoration"))).to_be_visible()
    look(page, "historique-reservation")


def test_a_family_reads_its_history(open_page: Open, look: Look, width: int) -> None:
    journey(open_page(width), look)


def test_a_family_reads_its_history_without_javascript(open_page: Open) -> None:
    journey(open_page(360, javascript=False), lambda page, name: None)
