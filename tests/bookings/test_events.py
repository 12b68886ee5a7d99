"""A collective event in one act: what each effect does, told and journaled once, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

import pytest
import time_machine
from django.db import transaction

from espace.activities.enums import EventEffect, EventScope, SlotState, Timing
from espace.activities.errors import AlreadyDeclared, ClosedByEvent, MovedByEvent
from espace.activities.models import CapacityPool, CollectiveEvent
from espace.audit.models import AuditEvent
from espace.billing.models import Charge
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.errors import BookingGone, SomeCannotMove, SomeRefused
from espace.bookings.models import Booking
from espace.bookings.queries import event_preview_for
from espace.bookings.queries.events import plan_event
from espace.bookings.rules import Room
from espace.bookings.services import (
    apply_changes,
    apply_pattern,
    declare_event,
    enrol,
    preview_changes,
    preview_pattern,
)
from espace.bookings.services.places import lock_pools
from espace.demo.town import Reference
from espace.kernel.money import Money
from espace.notifications.models import OutboxMessage
from tests.support.bills import book, compute
from tests.support.cast import Character
from tests.support.events import CANTEEN, DAY, close, draft, fresh, moving, of_class, recount, taken

WEDNESDAY = "accueil-de-loisirs-du-mercredi"
EFFECTS = EventEffect


# Closed ---------------------------------------------------------------------------------------------------------


def test_a_class_that_is_closed_leaves_the_canteen_open_to_the_others(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference
) -> None:
    done = declare_event(denise.actor, draft=of_class(EFFECTS.CLOSED, town))
    now = fresh(meals)
    assert (done.cancelled, done.moved, done.households) == (1, 0, 1)
    assert (now["zoe"].state, now["zoe"].cancel_timing) == (BookingState.CANCELLED, CancelTiming.SERVICE)
    assert (now["zoe"].event_id, now["zoe"].state_before) == (done.event_id, BookingState.CONFIRMED)
    assert {now["lina"].state, now["tom"].state} == {BookingState.CONFIRMED}
    assert town.slot(CANTEEN, DAY).state == SlotState.OPEN
    assert taken(town) == 1
    message = OutboxMessage.objects.get()
    assert message.recipient == alice.user.email
    assert "Zoé : Repas, jeudi 10 décembre 2026" in message.body
    assert "annulées, rien n’est facturé" in message.body


def test_a_school_closes_its_own_place_and_takes_its_pupils_off_the_shared_one(
    denise: Character, alice: Character, charlie: Character, town: Reference
) -> None:
    wednesday = date(2026, 12, 16)
    zoe, tom = alice.children
    centre = {
        "zoe": book(zoe, town.slot(WEDNESDAY, wednesday, formula="JOURNEE")),
        "tom": book(tom, town.slot(WEDNESDAY, wednesday, formula="JOURNEE")),
    }
    meal = book(zoe, town.slot(CANTEEN, date(2026, 12, 17)))
    recount()
    school = town.schools["lavoir"].pk
    event = draft(EFFECTS.CLOSED, wednesday, date(2026, 12, 18), scope=EventScope.SCHOOL, of=school)
    declare_event(denise.actor, draft=event)
    now = fresh(centre)
    assert now["zoe"].state == BookingState.CANCELLED
    assert now["tom"].state == BookingState.CONFIRMED
    assert Booking.objects.get(pk=meal.pk).state == BookingState.CANCELLED
    assert town.slot(WEDNESDAY, wednesday, formula="JOURNEE").state == SlotState.OPEN
    assert town.slot(CANTEEN, date(2026, 12, 17)).state == SlotState.CLOSED
    assert town.slot(CANTEEN, date(2026, 12, 17), venue="tilleuls").state == SlotState.OPEN


def test_nobody_books_for_a_child_whose_class_is_closed(
    denise: Character, alice: Character, charlie: Character, town: Reference
) -> None:
    declare_event(denise.actor, draft=of_class(EFFECTS.CLOSED, town))
    slot = town.slot(CANTEEN, DAY)
    for who, refused in ((alice, True), (charlie, False)):
        child = who.children[0].pk
        enrol(who.actor, child_id=child, period_id=slot.period_id)
        line = preview_changes(who.actor, child_id=child, add=[slot.pk], remove=[]).lines[0]
        assert isinstance(line.problem, ClosedByEvent) is refused
        assert line.is_fine is not refused


def test_a_pattern_leaves_a_closed_class_alone(denise: Character, alice: Character, town: Reference) -> None:
    zoe = alice.children[0].pk
    enrolment = enrol(alice.actor, child_id=zoe, period_id=town.period(CANTEEN, DAY).pk)
    declare_event(denise.actor, draft=of_class(EFFECTS.CLOSED, town))
    asked = {
        "enrolment_ids": [enrolment.pk],
        "days": [(3, town.formulas[CANTEEN, "REPAS"].pk)],
        "from_day": date(2026, 12, 7),
    }
    recap = preview_pattern(alice.actor, **asked)  # type: ignore[arg-type]
    assert DAY not in {line.day for line in recap.lines}
    assert not recap.refused
    apply_pattern(alice.actor, token="jeton-0000000000000001", expected=recap.digest, **asked)  # type: ignore[arg-type]


# Free absence ---------------------------------------------------------------------------------------------------


def test_on_a_strike_one_cancels_free_of_charge_until_the_day_ends(
    denise: Character,
    alice: Character,
    remi: Character,
    meals: dict[str, Booking],
    town: Reference,
    frozen: time_machine.Traveller,
) -> None:
    school = town.schools["lavoir"].pk
    declare_event(denise.actor, draft=draft(EFFECTS.FREE_ABSENCE, DAY, scope=EventScope.SCHOOL, of=school))
    assert set(Booking.objects.values_list("state", flat=True).order_by("id")) == {BookingState.CONFIRMED}
    told = OutboxMessage.objects.filter(recipient=alice.user.email).get()
    assert told.subject == "Grève : vous pouvez annuler sans frais"
    assert "jusqu’au soir du jour même" in told.body
    assert "Zoé : Repas, jeudi 10 décembre 2026" in told.body
    assert "Tom" not in told.body  # his school does not strike
    frozen.move_to("2026-12-10 21:30:00+01:00")  # the limit on line was the eve at noon
    zoe, tom = alice.children
    asked = {"child_id": zoe.pk, "add": [], "remove": [meals["zoe"].pk]}
    recap = preview_changes(alice.actor, **asked)  # type: ignore[arg-type]
    (line,) = recap.lines
    assert (line.timing, line.is_fine, line.stays_due) == (Timing.IN_TIME, True, False)
    assert recap.total == -Money(235)
    apply_changes(alice.actor, token="jeton-0000000000000001", expected=recap.digest, **asked)  # type: ignore[arg-type]
    tom_line = preview_changes(alice.actor, child_id=tom.pk, add=[], remove=[meals["tom"].pk]).lines[0]
    assert tom_line.timing is not Timing.IN_TIME
    frozen.move_to("2027-01-04 10:00:00+01:00")
    compute(remi, date(2026, 12, 1), office_id=town.office.pk)
    assert {c.person_id for c in Charge.objects.order_by("id")} == {
        meals["lina"].child_id,
        meals["tom"].child_id,
    }


def test_who_had_cancelled_late_before_the_strike_was_told_owes_nothing(
    denise: Character, alice: Character, remi: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    for day in (date(2026, 11, 26), date(2026, 11, 27)):
        book(alice.children[0], town.slot(CANTEEN, day), cancelled=CancelTiming.LATE)
    declare_event(denise.actor, draft=draft(EFFECTS.FREE_ABSENCE, date(2026, 11, 26)))
    frozen.move_to("2026-12-02 10:00:00+01:00")
    compute(remi, date(2026, 11, 1), office_id=town.office.pk)
    assert [c.date for c in Charge.objects.order_by("id")] == [date(2026, 11, 27)]


def test_a_class_closed_is_free_even_for_who_had_cancelled_late(
    denise: Character, alice: Character, charlie: Character, remi: Character, town: Reference,
    frozen: time_machine.Traveller,
) -> None:  # fmt: skip
    for who in (alice, charlie):
        book(who.children[0], town.slot(CANTEEN, DAY), cancelled=CancelTiming.LATE)
    declare_event(denise.actor, draft=of_class(EFFECTS.CLOSED, town))
    frozen.move_to("2027-01-04 10:00:00+01:00")
    compute(remi, date(2026, 12, 1), office_id=town.office.pk)
    assert [c.person_id for c in Charge.objects.order_by("id")] == [charlie.children[0].pk]


# Picnic ---------------------------------------------------------------------------------------------------------


def test_a_picnic_stays_booked_and_due(
    denise: Character, alice: Character, remi: Character, meals: dict[str, Booking], town: Reference,
    frozen: time_machine.Traveller,
) -> None:  # fmt: skip
    book(alice.children[0], town.slot("accueil-du-soir", DAY))
    done = declare_event(denise.actor, draft=of_class(EFFECTS.PICNIC, town))
    assert (done.cancelled, done.households) == (0, 1)
    body = OutboxMessage.objects.get().body
    assert "Zoé : Repas" in body
    assert "Soir" not in body  # no picnic in the evening
    frozen.move_to("2027-01-04 10:00:00+01:00")
    compute(remi, date(2026, 12, 1), office_id=town.office.pk)
    assert Charge.objects.filter(person_id=alice.children[0].pk).count() == 2


# Moved ----------------------------------------------------------------------------------------------------------


def test_children_are_moved_with_their_places(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference
) -> None:
    home, away = town.slot(CANTEEN, DAY), town.slot(CANTEEN, DAY, venue="tilleuls")
    done = declare_event(denise.actor, draft=moving(town))
    now = fresh(meals)
    assert (done.moved, done.cancelled) == (2, 0)
    for name in ("zoe", "lina"):
        assert now[name].state == BookingState.CONFIRMED
        assert (now[name].slot_id, now[name].moved_from_id) == (away.pk, home.pk)
        assert now[name].moved_by_id == done.event_id
    assert (taken(town), taken(town, "tilleuls")) == (0, 3)
    body = OutboxMessage.objects.filter(recipient=alice.user.email).get().body
    assert "École maternelle des Tilleuls, 11, rue des Tilleuls" in body


def test_what_does_not_fit_is_refused_unless_the_agent_cancels_it(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference
) -> None:
    pool = town.slot(CANTEEN, DAY, venue="tilleuls").pool
    CapacityPool.objects.filter(pk=pool.pk).update(capacity=2)
    asked = moving(town)
    preview = event_preview_for(denise.actor, asked)
    assert [b.first_name for b in preview.plan.left_out] == ["Lina"]  # asked last
    with pytest.raises(SomeCannotMove):
        declare_event(denise.actor, draft=asked)
    assert not CollectiveEvent.objects.exists()
    assert not Booking.objects.exclude(state="CONFIRMED").exists()
    done = declare_event(denise.actor, draft=asked, cancel_left_out=True)
    assert (done.moved, done.cancelled) == (1, 1)
    lina = fresh(meals)["lina"]
    assert (lina.state, lina.cancel_timing) == (BookingState.CANCELLED, CancelTiming.SERVICE)
    assert (taken(town), taken(town, "tilleuls")) == (0, 2)


def test_on_a_day_moved_one_books_and_cancels_there(
    denise: Character, alice: Character, town: Reference
) -> None:
    zoe = alice.children[0].pk
    home, away = town.slot(CANTEEN, DAY), town.slot(CANTEEN, DAY, venue="tilleuls")
    enrol(alice.actor, child_id=zoe, period_id=home.period_id)
    declare_event(denise.actor, draft=moving(town))
    line = preview_changes(alice.actor, child_id=zoe, add=[home.pk], remove=[]).lines[0]
    assert isinstance(line.problem, MovedByEvent)
    recap = preview_changes(alice.actor, child_id=zoe, add=[away.pk], remove=[])
    apply_changes(
        alice.actor,
        child_id=zoe,
        add=[away.pk],
        remove=[],
        token="jeton-0000000000000001",
        expected=recap.digest,
    )
    booking = Booking.objects.get()
    assert preview_changes(alice.actor, child_id=zoe, add=[], remove=[booking.pk]).lines[0].is_fine


def test_who_was_moved_once_is_not_moved_twice(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference
) -> None:
    declare_event(denise.actor, draft=moving(town))
    again = draft(
        EFFECTS.MOVED, DAY, scope=EventScope.VENUE, of=town.venues["tilleuls"].pk, to=town.venues["lavoir"].pk
    )
    assert {b.first_name for b in plan_event(again).left_out} == {"Zoé", "Lina"}


# While families book --------------------------------------------------------------------------------------------


def amid(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Has `act` happen between the plan of a form and its locks, as another process would."""
    waiting = [act]

    def late(pools: Collection[int]) -> dict[int, Room]:
        if waiting:
            waiting.pop()()
        return lock_pools(pools)

    monkeypatch.setattr("espace.bookings.services.submitting.lock_pools", late)


