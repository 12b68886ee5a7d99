"""From the letter to the family: the code scanned, the key typed, the key asked for; with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.look import Look
from tests.e2e.stack import Stack

Open = Callable[..., Page]
PASSWORD = "Tilleul-2026"
# A family with a key for its mother, whose account is not linked yet; prints the key.
FAMILY = """
import secrets
from datetime import date
from espace.accounts import services as accounts
from espace.families import services
from espace.kernel.actor import SYSTEM
from espace.kernel.crypto import unseal
accounts.create_agent(SYSTEM, agent=accounts.NewAgent("{name}", "Tilleul-2026", "Rose", "Lenoir", "{name}@exemple.fr"))
def born():  # its own in each journey: the same person twice at an address is refused
    return date.fromordinal(724_000 + secrets.randbelow(6_000))
opened = services.open_family(
    SYSTEM, street="6, rue Haute", postcode="99450", city="Clairval-sur-Aune",
    adults=[services.AdultDraft("Rose", "Lenoir", born())],
    children=[services.ChildDraft("Côme", "Lenoir", date(2019, 4, 5))],
)
key = services.issue_key(SYSTEM, household=opened.household, adult=opened.adults[0])
print("KEY", unseal("cle-enfance-courrier", bytes(key.sealed)))
"""


def family(stack: Stack, name: str) -> str:
    """Makes the family and the account; gives the key of its letter."""
    printed = stack.manage("shell", "-c", FAMILY.format(name=name))
    found = re.search(r"KEY (\S+)", printed)
    assert found, printed
    return found.group(1)


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Nom d’utilisateur ou adresse e-mail").fill(name)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()


def test_the_code_of_the_letter_fills_the_key(open_page: Open, stack: Stack, look: Look, width: int) -> None:
    name = f"rose-code{width}"
    key = family(stack, name)
    page = open_page(width)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/cle-enfance/#cle={key}")
    expect(page.get_by_text("Votre clé est gardée dans cet onglet")).to_be_visible()
    assert key not in page.url  # neither in the history, nor over someone's shoulder
    look(page, "cle-1-visiteur")
    page.get_by_role("link", name="J’ai déjà un compte").click()
    sign_in(page, name)
    expect(page.get_by_label("Votre Clé Enfance")).to_have_value(key)
    look(page, "cle-2-saisie")
    page.get_by_role("button", name="Relier ma famille").click()
    expect(page.get_by_role("heading", name="Côme Lenoir")).to_be_visible()
    look(page, "ma-famille")
    page.get_by_role("link", name="L’agenda de Côme").click()
    look(page, "agenda")
    assert not [url for url in asked if key in url.partition("#")[0]]


def test_the_key_is_typed_without_scripts(open_page: Open, stack: Stack, width: int) -> None:
    name = f"rose-sans{width}"
    key = family(stack, name)
    page = open_page(width, javascript=False)
    page.goto("/connexion/?next=/cle-enfance/")
    sign_in(page, name)
    page.get_by_label("Votre Clé Enfance").fill("2222 2222 2222")
    page.get_by_role("button", name="Relier ma famille").click()
    expect(page.get_by_role("alert")).to_contain_text("n’est pas reconnue")
    page.get_by_label("Votre Clé Enfance").fill(key.lower().replace("-", ""))
    page.get_by_role("button", name="Relier ma famille").click()
    expect(page.get_by_role("heading", name="Côme Lenoir")).to_be_visible()


@pytest.mark.parametrize("known", [True, False])
def test_a_key_is_asked_for(open_page: Open, stack: Stack, look: Look, width: int, known: bool) -> None:
    name = f"rose-demande{width}{known}".lower()
    family(stack, name)
    page = open_page(width)
    page.goto("/connexion/?next=/cle-enfance/pas-de-cle/")
    sign_in(page, name)
    page.get_by_role("button", name="Envoyer ma demande").click()
    look(page, "pas-de-cle-incomplet")
    page.get_by_label("Oui" if known else "Non").check()
    page.get_by_label("Prénom d’un de vos enfants").fill("Côme")
    page.get_by_label("Son nom").fill("Lenoir")
    page.get_by_label("Sa date de naissance").fill("2019-04-05")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_text("Le guichet cherche votre dossier")).to_be_visible()
    look(page, "pas-de-cle-attente")
    page.goto("/ma-famille/")
    look(page, "ma-famille-sans-cle")
