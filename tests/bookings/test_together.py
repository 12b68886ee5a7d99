"""Several children in one submission; a week copied over the weeks after it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.bookings.enums import BookingOrigin, BookingState
from espace.bookings.errors import BookingGone, NothingToChange, StaleForm
from espace.bookings.models import Booking, Submission
from espace.bookings.queries import Recap, grids_for, window_of
from espace.bookings.rules import PatternDayRule, SlotDay, copy_week
from espace.bookings.services import Copy, Wish, apply_wishes, enrol, preview_wishes
from espace.demo.town import Reference
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from tests.support.cast import Character

CANTEEN = "restauration-scolaire"
MONDAY, TUESDAY = date(2026, 12, 14), date(2026, 12, 15)
WINDOW = window_of(date(2026, 12, 1))
WEEK = timedelta(weeks=1)
TOKEN = "jeton-des-enfants-00{}"


@pytest.fixture
def both(alice: Character, town: Reference) -> tuple[int, int]:
    """Zoé and Tom, each in the canteen of their school."""
    zoe, tom = (child.pk for child in alice.children)
    for child in (zoe, tom):
        enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, MONDAY).pk)
    return zoe, tom


def meal(town: Reference, child: int, both: tuple[int, int], day: date) -> int:
    return town.slot(CANTEEN, day, venue="lavoir" if child == both[0] else "tilleuls").pk


def done(who: Character, wishes: list[Wish], number: int, copy: Copy | None = None) -> Submission:
    expected = preview_wishes(who.actor, wishes=wishes, window=WINDOW, copy=copy).digest
    return apply_wishes(
        who.actor, wishes=wishes, window=WINDOW, copy=copy, token=TOKEN.format(number), expected=expected
    )


def booked(child: int) -> list[date]:
    rows = Booking.objects.filter(child_id=child, state=BookingState.CONFIRMED).order_by("date")
    return list(rows.values_list("date", flat=True))


def test_two_children_make_one_submission_and_one_message(
    alice: Character, town: Reference, both: tuple[int, int]
) -> None:
    zoe, tom = both
    wishes = [
        Wish(zoe, add=[meal(town, zoe, both, MONDAY)], seen={}),
        Wish(tom, add=[meal(town, tom, both, d) for d in (MONDAY, TUESDAY)], seen={}),
    ]
    recap = preview_wishes(alice.actor, wishes=wishes, window=WINDOW)
    assert recap.is_shared
    assert [(line.child_name, line.day) for line in recap.lines] == [
        ("Zoé", MONDAY), ("Tom", MONDAY), ("Tom", TUESDAY),
    ]  # fmt: skip
    made = done(alice, wishes, 1)
    assert (made.booked, Submission.objects.count(), OutboxMessage.objects.count()) == (3, 1, 1)
    assert (booked(zoe), booked(tom)) == ([MONDAY], [MONDAY, TUESDAY])
    assert done_again(alice, wishes) == made
    assert Booking.objects.count() == 3


def done_again(who: Character, wishes: list[Wish]) -> Submission:
    return apply_wishes(who.actor, wishes=wishes, window=WINDOW, token=TOKEN.format(1), expected="")


def test_what_changed_for_one_child_stops_both_and_says_whose(
    alice: Character, town: Reference, both: tuple[int, int]
) -> None:
    zoe, tom = both
    wishes = [
        Wish(zoe, add=[meal(town, zoe, both, MONDAY)], seen={}),
        Wish(tom, add=[meal(town, tom, both, MONDAY)], seen={}),
    ]
    expected = preview_wishes(alice.actor, wishes=wishes, window=WINDOW).digest
    done(alice, [Wish(tom, add=[meal(town, tom, both, TUESDAY)])], 1)
    with pytest.raises(StaleForm) as caught:
        apply_wishes(alice.actor, wishes=wishes, window=WINDOW, token=TOKEN.format(2), expected=expected)
    recap = caught.value.recap
    assert isinstance(recap, Recap)
    assert [(s.child_name, s.day, s.appeared) for s in recap.stale] == [("Tom", TUESDAY, True)]
    assert (len(recap.lines), booked(zoe)) == (2, [])


def test_a_booking_of_one_child_is_not_another_s(
    alice: Character, charlie: Character, town: Reference, both: tuple[int, int]
) -> None:
    zoe, tom = both
    done(alice, [Wish(tom, add=[meal(town, tom, both, MONDAY)])], 1)
    theirs = Booking.objects.get().pk
    with pytest.raises(BookingGone):
        preview_wishes(alice.actor, wishes=[Wish(zoe, remove=[theirs])], window=WINDOW)
    for wishes in ([Wish(zoe)], [Wish(charlie.children[0].pk), Wish(zoe)]):
        with pytest.raises(NotFound):
            preview_wishes(charlie.actor, wishes=wishes, window=WINDOW)
        with pytest.raises(NotFound):
            apply_wishes(charlie.actor, wishes=wishes, window=WINDOW, token=TOKEN.format(3), expected="")


def test_the_months_of_all_the_children_cost_no_more_than_one(
    alice: Character, both: tuple[int, int]
) -> None:
    month = date(2026, 12, 1)
    with CaptureQueriesContext(connection) as alone:
        grids_for(alice.actor, month, [both[0]])
    with CaptureQueriesContext(connection) as together:
        grids_for(alice.actor, month)
    assert len(together) == len(alone)
    assert [grid.child.pk for grid in grids_for(alice.actor, month)] == list(both)


def test_a_week_is_copied_to_the_end_and_again_does_nothing(
    alice: Character, town: Reference, both: tuple[int, int]
) -> None:
    """The ticks of the week count before they are confirmed; Christmas is jumped; the last Monday is reached."""
    zoe, _ = both
    wish = Wish(zoe, add=[meal(town, zoe, both, MONDAY)], seen={})
    recap = preview_wishes(alice.actor, wishes=[wish], window=WINDOW, copy=Copy(MONDAY))
    days = [line.day for line in recap.lines]
    assert days[0] == MONDAY
    assert {day.weekday() for day in days} == {0}
    assert date(2026, 12, 28) not in days
    assert max(days) == date(2027, 2, 1)
    done(alice, [wish], 1, Copy(MONDAY))
    assert booked(zoe) == days
    origins = dict(Booking.objects.values_list("date", "origin"))
    assert (origins[MONDAY], origins[days[1]]) == (BookingOrigin.UNIT, BookingOrigin.PATTERN)
    with pytest.raises(NothingToChange):
        preview_wishes(alice.actor, wishes=[Wish(zoe)], window=WINDOW, copy=Copy(MONDAY))


def test_a_copy_stops_where_asked_and_leaves_a_person_s_days(
    alice: Character, town: Reference, both: tuple[int, int]
) -> None:
    zoe, _ = both
    source, by_hand = MONDAY - WEEK, MONDAY + timedelta(days=3)
    done(alice, [Wish(zoe, add=[meal(town, zoe, both, by_hand), meal(town, zoe, both, source)])], 1)
    recap = preview_wishes(
        alice.actor, wishes=[Wish(zoe)], window=WINDOW, copy=Copy(source, until=MONDAY + timedelta(days=4))
    )
    assert [(line.day, line.is_add) for line in recap.lines] == [(MONDAY, True)]
    assert recap.left_alone == (by_hand,)


def test_a_second_copy_undoes_the_first_but_not_what_was_chosen_since(
    alice: Character, town: Reference, both: tuple[int, int]
) -> None:
    zoe, _ = both
    january = date(2027, 1, 4)
    window = window_of(january)
    first = Wish(zoe, add=[meal(town, zoe, both, january)])
    copy = Copy(january, until=january + 3 * WEEK)
    expected = preview_wishes(alice.actor, wishes=[first], copy=copy).digest
    apply_wishes(alice.actor, wishes=[first], copy=copy, token=TOKEN.format(1), expected=expected)
    assert booked(zoe) == [january + n * WEEK for n in range(4)]
    pk = Booking.objects.get(date=january).pk
    other = Wish(zoe, add=[meal(town, zoe, both, january + timedelta(days=1))], remove=[pk])
    recap = preview_wishes(alice.actor, wishes=[other], window=window, copy=copy)
    moved = {(line.day - january).days for line in recap.booked}
    assert moved == {1, 8, 15, 22}
    assert {(line.day - january).days for line in recap.cancelled} == {0, 7, 14, 21}


def test_a_day_that_the_week_could_not_hold_says_nothing() -> None:
    """A public holiday's Wednesday leaves the Wednesdays to come alone (docs/rules/patterns.md)."""
    source = [SlotDay(1, MONDAY, 7), SlotDay(2, TUESDAY, 7)]
    after = [SlotDay(10 + n, MONDAY + WEEK + timedelta(days=n), 7) for n in range(3)]
    week = copy_week(source, {1}, after)
    assert week.days == (PatternDayRule(0, 7),)
    assert [s.slot_id for s in week.slots] == [10, 11]
