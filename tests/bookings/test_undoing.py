"""Undoing an event: what it took comes back exactly, as far as places allow, and families learn it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from espace.activities.enums import EventEffect, EventScope, SlotState
from espace.activities.errors import EventOver, EventUndone, NothingThere
from espace.activities.models import CapacityPool, CollectiveEvent, Slot
from espace.activities.rules import EventDraft
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState, CancelTiming, EnrolmentState
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries import undo_preview_for
from espace.bookings.services import apply_changes, declare_event, enrol, preview_changes, undo_event
from espace.demo.town import Reference
from espace.families.models import Person
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from espace.town.enums import Grade
from tests.support.bills import book
from tests.support.cast import Character
from tests.support.events import CANTEEN, DAY, close, draft, fresh, moving, of_class, recount, taken

WEDNESDAY = "accueil-de-loisirs-du-mercredi"
EFFECTS = EventEffect


def stored() -> tuple[list[Any], list[tuple[int, int]], list[tuple[int, str, str]]]:
    """Bookings, places and slots, as they are."""
    return (
        list(Booking.objects.order_by("id").values()),
        list(CapacityPool.objects.order_by("id").values_list("id", "taken")),
        list(Slot.objects.order_by("id").values_list("id", "state", "closed_reason")),
    )


class Scene:
    """Who is there, in few letters should an example fail."""

    def __init__(self, town: Reference, agent: Character, children: list[Person]) -> None:
        self.town, self.agent, self.children = town, agent, children

    def book(self, states: list[str], left: int) -> None:
        """Nine days of three children, in those states; `left` places at « tilleuls »."""
        town, (zoe, tom, lina) = self.town, self.children
        slots = [town.slot(CANTEEN, date(2026, 12, day)) for day in (7, 8, 10)]
        slots += [town.slot(CANTEEN, date(2026, 12, day), venue="tilleuls") for day in (7, 10, 11)]
        slots += [town.slot(WEDNESDAY, date(2026, 12, 9), formula="JOURNEE")] * 3
        for child, slot, state in zip(
            [zoe, lina, zoe, tom, tom, tom, zoe, tom, lina], slots, states, strict=True
        ):
            timing = CancelTiming(state) if state in list(CancelTiming) else None
            booking = book(child, slot, cancelled=timing)
            if state == BookingState.WAITLISTED:
                Booking.objects.filter(pk=booking.pk).update(state=state)
        recount()
        for pool in CapacityPool.objects.filter(venue=town.venues["tilleuls"]).order_by("id"):
            CapacityPool.objects.filter(pk=pool.pk).update(capacity=pool.taken + left)

    def event(
        self, effect: EventEffect, scope: EventScope, narrowed: bool, start: date, end: date
    ) -> EventDraft:
        town = self.town
        canteen = town.activities[CANTEEN].pk
        of = {
            EventScope.SCHOOL: town.schools["lavoir"].pk,
            EventScope.CLASS: town.classes["lavoir", Grade.CE2].pk,
            EventScope.VENUE: town.venues["lavoir"].pk,
            EventScope.ACTIVITY: canteen,
        }
        narrow = (narrowed and scope is not EventScope.TOWN) or scope is EventScope.ACTIVITY
        to = town.venues["tilleuls"].pk if effect is EventEffect.MOVED else None
        activity = canteen if narrow else None
        return draft(effect, start, end, scope=scope, of=of.get(scope), activity=activity, to=to)


@pytest.fixture
def scene(town: Reference, denise: Character, alice: Character, charlie: Character) -> Scene:
    return Scene(town, denise, [*alice.children, charlie.children[0]])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    effect=st.sampled_from(EventEffect),
    scope=st.sampled_from(EventScope),
    narrowed=st.booleans(),
    first=st.integers(7, 11),
    days=st.integers(1, 5),
    left=st.integers(0, 4),
    states=st.lists(
        st.sampled_from([*CancelTiming, BookingState.CONFIRMED, BookingState.WAITLISTED]),
        min_size=9,
        max_size=9,
    ),
)
def test_declared_then_undone_nothing_changed(
    scene: Scene, effect: EventEffect, scope: EventScope, narrowed: bool, first: int, days: int, left: int,
    states: list[str],
) -> None:  # fmt: skip
    """When nothing else happened meanwhile: bookings, places and slots are to the letter what they were."""
    start = date(2026, 12, first)
    with transaction.atomic():
        try:
            scene.book(states, left)
            before = stored()
            event = scene.event(effect, scope, narrowed, start, start + timedelta(days=days))
            done = declare_event(scene.agent.actor, draft=event, cancel_left_out=True)
            assert not CapacityPool.objects.filter(taken__gt=F("capacity")).exists()
            undo_event(scene.agent.actor, event_id=done.event_id)
            assert stored() == before
        except NothingThere:
            assume(False)
        finally:
            transaction.set_rollback(True)  # each example starts from the same town


def test_it_is_counted_then_done_and_told_once(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference
) -> None:
    event = close(denise.actor, DAY).event_id
    OutboxMessage.objects.all().delete()
    preview = undo_preview_for(denise.actor, event)
    assert (len(preview.plan.back), preview.plan.missing) == (3, [])
    assert Booking.objects.filter(state="CANCELLED").count() == 3
    done = undo_event(denise.actor, event_id=event)
    assert (done.back, done.missing, done.households) == (3, 0, 2)
    assert town.slot(CANTEEN, DAY).state == SlotState.OPEN
    assert (taken(town), taken(town, "tilleuls")) == (2, 1)
    body = OutboxMessage.objects.get(recipient=alice.user.email).body
    assert "n’a plus lieu" in body
    assert "Zoé : Repas, jeudi 10 décembre 2026" in body
    assert OutboxMessage.objects.count() == 2
    assert AuditEvent.objects.filter(action="bookings.undo_event").count() == 2
    assert AuditEvent.objects.filter(action="activities.undo_event").count() == 1
    with pytest.raises(EventUndone):
        undo_event(denise.actor, event_id=event)
    assert OutboxMessage.objects.count() == 2


def test_a_place_taken_meanwhile_is_listed_and_told(
    denise: Character, alice: Character, charlie: Character, town: Reference
) -> None:
    """A class closed frees its places in an open canteen: the first who asked before comes back first."""
    zoe, lina = alice.children[0], charlie.children[0]
    slot = town.slot(CANTEEN, DAY)
    mine = book(zoe, slot)
    recount()
    CapacityPool.objects.filter(pk=slot.pool_id).update(capacity=1)
    event = declare_event(denise.actor, draft=of_class(EFFECTS.CLOSED, town)).event_id
    enrol(charlie.actor, child_id=lina.pk, period_id=slot.period_id)
    recap = preview_changes(charlie.actor, child_id=lina.pk, add=[slot.pk], remove=[])
    apply_changes(
        charlie.actor, child_id=lina.pk, add=[slot.pk], remove=[], token="jeton-0000000000000001",
        expected=recap.digest,
    )  # fmt: skip
    OutboxMessage.objects.all().delete()
    page = denise.client.get(f"/agents/evenements/{event}/annuler/").content.decode()
    assert "Zoé, Repas, jeudi 10 décembre 2026" in page.replace("\u00a0", " ")
    assert "la place a été prise" in page
    done = undo_event(denise.actor, event_id=event)
    assert (done.back, done.missing) == (0, 1)
    kept = Booking.objects.get(pk=mine.pk)
    assert (kept.state, kept.cancel_timing) == (BookingState.CANCELLED, CancelTiming.SERVICE)
    message = OutboxMessage.objects.get()
    assert message.recipient == alice.user.email
    assert "la place a été prise" in message.body
    assert "rien n’est facturé" in message.body


def test_who_was_moved_goes_back(denise: Character, meals: dict[str, Booking], town: Reference) -> None:
    before = stored()
    event = declare_event(denise.actor, draft=moving(town)).event_id
    undo_event(denise.actor, event_id=event)
    assert stored() == before


def test_who_has_no_place_back_stays_where_they_are(
    denise: Character, alice: Character, charlie: Character, meals: dict[str, Booking], town: Reference
) -> None:
    event = declare_event(denise.actor, draft=moving(town)).event_id
    pool = town.slot(CANTEEN, DAY).pool
    CapacityPool.objects.filter(pk=pool.pk).update(capacity=1)
    OutboxMessage.objects.all().delete()
    done = undo_event(denise.actor, event_id=event)
    assert (done.back, done.missing) == (1, 1)
    now = fresh(meals)
    assert now["zoe"].slot.venue_id == town.venues["lavoir"].pk
    assert now["lina"].slot.venue_id == town.venues["tilleuls"].pk
    assert now["lina"].state == BookingState.CONFIRMED
    body = OutboxMessage.objects.get(recipient=charlie.user.email).body
    assert "restent dans l’autre lieu, École maternelle des Tilleuls" in body
    page = charlie.client.get(f"/reserver/{charlie.children[0].pk}/2026-12/").content.decode()
    assert 'value="' + str(now["lina"].slot_id) + '"' in page  # it can still be cancelled


def test_a_day_that_another_event_closes_stays_closed_by_that_one(
    denise: Character, meals: dict[str, Booking], town: Reference
) -> None:
    school = town.schools["lavoir"].pk
    small = declare_event(
        denise.actor, draft=draft(EFFECTS.CLOSED, DAY, scope=EventScope.SCHOOL, of=school)
    ).event_id
    large = close(denise.actor, DAY).event_id
    done = undo_event(denise.actor, event_id=small)
    assert (done.back, done.missing) == (0, 0)
    assert fresh(meals)["zoe"].event_id == large
    assert town.slot(CANTEEN, DAY).closed_by_id == large
    undo_event(denise.actor, event_id=large)
    assert {b.state for b in fresh(meals).values()} == {BookingState.CONFIRMED}
    assert not Slot.objects.filter(state=SlotState.CLOSED).exists()
    assert (taken(town), taken(town, "tilleuls")) == (2, 1)


@pytest.mark.parametrize(
    ("state", "state_before", "expected"),
    [
        (EnrolmentState.ACCEPTED, BookingState.PENDING_ENROLMENT, BookingState.CONFIRMED),
        (EnrolmentState.PENDING, BookingState.PENDING_ENROLMENT, BookingState.PENDING_ENROLMENT),
        (EnrolmentState.REFUSED, BookingState.PENDING_ENROLMENT, BookingState.CANCELLED),
        (EnrolmentState.ENDED, BookingState.CONFIRMED, BookingState.CANCELLED),
    ],
)
def test_it_comes_back_as_its_enrolment_now_allows(
    denise: Character, meals: dict[str, Booking], state: EnrolmentState, state_before: str, expected: str
) -> None:
    zoe = meals["zoe"]
    Booking.objects.filter(pk=zoe.pk).update(state=state_before)
    event = close(denise.actor, DAY).event_id
    Enrolment.objects.filter(pk=zoe.enrolment_id).update(state=state)
    undo_event(denise.actor, event_id=event)
    assert Booking.objects.get(pk=zoe.pk).state == expected


def test_a_child_expected_elsewhere_is_not_booked_twice(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference
) -> None:
    event = close(denise.actor, DAY, activity=town.activities[CANTEEN].pk).event_id
    away = town.slot(CANTEEN, DAY, venue="tilleuls")
    Slot.objects.filter(pk=away.pk).update(state=SlotState.OPEN, closed_by=None, closed_reason="")
    book(alice.children[0], away)
    done = undo_event(denise.actor, event_id=event)
    assert (done.back, done.missing) == (2, 1)
    assert fresh(meals)["zoe"].state == BookingState.CANCELLED


def test_the_days_gone_by_stay_as_they_were_lived(
    denise: Character, alice: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    days = [date(2026, 12, day) for day in (10, 11)]
    bookings = [book(alice.children[0], town.slot(CANTEEN, day)) for day in days]
    recount()
    event = close(denise.actor, days[0], date(2026, 12, 12)).event_id
    frozen.move_to("2026-12-11 07:00:00+01:00")
    done = undo_event(denise.actor, event_id=event)
    assert done.back == 1
    states = [Booking.objects.get(pk=b.pk).state for b in bookings]
    assert states == [BookingState.CANCELLED, BookingState.CONFIRMED]
    assert town.slot(CANTEEN, days[0]).state == SlotState.CLOSED
    assert town.slot(CANTEEN, days[1]).state == SlotState.OPEN


def test_an_event_gone_by_is_not_undone(
    denise: Character, meals: dict[str, Booking], frozen: time_machine.Traveller
) -> None:
    event = close(denise.actor, DAY).event_id
    frozen.move_to("2026-12-11 00:00:30+01:00")
    with pytest.raises(EventOver):
        undo_event(denise.actor, event_id=event)
    assert CollectiveEvent.objects.get().undone_at is None


def test_a_strike_called_off_is_told_to_who_gave_the_day_up(
    denise: Character,
    alice: Character,
    charlie: Character,
    meals: dict[str, Booking],
    frozen: time_machine.Traveller,
) -> None:
    event = declare_event(denise.actor, draft=draft(EFFECTS.FREE_ABSENCE, DAY)).event_id
    frozen.move_to("2026-12-09 10:00:00+01:00")
    zoe = alice.children[0].pk
    asked = {"child_id": zoe, "add": [], "remove": [meals["zoe"].pk]}
    recap = preview_changes(alice.actor, **asked)  # type: ignore[arg-type]
    apply_changes(alice.actor, token="jeton-0000000000000001", expected=recap.digest, **asked)  # type: ignore[arg-type]
    OutboxMessage.objects.all().delete()
    undo_event(denise.actor, event_id=event)
    assert fresh(meals)["zoe"].state == BookingState.CANCELLED
    message = OutboxMessage.objects.get(recipient=alice.user.email)
    assert message.subject == "N’a plus lieu : Grève"
    assert "Un jour que vous avez annulé le reste" in message.body
    assert "Zoé : Repas" in message.body
    line = preview_changes(
        charlie.actor, child_id=charlie.children[0].pk, add=[], remove=[meals["lina"].pk]
    ).lines[0]
    assert line.stays_due  # the limits hold again


def test_only_an_agent_of_the_activities_undoes(
    denise: Character, alice: Character, remi: Character, meals: dict[str, Booking]
) -> None:
    event = close(denise.actor, DAY).event_id
    for who in (alice, remi):
        with pytest.raises(NotFound):
            undo_event(who.actor, event_id=event)
        assert who.client.post(f"/agents/evenements/{event}/annuler/").status_code == 404
    assert Booking.objects.filter(state="CANCELLED").count() == 3
