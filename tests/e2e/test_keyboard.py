"""Without a mouse, as the accessibility page promises: sign in, reserve a day and confirm it by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack
from tests.e2e.test_booking import enrol_and_choose_the_week, family
from tests.e2e.test_family_key import sign_in

# What has the focus: its own words, and whether the eye sees where it is (on itself or on the label it belongs to).
FOCUSED = """() => {
  const e = document.activeElement, label = e.closest('label'), box = label || e;
  const drawn = (s) => s.outlineStyle !== 'none' && s.outlineWidth !== '0px';
  return [box.innerText || e.value || e.getAttribute('aria-label') || '',
          [e, box, ...box.querySelectorAll('*')].some((n) => drawn(getComputedStyle(n)))];
}"""
FAR = 250  # presses of Tab: a month has about ninety boxes


def tab_to(page: Page, words: str) -> None:
    """Presses Tab until what says `words` has the focus, and checks that each step of the way can be seen."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        text, seen = page.evaluate(FOCUSED)
        assert seen, f"le focus ne se voit pas sur « {text} » ({page.url})"
        if words in text:
            return
    raise AssertionError(f"« {words} » ne s’atteint pas au clavier ({page.url})")


def test_a_day_is_reserved_by_the_keyboard_alone(open_page: Callable[..., Page], stack: Stack) -> None:
    child = family(stack, "iris-clavier")
    page = open_page(1280)
    page.goto("/connexion/")
    sign_in(page, "iris-clavier")
    enrol_and_choose_the_week(page, child)

    page.goto(f"/reserver/{child}/2026-12/")
    tab_to(page, "Aller au contenu")
    page.keyboard.press("Enter")
    tab_to(page, "mardi 15 décembre 2026")
    page.keyboard.press("Space")
    expect(page.locator("[data-count]")).to_have_text("1 changement")
    tab_to(page, "Vérifier et confirmer")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("verifier"))
    tab_to(page, "Confirmer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()
