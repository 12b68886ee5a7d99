"""What building the machine brought to light, and mended: each is the shortest life that broke an invariant."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from espace.activities.enums import EventEffect, EventScope, WaitingMode
from espace.activities.models import Activity, CapacityPool, Slot
from espace.bookings.enums import BookingState, CancelTiming, EnrolmentState, KeptOut
from espace.bookings.errors import BookingGone
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries import Departure, NewSchool, custody_preview_for, move_preview_for
from espace.bookings.queries.proof import preuve, preuve_events
from espace.bookings.rules import Room
from espace.bookings.services import (
    apply_changes,
    change_custody,
    decide_enrolment,
    declare_event,
    move_child,
    preview_changes,
    undo_event,
)
from espace.bookings.services.places import lock_pools
from espace.demo.town import Reference
from espace.families.enums import CustodyKind
from espace.families.models import Person
from espace.families.rules import Custody, NewArrangement
from tests.support.absences import WEDNESDAY, announce, move, week
from tests.support.cast import Character
from tests.support.events import CANTEEN, draft, recount, taken
from tests.support.events import DAY as THURSDAY
from tests.support.town import TODAY
from tests.support.waiting import DAY, Waiter, full_day, pool_of, three_for_one, with_list

pytestmark = pytest.mark.django_db
CLOSED, MOVED = EventEffect.CLOSED, EventEffect.MOVED


@pytest.fixture
def slot(town: Reference) -> Slot:
    with_list()
    return full_day(town, places=1)


@pytest.fixture
def families(town: Reference, slot: Slot, frozen: Any) -> list[Waiter]:
    """Ana has the only place; Ben is offered nothing yet, and waits before Cléo."""
    return three_for_one(town, slot, frozen)


def states(families: list[Waiter]) -> list[str]:
    return [one.booking.state for one in families]


def leaves(denise: Character, one: Waiter) -> None:
    """The child leaves the town's schools today."""
    change = Departure(TODAY)
    expected = move_preview_for(denise.actor, one.child, change).digest
    move_child(denise.actor, child_id=one.child, change=change, expected=expected)


def to_home(denise: Character, one: Waiter, home: Character) -> None:
    """The child lives in another home from today on, and gives its days up."""
    change = NewArrangement(Custody(CustodyKind.SINGLE, (home.household.pk,)), TODAY)
    expected = custody_preview_for(denise.actor, one.child, change).digest
    change_custody(denise.actor, child_id=one.child, change=change, expected=expected, cancel=True)


