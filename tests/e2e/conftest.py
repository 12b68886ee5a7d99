"""Journeys in a real Chromium: a running town, pages of a given width, and a close look at each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.e2e.look import Look
from tests.e2e.stack import Stack, running

PHONE, DESK = 360, 1280


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stack]:
    """The town running for this worker of pytest."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with running(Path(shared), worker_id) as town:
        yield town


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def width(request: pytest.FixtureRequest) -> int:
    """Each journey runs on a phone and on a desk."""
    found: int = request.param
    return found


@pytest.fixture
def open_page(browser: Browser, stack: Stack) -> Iterator[Callable[..., Page]]:
    """Opens a fresh visitor: `open_page(width, javascript=True)`; any script error or refused content fails."""
    contexts = []
    problems: list[str] = []

    def open_(width: int = DESK, *, javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            base_url=stack.url,
            java_script_enabled=javascript,
            locale="fr-FR",
            reduced_motion="reduce",  # axe must not measure a colour on its way
            timezone_id="Europe/Paris",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("response", lambda answer: problems.extend(_missing(answer)))
        return page

    yield open_
    for context in contexts:
        context.close()
    # the console tells a 4xx without saying of what: `_missing` looked at each answer itself
    assert [p for p in problems if "the server responded with a status of 4" not in p] == []


def _missing(answer: Response) -> list[str]:
    """A page may answer 4xx on purpose (a refused form, a stranger); a style, a script or an image of ours never."""
    if answer.status < 400 or answer.request.is_navigation_request():
        return []
    return [f"{answer.status} {answer.url} ({answer.request.resource_type})"]


@pytest.fixture(scope="session")
def look() -> Look:
    """`look(page)`: axe finds nothing, nothing scrolls sideways (also at 320 px), one h1, a title."""
    return Look()
