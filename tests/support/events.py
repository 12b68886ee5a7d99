"""Short ways to write a collective event."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from espace.activities.enums import EventEffect, EventKind, EventScope
from espace.activities.rules import EventDraft, Reach
from espace.bookings.models import Booking
from espace.bookings.services import EventDone, declare_event, places
from espace.demo.town import Reference
from espace.kernel.actor import Actor
from espace.town.enums import Grade
from tests.support.bills import book
from tests.support.cast import Character

REASON = "Grève nationale"
CANTEEN = "restauration-scolaire"
DAY = date(2026, 12, 10)  # a Thursday


def draft(
    effect: EventEffect,
    start: date,
    end: date | None = None,
    *,
    scope: EventScope = EventScope.TOWN,
    of: int | None = None,
    activity: int | None = None,
    to: int | None = None,
    kind: EventKind = EventKind.STRIKE,
    reason: str = REASON,
) -> EventDraft:
    """Over `[start, end)`, one day by default; of the whole town unless a scope and its object are given."""
    if scope is EventScope.TOWN and activity is not None:
        scope, of = EventScope.ACTIVITY, activity
    reach = Reach(scope, of, activity, start, end or start + timedelta(days=1), to)
    return EventDraft(reach, kind, effect, reason)


def close(actor: Actor, start: date, end: date | None = None, *, activity: int | None = None) -> EventDone:
    """Closes an activity, or all of them, everywhere."""
    return declare_event(actor, draft=draft(EventEffect.CLOSED, start, end, activity=activity))


@pytest.fixture
def meals(alice: Character, charlie: Character, town: Reference) -> dict[str, Booking]:
    """Zoé (CE2) and Lina (CP) eat at « lavoir » on that day, Tom (MS) at « tilleuls »."""
    zoe, tom = alice.children
    made = {
        "zoe": book(zoe, town.slot(CANTEEN, DAY)),
        "lina": book(charlie.children[0], town.slot(CANTEEN, DAY)),
        "tom": book(tom, town.slot(CANTEEN, DAY, venue="tilleuls")),
    }
    recount()
    return made


def recount() -> None:
    """The pools as the bookings made by hand hold them."""
    places.recount(set(Booking.objects.order_by("id").values_list("slot__pool", flat=True)))


def taken(town: Reference, venue: str = "lavoir", day: date = DAY) -> int:
    return town.slot(CANTEEN, day, venue=venue).pool.taken


def fresh(bookings: dict[str, Booking]) -> dict[str, Booking]:
    return {name: Booking.objects.get(pk=b.pk) for name, b in bookings.items()}


def of_class(
    effect: EventEffect, town: Reference, grade: Grade = Grade.CE2, *, reason: str = REASON
) -> EventDraft:
    scope_id = town.classes["lavoir", grade].pk
    return draft(effect, DAY, scope=EventScope.CLASS, of=scope_id, reason=reason)


def moving(town: Reference) -> EventDraft:
    """The canteen of « lavoir » eats at « tilleuls »."""
    return draft(
        EventEffect.MOVED,
        DAY,
        scope=EventScope.VENUE,
        of=town.venues["lavoir"].pk,
        activity=town.activities[CANTEEN].pk,
        to=town.venues["tilleuls"].pk,
    )
