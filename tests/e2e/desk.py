"""An agent at the desk, signed in with a second factor."""

from __future__ import annotations

import secrets

from playwright.sync_api import Page, expect

from espace.demo.accounts import Account, totp_code
from tests.e2e.stack import Stack

# Who is signed in, by town: a code serves once, so an agent signs in once and the journeys share the session.
SESSIONS: dict[tuple[str, str], dict[str, str]] = {}


def fresh(name: str) -> str:
    """The name with a few letters of its own: a journey run again, its browser having failed, finds nobody there."""
    return f"{name}-{secrets.token_hex(2)}"


def sit_at_the_desk(page: Page, stack: Stack, who: Account) -> None:
    """Opens the agents' home as that agent; types password and code the first time only."""
    kept = SESSIONS.get((stack.url, who.username))
    if kept is not None:
        page.context.add_cookies(
            [{"name": name, "value": value, "url": stack.url} for name, value in kept.items()]
        )
    page.goto("/agents/")
    if kept is None:
        page.get_by_label("Nom d’utilisateur ou adresse e-mail").fill(who.username)
        page.get_by_label("Mot de passe", exact=True).fill(who.password)
        page.get_by_role("main").get_by_role("button", name="Se connecter").click()
        page.get_by_label("Code").fill(totp_code(who.totp_secret))
        page.get_by_role("main").get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("link", name="Accueil")).to_be_visible()
    cookies = page.context.cookies()
    SESSIONS[stack.url, who.username] = {cookie["name"]: cookie["value"] for cookie in cookies}