@pytest.mark.parametrize("guarded", [False, True])
def test_a_class_closed_amid_a_booking_keeps_the_child_out(
    denise: Character, alice: Character, town: Reference, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Its slot stays open: without asking the events again under the locks, the child would be inside."""
    zoe, slot = alice.children[0].pk, town.slot(CANTEEN, DAY)
    enrol(alice.actor, child_id=zoe, period_id=slot.period_id)
    recap = preview_changes(alice.actor, child_id=zoe, add=[slot.pk], remove=[])
    asked = {"child_id": zoe, "add": [slot.pk], "remove": [], "token": "jeton-0000000000000001"}
    amid(monkeypatch, lambda: declare_event(denise.actor, draft=of_class(EFFECTS.CLOSED, town)))
    if not guarded:
        monkeypatch.setattr("espace.bookings.services.submitting.why_barred", lambda event: None)
        apply_changes(alice.actor, expected=recap.digest, **asked)  # type: ignore[arg-type]
        assert Booking.objects.get().state == BookingState.CONFIRMED
        return
    with pytest.raises(SomeRefused):
        apply_changes(alice.actor, expected=recap.digest, **asked)  # type: ignore[arg-type]
    assert not Booking.objects.exists()


def test_a_booking_moved_amid_its_cancellation_is_not_taken_off_the_wrong_place(
    denise: Character, alice: Character, meals: dict[str, Booking], town: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    zoe, booking = alice.children[0].pk, meals["zoe"].pk
    recap = preview_changes(alice.actor, child_id=zoe, add=[], remove=[booking])
    amid(monkeypatch, lambda: declare_event(denise.actor, draft=moving(town)))
    with pytest.raises(BookingGone), transaction.atomic():
        apply_changes(
            alice.actor, child_id=zoe, add=[], remove=[booking], token="jeton-0000000000000001",
            expected=recap.digest,
        )  # fmt: skip
    assert (taken(town), taken(town, "tilleuls")) == (
        2,
        1,
    )  # the whole is undone, the event of this test with it


# Once -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("effect", [EFFECTS.CLOSED, EFFECTS.FREE_ABSENCE, EFFECTS.PICNIC])
def test_the_same_event_sent_twice_is_one(
    denise: Character, meals: dict[str, Booking], town: Reference, effect: EventEffect
) -> None:
    first = declare_event(denise.actor, draft=of_class(effect, town))
    again = declare_event(denise.actor, draft=of_class(effect, town))
    assert (again.event_id, again.is_new) == (first.event_id, False)
    assert OutboxMessage.objects.count() == 1
    assert AuditEvent.objects.filter(action="activities.declare_event").count() == 1
    with pytest.raises(AlreadyDeclared):
        declare_event(denise.actor, draft=of_class(effect, town, reason="Autre motif"))


def test_one_message_an_adult_and_one_row_of_the_journal_a_household(
    denise: Character, alice: Character, bob: Character, meals: dict[str, Booking], town: Reference
) -> None:
    close(denise.actor, DAY, date(2026, 12, 12))
    households = Booking.objects.count()
    rows = AuditEvent.objects.filter(action="bookings.cancel_by_service").order_by("household_id")
    ids = list(rows.values_list("household_id", flat=True))
    assert len(ids) == len(set(ids)) <= households
    recipients = list(OutboxMessage.objects.order_by("id").values_list("recipient", flat=True))
    assert len(recipients) == len(set(recipients)) == len(ids)
