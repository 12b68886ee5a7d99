"""What families read of an event, and whom it reaches: the database and the rule say the same."""

from __future__ import annotations

from datetime import date

import pytest

from espace.activities.enums import EventEffect, EventScope, SlotState
from espace.activities.models import Slot
from espace.activities.queries.events import live_events
from espace.activities.rules import Place, reaches_everyone
from espace.activities.services import record_event
from espace.audit.models import AuditEvent
from espace.bookings.models import Booking
from espace.bookings.queries import event_days_later
from espace.bookings.queries.events import plan_event
from espace.bookings.queries.happenings import happenings
from espace.bookings.services import declare_event
from espace.demo.town import Reference
from espace.families.models import HealthPlan
from espace.kernel.actor import SYSTEM
from espace.town.enums import Grade
from tests.support.bills import book
from tests.support.cast import Character
from tests.support.events import CANTEEN, DAY, close, draft, moving, of_class
from tests.support.grids import readable

WEDNESDAY, EVE = "accueil-de-loisirs-du-mercredi", date(2026, 12, 9)
EFFECTS = EventEffect


# What families read ----------------------------------------------------------------------------------------------


def test_the_agenda_tells_a_day_taken_away_and_whose(
    denise: Character, alice: Character, charlie: Character, meals: dict[str, Booking], town: Reference
) -> None:
    declare_event(denise.actor, draft=of_class(EFFECTS.CLOSED, town))
    found = event_days_later(alice.actor, None, date(2026, 12, 1), date(2027, 1, 1)).answer
    assert [(d.day, d.child, d.notice) for d in found] == [(DAY, "Zoé", "Fermé\xa0: Grève nationale")]
    assert event_days_later(charlie.actor, None, date(2026, 12, 1), date(2027, 1, 1)).answer == []


@pytest.mark.parametrize(
    ("effect", "notice"),
    [
        (EFFECTS.CLOSED, "Fermé : Grève nationale"),
        (EFFECTS.FREE_ABSENCE, "Grève : annulation gratuite"),
        (EFFECTS.PICNIC, "Grève : pique-nique"),
        (EFFECTS.MOVED, "Déplacé (restauration scolaire) : École maternelle des Tilleuls"),
    ],
)
def test_each_screen_of_the_parent_says_what_happens(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference, effect: EventEffect, notice: str,
) -> None:  # fmt: skip
    event = moving(town) if effect is EFFECTS.MOVED else of_class(effect, town)
    declare_event(denise.actor, draft=event)
    zoe = alice.children[0].pk
    month = readable(alice.client.get(f"/reserver/{zoe}/2026-12/").content.decode())
    if effect is EFFECTS.CLOSED:
        assert "<b>Fermé</b>Grève nationale. Vos réservations ont été retirées" in month
    else:
        assert f"<li>{notice}</li>" in month
    agenda = readable(alice.client.get(f"/ma-famille/{zoe}/?mois=2026-12").content.decode())
    assert f"<li>{notice}</li>" in agenda
    assert f"<b>{notice}</b>" in readable(alice.client.get("/tableau-de-bord/").content.decode())


# The database and the rule ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", EventScope)
@pytest.mark.parametrize("narrowed", [False, True])
def test_the_database_reaches_whom_the_rule_reaches(
    alice: Character, charlie: Character, meals: dict[str, Booking], town: Reference, scope: EventScope, narrowed: bool
) -> None:  # fmt: skip
    """The plan of an event asks the database; every screen asks the rule. They must never differ."""
    for child in (*alice.children, charlie.children[0]):
        book(child, town.slot(WEDNESDAY, EVE, formula="JOURNEE"))
    book(alice.children[0], town.slot("accueil-du-soir", DAY))
    canteen = town.activities[WEDNESDAY if scope is EventScope.VENUE else CANTEEN].pk
    of = {
        EventScope.TOWN: None,
        EventScope.SCHOOL: town.schools["lavoir"].pk,
        EventScope.CLASS: town.classes["lavoir", Grade.CE2].pk,
        EventScope.VENUE: town.venues["centre"].pk,
        EventScope.ACTIVITY: canteen,
    }[scope]
    activity = canteen if narrowed or scope is EventScope.ACTIVITY else None
    if scope is EventScope.TOWN:
        activity = None
    event = draft(EFFECTS.FREE_ABSENCE, EVE, date(2026, 12, 11), scope=scope, of=of, activity=activity)
    asked = {b.id for b in plan_event(event).reached}
    rows = Booking.objects.select_related("slot").order_by("id")
    record_event(SYSTEM, event)
    found = happenings({b.child_id for b in rows}, EVE, date(2026, 12, 12))
    ruled = {b.pk for b in rows if found.on(b.child_id, b.slot.activity_id, b.slot.venue_id, b.date)}
    assert asked == ruled
    assert asked


def test_a_closed_slot_is_one_where_everyone_is_reached(
    denise: Character, meals: dict[str, Booking], town: Reference
) -> None:
    school = town.schools["lavoir"].pk
    declare_event(denise.actor, draft=draft(EFFECTS.CLOSED, DAY, scope=EventScope.SCHOOL, of=school))
    (event,) = live_events(DAY, date(2026, 12, 11))
    for slot in Slot.objects.filter(date=DAY).select_related("venue").order_by("id"):
        place = Place(slot.activity_id, slot.venue_id, slot.venue.school_id, slot.date)
        assert (slot.state == SlotState.CLOSED) is reaches_everyone(event.reach, place)


def test_a_health_plan_is_no_part_of_an_event(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference
) -> None:
    HealthPlan.objects.create(child=alice.children[0], packed_lunch=True, detail=b"x", start=date(2026, 9, 1))
    close(denise.actor, DAY)
    journal = " ".join(str(e.payload) for e in AuditEvent.objects.order_by("id"))
    assert "PAI" not in journal
    assert "lunch" not in journal
