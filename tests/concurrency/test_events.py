"""Collective events under way while families book, and two agents at once, on the database of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from espace.activities.enums import EventEffect, EventScope
from espace.activities.models import CapacityPool, CollectiveEvent
from espace.audit.models import AuditEvent
from espace.bookings.enums import HOLDING_A_PLACE, BookingState, CancelTiming
from espace.bookings.errors import SomeRefused
from espace.bookings.models import Booking
from espace.bookings.queries.proof import preuve, preuve_events
from espace.bookings.services import declare_event, undo_event
from espace.demo.town import Reference
from espace.kernel.actor import Actor, Channel, Grant, Permission
from espace.notifications.models import OutboxMessage
from espace.town.enums import Grade
from tests.concurrency.test_places import CANTEEN, DAY, FAMILIES, ask, at_once, family, scarce
from tests.concurrency.test_places import town as town  # the committed one
from tests.support.events import draft

pytestmark = pytest.mark.django_db(transaction=True)
AGENT = Actor(None, "Denise", Channel.COUNTER, None, (Grant(Permission.ACTIVITIES),))


def booking_families(town: Reference, count: int = FAMILIES) -> list[Callable[[], object]]:
    slot = town.slot(CANTEEN, DAY)
    return [ask(*family(town, n), slot.pk, f"jeton-de-la-famille-{n}") for n in range(count)]


def at_the_canteen(town: Reference, effect: EventEffect):  # type: ignore[no-untyped-def]
    slot = town.slot(CANTEEN, DAY)
    to = town.venues["tilleuls"].pk if effect is EventEffect.MOVED else None
    return draft(effect, DAY, scope=EventScope.VENUE, of=slot.venue_id, activity=slot.activity_id, to=to)


def of_the_class(town: Reference):  # type: ignore[no-untyped-def]
    """Every family of `test_places` has its child in CE2 at « lavoir »."""
    return draft(EventEffect.CLOSED, DAY, scope=EventScope.CLASS, of=town.classes["lavoir", Grade.CE2].pk)


@pytest.mark.parametrize("scope", ["venue", "class"])
def test_an_event_while_families_book_leaves_nobody_inside(town: Reference, scope: str) -> None:
    """The slot of a class closed stays open to the others: only the event itself keeps these children out."""
    slot = town.slot(CANTEEN, DAY)
    acts = booking_families(town)
    event = at_the_canteen(town, EventEffect.CLOSED) if scope == "venue" else of_the_class(town)
    acts.insert(FAMILIES // 2, lambda: declare_event(AGENT, draft=event))
    ended = at_once(acts)
    assert set(ended) <= {"done", SomeRefused.__name__}
    assert not Booking.objects.filter(slot=slot, state__in=HOLDING_A_PLACE).exists()
    assert CapacityPool.objects.get(pk=slot.pool_id).taken == 0
    assert preuve() == preuve_events() == []


def test_children_moved_while_families_book_all_end_at_the_other_place(town: Reference) -> None:
    home, away = town.slot(CANTEEN, DAY), town.slot(CANTEEN, DAY, venue="tilleuls")
    acts = booking_families(town)
    event = at_the_canteen(town, EventEffect.MOVED)
    acts.insert(FAMILIES // 2, lambda: declare_event(AGENT, draft=event))
    ended = at_once(acts)
    assert set(ended) <= {"done", SomeRefused.__name__}
    assert not Booking.objects.filter(slot=home, state__in=HOLDING_A_PLACE).exists()
    moved = Booking.objects.filter(slot=away, state=BookingState.CONFIRMED).count()
    assert moved == ended["done"] - 1
    assert CapacityPool.objects.get(pk=away.pool_id).taken == moved
    assert preuve() == preuve_events() == []


def test_two_agents_who_declare_at_once_make_one_event(town: Reference) -> None:
    for act in booking_families(town, 4):
        act()
    event = at_the_canteen(town, EventEffect.FREE_ABSENCE)
    OutboxMessage.objects.all().delete()
    ended = at_once([lambda: declare_event(AGENT, draft=event)] * 6)
    assert ended == {"done": 6}
    assert CollectiveEvent.objects.count() == 1
    assert OutboxMessage.objects.count() == 4


def test_two_agents_who_undo_at_once_give_back_once(town: Reference) -> None:
    slot = town.slot(CANTEEN, DAY)
    for act in booking_families(town, 6):
        act()
    event = declare_event(AGENT, draft=at_the_canteen(town, EventEffect.CLOSED)).event_id
    OutboxMessage.objects.all().delete()
    ended = at_once([lambda: undo_event(AGENT, event_id=event)] * 6)
    assert ended == {"done": 1, "EventUndone": 5}
    assert Booking.objects.filter(slot=slot, state=BookingState.CONFIRMED).count() == 6
    assert CapacityPool.objects.get(pk=slot.pool_id).taken == 6
    assert OutboxMessage.objects.count() == 6
    assert AuditEvent.objects.filter(action="activities.undo_event").count() == 1


def test_a_place_is_given_once_when_an_event_is_undone_while_families_book(town: Reference) -> None:
    """The class comes back as others ask for the places it had freed: never more children than places."""
    slot = town.slot(CANTEEN, DAY)
    first = booking_families(town, 4)
    others = [family(town, 100 + n, grade=Grade.CM1) for n in range(6)]
    for act in first:
        act()
    event = declare_event(AGENT, draft=of_the_class(town)).event_id
    pool = scarce(slot, 4)
    acts = [ask(*one, slot.pk, f"jeton-des-autres-{n:04d}") for n, one in enumerate(others)]
    ended = at_once([*acts, lambda: undo_event(AGENT, event_id=event)])
    assert set(ended) <= {"done", SomeRefused.__name__}
    held = Booking.objects.filter(slot=slot, state=BookingState.CONFIRMED).count()
    assert held == CapacityPool.objects.get(pk=pool).taken == 4
    still_out = Booking.objects.filter(slot=slot, cancel_timing=CancelTiming.SERVICE).count()
    assert still_out == ended["done"] - 1
