"""The offer as it is read: whole, ordered, in one query."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from espace.activities.enums import Action, ActivityKind, Timing
from espace.activities.models import Activity, DeadlineRule, DeadlineTier, Formula
from espace.activities.queries import (
    catalogue,
    slots_between,
    venues_of_periods,
    weekdays_offered,
)
from espace.activities.queries.events import EventLists, event_for, event_lists_for
from espace.demo.town import Reference
from espace.kernel.errors import NotFound
from tests.support.cast import Character
from tests.support.events import close

CANTEEN, WEDNESDAY = "restauration-scolaire", "accueil-de-loisirs-du-mercredi"
DAY = date(2026, 12, 9)


def test_the_offer_is_whole_and_costs_one_query(town: Reference, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        offer = catalogue()
    assert [a.slug for a in offer.activities.values()] == list(
        Activity.objects.order_by("position").values_list("slug", flat=True)
    )
    day = offer.formulas[town.formulas[WEDNESDAY, "JOURNEE"].pk]
    assert [unit.tariff_code for unit in day.units] == ["MERCREDI_JOURNEE", "REPAS"]
    assert len(offer.formulas) == Formula.objects.count()


def test_the_rentree_moves_the_school_year_and_not_the_holidays(town: Reference) -> None:
    offer = catalogue()
    school, holiday = (
        town.period(CANTEEN, DAY),
        next(p for (slug, _), p in town.periods.items() if slug == "vacances-loisirs"),
    )
    book = offer.deadlines(school.activity_id, school.pk, Action.BOOK)
    assert [tier.timing for tier in book.tiers] == [Timing.IN_TIME, Timing.LATE, Timing.AGENT_ONLY]
    assert [w.timing for w in book.windows] == [Timing.IN_TIME]
    assert offer.deadlines(holiday.activity_id, holiday.pk, Action.BOOK).windows == ()


def test_a_period_s_own_rule_wins(town: Reference) -> None:
    period = town.period(CANTEEN, DAY)
    rule = DeadlineRule.objects.create(activity_id=period.activity_id, period=period, action=Action.CANCEL)
    DeadlineTier.objects.create(
        rule=rule, position=1, timing="IN_TIME", anchor="SLOT_DAY", offset=7, unit="CALENDAR_DAYS", at="12:00"
    )
    found = catalogue().deadlines(period.activity_id, period.pk, Action.CANCEL)
    assert [tier.offset for tier in found.tiers] == [7]


def test_without_a_rule_nothing_can_be_booked(town: Reference) -> None:
    DeadlineRule.objects.all().delete()
    period = town.period(CANTEEN, DAY)
    assert catalogue().deadlines(period.activity_id, period.pk, Action.BOOK).tiers == ()


def test_slots_are_of_the_places_asked_only(town: Reference) -> None:
    period, venue = town.period(CANTEEN, DAY).pk, town.venues["lavoir"].pk
    slots = slots_between({(period, venue)}, date(2026, 12, 7), date(2026, 12, 12))
    assert [s.day.weekday() for s in slots] == [0, 1, 3, 4]
    assert {s.venue_id for s in slots} == {venue}
    assert slots_between(set(), DAY, DAY) == []


def test_weekdays_and_venues_of_a_period(town: Reference) -> None:
    period = town.period(WEDNESDAY, DAY).pk
    venue = town.venues["centre"].pk
    assert {w.weekday for w in weekdays_offered({(period, venue)}, DAY)} == {2}
    assert [v.id for v in venues_of_periods([period])[period]] == [venue]


def test_what_happens_at_school_is_known(town: Reference) -> None:
    kinds = {a.kind for a in catalogue().activities.values() if a.is_at_school}
    assert kinds == {ActivityKind.CANTEEN, ActivityKind.BEFORE_SCHOOL, ActivityKind.AFTER_SCHOOL}


def test_only_agents_of_the_activities_read_events(
    alice: Character, remi: Character, denise: Character
) -> None:
    event = close(denise.actor, DAY).event_id
    assert [e.event.id for e in event_lists_for(denise.actor).coming] == [event]
    for who in (alice, remi):
        assert event_lists_for(who.actor) == EventLists([], [], [])
        with pytest.raises(NotFound):
            event_for(who.actor, event)
