"""A close look at a page: accessibility by axe, no sideways scroll, a title and one main heading."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

NARROWEST = 320
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Look:
    """Called with a page at each step of a journey; keeps a picture when ESPACE_PICTURES names a folder."""

    def __init__(self) -> None:
        self.axe = Axe()
        self.pictures = os.environ.get("ESPACE_PICTURES", "")

    def __call__(self, page: Page, name: str = "") -> None:
        """Fails with each problem in words."""
        page.wait_for_load_state()
        page.locator("h1").first.wait_for()  # a click may still be on its way to its page
        assert page.title().strip(), "une page sans titre"
        assert page.locator("h1").count() == 1, (
            f"{page.locator('h1').count()} titres principaux sur {page.url}"
        )
        size = page.viewport_size
        assert size is not None
        for width in (size["width"], NARROWEST):
            page.set_viewport_size({"width": width, "height": size["height"]})
            assert page.evaluate(SIDEWAYS) <= 0, f"{page.url} défile de côté à {width} px"
        page.set_viewport_size(size)
        violations = self.axe.run(page).response["violations"]
        words = [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes'][:3]]}" for v in violations]
        assert not words, f"{page.url} : {words}"
        if self.pictures and name:
            folder = Path(self.pictures)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}-{size['width']}.png", full_page=True)
