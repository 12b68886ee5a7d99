"""The agents' week of menus: typed once, read on the home page and in the agendas."""

from __future__ import annotations

from datetime import date

import pytest

from espace.demo.town import Reference
from espace.town.models import Menu
from tests.portal.test_booking_month import text
from tests.support.bills import book
from tests.support.cast import Character, signed_in
from tests.support.pages import StrictClient

URL = "/agents/menus/"
SENT = {f"j{n}": f"Velouté {n}\nPlat {n}" for n in range(5)}


def test_a_week_is_typed_and_read_by_everyone(
    denise: Character, alice: Character, town: Reference, client: StrictClient
) -> None:
    page = text(denise.client.get(URL))
    assert "Semaine du lundi 23 novembre 2026" in page
    assert "Lundi 23 novembre 2026" in page
    answer = denise.client.post(URL, SENT)
    assert answer.status_code == 303
    assert "5 menus enregistrés" in text(denise.client.get(answer["Location"]))
    assert "Velouté 2" in text(client.get("/"))
    zoe = alice.children[0]
    book(zoe, town.slot("restauration-scolaire", date(2026, 11, 26)))
    month = text(alice.client.get(f"/ma-famille/{zoe.pk}/"))
    assert "Au menu : Velouté 3, Plat 3" in month
    assert "Velouté 2" not in month  # she does not eat there on Wednesday


def test_a_week_of_a_child_shows_each_school_day(alice: Character, town: Reference) -> None:
    zoe = alice.children[0]
    book(zoe, town.slot("restauration-scolaire", date(2026, 12, 17)))
    week = text(alice.client.get(f"/ma-famille/{zoe.pk}/?semaine=2026-12-16"))
    assert "Semaine 51, du 14 déc. au 18 déc." in week
    assert week.count("Rien de réservé") == 4
    assert "Repas" in week
    holidays = text(alice.client.get(f"/ma-famille/{zoe.pk}/?semaine=2026-12-23"))
    assert "Vacances de Noël" in holidays
    for odd in ("x", "1999-01-01", "9999-12-31", "0001-01-01"):
        assert alice.client.get(f"/ma-famille/{zoe.pk}/?semaine={odd}").status_code == 200


@pytest.mark.parametrize("value", ["x" * 81, "\n".join(["Pain"] * 9), "a\x00b"])
def test_a_bad_menu_is_told_and_changes_nothing(denise: Character, town: Reference, value: str) -> None:
    before = list(Menu.objects.order_by("date").values_list("date", "lines"))
    answer = denise.client.post(URL, SENT | {"j1": value})
    assert answer.status_code == 200
    assert "Velouté 0" in text(answer)
    assert list(Menu.objects.order_by("date").values_list("date", "lines")) == before


def test_it_is_for_the_agents_of_the_activities(remi: Character, alice: Character, town: Reference) -> None:
    for who in (remi, alice):
        assert signed_in(who.user).get(URL).status_code in (302, 404)
        assert who.client.post(URL, SENT).status_code == 404
