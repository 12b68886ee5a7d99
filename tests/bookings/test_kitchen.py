"""What the kitchen prepares, before and after an event."""

from __future__ import annotations

from datetime import date

import pytest

from espace.activities.enums import EventEffect, EventScope
from espace.bookings.enums import CancelTiming
from espace.bookings.models import Booking
from espace.bookings.queries import KitchenDay, kitchen_week_for
from espace.bookings.queries.kitchen import Meals
from espace.bookings.services import declare_event, undo_event
from espace.demo.town import Reference
from espace.families.models import HealthPlan
from espace.kernel.errors import NotFound
from tests.portal.test_booking_month import text
from tests.support.bills import book
from tests.support.cast import Character
from tests.support.events import CANTEEN, DAY, close, draft, moving, of_class

WEDNESDAY, MONDAY, THURSDAY = "accueil-de-loisirs-du-mercredi", date(2026, 12, 7), 3
LAVOIR, TILLEULS = "École élémentaire du Lavoir", "École maternelle des Tilleuls"


def thursday(denise: Character) -> dict[str, KitchenDay]:
    week = kitchen_week_for(denise.actor, MONDAY)
    return {row.venue: row.days[THURSDAY] for row in week.rows} | {"": week.totals[THURSDAY]}


def test_meals_are_counted_where_they_are_served(
    denise: Character, meals: dict[str, Booking], town: Reference
) -> None:
    day = thursday(denise)
    assert day[LAVOIR].meals == Meals(hot=2)
    assert day[TILLEULS].meals == Meals(hot=1)
    assert day[""].meals == Meals(hot=3)
    assert not any(d.is_changed for d in day.values())


def test_a_wednesday_s_meal_reaches_the_kitchen_and_a_morning_without_one_does_not(
    denise: Character, alice: Character, charlie: Character, town: Reference
) -> None:
    wednesday = date(2026, 12, 9)
    zoe, tom = alice.children
    book(zoe, town.slot(WEDNESDAY, wednesday, formula="JOURNEE"))
    book(tom, town.slot(WEDNESDAY, wednesday, formula="MATIN_REPAS"))
    book(charlie.children[0], town.slot(WEDNESDAY, wednesday, formula="MATIN"))
    book(zoe, town.slot("accueil-du-soir", DAY))
    (row,) = kitchen_week_for(denise.actor, MONDAY).rows
    assert row.venue == "Centre de loisirs du Moulin"
    assert [d.meals.total for d in row.days] == [0, 0, 2, 0, 0]


def test_who_has_cancelled_does_not_eat(denise: Character, alice: Character, town: Reference) -> None:
    for timing in CancelTiming:
        book(alice.children[0], town.slot(CANTEEN, DAY), cancelled=timing)
    assert kitchen_week_for(denise.actor, MONDAY).rows == []


def test_a_packed_lunch_stays_one_on_a_day_of_picnic(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference
) -> None:
    lunch = HealthPlan.objects.create(
        child=alice.children[0], packed_lunch=True, detail=b"x", start=date(2026, 9, 1)
    )
    assert thursday(denise)[LAVOIR].meals == Meals(hot=1, packed=1)
    venue = draft(EventEffect.PICNIC, DAY, scope=EventScope.VENUE, of=town.venues["lavoir"].pk)
    declare_event(denise.actor, draft=venue)
    day = thursday(denise)[LAVOIR]
    assert (day.meals, day.before) == (Meals(packed=1, picnic=1), Meals(hot=1, packed=1))
    lunch.end = DAY
    lunch.save()
    assert thursday(denise)[LAVOIR].meals == Meals(picnic=2)


def test_a_class_on_an_outing_is_a_picnic_of_the_class_alone(
    denise: Character, meals: dict[str, Booking], town: Reference
) -> None:
    declare_event(denise.actor, draft=of_class(EventEffect.PICNIC, town))
    assert thursday(denise)[LAVOIR].meals == Meals(hot=1, picnic=1)


def test_what_an_event_takes_away_is_seen_before_and_after(
    denise: Character, meals: dict[str, Booking], town: Reference
) -> None:
    event = declare_event(denise.actor, draft=of_class(EventEffect.CLOSED, town)).event_id
    day = thursday(denise)
    assert (day[LAVOIR].meals, day[LAVOIR].before) == (Meals(hot=1), Meals(hot=2))
    assert not day[TILLEULS].is_changed
    undo_event(denise.actor, event_id=event)
    assert not thursday(denise)[LAVOIR].is_changed
    close(denise.actor, DAY)
    day = thursday(denise)
    assert (day[""].meals, day[""].before) == (Meals(), Meals(hot=3))


def test_moved_meals_are_cooked_where_the_children_are(
    denise: Character, meals: dict[str, Booking], town: Reference
) -> None:
    declare_event(denise.actor, draft=moving(town))
    day = thursday(denise)
    assert (day[LAVOIR].meals, day[LAVOIR].before) == (Meals(), Meals(hot=2))
    assert (day[TILLEULS].meals, day[TILLEULS].before) == (Meals(hot=3), Meals(hot=1))
    assert not day[""].is_changed


def test_the_page_says_it(denise: Character, meals: dict[str, Booking], town: Reference) -> None:
    declare_event(denise.actor, draft=of_class(EventEffect.PICNIC, town))
    page = text(denise.client.get("/agents/cuisine/?semaine=2026-12-10"))
    assert "Cuisine, semaine 50" in page
    assert "Grève : pique-nique jeudi 10 décembre 2026 : Grève nationale" in page
    assert "1 repas chaud 1 pique-nique avant : 2 repas chauds" in page
    assert "École élémentaire du Lavoir" in page
    assert "Aucun repas cette semaine" in text(denise.client.get("/agents/cuisine/?semaine=2027-02-24"))


def test_queries_stay_few(
    denise: Character, meals: dict[str, Booking], town: Reference, django_assert_max_num_queries: object
) -> None:
    declare_event(denise.actor, draft=of_class(EventEffect.PICNIC, town))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        denise.client.get("/agents/cuisine/?semaine=2026-12-10")


def test_only_an_agent_of_the_activities_reads_it(alice: Character, remi: Character) -> None:
    for who in (alice, remi):
        with pytest.raises(NotFound):
            kitchen_week_for(who.actor, MONDAY)