def amid(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Has `act` happen once, before the next pools are locked."""
    waiting = [act]

    def late(pools: Collection[int]) -> dict[int, Room]:
        if waiting:
            waiting.pop()()
        return lock_pools(pools)

    monkeypatch.setattr("espace.bookings.services.places.lock_pools", late)


def moving(town: Reference) -> Any:
    """The canteen of « lavoir » eats at « tilleuls » on Thursday."""
    lavoir, tilleuls = town.venues["lavoir"].pk, town.venues["tilleuls"].pk
    canteen = town.activities[CANTEEN].pk
    return draft(MOVED, THURSDAY, scope=EventScope.VENUE, of=lavoir, activity=canteen, to=tilleuls)


# A child who leaves its home or its school ------------------------------------------------------------------------


def test_the_place_of_who_leaves_is_offered(denise: Character, families: list[Waiter], slot: Slot) -> None:
    """I11: the place was free, and nobody was asked."""
    leaves(denise, families[0])
    assert states(families) == ["CANCELLED", "OFFERED", "WAITLISTED"]
    assert preuve() == []


def test_who_leaves_waits_no_more(denise: Character, families: list[Waiter], slot: Slot) -> None:
    """I10: the queue counted a family that had left it."""
    leaves(denise, families[1])
    assert pool_of(slot) == (1, 1, 1)
    assert families[1].booking.cancel_timing == CancelTiming.WAITING
    assert preuve() == []


def test_a_place_offered_to_who_leaves_goes_to_the_next(
    denise: Character, families: list[Waiter], slot: Slot
) -> None:
    """The database refused it: an offer kept its deadline once cancelled."""
    families[0].cancel()
    leaves(denise, families[1])
    assert states(families) == ["CANCELLED", "CANCELLED", "OFFERED"]
    assert preuve() == []


@pytest.mark.parametrize("offered", [False, True])
def test_days_given_up_with_a_home_are_offered_too(
    denise: Character, alice: Character, families: list[Waiter], slot: Slot, offered: bool
) -> None:
    """I11, and the same deadline of an offer."""
    if offered:
        families[0].cancel()
    to_home(denise, families[1 if offered else 0], alice)
    assert states(families) == (
        ["CANCELLED", "CANCELLED", "OFFERED"] if offered else ["CANCELLED", "OFFERED", "WAITLISTED"]
    )
    assert preuve() == []


# A child who changes school ---------------------------------------------------------------------------------------


@pytest.fixture
def meal(alice: Character, town: Reference) -> Booking:
    """Zoé eats at « lavoir » on Thursday."""
    (booking,) = week(town, alice.children[0], THURSDAY)
    return booking


def to_tilleuls(town: Reference) -> NewSchool:
    return NewSchool(town.schools["tilleuls"].pk, None, TODAY)


def goes(denise: Character, child: int, change: NewSchool) -> None:
    expected = move_preview_for(denise.actor, child, change).digest
    move_child(denise.actor, child_id=child, change=change, expected=expected)


def test_the_place_left_at_the_old_school_is_offered(
    denise: Character, charlie: Character, town: Reference, meal: Booking
) -> None:
    """I11."""
    Activity.objects.filter(slug=CANTEEN).update(waiting_list=WaitingMode.AUTOMATIC, offers_stop_days=1)
    (waits,) = week(town, charlie.children[0], THURSDAY)
    Booking.objects.filter(pk=waits.pk).update(state=BookingState.WAITLISTED)
    recount()
    CapacityPool.objects.filter(pk=meal.slot.pool_id).update(capacity=1)
    goes(denise, meal.child_id, to_tilleuls(town))
    waits.refresh_from_db()
    assert waits.state == BookingState.OFFERED
    assert preuve() == []


def test_whoever_arrives_takes_no_place_that_families_wait_for(
    denise: Character, alice: Character, town: Reference, meal: Booking
) -> None:
    """I11: where an agent offers the places, the only one left was taken over the head of who waited."""
    Activity.objects.filter(slug=CANTEEN).update(waiting_list=WaitingMode.BY_AGENT)
    (waits,) = week(town, alice.children[1], THURSDAY, venue="tilleuls")
    Booking.objects.filter(pk=waits.pk).update(state=BookingState.WAITLISTED)
    recount()
    CapacityPool.objects.filter(pk=waits.slot.pool_id).update(capacity=1)
    (day,) = move_preview_for(denise.actor, meal.child_id, to_tilleuls(town)).days
    assert day.why is KeptOut.FULL


def test_whoever_arrives_where_it_is_closed_by_an_event_is_not_expected(
    denise: Character, alice: Character, town: Reference, meal: Booking
) -> None:
    """The slot of a canteen moved elsewhere stays open: a child who changed school was sent where nobody is."""
    tom = alice.children[1]
    (there,) = week(town, tom, THURSDAY, venue="tilleuls")
    declare_event(denise.actor, draft=moving(town))
    change = NewSchool(town.schools["lavoir"].pk, None, TODAY)
    (day,) = move_preview_for(denise.actor, tom.pk, change).days
    assert (day.booking_id, day.why) == (there.pk, KeptOut.CLOSED)


def test_a_meal_moved_to_the_new_school_stays_there(
    denise: Character, town: Reference, meal: Booking
) -> None:
    """Full of that very meal, the new school had no place for it; and undoing the event sent the child back to the
    school it had left."""
    done = declare_event(denise.actor, draft=moving(town))
    there = town.slot(CANTEEN, THURSDAY, venue="tilleuls")
    CapacityPool.objects.filter(pk=there.pool_id).update(capacity=1)
    goes(denise, meal.child_id, to_tilleuls(town))
    undo_event(denise.actor, event_id=done.event_id)
    meal.refresh_from_db()
    assert (meal.state, meal.slot_id, meal.moved_by) == (BookingState.CONFIRMED, there.pk, None)
    assert preuve() == preuve_events() == []


@pytest.fixture
def december(frozen: time_machine.Traveller) -> None:
    """Near enough of the days of these tests for an absence to be announced."""
    frozen.move_to("2026-12-03 09:00:00+01:00")


# Absences ---------------------------------------------------------------------------------------------------------


def test_coming_back_does_not_put_a_child_in_two_places(
    alice: Character, town: Reference, december: None
) -> None:
    """I12: the day given back was booked again in another formula meanwhile."""
    zoe = alice.children[0]
    (whole,) = week(town, zoe, DAY, activity=WEDNESDAY)
    (absence,) = announce(alice.actor, [zoe], DAY - timedelta(days=1), DAY + timedelta(days=1))
    morning = town.slot(WEDNESDAY, DAY, formula="MATIN").pk
    asked: dict[str, Any] = {"child_id": zoe.pk, "add": [morning], "remove": []}
    expected = preview_changes(alice.actor, **asked).digest
    apply_changes(alice.actor, **asked, token="jeton-du-retour-0001", expected=expected)
    back = move(alice.actor, absence, DAY)
    assert [day for day, _ in back.left] == [DAY]
    active = Booking.objects.filter(child=zoe, date=DAY, state=BookingState.CONFIRMED)
    assert [b.slot_id for b in active.order_by("id")] == [morning]
    whole.refresh_from_db()
    assert whole.state == BookingState.CANCELLED


def test_coming_back_does_not_book_at_a_school_that_the_child_has_left(
    denise: Character, alice: Character, town: Reference, meal: Booking, december: None
) -> None:
    """The enrolment still held, on the days before."""
    (absence,) = announce(alice.actor, [alice.children[0]], date(2026, 12, 9), date(2026, 12, 12))
    goes(denise, meal.child_id, NewSchool(town.schools["tilleuls"].pk, None, date(2026, 12, 7)))
    back = move(alice.actor, absence, THURSDAY)
    assert [day for day, _ in back.left] == [THURSDAY]
    meal.refresh_from_db()
    assert meal.state == BookingState.CANCELLED


# Two users at once ------------------------------------------------------------------------------------------------


@pytest.fixture
def refuse(denise: Character, meal: Booking) -> Callable[[], object]:
    """An agent refuses the enrolment of the meal."""
    Enrolment.objects.filter(pk=meal.enrolment_id).update(state=EnrolmentState.PENDING, decided_at=None)
    Booking.objects.filter(pk=meal.pk).update(state=BookingState.PENDING_ENROLMENT)
    return lambda: decide_enrolment(
        denise.actor, enrolment_id=meal.enrolment_id, accept=False, reason="Hors secteur"
    )


def test_a_meal_moved_amid_the_refusal_of_its_enrolment(
    denise: Character, town: Reference, meal: Booking, refuse: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """I10: the place was counted free where the meal no longer was, and taken for ever where it was moved."""
    amid(monkeypatch, lambda: declare_event(denise.actor, draft=moving(town)))
    with pytest.raises(BookingGone):
        refuse()
    refuse()  # asked again, it is found where it is
    assert (taken(town), taken(town, "tilleuls")) == (0, 0)
    assert preuve() == []


def test_a_meal_moved_amid_an_absence(
    denise: Character, alice: Character, town: Reference, meal: Booking, december: None, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """I10."""
    zoe = Person.objects.get(pk=meal.child_id)
    amid(monkeypatch, lambda: declare_event(denise.actor, draft=moving(town)))
    with pytest.raises(BookingGone):
        announce(alice.actor, [zoe], THURSDAY - timedelta(days=1), THURSDAY + timedelta(days=1))
    assert preuve() == []
