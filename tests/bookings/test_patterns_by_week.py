"""A weekly pattern one week in two, or on the weeks of custody: still a diff, each parent their own days (I8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.bookings.enums import BookingOrigin, BookingState, WeekRule
from espace.bookings.errors import NothingToChange
from espace.bookings.models import Booking, WeeklyPattern
from espace.bookings.queries import pattern_sheet_for
from espace.bookings.rules import PatternDayRule, SlotDay, StandingBooking, expand
from espace.bookings.services import apply_pattern, enrol, preview_pattern, preview_pattern_ways
from espace.demo.town import Reference
from espace.families.enums import CustodyKind
from espace.families.models import CustodyArrangement
from espace.families.queries import family_facts
from espace.families.rules import Custody
from espace.families.services import set_custody
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.calendar import iso_week
from tests.support.cast import Character

CANTEEN = "restauration-scolaire"
FROM = date(2026, 12, 10)
MONDAY = date(2026, 11, 23)


def slots(start: date, count: int) -> list[SlotDay]:
    return [SlotDay(n, start + timedelta(days=n), 1) for n in range(count)]


def test_parity_is_that_of_the_iso_week_even_when_it_jumps() -> None:
    mondays = [PatternDayRule(0, 1)]
    found = expand(mondays, slots(date(2026, 12, 14), 35), [], date(2026, 12, 14), WeekRule.ODD)
    days = [date(2026, 12, 14) + timedelta(days=n) for n in found.book]
    assert days == [date(2026, 12, 14), date(2026, 12, 28), date(2027, 1, 4)]  # weeks 51, 53 and 1


@given(
    st.sampled_from(WeekRule),
    st.sampled_from(WeekRule),
    st.sets(st.integers(0, 6)),
    st.sets(st.integers(0, 6)),
    st.sets(st.integers(0, 69), max_size=20),
)
def test_from_one_rule_to_another_is_a_diff_that_does_nothing_twice(
    before: WeekRule, after: WeekRule, first: set[int], then: set[int], touched: set[int]
) -> None:
    """I8: whatever the weeks, by-hand days stay, and running again changes nothing."""
    start = date(2026, 11, 23)
    days = slots(start, 70)

    def run(
        chosen: set[int], rule: WeekRule, standing: dict[int, StandingBooking]
    ) -> dict[int, StandingBooking]:
        asked = [PatternDayRule(weekday, 1) for weekday in chosen]
        found = expand(asked, days, standing.values(), start, rule)
        done = dict(standing)
        for slot in found.book:
            done[slot] = StandingBooking(slot, slot, True, by_hand=False)
        for booking in found.cancel:
            done[booking] = StandingBooking(booking, booking, False, by_hand=False)
        assert expand(asked, days, done.values(), start, rule).is_empty
        return done

    standing = run(first, before, {})
    for slot in touched:
        was = standing.get(slot)
        standing[slot] = StandingBooking(slot, slot, not (was and was.is_active), by_hand=True)
    done = run(then, after, standing)
    assert all(done[slot] == standing[slot] for slot in touched)


class Week:
    """The canteen of Tom, as one of his parents asks for it."""

    def __init__(self, actor: Actor, enrolment: int, meal: int) -> None:
        self.actor, self.enrolment, self.meal, self.sent = actor, enrolment, meal, 0

    def asked(self, *weekdays: int, rule: WeekRule = WeekRule.CUSTODY) -> dict[str, Any]:
        days = [(weekday, self.meal) for weekday in weekdays]
        return {"enrolment_ids": [self.enrolment], "days": days, "from_day": FROM, "week_rule": rule}

    def apply(self, *weekdays: int, rule: WeekRule = WeekRule.CUSTODY) -> None:
        asked = self.asked(*weekdays, rule=rule)
        self.sent += 1
        apply_pattern(
            self.actor, **asked, token=f"jeton-{self.actor.user_id}-{self.sent:012d}",
            expected=preview_pattern(self.actor, **asked).digest,
        )  # fmt: skip


@pytest.fixture
def weeks(alice: Character, bob: Character, town: Reference) -> tuple[Week, Week]:
    child = alice.children[1].pk
    enrolment = enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, FROM).pk)
    meal = town.formulas[CANTEEN, "REPAS"].pk
    return Week(alice.actor, enrolment.pk, meal), Week(bob.actor, enrolment.pk, meal)


def booked(child: int) -> dict[date, str]:
    rows = Booking.objects.filter(child_id=child, state=BookingState.CONFIRMED).order_by("date")
    return dict(rows.values_list("date", "state"))


def test_each_parent_has_a_pattern_for_their_own_days(
    alice: Character, bob: Character, weeks: tuple[Week, Week]
) -> None:
    hers, his = weeks
    hers.apply(0, 1)
    his.apply(3)
    child = alice.children[1].pk
    facts = family_facts([child], FROM, date(2027, 3, 1))
    for day in booked(child):
        assert day.weekday() in ((0, 1) if facts.household_on(child, day) == alice.household.pk else (3,))
    assert WeeklyPattern.objects.count() == 2
    assert set(WeeklyPattern.objects.order_by("id").values_list("week_rule", flat=True)) == {WeekRule.CUSTODY}
    sheets = [pattern_sheet_for(who.actor, child) for who in (alice, bob)]
    assert [[v.partition("-")[0] for v in sheet.chosen] for sheet in sheets] == [["0", "1"], ["3"]]
    hers.apply(1)
    assert {d.weekday() for d in booked(child)} == {1, 3}


def test_after_the_custody_changed_the_pattern_run_again_books_the_new_days(
    alice: Character, bob: Character, weeks: tuple[Week, Week]
) -> None:
    hers, _ = weeks
    hers.apply(0)
    before = set(booked(alice.children[1].pk))
    swapped = CustodyArrangement.objects.get(child=alice.children[1]).owners[7:] * 2
    homes = swapped[:7] + [h for h in (alice.household.pk, bob.household.pk) if h != swapped[0]] * 7
    start = CustodyArrangement.objects.get(child=alice.children[1]).cycle_start
    set_custody(
        SYSTEM,
        child=alice.children[1],
        custody=Custody(CustodyKind.CYCLE, tuple(homes), start),
        start=date(2027, 1, 4),
    )
    recap = preview_pattern(alice.actor, **hers.asked(0))
    assert recap.booked
    assert not recap.cancelled  # what became the other parent's is no longer hers to cancel
    assert not before & {line.day for line in recap.booked}
    hers.apply(0)
    with pytest.raises(NothingToChange):
        preview_pattern(alice.actor, **hers.asked(0))


def test_from_every_week_to_one_in_two_cancels_the_others(alice: Character, town: Reference) -> None:
    child = alice.children[0].pk
    enrolment = enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, FROM).pk)
    week = Week(alice.actor, enrolment.pk, town.formulas[CANTEEN, "REPAS"].pk)
    week.apply(0, rule=WeekRule.EVERY)
    by_hand = Booking.objects.filter(date__gt=date(2027, 1, 1)).order_by("date")[0]
    Booking.objects.filter(pk=by_hand.pk).update(origin=BookingOrigin.UNIT, pinned=True)
    week.apply(0, rule=WeekRule.EVEN)
    odd = [d for d in booked(child) if iso_week(d) % 2]
    assert odd == [by_hand.date]


def test_ways_are_two_only_when_something_would_be_late(alice: Character, town: Reference) -> None:
    child = alice.children[0].pk
    enrolment = enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, FROM).pk)
    asked = Week(alice.actor, enrolment.pk, town.formulas[CANTEEN, "REPAS"].pk).asked(0, rule=WeekRule.EVERY)
    ways = preview_pattern_ways(alice.actor, **asked, soonest=date(2026, 11, 25))
    assert [way.from_day for way in ways] == [date(2026, 12, 8), date(2026, 11, 25)]
    in_time, late = (way.recap for way in ways)
    assert not in_time.late
    assert in_time.surcharge.cents == 0
    assert late.surcharge.cents == 500
    assert late.total.cents - in_time.total.cents == 2 * (in_time.fine[0].price.cents + 250)
    (only,) = preview_pattern_ways(alice.actor, **asked, soonest=FROM)
    assert only.from_day == FROM
