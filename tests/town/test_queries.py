"""What the town says of itself."""

from __future__ import annotations

from datetime import date, time

import pytest

from espace.demo.town import Reference
from espace.kernel.calendar import DayKind, UnknownDay
from espace.kernel.db import read_only
from espace.town import queries
from espace.town.models import Department, Municipality


def test_the_identity_is_one_question(town: Reference, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = queries.identity()
    assert (found.name, found.phone_display) == ("Clairval-sur-Aune", "01 99 00 10 00")
    assert (found.guichet_name, found.guichet_street) == ("Guichet unique", "4, rue des Tanneurs")
    assert (found.guichet_tel, found.mail_from) == ("0199001020", "espace-citoyens@clairval-sur-aune.example")
    assert found.guichet_note.startswith("Le lundi matin")


def test_a_town_without_a_guichet_still_has_its_name(town: Reference) -> None:
    Department.objects.all().delete()
    found = queries.identity()
    assert (found.name, found.guichet_phone) == ("Clairval-sur-Aune", "")


def test_before_set_up_everything_is_empty(db: None) -> None:
    assert queries.identity() == queries.Identity()
    assert [day.openings for day in queries.opening_hours()] == [[], [], [], [], []]
    assert queries.school_year_to_show(date(2026, 11, 24)) is None


def test_within_a_page_the_same_question_is_asked_once(
    town: Reference, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1), read_only():  # type: ignore[operator]
        assert queries.identity() == queries.identity()
    Municipality.objects.update(name="Autreville")
    assert queries.identity().name == "Autreville"


def test_the_hours_of_the_guichet(town: Reference) -> None:
    monday = queries.opening_hours()[0]
    assert monday.openings == [(time(9), time(12)), (time(13, 30), time(18))]


def test_the_calendar_knows_its_days_and_refuses_the_others(town: Reference) -> None:
    calendar = queries.calendar(date(2026, 9, 1), date(2027, 9, 1))
    assert calendar.kind(date(2026, 11, 11)) is DayKind.PUBLIC_HOLIDAY
    assert calendar.kind(date(2026, 11, 24)) is DayKind.SCHOOL
    with pytest.raises(UnknownDay):
        calendar.kind(date(2027, 9, 1))
    assert calendar.labels[date(2026, 11, 11)] == "Armistice"


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 11, 24), "2026-2027"),
        (date(2027, 6, 30), "2026-2027"),
        (date(2027, 7, 20), "2027-2028"),
    ],
)
def test_in_summer_families_look_at_the_year_that_comes(town: Reference, day: date, label: str) -> None:
    year = queries.school_year_to_show(day)
    assert year is not None
    assert year.label == label
