"""The path that must always work, by one person: from the first page to a booked year, on each database.

The month that follows, from its closing to nothing owed, needs a town that lives later: it is in `test_agent.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack
from tests.e2e.test_booking import acknowledgement, enrol_and_choose_the_week, words_of
from tests.e2e.test_sign_up import sign_up

# A family that the town knows, whose mother has just received her letter.
LETTER = """
import secrets
from datetime import date
from espace.families import services
from espace.families.enums import QuotientSource
from espace.kernel.actor import SYSTEM
from espace.kernel.crypto import unseal
from espace.town.queries import schools
def born():  # its own in each journey: the same person twice at an address is refused
    return date.fromordinal(724_000 + secrets.randbelow(6_000))
opened = services.open_family(
    SYSTEM, street="3, rue du Pré", postcode="99450", city="Clairval-sur-Aune",
    adults=[services.AdultDraft("Léa", "d’Arc-Noël", born())],
    children=[services.ChildDraft("Zoé", "d’Arc-Noël", date(2018, 4, 5))],
)
services.set_quotient(
    SYSTEM, household=opened.household, amount=81200, source=QuotientSource.CAF_NOTICE, start=date(2026, 9, 1)
)
school = schools().filter(level="ELEMENTARY").first()
services.set_schooling(SYSTEM, child=opened.children[0], school=school, start=date(2026, 9, 1))
key = services.issue_key(SYSTEM, household=opened.household, adult=opened.adults[0])
print("CHILD", opened.children[0].pk, "KEY", unseal("cle-enfance-courrier", bytes(key.sealed)))
"""


@pytest.mark.main_path
def test_from_the_first_page_to_a_booked_year(
    open_page: Callable[..., Page], stack: Stack, width: int
) -> None:
    """Each screen is looked at by the journey of its own story: here, that one leads to the next."""
    found = re.search(r"CHILD (\d+) KEY (\S+)", stack.manage("shell", "-c", LETTER))
    assert found
    child, key = int(found.group(1)), found.group(2)
    name = f"premiere.fois{width}"
    page = open_page(width)
    sign_up(page, stack, f"{name}@yahoo.fr", lambda page, step: None)
    page.get_by_label("Votre Clé Enfance").fill(key)
    page.get_by_role("button", name="Relier ma famille").click()
    expect(page.get_by_role("heading", name="Zoé d’Arc-Noël")).to_be_visible()
    page.get_by_role("link", name="Réserver", exact=True).first.click()
    expect(page.get_by_role("main")).to_contain_text("Zoé")
    enrol_and_choose_the_week(page, child)
    mail = acknowledgement(page, stack, f"{name}@yahoo.fr")
    assert "Zoé, Repas, réservé" in words_of(mail)
    page.goto("/tableau-de-bord/")
    done = page.get_by_role("link", name=re.compile(r"RES-"))
    assert (done.first.inner_text()).strip() in str(mail["Subject"])
    expect(page.get_by_role("main")).to_contain_text("jours réservés")
