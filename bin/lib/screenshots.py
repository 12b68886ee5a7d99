"""Takes the six pictures of the README from a demonstration town of its own, as a desk and a phone show them."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from espace.demo.accounts import AGENT, LINKED_PARENT, Account, totp_code  # noqa: E402
from tests.e2e.stack import Stack, running  # noqa: E402
from tests.support.browser import CHROMIUM_ARGUMENTS, CHROMIUM_PATH  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZE: ViewportSize = {"width": 1280, "height": 860}


def sign_in(page: Page, account: Account) -> None:
    """Signs in on the page's own town, with the second factor when the account has one."""
    page.goto("/connexion/")
    page.locator("input[name=login]").fill(account.username)
    page.locator("input[name=password]").fill(account.password)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    if account.totp_secret:
        page.locator("input[name=code]").fill(totp_code(account.totp_secret))
        page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def take(stack: Stack) -> None:
    """All six, each on the screen its caption names."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM_PATH, args=CHROMIUM_ARGUMENTS)

        def visitor(account: Account | None = None) -> Page:
            page = browser.new_page(
                viewport=SIZE,
                base_url=stack.url,
                locale="fr-FR",
                timezone_id="Europe/Paris",
                reduced_motion="reduce",
            )
            if account is not None:
                sign_in(page, account)
            return page

        def picture(page: Page, name: str, path: str = "") -> None:
            if path:
                page.goto(path)
            page.screenshot(path=IMAGES / f"{name}.png")
            print(f"docs/images/{name}.png", flush=True)

        picture(visitor(), "accueil", "/")
        parent = visitor(LINKED_PARENT)
        picture(parent, "tableau-de-bord", "/tableau-de-bord/")
        parent.goto("/reserver/")
        child = parent.locator("main a[href^='/reserver/']").first.get_attribute("href") or ""
        parent.goto(child)
        parent.get_by_role("link", name="Mois suivant").first.click()
        picture(parent, "reserver")
        parent.goto(f"/reserver/{child.split('/')[2]}/semaine-type/")
        parent.locator("input[type=checkbox]:not(:checked)").first.check()
        parent.locator("main form button[type=submit]").first.click()
        picture(parent, "semaine-type")
        parent.goto("/factures/")
        parent.locator("main a[href^='/factures/']").first.click()
        parent.locator("main details summary.inv-h").first.click()
        picture(parent, "facture")
        agent = visitor(AGENT)
        agent.goto("/agents/")
        agent.get_by_role("searchbox").fill(LINKED_PARENT.last_name)
        agent.keyboard.press("Enter")
        agent.get_by_role("link", name=LINKED_PARENT.last_name, exact=True).first.click()
        agent.wait_for_load_state()
        picture(agent, "agent-famille")
        browser.close()


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="espace-images-") as folder,
        running(Path(folder), "images") as stack,
    ):
        take(stack)
    return 0


if __name__ == "__main__":
    sys.exit(main())
