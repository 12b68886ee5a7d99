"""The canteens' menus: typed by an agent of the activities, read by everyone; nothing is written twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.audit.models import AuditEvent
from espace.demo.town import Reference
from espace.town.errors import MenuTooLong, NotInThisWeek, NotYourMenus
from espace.town.models import Menu
from espace.town.queries import menus
from espace.town.rules import dishes
from espace.town.services import set_menus
from tests.support.cast import Character

MONDAY, TUESDAY, SATURDAY = date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 9)


def test_a_menu_is_a_dish_a_line() -> None:
    assert dishes("  Soupe   de courge \r\n\n Poire\n") == ("Soupe de courge", "Poire")
    assert dishes("") == ()
    assert dishes("\n".join(["Pain"] * 9)) is None
    assert dishes("x" * 81) is None


def test_a_week_is_typed_changed_and_emptied(denise: Character, town: Reference) -> None:
    actor = denise.actor
    assert set_menus(actor, monday=MONDAY, texts={MONDAY: "Soupe\nPoire", TUESDAY: ""}) == [MONDAY]
    assert menus(MONDAY, SATURDAY) == {MONDAY: ("Soupe", "Poire")}
    assert set_menus(actor, monday=MONDAY, texts={MONDAY: "Soupe \n\nPoire"}) == []
    assert set_menus(actor, monday=MONDAY, texts={MONDAY: " ", TUESDAY: "Riz"}) == [MONDAY, TUESDAY]
    assert menus(MONDAY, SATURDAY) == {TUESDAY: ("Riz",)}
    events = AuditEvent.objects.filter(action="town.set_menus").order_by("id")
    assert [(event.payload or {})["days"] for event in events] == [
        ["2027-01-04"],
        ["2027-01-04", "2027-01-05"],
    ]


def test_what_is_refused_changes_nothing(denise: Character, alice: Character, town: Reference) -> None:
    before = Menu.objects.count()
    for actor, day, text, error in (
        (alice.actor, MONDAY, "Soupe", NotYourMenus),
        (denise.actor, SATURDAY, "Soupe", NotInThisWeek),
        (denise.actor, MONDAY, "x" * 81, MenuTooLong),
    ):
        with pytest.raises(error):
            set_menus(actor, monday=MONDAY, texts={TUESDAY: "Riz", day: text})
    assert Menu.objects.count() == before


def test_a_whole_week_costs_no_more_than_a_day(denise: Character, town: Reference) -> None:
    def cost(texts: dict[date, str]) -> int:
        with CaptureQueriesContext(connection) as asked:
            set_menus(denise.actor, monday=MONDAY, texts=texts)
        return len(asked)

    one = cost({MONDAY: "Soupe"})
    assert cost({date(2027, 1, day): f"Plat {day}" for day in range(4, 9)}) == one
