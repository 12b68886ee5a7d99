"""The components: strict with those who write screens, safe with what families type."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory

from espace.ui.items import FileItem, PriceStep, Tab, TimelineEntry
from espace.ui.tags.checks import icon_names
from espace.ui.tags.elements import DRAWINGS

NBSP = "\u00a0"
INJECTION = "<script>alert(1)</script>"


def draw(source: str, **context: Any) -> str:
    """The HTML of a fragment written as a screen would write it."""
    return engines["django"].from_string(source).render(context)


# --- strictness ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "cal" color="red" %}',
        '{% badge "réglée" tone="ok" %}',
        '{% button "Réserver" href="/" %}',
        '{% page_head "Titre" subtitle="x" %}',
        '{% alert "sun" color="red" %}x{% endalert %}',
        '{% card header="x" %}x{% endcard %}',
        "{% field f placeholder='x' %}",
        "{% stepper s active=2 %}",
        "{% breadcrumb 'Accueil' '/' %}",
        "{% confirm 'Supprimer ?' no_url='/' %}x{% endconfirm %}",
    ],
)
def test_an_unknown_or_missing_option_is_refused_when_the_template_is_compiled(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "unicorn" %}',
        '{% icon "cal" size="xl" %}',
        '{% drawing "castle" %}',
        '{% badge "réglée" kind="green" %}',
        '{% badge "réglée" icon="unicorn" %}',
        '{% button "Réserver" kind="primary" %}',
        '{% link_button "Voir" "" %}',
        '{% alert "warning" %}x{% endalert %}',
        '{% card kind="blue" %}x{% endcard %}',
        '{% card level=7 title="x" %}x{% endcard %}',
        '{% table "" %}x{% endtable %}',
        '{% definition "zorglub" %}',
        "{% stepper steps current=4 %}",
        '{% breadcrumb "Accueil" current="Ici" %}',
        '{% confirm "Supprimer ?" yes="Supprimer" %}x{% endconfirm %}',
        "{% field steps %}",
    ],
)
def test_an_unknown_value_is_refused_when_it_is_drawn(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw(source, steps=["un", "deux"])


def test_the_refusal_says_what_is_allowed() -> None:
    with pytest.raises(TemplateSyntaxError, match=r"'ok'.*'sun'"):
        draw('{% badge "réglée" kind="green" %}')


@pytest.mark.parametrize(
    "source",
    [
        "{% badge said %}",
        "{% page_head said kick=said lead=said %}",
        "{% button said type='button' name='a' value=said %}",
        "{% link_button said said %}",
        "{% breadcrumb said said current=said %}",
        "{% alert title=said %}{{ said }}{% endalert %}",
        "{% card title=said url=said %}{{ said }}{% endcard %}",
        "{% table said %}<tbody><tr><td>{{ said }}</td></tr></tbody>{% endtable %}",
        "{% empty_state said %}{{ said }}{% endempty_state %}",
        "{% confirm said yes=said no=said no_url=said %}{{ said }}{% endconfirm %}",
        "{% fieldset said hint=said %}{{ said }}{% endfieldset %}",
        "{% definition said text=said %}",
        "{% monogram said %}",
        "{% timeline entries %}{% file_list files %}{% price_chain steps %}{% tabs tabs label=said %}",
    ],
)
def test_what_people_type_is_escaped_everywhere(source: str) -> None:
    html = draw(
        source,
        said=INJECTION,
        entries=[TimelineEntry(INJECTION, INJECTION, INJECTION)],
        files=[FileItem(INJECTION, INJECTION, INJECTION, action_label=INJECTION, action_url=INJECTION)],
        steps=[PriceStep(INJECTION, INJECTION)],
        tabs=[Tab(INJECTION, INJECTION)],
    )
    assert "<script" not in html
    assert "&lt;" in html


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (0, f"0,00{NBSP}€"),
        (1240, f"12,40{NBSP}€"),
        (-5, f"\u22120,05{NBSP}€"),
        (123456, f"1\u202f234,56{NBSP}€"),
        (None, ""),
    ],
)
def test_cents_are_said_in_euros(cents: int | None, said: str) -> None:
    assert draw("{{ cents|money }}", cents=cents) == said


def test_dates_are_said_in_full_in_the_hour_of_the_town() -> None:
    before_midnight = datetime(2026, 10, 12, 21, 59, tzinfo=UTC)
    after_midnight = datetime(2026, 10, 12, 22, 30, tzinfo=UTC)
    assert draw("{{ at|datetime_long }}", at=before_midnight) == f"lundi 12 octobre 2026 à 23{NBSP}h{NBSP}59"
    assert draw("{{ at|date_long }}", at=after_midnight) == "mardi 13 octobre 2026"
    assert draw("{{ day|date_long|cap }}", day=date(2026, 10, 1)) == "Jeudi 1er octobre 2026"
    assert draw("{{ at|hour }}", at=time(18)) == f"18{NBSP}h"
    assert (
        draw("{{ none|date_long }}{{ none|hour }}{{ none|datetime_long }}{{ none|date_short }}", none=None)
        == ""
    )


def test_a_moment_carries_its_machine_form() -> None:
    html = draw("{% when at cap=True %}", at=datetime(2026, 10, 12, 21, 59, tzinfo=UTC))
    assert 'datetime="2026-10-12T23:59+02:00"' in html
    assert ">Lundi 12 octobre" in html
    assert 'datetime="2026-10-12"' in draw("{% when day form='short' %}", day=date(2026, 10, 12))
    assert 'datetime="18:30"' in draw("{% when at form='hour' %}", at=time(18, 30))


def test_the_date_unit_reads_as_one_sentence_and_knows_today() -> None:
    html = draw("{% eph day today=day %}", day=date(2026, 11, 2))
    assert '<span class="vh">lundi 2 novembre 2026</span>' in html
    assert "eph-now" in html
    assert "eph-now" not in draw("{% eph day today=other %}", day=date(2026, 11, 2), other=date(2026, 11, 3))


# --- signs -----------------------------------------------------------------------------------


def test_every_sign_and_drawing_is_in_the_sprite() -> None:
    from espace.ui.tags.checks import SPRITE

    sprite = SPRITE.read_text("utf-8")
    assert {"cal", "fork", "alert", "check", "home", "people"} <= icon_names()
    assert all(f'id="art-{name}"' in sprite for name in DRAWINGS)


def test_a_sign_is_hidden_from_readers_unless_it_means_something() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "cal" %}')
    assert 'role="img" aria-label="Calendrier"' in draw('{% icon "cal" label="Calendrier" %}')


@pytest.mark.parametrize(("kind", "sign"), [("ok", "check"), ("sun", "clock"), ("err", "alert")])
def test_a_coloured_badge_always_carries_a_sign(kind: str, sign: str) -> None:
    assert f"#{sign}" in draw("{% badge 'x' kind=kind %}", kind=kind)


# --- page ------------------------------------------------------------------------------------


def test_pagination_keeps_the_filters_of_the_address() -> None:
    asked = RequestFactory().get("/?etat=due&page=2")
    html = draw("{% pagination page %}", page=Paginator(range(100), 10).page(2), request=asked)
    assert 'href="?etat=due&amp;page=3"' in html
    assert 'aria-current="page"' in html
    assert draw("{% pagination page %}", page=Paginator(range(3), 10).page(1)).strip() == ""


def test_steps_say_where_one_stands_without_colour() -> None:
    html = draw("{% stepper steps current=2 %}", steps=["Déposée", "Vérifiée", "Signée"])
    assert '<li aria-current="step">Vérifiée' in html
    assert "(fait)" in html


def test_the_breadcrumb_ends_on_the_page_one_is_on() -> None:
    html = draw("{% breadcrumb 'Accueil' '/' 'Factures' '/factures' current='Septembre' %}")
    assert '<a href="/factures">Factures</a>' in html
    assert '<li aria-current="page">Septembre</li>' in html


def test_a_confirmation_says_its_verb_and_offers_the_way_back() -> None:
    html = draw(
        "{% confirm 'Annuler ?' yes='Annuler les repas' no_url='/retour' name='ok' value='1' %}x{% endconfirm %}"
    )
    assert 'name="ok" value="1">Annuler les repas</button>' in html
    assert 'href="/retour"' in html
