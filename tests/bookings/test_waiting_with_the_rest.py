"""The waiting list beside what else is known of a day: what is still due for it, and when the family asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from espace.activities.models import Slot
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.models import Booking
from espace.bookings.queries import billable, request_for, waiting_for
from espace.bookings.queries.proof import preuve
from espace.bookings.services import accept_offer, apply_changes, leave_list, preview_changes
from espace.demo.town import Reference
from espace.families.models import Person
from espace.kernel.money import Money
from tests.support.cast import Character
from tests.support.town import NOW
from tests.support.waiting import DAY, Waiter, full_day, waiter, with_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot(town: Reference) -> Slot:
    with_list()
    return full_day(town, places=1)


@pytest.fixture
def ben(town: Reference) -> Waiter:
    return waiter(town, "Ben")


@pytest.fixture
def given_up(town: Reference, slot: Slot, ben: Waiter) -> Waiter:
    """Ana, who cancelled too late a day that Ben took."""
    ana = waiter(town, "Ana")
    ana.ask(slot)
    ana.cancel()
    Booking.objects.filter(child_id=ana.child).update(cancel_timing=CancelTiming.LATE)
    ben.ask(slot)
    return ana


def test_a_day_due_already_is_owed_once_when_its_place_is_offered(
    given_up: Waiter, ben: Waiter, town: Reference, slot: Slot
) -> None:
    ana = given_up
    ana.ask(slot, token="jeton-de-nouveau-0001")
    ben.cancel()
    recap = request_for(ana.actor, ana.booking.pk).recap
    assert recap is not None
    assert recap.total == Money.ZERO
    accept_offer(ana.actor, booking_id=ana.booking.pk, expected=recap.digest)
    owed = [b for b in billable(town.office.pk, DAY, DAY + timedelta(days=1)) if b.child_id == ana.child]
    assert [b.state for b in owed] == [BookingState.CONFIRMED]
    assert preuve() == []


def test_to_have_waited_changes_nothing_to_what_is_due(given_up: Waiter, ben: Waiter, slot: Slot) -> None:
    ana = given_up
    ana.ask(slot, token="jeton-de-nouveau-0001")
    leave_list(ana.actor, booking_id=ana.booking.pk)
    ben.cancel()
    (line,) = preview_changes(ana.actor, child_id=ana.child, add=[slot.pk], remove=[]).lines
    assert (line.still_due, line.amount) == (line.price, Money.ZERO)


def test_a_request_left_at_the_counter_waits_from_its_stamp(
    town: Reference, slot: Slot, denise: Character, frozen: Any
) -> None:
    holder, first, at_counter = (waiter(town, name) for name in ("Ana", "Ben", "Cleo"))
    holder.ask(slot)
    first.ask(slot)
    stamp = NOW - timedelta(days=1)
    child = Person.objects.get(pk=at_counter.child)
    agent = denise.acting_for(child.memberships.get().household)
    asked: dict[str, Any] = {"child_id": child.pk, "add": [slot.pk], "remove": [], "stamped_at": stamp}
    expected = preview_changes(agent, **asked).digest
    apply_changes(
        agent,
        **asked,
        token="jeton-du-guichet-0001",
        expected=expected,
        wait=True,
        reason="Papier de la veille",
    )
    assert at_counter.booking.requested_at == stamp
    assert [day.rank for one in (at_counter, first) for day in waiting_for(one.actor)] == [1, 2]
    holder.cancel()
    assert at_counter.booking.state == BookingState.OFFERED
    recap = request_for(at_counter.actor, at_counter.booking.pk).recap
    assert recap is not None
    accept_offer(at_counter.actor, booking_id=at_counter.booking.pk, expected=recap.digest)
    assert (at_counter.booking.state, at_counter.booking.requested_at) == (BookingState.CONFIRMED, stamp)
    assert preuve() == []
