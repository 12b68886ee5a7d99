"""No place is given twice: the race is shown without its guard, then with it, on the database of the run (I10)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import time_machine
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F

from espace.activities.enums import EventEffect, EventScope
from espace.activities.models import CapacityPool, Slot
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState
from espace.bookings.errors import SomeRefused, StaleForm
from espace.bookings.models import Booking, Enrolment, Submission
from espace.bookings.services import apply_changes, declare_event, enrol, preview_changes
from espace.bookings.services.places import move_places
from espace.demo.town import Reference, build_reference
from espace.kernel.actor import Actor, Channel, Grant, Permission
from espace.kernel.db import write_transaction
from espace.notifications.models import OutboxMessage
from espace.town.enums import Grade
from tests.support.cast import make_account, make_child, make_household, parent
from tests.support.events import draft
from tests.support.pages import StrictClient
from tests.support.town import NOW, SLOTS, TODAY

CANTEEN, MORNING = "restauration-scolaire", "accueil-du-matin"
DAY = date(2026, 12, 10)
FAMILIES, PLACES = 24, 5

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Iterator[Reference]:
    """The town, committed: threads see it."""
    with time_machine.travel(NOW, tick=False):
        yield build_reference(TODAY, schools=2, slots=SLOTS)


def family(town: Reference, number: int, grade: Grade = Grade.CE2) -> tuple[Actor, int]:
    """A parent and a child enrolled in the canteen and the morning."""
    user = make_account("Parent", f"N{number}", username=f"parent{number}")
    home = make_household(f"F-{number:05d}", f"Famille {number}")
    who = parent(user, date(1988, 3, 14), home, StrictClient())
    child = make_child("Noé", f"N{number}", date(2018, 5, 9), town, "lavoir", grade, {home: who.adult})
    for slug in (CANTEEN, MORNING):
        enrol(who.actor, child_id=child.pk, period_id=town.period(slug, DAY).pk)
    return who.actor, child.pk


def at_once(acts: Sequence[Callable[[], object]]) -> Counter[str]:
    """Runs each act in its own thread, all released together; how many ended how."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            gate.wait(timeout=20)
            act()
        except Exception as error:
            return type(error).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))


def ask(actor: Actor, child: int, slot: int, token: str) -> Callable[[], Submission]:
    expected = preview_changes(actor, child_id=child, add=[slot], remove=[]).digest
    return lambda: apply_changes(actor, child_id=child, add=[slot], remove=[], token=token, expected=expected)


def scarce(slot: Slot, places: int = PLACES) -> int:
    CapacityPool.objects.filter(pk=slot.pool_id).update(capacity=places)
    return slot.pool_id


def test_without_the_guard_places_are_lost_or_given_twice(town: Reference) -> None:
    """What everyone writes first: read, check, add one, save."""
    pool_id = scarce(town.slot(CANTEEN, DAY))
    given: list[int] = []
    pause = threading.Barrier(FAMILIES)

    def check_then_insert() -> None:
        pool = CapacityPool.objects.get(pk=pool_id)
        if pool.taken < pool.capacity:
            pause.wait(timeout=20)
            pool.taken += 1
            given.append(1)
            with transaction.atomic():
                pool.save()

    ended = at_once([check_then_insert] * FAMILIES)
    taken = CapacityPool.objects.get(pk=pool_id).taken
    assert len(given) > PLACES
    assert len(given) != taken or ended["done"] < FAMILIES


def test_the_conditional_update_alone_gives_exactly_the_places(town: Reference) -> None:
    pool_id = scarce(town.slot(CANTEEN, DAY))

    def take() -> None:
        with write_transaction():
            move_places({pool_id: 1})

    ended = at_once([take] * FAMILIES)
    assert ended == {"done": PLACES, "NoPlaceLeft": FAMILIES - PLACES}
    assert CapacityPool.objects.get(pk=pool_id).taken == PLACES


def test_the_database_is_the_last_wall(town: Reference) -> None:
    pool_id = scarce(town.slot(CANTEEN, DAY), 0)
    with pytest.raises(DatabaseError), transaction.atomic():
        CapacityPool.objects.filter(pk=pool_id).update(taken=F("taken") + 1)


