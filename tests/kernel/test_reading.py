"""Several lists in one statement are what each would have been alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F, QuerySet

from espace.activities.models import Activity, DeadlineRule, Period
from espace.bookings.models import Submission
from espace.demo.town import Reference
from espace.families.models import CustodyArrangement
from espace.kernel.reading import Later, read_now, read_together, rows_later
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


def test_a_list_cut_short_keeps_the_order_that_cuts_it(town: Reference) -> None:
    last = Period.objects.order_by("-start", "-id").values_list("id")[:2]
    found, _ = read_together(last, Activity.objects.values_list("id"))
    assert same(found, list(last))


def test_what_is_read_later_is_read_once_alone_or_with_others(
    town: Reference, alice: Character, django_assert_num_queries: Any
) -> None:
    names = Later(Activity.objects.values_list("name"), lambda rows: {name for (name,) in rows})
    count, nobody = names.then(len), rows_later(Submission.objects.none())
    rows = rows_later(
        CustodyArrangement.objects.annotate(who=F("child__first_name")), without=("cycle_start",)
    )
    with django_assert_num_queries(1):
        read_now(names, rows, nobody)
        assert "Restauration scolaire" in names.answer
        assert {row.who: row.owners for row in rows.answer} == {  # type: ignore[attr-defined]  # annotated
            "Zoé": [alice.household.pk], "Tom": [alice.household.pk],
        }  # fmt: skip
        assert nobody.answer == []
    with django_assert_num_queries(1):
        assert count.answer == count.answer == len(names.answer)
    with django_assert_num_queries(1):
        assert rows.answer[0].cycle_start is None
