"""The frames, the error pages, the gallery and the town's stylesheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory, override_settings

from espace.ui import colours
from espace.ui.context import defaults
from espace.ui.items import Link, NavItem, Town, Viewer
from espace.ui.views import gallery
from tests.support.pages import defects_of

STATIC = Path(colours.__file__).parent / "static" / "ui"
TOWN = Town(
    name="Clairval-sur-Aune", street="2, place", phone_display="01 00 00 00 00", phone_tel="0100000000"
)


@pytest.fixture
def frame(settings: Any) -> Any:
    """Draws a page with exactly the context given, over the empty values every page has."""
    [only] = settings.TEMPLATES
    processors = ["django.template.context_processors.request", "espace.ui.context.defaults"]
    settings.TEMPLATES = [{**only, "OPTIONS": {**only["OPTIONS"], "context_processors": processors}}]

    def draw(name: str, **context: Any) -> str:
        html: str = engines["django"].get_template(name).render(context, RequestFactory().get("/"))
        assert defects_of(html) == []
        return html

    return draw


@pytest.mark.parametrize("name", ["404.html", "403.html", "403_csrf.html"])
def test_an_error_page_can_be_drawn_before_the_town_is_set_up(name: str, frame: Any) -> None:
    html = frame(name)
    assert html.count("<h1>") == 1
    assert "Revenir à l’accueil" in html


@pytest.mark.parametrize("name", ["404.html", "403.html", "403_csrf.html"])
def test_an_error_page_says_whom_to_call(name: str, frame: Any) -> None:
    assert 'href="tel:0100000000"' in frame(name, town=TOWN)


def test_the_page_of_a_crash_needs_nothing() -> None:
    html = get_template("500.html").render()
    assert "Ce qui était enregistré est gardé" in html
    assert defects_of(html) == []


def test_the_gallery_shows_every_component(frame: Any) -> None:
    response = gallery(RequestFactory().get("/composants"))
    html = response.content.decode()
    assert response.status_code == 200
    assert defects_of(html) == []
    for css in (
        "eph-due",
        "tag-ok",
        "alert-err",
        "errsum",
        "steps",
        "tl",
        "price",
        "pager",
        "empty",
        "confirm",
        "files",
        "mweeks",
    ):
        assert css in html, css


def test_the_phone_keeps_four_entries_and_a_page_for_the_others(frame: Any) -> None:
    nav = [NavItem(f"Entrée {n}", f"/{n}", current=n == 1, count=n, count_label="à lire") for n in range(6)]
    html = frame(
        "base_citizen.html",
        nav=nav,
        nav_more=NavItem("Plus", "/plus", "menu"),
        viewer=Viewer(signed_in=True, name="Alice", logout_url="/fin"),
        town=TOWN,
    )
    assert html.count('class="nav-rest"') == 2
    assert html.count('href="/plus"') == 1
    assert "<details" not in html, "nothing to unfold: the way out must not need it"
    assert 'action="/fin"' in html
    assert 'aria-current="page"' in html


def test_leaving_is_a_post_not_a_link(frame: Any) -> None:
    html = frame("base_citizen.html", viewer=Viewer(signed_in=True, name="Alice", logout_url="/fin"))
    assert 'href="/fin"' not in html


def test_the_agent_sees_for_whom_they_act_on_both_faces(frame: Any) -> None:
    denise = Viewer(True, "Denise Arnoux", True, "la famille Ferrand", "/terminer")
    for name in ("base_agent.html", "base_citizen.html"):
        html = frame(name, viewer=denise, agent_search_url="/agents/recherche", search_query="fer")
        assert "<b>la famille Ferrand</b>" in html
        assert 'action="/terminer"' in html
    assert 'value="fer"' in frame("base_agent.html", agent_search_url="/s", search_query="fer")


def test_the_town_is_written_nowhere_but_in_its_data(frame: Any) -> None:
    html = frame("base_citizen.html", footer_links=[Link("Accessibilité", "/accessibilite")])
    assert "tel:" not in html
    assert "<title>Espace Citoyens</title>" in html


def test_the_empty_values_cost_no_query() -> None:
    values = defaults(RequestFactory().get("/"))
    assert {"town", "viewer", "nav", "footer_links", "home_url", "help_url", "town_css_url"} <= set(values)


# --- weight and colours ----------------------------------------------------------------------


def test_what_a_first_visit_loads_stays_light() -> None:
    import gzip

    files = ("tokens.css", "ui.css", "screens.css", "espace.js", "icons.svg")
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in files) < 30_000


def test_no_stylesheet_reaches_outside() -> None:
    for path in STATIC.glob("*.css"):
        text = path.read_text("utf-8")
        assert "url(" not in text, path.name
        assert "@import" not in text, path.name


@pytest.mark.parametrize(
    "colour", ["#c8102e", "#ffd500", "#2b2fd6", "#7ac143", "#ff5fa2", "#5b6670", "#000000", "#ffffff"]
)
def test_any_town_colour_stays_readable_in_an_old_browser(colour: str) -> None:
    css = colours.town_stylesheet(colour)
    assert f"--town:{colour}" in css
    day = dict(pair.split(":") for pair in css.split("{:root{")[1].split("}")[0].replace("--", "").split(";"))
    white = (255, 255, 255)

    def rgb(name: str) -> colours.Rgb:
        return white if day[name] == "#fff" else colours.parse(day[name])

    assert colours.contrast(rgb("accent"), white) >= 7
    assert colours.contrast(rgb("block"), rgb("on-block")) >= 4.5
    assert colours.contrast(rgb("block"), rgb("on-block-2")) >= 4.5


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#00606e;}body{display:none", "#00606é"])
def test_a_colour_that_is_not_one_gives_the_default(colour: str) -> None:
    assert colours.town_stylesheet(colour) == colours.town_stylesheet(colours.DEFAULT)


@override_settings(LANGUAGE_CODE="fr")
def test_the_language_of_the_page_is_said(frame: Any) -> None:
    assert '<html lang="fr"' in frame("base_citizen.html")
