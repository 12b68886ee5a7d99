"""A question asked again answers as its queryset would, and what is kept serves only while the database says the same."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import F, QuerySet

from espace.activities.models import Period
from espace.demo.town import Reference
from espace.families.models import CustodyArrangement, HouseholdMember, Person
from espace.kernel import clock
from espace.kernel.asking import asked_again, asked_and_kept, built_once, read_again
from espace.kernel.calendar import PARIS
from espace.kernel.reading import Later, rows_later
from tests.support.cast import Character


def standing(children: Collection[int], day: date) -> tuple[QuerySet[Any, Any], ...]:
    return (
        CustodyArrangement.objects.filter(child_id__in=children, start__lte=day).values_list(
            "child_id", "start"
        ),
        Period.objects.filter(start__lte=day, end__gt=day).values_list("id", "opens_at"),
    )


def members(households: Collection[int], word: str, everyone: bool) -> QuerySet[HouseholdMember]:
    found = HouseholdMember.objects.filter(household_id__in=households, person__first_name__gte=word)
    rows = found if everyone else found.filter(person__user__isnull=False)
    return rows.select_related("person__user").order_by("id")


def test_a_question_asked_again_answers_as_its_queryset(
    town: Reference, alice: Character, bob: Character, django_assert_num_queries: Any
) -> None:
    asked = asked_again(standing)
    people = list(Person.objects.order_by("id").values_list("id", flat=True))
    for children in (people, people[:1], people[1:], [], {people[0], people[-1]}):
        for day in (date(2020, 1, 1), date(2026, 11, 24), date(2026, 12, 25)):
            with django_assert_num_queries(1):
                found = asked(children, day)
            assert all(sorted(a) == sorted(b) for a, b in zip(found, standing(children, day), strict=True))


def test_models_come_with_what_they_point_to(
    town: Reference, alice: Character, bob: Character, django_assert_num_queries: Any
) -> None:
    asked = asked_again(members)
    homes = [alice.household.pk, bob.household.pk]
    for wanted in (homes, homes[:1], homes[1:], []):
        for word in ("", "B", "Z"):
            for everyone in (True, False):
                usual = list(members(wanted, word, everyone))
                with django_assert_num_queries(1 if wanted else 0):
                    rows = asked(wanted, word, everyone)
                    assert rows == usual
                    assert [(r.person.first_name, r.person.user) for r in rows] == [
                        (r.person.first_name, r.person.user) for r in usual
                    ]


def test_what_was_built_serves_until_the_database_says_otherwise(
    town: Reference, django_assert_num_queries: Any
) -> None:
    asked = asked_and_kept(
        lambda day: Period.objects.filter(start__lte=day).order_by("id").values_list("label")
    )
    made: list[int] = []

    @built_once
    def labels(rows: list[tuple[str]]) -> set[str]:
        made.append(len(rows))
        return {label for (label,) in rows}

    day = date(2026, 11, 24)
    with django_assert_num_queries(2):
        assert labels(asked(day)) is labels(asked(day))
    Period.objects.filter(pk=Period.objects.order_by("id").values("id")[:1]).update(label="Nouveau nom")
    assert "Nouveau nom" in labels(asked(day))
    assert len(made) == 2


def test_lists_read_again_become_what_their_arguments_say(
    town: Reference, alice: Character, bob: Character, django_assert_num_queries: Any
) -> None:
    def known(children: Collection[int], day: date) -> tuple[Later[dict[int, date]], Later[Any]]:
        found, _ = standing(children, day)
        running = rows_later(Period.objects.filter(start__lte=day).annotate(of=F("activity__name")))
        return Later(found, lambda rows: {child: day for child, _ in rows}), running

    asked = read_again(known)
    people = list(Person.objects.order_by("id").values_list("id", flat=True))
    for day in (date(2026, 11, 24), date(2026, 12, 25)):
        with django_assert_num_queries(1):
            custody, periods = asked(people, day)
            assert set(custody.answer.values()) == {day}
            assert {period.of for period in periods.answer} >= {"Restauration scolaire"}
        with django_assert_num_queries(1):
            assert asked([], day)[0].answer == {}


def test_models_come_with_their_annotations(town: Reference) -> None:
    @asked_again
    def named(day: date) -> QuerySet[Period]:
        return Period.objects.filter(start__lte=day).annotate(of=F("activity__name")).order_by("id")

    day = date(2026, 11, 24)
    assert [row.of for row in named(day)] == list(
        Period.objects.filter(start__lte=day).order_by("id").values_list("activity__name", flat=True)
    )


def test_an_argument_computed_with_is_refused_rather_than_kept_for_ever(town: Reference) -> None:
    @asked_again
    def soon(day: date) -> QuerySet[Any, Any]:
        return Period.objects.filter(start__lte=day + timedelta(days=900)).values_list("id")

    with pytest.raises(ValueError, match="unchanged"):
        soon(date(2026, 11, 24))


def test_a_question_that_reads_the_day_by_itself_is_made_again_the_next_day(
    town: Reference, frozen: time_machine.Traveller
) -> None:
    @asked_again
    def begun(activities: Collection[int]) -> QuerySet[Any, Any]:
        return Period.objects.filter(activity_id__in=activities, start__lte=clock.today()).values_list("id")

    later = Period.objects.filter(start__gt=clock.today()).order_by("start", "id").first()
    assert later is not None
    assert (later.pk,) not in begun([later.activity_id])
    frozen.move_to(datetime.combine(later.start, time(0, 1), tzinfo=PARIS))
    assert (later.pk,) in begun([later.activity_id])
