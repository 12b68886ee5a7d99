"""The race on a freed place: shown without its guard, then with it, on the database of the run (I10, I11)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine

from espace.activities.enums import WaitingMode
from espace.activities.models import CapacityPool, Slot
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState
from espace.bookings.errors import OfferGone, SomeRefused
from espace.bookings.models import Booking
from espace.bookings.queries import request_for
from espace.bookings.queries.proof import preuve
from espace.bookings.queries.queue import queue_of
from espace.bookings.services import accept_offer, decline_offer, expire_offers, leave_list, offer_place
from espace.bookings.services.offering import offer_freed
from espace.bookings.services.places import move_places
from espace.demo.town import Reference, build_reference
from espace.kernel import clock
from espace.kernel.actor import Actor, Channel, Grant, Permission
from espace.kernel.db import write_transaction
from espace.notifications.models import OutboxMessage
from tests.concurrency.test_places import at_once
from tests.support.town import NOW, SLOTS, TODAY
from tests.support.waiting import Waiter, full_day, waiter, with_list

HOLDERS, WAITING, PASSERS = 4, 6, 8
AGENT = Actor(None, "Denise", Channel.COUNTER, None, (Grant(Permission.ENROLMENTS),))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Iterator[Reference]:
    """The town, committed: threads see it."""
    with time_machine.travel(NOW, tick=False):
        yield build_reference(TODAY, schools=2, slots=SLOTS)


@pytest.fixture
def slot(town: Reference) -> Slot:
    with_list()
    return full_day(town, places=HOLDERS)


@pytest.fixture
def holders(town: Reference, slot: Slot) -> list[Waiter]:
    found = [waiter(town, f"Tient{n}") for n in range(HOLDERS)]
    for one in found:
        one.ask(slot)
    return found


@pytest.fixture
def queue(town: Reference, slot: Slot, holders: list[Waiter]) -> list[Waiter]:
    """In order: they ask at the same instant, so the first who asked has the smaller number."""
    found = [waiter(town, f"Attend{n}") for n in range(WAITING)]
    for one in found:
        one.ask(slot)
    return found


def accepting(one: Waiter) -> Callable[[], object]:
    recap = request_for(one.actor, one.booking.pk).recap
    assert recap is not None
    pk, digest = one.booking.pk, recap.digest
    return lambda: accept_offer(one.actor, booking_id=pk, expected=digest)


def declining(one: Waiter) -> Callable[[], object]:
    pk = one.booking.pk
    return lambda: decline_offer(one.actor, booking_id=pk)


def asking(one: Waiter, slot: Slot, *, wait: bool = True) -> Callable[[], object]:
    return lambda: one.ask(slot, wait=wait)


def by_hand(booking_id: int) -> Callable[[], object]:
    return lambda: offer_place(AGENT, booking_id=booking_id, reason="Au téléphone")


def expiring() -> None:
    """The worker, two days later: for its thread alone."""
    with clock.as_of(NOW + timedelta(days=2)):
        expire_offers()


def states(queue: list[Waiter]) -> list[str]:
    return [one.booking.state for one in queue]


def check(slot: Slot) -> None:
    """Never overbooked, everything adds up, and each offer left its journal row and its message."""
    pool = CapacityPool.objects.get(pk=slot.pool_id)
    held = Booking.objects.filter(slot__pool=pool, state__in=("CONFIRMED", "OFFERED")).count()
    assert pool.taken == held <= pool.capacity
    assert preuve() == []
    offers = AuditEvent.objects.filter(action="bookings.offer_place").count()
    assert OutboxMessage.objects.filter(kind="bookings.offer").count() == offers


def test_without_the_guard_one_place_is_offered_and_the_other_is_lost(
    slot: Slot, queue: list[Waiter]
) -> None:
    """What everyone writes first: each cancellation reads who is first, then offers. Two at once read the same."""
    pause, offered = threading.Barrier(2), []

    def cancel_then_offer() -> None:
        first = queue_of([slot.pool_id])[slot.pool_id][0]
        pause.wait(timeout=20)
        offered.append(first.id)

    at_once([cancel_then_offer] * 2)
    assert offered == [queue[0].booking.pk] * 2  # one family twice, the second in the queue never


def test_without_the_guard_a_passer_by_takes_what_the_queue_waits_for(
    slot: Slot, holders: list[Waiter], queue: list[Waiter]
) -> None:
    """The place is given back, and offered in a second transaction: the conditional update alone knows no queue."""
    freed = threading.Event()
    offered: list[int] = []

    def give_back_then_offer() -> None:
        with write_transaction():
            Booking.objects.filter(pk=holders[0].booking.pk).update(
                state="CANCELLED", cancelled_at=NOW, cancel_timing="IN_TIME"
            )
            move_places({slot.pool_id: -1})
        freed.set()
        taken.wait(timeout=20)
        with write_transaction():
            offered.append(offer_freed([slot.pool_id]))

    taken = threading.Event()

    def pass_by() -> None:
        freed.wait(timeout=20)
        with write_transaction():
            move_places({slot.pool_id: 1})
        taken.set()

    assert at_once([give_back_then_offer, pass_by]) == {"done": 2}
    assert offered == [0]
    assert states(queue)[0] == BookingState.WAITLISTED


def test_places_freed_at_once_go_to_the_first_ones(
    slot: Slot, holders: list[Waiter], queue: list[Waiter]
) -> None:
    assert at_once([one.cancel for one in holders]) == {"done": HOLDERS}
    assert states(queue) == ["OFFERED"] * HOLDERS + ["WAITLISTED"] * (WAITING - HOLDERS)
    check(slot)


def test_nobody_slips_in_between(
    slot: Slot, holders: list[Waiter], queue: list[Waiter], town: Reference
) -> None:
    passers = [waiter(town, f"Passe{n}") for n in range(PASSERS)]
    asks = [asking(one, slot, wait=False) for one in passers]
    ended = at_once([*asks[:4], *(one.cancel for one in holders), *asks[4:]])
    assert ended == {"done": HOLDERS, SomeRefused.__name__: PASSERS}
    assert states(queue)[:HOLDERS] == ["OFFERED"] * HOLDERS
    check(slot)


def test_many_join_at_once_and_each_has_a_rank_of_its_own(
    slot: Slot, holders: list[Waiter], town: Reference
) -> None:
    CapacityPool.objects.filter(pk=slot.pool_id).update(waitlist_capacity=5)
    passers = [waiter(town, f"Passe{n}") for n in range(PASSERS)]
    ended = at_once([asking(one, slot) for one in passers])
    assert ended == {"done": 5, SomeRefused.__name__: PASSERS - 5}
    ranks = [
        line["rank"]
        for one in passers
        for row in Booking.objects.filter(child_id=one.child).select_related("submission")
        for line in (row.submission.summary["lines"] if row.submission else [])
    ]
    assert sorted(ranks) == [1, 2, 3, 4, 5]
    check(slot)


def test_an_offer_is_taken_passed_on_or_over_but_only_once(
    slot: Slot, holders: list[Waiter], queue: list[Waiter], town: Reference
) -> None:
    holders[0].cancel()
    first = queue[0]
    passer = waiter(town, "Passe")
    acts = [
        accepting(first), declining(first), accepting(first), expiring, declining(first),
        asking(passer, slot, wait=False), holders[1].cancel,
    ]  # fmt: skip
    ended = at_once(acts)
    assert set(ended) <= {"done", OfferGone.__name__, SomeRefused.__name__}
    assert ended[SomeRefused.__name__] == 1  # nobody jumps over the queue
    assert states(queue)[0] in ("CONFIRMED", "CANCELLED")
    taken = AuditEvent.objects.filter(action="bookings.accept_offer", object_id=first.booking.pk).count()
    over = AuditEvent.objects.filter(
        action__in=("bookings.decline_offer", "bookings.offer_expired"), object_id=first.booking.pk
    ).count()
    assert taken + over == 1
    check(slot)


def test_the_worker_twice_and_a_late_answer(slot: Slot, holders: list[Waiter], queue: list[Waiter]) -> None:
    for one in holders[:2]:
        one.cancel()
    at_once([expiring, accepting(queue[0]), expiring, accepting(queue[1]), declining(queue[1])])
    check(slot)
    assert Booking.objects.filter(state=BookingState.OFFERED).count() + Booking.objects.filter(
        state=BookingState.CONFIRMED
    ).count() == len(holders)


def test_leaving_while_the_place_is_offered(slot: Slot, holders: list[Waiter], queue: list[Waiter]) -> None:
    pk, actor = queue[0].booking.pk, queue[0].actor
    at_once([holders[0].cancel, lambda: leave_list(actor, booking_id=pk)])
    assert sorted(states(queue)[:2]) in (["CANCELLED", "OFFERED"], ["OFFERED", "WAITLISTED"])
    check(slot)


def test_two_agents_offer_the_last_place(slot: Slot, holders: list[Waiter], queue: list[Waiter]) -> None:
    with_list(WaitingMode.BY_AGENT)
    holders[0].cancel()
    ids = [one.booking.pk for one in queue[:4]]
    ended = at_once([by_hand(pk) for pk in ids])
    assert ended == {"done": 1, "NoPlaceLeft": 3}
    assert states(queue).count("OFFERED") == 1
    check(slot)