def test_families_who_ask_at_once_get_exactly_the_places(town: Reference) -> None:
    slot = town.slot(CANTEEN, DAY)
    acts = [ask(*family(town, n), slot.pk, f"jeton-de-la-famille-{n}") for n in range(FAMILIES)]
    pool_id = scarce(slot)
    ended = at_once(acts)
    assert ended == {"done": PLACES, SomeRefused.__name__: FAMILIES - PLACES}
    assert CapacityPool.objects.get(pk=pool_id).taken == PLACES
    assert Booking.objects.filter(state=BookingState.CONFIRMED).count() == PLACES
    # Nobody acknowledged and absent, nobody without journal or message.
    assert Submission.objects.count() == PLACES
    assert AuditEvent.objects.filter(action="bookings.change").count() == PLACES
    assert OutboxMessage.objects.count() == PLACES


def test_one_form_sent_many_times_at_once_is_one_submission(town: Reference) -> None:
    slot = town.slot(CANTEEN, DAY)
    act = ask(*family(town, 1), slot.pk, "le-meme-jeton-partout")
    ended = at_once([act] * FAMILIES)
    assert ended == {"done": FAMILIES}
    assert Submission.objects.count() == Booking.objects.count() == OutboxMessage.objects.count() == 1


def test_two_parents_on_the_same_day_at_once(town: Reference) -> None:
    actor, child = family(town, 1)
    slot = town.slot(CANTEEN, DAY)
    window = (date(2026, 11, 30), date(2027, 1, 2))
    expected = preview_changes(actor, child_id=child, add=[slot.pk], remove=[], seen={}, window=window).digest

    def parent_act(token: str) -> Callable[[], object]:
        return lambda: apply_changes(
            actor,
            child_id=child,
            add=[slot.pk],
            remove=[],
            seen={},
            window=window,
            token=token,
            expected=expected,
        )

    ended = at_once([parent_act(f"jeton-du-parent-{n:04d}") for n in range(2)])
    assert ended == {"done": 1, StaleForm.__name__: 1}
    assert Booking.objects.count() == 1
    assert CapacityPool.objects.get(pk=slot.pool_id).taken == 1


def test_two_days_taken_in_opposite_orders_never_wait_for_each_other(town: Reference) -> None:
    slots = [town.slot(CANTEEN, DAY).pk, town.slot(MORNING, DAY).pk]
    acts: list[Callable[[], object]] = []
    for n in range(FAMILIES):
        actor, child = family(town, n)
        add = slots if n % 2 else slots[::-1]
        expected = preview_changes(actor, child_id=child, add=add, remove=[]).digest

        def act(
            actor: Actor = actor, child: int = child, add: list[int] = add, n: int = n, e: str = expected
        ) -> object:
            return apply_changes(
                actor, child_id=child, add=add, remove=[], token=f"jeton-de-famille-{n:04d}", expected=e
            )

        acts.append(act)
    assert at_once(acts) == {"done": FAMILIES}
    assert Booking.objects.count() == 2 * FAMILIES


def test_a_closure_while_families_book_leaves_nobody_inside(town: Reference) -> None:
    slot = town.slot(CANTEEN, DAY)
    acts: list[Callable[[], object]] = [
        ask(*family(town, n), slot.pk, f"jeton-de-la-famille-{n}") for n in range(FAMILIES)
    ]
    agent = Actor(None, "Denise", Channel.COUNTER, None, (Grant(Permission.ACTIVITIES),))
    acts.insert(
        FAMILIES // 2,
        lambda: declare_event(
            agent,
            draft=draft(
                EventEffect.CLOSED,
                DAY,
                scope=EventScope.VENUE,
                of=slot.venue_id,
                activity=slot.activity_id,
            ),
        ),
    )
    ended = at_once(acts)
    assert set(ended) <= {"done", SomeRefused.__name__}
    assert not Booking.objects.filter(slot=slot, state=BookingState.CONFIRMED).exists()
    assert CapacityPool.objects.get(pk=slot.pool_id).taken == 0


def test_an_enrolment_asked_many_times_at_once_is_one(town: Reference) -> None:
    actor, child = family(town, 1)
    period = town.period("accueil-du-soir", DAY).pk
    ended = at_once([lambda: enrol(actor, child_id=child, period_id=period)] * 8)
    assert ended == {"done": 8}
    assert Enrolment.objects.filter(child_id=child, period_id=period).count() == 1


def test_the_run_is_on_a_database_that_has_races() -> None:
    assert connection.vendor in ("sqlite", "postgresql")
