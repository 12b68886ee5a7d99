"""« Créer mon espace », « Mon compte » and the agents' second factor, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from espace.demo.accounts import totp_code
from tests.e2e.look import Look
from tests.e2e.stack import Stack

Open = Callable[..., Page]
PASSWORD = "Tilleul-2026"
AGENT = """
from espace.accounts import services
from espace.kernel.actor import SYSTEM, Permission
agent = services.NewAgent("{username}", "Tilleul-2026", "Agathe", "Neuve")
services.create_agent(SYSTEM, agent=agent, permissions=(Permission.KEYS,))
"""

FORGETFUL = """
from espace.accounts import services
from espace.kernel.actor import SYSTEM
who = services.NewAgent("distrait{width}", "Tilleul-2026", "Ali", "Martin", "{email}")
services.create_agent(SYSTEM, agent=who)
"""


def go_on(page: Page, name: str = "Continuer") -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()


def sign_up(page: Page, stack: Stack, email: str, look: Callable[[Page, str], None]) -> None:
    """From the first page to the Clé Enfance."""
    page.goto("/creer-mon-espace/")
    look(page, "espace-1-adresse")
    page.get_by_label("Votre adresse e-mail").fill(email.replace("yahoo", "yaho"))
    go_on(page, "Recevoir le code")
    expect(page.get_by_text("Vouliez-vous écrire")).to_be_visible()
    look(page, "espace-1-correction")
    go_on(page, "Oui, corriger")
    expect(page.get_by_text(email)).to_be_visible()
    code = stack.code_sent_to(email)
    look(page, "espace-2-code")
    page.get_by_label("Le code reçu").fill(f"{(int(code) + 1) % 1_000_000:06d}")
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("pas le bon")
    look(page, "espace-2-faux-code")
    page.get_by_label("Le code reçu").fill(f"{code[:3]} {code[3:]}")
    go_on(page)
    expect(page.get_by_label("Prénom")).to_be_visible()
    look(page, "espace-3-identite")
    page.get_by_label("Prénom").fill("Léa")
    page.get_by_label("Nom", exact=True).fill("d’Arc-Noël")
    page.get_by_label("Date de naissance").fill("1990-02-28")
    go_on(page)
    look(page, "espace-4-adresse")
    page.get_by_label("Numéro et rue").fill("3, rue du Pré")
    page.get_by_label("Code postal").fill("99450")
    page.get_by_label("Commune").fill("Clairval-sur-Aune")
    go_on(page, "Retour")
    expect(page.get_by_label("Prénom")).to_have_value("Léa")
    go_on(page)
    expect(page.get_by_label("Numéro et rue")).to_have_value("3, rue du Pré")
    expect(page.get_by_label("Commune")).to_have_value("Clairval-sur-Aune")
    page.go_back()
    expect(page.get_by_label("Prénom")).to_have_value("Léa")
    page.go_forward()
    expect(page.get_by_label("Numéro et rue")).to_have_value("3, rue du Pré")
    go_on(page)
    look(page, "espace-5-telephone")
    page.get_by_label("Téléphone").fill("06.39.98.12.34")
    go_on(page)
    page.goto(page.url)
    look(page, "espace-6-identifiants")
    expect(page.get_by_label("Nom d’utilisateur")).to_have_value(re.compile(r"^lea\.d-arc-noel\d*$"))
    page.get_by_label("Mot de passe", exact=True).fill("court")
    go_on(page, "Créer mon espace")
    expect(page.get_by_role("alert")).to_contain_text("trop simple")
    look(page, "espace-6-mot-de-passe-refuse")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    go_on(page, "Créer mon espace")
    expect(page).to_have_url(re.compile(r"/cle-enfance/$"))
    expect(page.get_by_text("Bienvenue, Léa")).to_be_visible()


def test_a_parent_creates_a_space_and_signs_in_again(
    open_page: Open, stack: Stack, look: Look, width: int
) -> None:
    page = open_page(width)
    email = f"lea{width}@yahoo.fr"
    sign_up(page, stack, email, look)
    assert "Votre espace est créé" in str(stack.wait_for_mail(email, after=1)["Subject"])
    page.goto("/mon-compte/")
    look(page, "compte")
    for name, path in (
        ("coordonnees", "coordonnees"),
        ("mot-de-passe", "mot-de-passe"),
        ("nom", "nom-utilisateur"),
        ("adresse", "adresse-e-mail"),
    ):
        page.goto(f"/mon-compte/{path}/")
        look(page, f"compte-{name}")
    visitor = open_page(width)
    visitor.goto("/connexion/")
    look(visitor, "connexion")
    visitor.get_by_label("Nom d’utilisateur ou adresse e-mail").fill(email)
    visitor.get_by_label("Mot de passe", exact=True).fill("autre")
    go_on(visitor, "Se connecter")
    expect(visitor.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    look(visitor, "connexion-refusee")
    visitor.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    go_on(visitor, "Se connecter")
    expect(visitor).to_have_url(re.compile(r"/tableau-de-bord/$"))


def test_a_forgotten_password_is_chosen_again(open_page: Open, stack: Stack, look: Look, width: int) -> None:
    email = f"oubli{width}@yahoo.fr"
    stack.manage("shell", "-c", FORGETFUL.format(width=width, email=email))
    page = open_page(width)
    page.goto("/mot-de-passe-oublie/")
    look(page, "oublie")
    page.get_by_label("Votre adresse e-mail ou votre nom d’utilisateur").fill(email)
    go_on(page, "Recevoir le message")
    look(page, "oublie-envoye")
    body = stack.wait_for_mail(email).get_body(("plain",))
    assert body is not None
    found = re.search(r"/mot-de-passe-oublie/[\w.-]+/", str(body.get_content()))
    assert found
    page.goto(found.group())
    look(page, "oublie-nouveau")
    page.get_by_label("Nouveau mot de passe").fill("Erable-2027")
    go_on(page, "Enregistrer")
    expect(page.get_by_text("Votre mot de passe est changé")).to_be_visible()
    page.goto(found.group())
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne sert plus")
    look(page, "oublie-lien-mort")


def test_all_of_it_works_without_scripts(open_page: Open, stack: Stack, look: Look) -> None:
    page = open_page(360, javascript=False)
    sign_up(page, stack, "sans.script@yahoo.fr", lambda page, name: None)


def test_an_agent_sets_up_the_second_factor(open_page: Open, stack: Stack, look: Look, width: int) -> None:
    username = f"agathe{width}"
    stack.manage("shell", "-c", AGENT.format(username=username))
    page = open_page(width)
    page.goto("/agents/second-facteur/")
    page.get_by_label("Nom d’utilisateur ou adresse e-mail").fill(username)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    go_on(page, "Se connecter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mettre en place le second facteur")
    page.get_by_text("Je ne peux pas photographier").click()
    look(page, "second-facteur-1")
    secret = page.locator("details.more b").inner_text().replace(" ", "")
    page.get_by_label("Le code que montre l’application").fill(totp_code(secret))
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    go_on(page, "Mettre en place")
    look(page, "second-facteur-2-codes")
    spare = page.get_by_role("main").locator("li b").first.inner_text()
    go_on(page, "Je les ai notés")
    expect(page).to_have_url(re.compile(r"/agents/$"))
    again = open_page(width)
    again.goto("/agents/")
    again.get_by_label("Nom d’utilisateur ou adresse e-mail").fill(username)
    again.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    go_on(again, "Se connecter")
    look(again, "second-facteur-3-code")
    again.get_by_label("Code").fill(spare)
    go_on(again)
    expect(again).to_have_url(re.compile(r"/agents/$"))


@pytest.mark.parametrize("path", ["/creer-mon-espace/code/", "/creer-mon-espace/identifiants/"])
def test_a_step_opened_cold_leads_to_the_first(open_page: Open, path: str) -> None:
    page = open_page()
    page.goto(path)
    expect(page).to_have_url(re.compile(r"/creer-mon-espace/$"))
