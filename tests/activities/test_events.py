"""Whom a collective event reaches, and what it may not be (docs/rules/events.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from espace.activities.enums import EventEffect, EventKind, EventScope
from espace.activities.errors import EventInThePast, PeriodWithoutDays, PlaceToChoose
from espace.activities.rules import (
    EventDraft,
    Place,
    Pupil,
    Reach,
    check_draft,
    held_until,
    reaches,
    reaches_everyone,
    strongest,
)
from tests.support.doc_tables import Row, tables_of

DAY, NEXT = date(2026, 12, 10), date(2026, 12, 11)
SCHOOL, CLASS, CANTEEN, ITS_VENUE, SHARED = 1, 11, 21, 31, 39
SCOPES = {
    "la commune": Reach(EventScope.TOWN, None, None, DAY, NEXT),
    "l’activité": Reach(EventScope.ACTIVITY, CANTEEN, CANTEEN, DAY, NEXT),
    "le lieu": Reach(EventScope.VENUE, ITS_VENUE, None, DAY, NEXT),
    "l’école": Reach(EventScope.SCHOOL, SCHOOL, None, DAY, NEXT),
    "la classe": Reach(EventScope.CLASS, CLASS, None, DAY, NEXT),
}
PUPILS = {
    "élève d’ailleurs": Pupil(2, 12),
    "élève de l’école": Pupil(SCHOOL, 10),
    "élève de la classe": Pupil(SCHOOL, CLASS),
}
PLACES = {
    "de l’école": Place(CANTEEN, ITS_VENUE, SCHOOL, DAY),
    "partagé": Place(CANTEEN, SHARED, None, DAY),
}


@pytest.mark.parametrize("row", tables_of("events.md")["portee"], ids=lambda row: " ".join(row.values()))
def test_whom_a_scope_reaches(row: Row) -> None:
    reach, place = SCOPES[row["portée"]], PLACES[row["au lieu"]]
    assert reaches(reach, place, PUPILS[row["l’enfant est"]]) is (row["concerné"] == "oui")
    assert reaches_everyone(reach, place) is (row["le créneau ferme pour tous"] == "oui")


@pytest.mark.parametrize("reach", SCOPES.values(), ids=SCOPES)
def test_nobody_is_reached_on_another_day_or_at_another_activity(reach: Reach) -> None:
    pupil, place = PUPILS["élève de la classe"], PLACES["de l’école"]
    for elsewhere in (replace(place, day=NEXT), replace(place, day=date(2026, 12, 9))):
        assert not reaches(reach, elsewhere, pupil)
    narrowed = replace(reach, activity_id=99)
    assert not reaches(narrowed, place, pupil)


def test_who_is_already_there_is_not_moved() -> None:
    reach = replace(SCOPES["la commune"], to_venue_id=SHARED)
    assert reaches(reach, PLACES["de l’école"], Pupil())
    assert not reaches(reach, PLACES["partagé"], Pupil())


def test_the_bill_keeps_the_strongest_effect() -> None:
    assert strongest([]) is None
    assert strongest([EventEffect.PICNIC, EventEffect.FREE_ABSENCE]) is EventEffect.FREE_ABSENCE
    assert strongest([EventEffect.FREE_ABSENCE, EventEffect.CLOSED]) is EventEffect.CLOSED
    assert strongest([EventEffect.PICNIC, EventEffect.MOVED]) is EventEffect.MOVED


def test_an_event_undone_keeps_the_days_gone_by() -> None:
    end = date(2026, 12, 14)
    assert held_until(end, None) == end
    assert held_until(end, NEXT) == NEXT
    assert held_until(end, date(2026, 12, 20)) == end


@pytest.mark.parametrize(
    ("reach", "effect", "refusal"),
    [
        (Reach(EventScope.TOWN, None, None, DAY, DAY), EventEffect.CLOSED, PeriodWithoutDays),
        (Reach(EventScope.TOWN, None, None, DAY, NEXT), EventEffect.CLOSED, EventInThePast),
        (Reach(EventScope.TOWN, None, None, NEXT, date(2026, 12, 12)), EventEffect.MOVED, PlaceToChoose),
        (Reach(EventScope.TOWN, None, None, NEXT, date(2026, 12, 12), 3), EventEffect.PICNIC, PlaceToChoose),
        (Reach(EventScope.ACTIVITY, 1, None, NEXT, date(2026, 12, 12)), EventEffect.PICNIC, ValueError),
    ],
)
def test_what_a_draft_may_not_be(reach: Reach, effect: EventEffect, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_draft(EventDraft(reach, EventKind.OTHER, effect, "x"), NEXT)
