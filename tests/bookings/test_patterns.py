"""The weekly pattern: a diff that can be run again, that leaves hand-made changes alone, in few statements (I8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.activities.models import CapacityPool
from espace.bookings.enums import BookingOrigin, BookingState
from espace.bookings.errors import NoPlaceLeft, NotEnrolled, NothingToChange, SomeRefused, StaleForm
from espace.bookings.models import Booking, PatternDay, Submission, WeeklyPattern
from espace.bookings.queries import pattern_sheet_for
from espace.bookings.services import apply_changes, apply_pattern, enrol, preview_changes, preview_pattern
from espace.demo.town import Reference
from espace.kernel.actor import Actor
from espace.notifications.models import OutboxMessage
from tests.support.cast import Character

CANTEEN, WEDNESDAY = "restauration-scolaire", "accueil-de-loisirs-du-mercredi"
FROM = date(2026, 12, 10)
MOST_STATEMENTS = 30


class Week:
    """A child enrolled in the canteen and on Wednesdays, and how to ask for a week."""

    def __init__(self, actor: Actor, child: int, town: Reference) -> None:
        self.actor, self.child, self.town, self.sent = actor, child, town, 0
        self.ids = [
            enrol(actor, child_id=child, period_id=town.period(slug, FROM).pk).pk
            for slug in (CANTEEN, WEDNESDAY)
        ]
        self.meal = town.formulas[CANTEEN, "REPAS"].pk
        self.day = town.formulas[WEDNESDAY, "JOURNEE"].pk

    def asked(self, *weekdays: int, wednesday: bool = False) -> dict[str, Any]:
        days = [(w, self.meal) for w in weekdays] + ([(2, self.day)] if wednesday else [])
        return {"enrolment_ids": self.ids, "days": days, "from_day": FROM}

    def apply(self, *weekdays: int, wednesday: bool = False, **extra: Any) -> Submission:
        asked = self.asked(*weekdays, wednesday=wednesday)
        expected = preview_pattern(self.actor, **asked).digest
        self.sent += 1
        return apply_pattern(
            self.actor, **asked, token=f"jeton-de-semaine-{self.sent}", expected=expected, **extra
        )

    def by_hand(self, *, add: list[int] | None = None, remove: list[int] | None = None) -> None:
        asked: dict[str, Any] = {"child_id": self.child, "add": add or [], "remove": remove or []}
        expected = preview_changes(self.actor, **asked).digest
        self.sent += 1
        apply_changes(self.actor, **asked, token=f"jeton-de-semaine-{self.sent}", expected=expected)


@pytest.fixture
def week(alice: Character, town: Reference) -> Week:
    return Week(alice.actor, alice.children[0].pk, town)


def active() -> list[date]:
    return list(
        Booking.objects.filter(state=BookingState.CONFIRMED).order_by("date").values_list("date", flat=True)
    )


def test_every_date_is_said_before_and_none_is_a_holiday(week: Week) -> None:
    recap = preview_pattern(week.actor, **week.asked(0, 3))
    days = [line.day for line in recap.lines]
    assert days[:3] == [date(2026, 12, 10), date(2026, 12, 14), date(2026, 12, 17)]
    assert {d.weekday() for d in days} == {0, 3}
    assert not [d for d in days if date(2026, 12, 19) <= d < date(2027, 1, 4)]
    assert all(line.price.cents > 0 and line.chain for line in recap.lines)
    assert [m.first for m in recap.months] == [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert not Booking.objects.exists()


def test_the_week_is_kept_and_its_days_booked(week: Week) -> None:
    done = week.apply(0, 3, wednesday=True)
    assert done.booked == Booking.objects.count() > 15
    assert set(Booking.objects.order_by("id").values_list("origin", "pinned")) == {
        (BookingOrigin.PATTERN, False)
    }
    assert PatternDay.objects.count() == 3
    assert WeeklyPattern.objects.count() == 2
    assert OutboxMessage.objects.count() == 1
    taken = CapacityPool.objects.filter(taken=1).count()
    assert taken == done.booked


def test_again_it_does_nothing(week: Week) -> None:
    week.apply(0, 3)
    with pytest.raises(NothingToChange):
        preview_pattern(week.actor, **week.asked(0, 3))


def test_another_week_is_only_the_difference(week: Week) -> None:
    week.apply(0, 3)
    recap = preview_pattern(week.actor, **week.asked(0, 1))
    assert {line.day.weekday() for line in recap.booked} == {1}
    assert {line.day.weekday() for line in recap.cancelled} == {3}
    week.apply(0, 1)
    assert {d.weekday() for d in active()} == {0, 1}
    assert WeeklyPattern.objects.filter(enrolment_id=week.ids[0]).count() == 1


def test_hand_made_changes_are_left_alone(week: Week, town: Reference) -> None:
    week.apply(0, 3)
    off, on = date(2026, 12, 14), town.slot(CANTEEN, date(2026, 12, 15)).pk
    week.by_hand(add=[on], remove=[Booking.objects.get(date=off).pk])
    recap = preview_pattern(week.actor, **week.asked(0, 3, 4))
    assert off not in [line.day for line in recap.lines]
    assert set(recap.left_alone) == {off, date(2026, 12, 15)}
    week.apply(0, 3, 4)
    assert off not in active()
    assert date(2026, 12, 15) in active()


def test_a_full_day_is_all_or_nothing_or_what_is_free(week: Week, town: Reference) -> None:
    full = town.slot(CANTEEN, date(2026, 12, 14))
    CapacityPool.objects.filter(pk=full.pool_id).update(capacity=0)
    recap = preview_pattern(week.actor, **week.asked(0, 3))
    assert [(line.day, type(line.problem)) for line in recap.refused] == [(full.date, NoPlaceLeft)]
    with pytest.raises(SomeRefused):
        week.apply(0, 3)
    assert not Booking.objects.exists()
    assert not WeeklyPattern.objects.exists()
    week.apply(0, 3, what_is_free=True)
    assert full.date not in active()


def test_the_same_week_sent_twice_is_done_once(week: Week) -> None:
    asked = week.asked(0)
    expected = preview_pattern(week.actor, **asked).digest
    done = {
        apply_pattern(week.actor, **asked, token="le-meme-jeton-00001", expected=expected).pk
        for _ in range(2)
    }
    assert len(done) == 1
    with pytest.raises(StaleForm):
        apply_pattern(week.actor, **week.asked(0, 1), token="un-autre-jeton-0001", expected=expected)


def test_the_enrolment_of_another_family_is_refused(week: Week, charlie: Character) -> None:
    with pytest.raises((NotEnrolled, LookupError)):
        preview_pattern(charlie.actor, **week.asked(0))
    with pytest.raises(NotEnrolled):
        preview_pattern(week.actor, enrolment_ids=[999_999], days=[(0, week.meal)], from_day=FROM)


def test_a_term_costs_few_statements_whatever_its_days(week: Week) -> None:
    def statements(*weekdays: int) -> int:
        asked = week.asked(*weekdays)
        expected = preview_pattern(week.actor, **asked).digest
        week.sent += 1
        with CaptureQueriesContext(
            connection,
        ) as queries:
            apply_pattern(week.actor, **asked, token=f"jeton-de-semaine-{week.sent}", expected=expected)
        return len(queries)

    few, many = statements(0), statements(0, 1, 3, 4)
    assert many <= few + 3
    assert many <= MOST_STATEMENTS + 20


def test_the_sheet_proposes_what_exists(week: Week) -> None:
    sheet = pattern_sheet_for(week.actor, week.child)
    canteen, wednesday = sheet.activities
    assert [d.weekday for d in canteen.formulas[0].days] == [0, 1, 3, 4]
    assert {d.weekday for f in wednesday.formulas for d in f.days} == {2}
    assert sheet.first_in_time == date(2026, 12, 9)
    week.apply(0, 3)
    assert [
        d.weekday
        for d in pattern_sheet_for(week.actor, week.child).activities[0].formulas[0].days
        if d.is_chosen
    ] == [0, 3]
