"""Several lists in one statement are what each would have been alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import pytest
from django.db.models import QuerySet

from espace.activities.models import Activity, DeadlineRule, Period
from espace.bookings.models import Submission
from espace.demo.town import Reference
from espace.families.models import CustodyArrangement, HouseholdMember, Person
from espace.kernel.reading import asked_again, asked_and_kept, built_once, read_together
from tests.support.cast import Character


def lists() -> list[QuerySet[Any, Any]]:
    """Dates, instants, hours, JSON, money, booleans, joined columns of the same name, and what is missing."""
    return [
        Activity.objects.values_list(
            "id", "name", "formulas__id", "formulas__starts_at", "formulas__units__id"
        ),
        Period.objects.order_by("-start").values_list("id", "label", "start", "opens_at", "closes_at"),
        CustodyArrangement.objects.values_list("owners", "child_id", "child__first_name", "end"),
        DeadlineRule.objects.filter(period__isnull=True).values_list(
            "period_id", "tiers__at", "tiers__fixed"
        ),
        Submission.objects.values_list("id", "total", "at"),
    ]


def same(one: list[Any], other: list[Any]) -> bool:
    return sorted(map(repr, one)) == sorted(map(repr, other))


def test_each_list_comes_as_it_would_alone(
    town: Reference, alice: Character, bob: Character, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        together = read_together(*lists())
    assert [len(rows) > 0 for rows in together] == [True, True, True, True, False]
    for rows, alone in zip(together, lists(), strict=True):
        assert same(rows, list(alone))


def test_in_any_order_and_alone(town: Reference, alice: Character) -> None:
    backwards = read_together(*reversed(lists()))
    assert all(same(a, list(b)) for a, b in zip(reversed(backwards), lists(), strict=True))
    assert same(read_together(lists()[1])[0], list(lists()[1]))


def test_a_percent_sign_is_only_a_sign(town: Reference) -> None:
    Activity.objects.filter(pk=Activity.objects.order_by("id").values("id")[:1]).update(name="100 % dehors")
    (rows, _) = read_together(
        Activity.objects.filter(name__contains="0 %").values_list("name"), Period.objects.values_list("id")
    )
    assert rows == [("100 % dehors",)]


@pytest.mark.django_db
def test_what_cannot_be_found_is_not_asked(django_assert_num_queries: Any) -> None:
    nothing = Period.objects.filter(id__in=[]).values_list("id", "label")
    with django_assert_num_queries(0):
        assert read_together(nothing, nothing) == ([], [])
    with django_assert_num_queries(1):
        assert read_together(nothing, Activity.objects.values_list("id")) == ([], [])


# Asked again ----------------------------------------------------------------------------------------------------


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
            assert all(same(a, list(b)) for a, b in zip(found, standing(children, day), strict=True))


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
