"""The portal was down: limits put back in one act, what was asked late in time, families told, closed months refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine

from espace.activities.enums import Action, Anchor, OffsetUnit, Timing
from espace.activities.errors import ExtensionOutOfOrder, ExtensionTooLong, NotYoursToChange, RuleReasonNeeded
from espace.activities.models import DeadlineExtension
from espace.activities.rules import (
    Deadlines,
    Extension,
    ExtensionDraft,
    SlotDates,
    Tier,
    becomes_in_time,
    timing_at,
)
from espace.activities.services import set_deadlines
from espace.attendance.errors import MonthsClosed
from espace.attendance.services import close_month, extend_deadlines, preview_extension
from espace.audit.models import AuditEvent
from espace.bookings.enums import CancelTiming
from espace.bookings.models import Booking
from espace.bookings.queries.proof import preuve
from espace.bookings.services import enrol, preview_changes
from espace.demo.town import Reference
from espace.kernel import clock
from espace.kernel.calendar import Calendar
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.notifications.models import OutboxMessage
from tests.bookings.test_booking_days import CANTEEN, IN_TIME, MORNING, PARIS, confirm
from tests.portal.test_booking_month import text
from tests.support.cast import Character, signed_in
from tests.support.doc_tables import Row, instant_of, tables_of

# The canteen of 10 December: in time until 25 November at midnight, to cancel until the 8th at noon.
DOWN = Extension(
    datetime(2026, 11, 25, 18, 0, tzinfo=PARIS),
    datetime(2026, 11, 26, 8, 0, tzinfo=PARIS),
    datetime(2026, 11, 26, 23, 59, 59, tzinfo=PARIS),
)
DRAFT = ExtensionDraft(None, DOWN, "Le portail n’a pas répondu")


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    child = alice.children[0].pk
    for slug in (CANTEEN, MORNING):
        enrol(alice.actor, child_id=child, period_id=town.period(slug, IN_TIME).pk)
    return child


@pytest.mark.parametrize("row", tables_of("deadlines.md")["prolongation"], ids=lambda r: r["demandé le"])
def test_a_limit_that_fell_in_the_failure_holds_longer(row: Row) -> None:
    extended = Deadlines(
        (
            Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 15, OffsetUnit.CALENDAR_DAYS),
            Tier(Timing.LATE, Anchor.SLOT_DAY, 14, OffsetUnit.CALENDAR_DAYS),
        ),
        extensions=(DOWN,),
    )
    said = {Timing.IN_TIME: "dans les délais", Timing.LATE: "hors délai", Timing.CLOSED: "fermé"}
    day = instant_of(row["pour le"]).date()
    assert (
        said[timing_at(instant_of(row["demandé le"]), extended, SlotDates(day), Calendar({}))]
        == row["on est"]
    )


def test_what_was_asked_late_is_in_time(
    alice: Character, zoe: int, denise: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    slot = town.slot(CANTEEN, IN_TIME).pk
    frozen.move_to(datetime(2026, 11, 26, 9, 0, tzinfo=PARIS))
    confirm(alice.actor, zoe, add=[slot])
    assert Booking.objects.get().is_late
    OutboxMessage.objects.all().delete()
    plan = preview_extension(denise.actor, DRAFT)
    assert (len(plan.booked), len(plan.cancelled), plan.surcharges) == (1, 0, Money(250))
    assert list(plan.households) == [alice.household.pk]
    assert Booking.objects.get().is_late, "a preview writes nothing"
    extend_deadlines(denise.actor, DRAFT)
    booking = Booking.objects.get()
    assert not booking.is_late
    assert booking.rule_snapshot["was"]["timing"] == "LATE"
    words = booking.rule_snapshot["words"].replace("\u00a0", " ")
    assert words == (
        "Réservé dans les délais, prolongés jusqu’au jeudi 26 novembre 2026 à 23 h 59 : Le portail n’a pas répondu."
    )
    message = OutboxMessage.objects.get(recipient=alice.user.email)
    assert "sans majoration" in message.body
    assert "2,50" in message.body
    assert "jeudi 10 décembre 2026" in message.body
    event = AuditEvent.objects.get(action="bookings.extend_deadlines")
    assert (event.household_id, event.reason) == (alice.household.pk, DRAFT.reason)
    assert preuve() == []


def test_the_limit_shown_and_judged_is_the_new_one(
    alice: Character, zoe: int, denise: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    url, tonight = f"/reserver/{zoe}/2026-12/", "Réserver sans majoration jusqu’à ce soir 23 h 59"
    frozen.move_to(datetime(2026, 11, 26, 9, 0, tzinfo=PARIS))
    browser = signed_in(alice.user)
    assert text(browser.get(url)).count(tonight) == 1, "the 11th alone"
    extend_deadlines(denise.actor, DRAFT)
    assert text(browser.get(url)).count(tonight) == 2, "and the 10th"
    (line,) = preview_changes(
        alice.actor, child_id=zoe, add=[town.slot(CANTEEN, IN_TIME).pk], remove=[]
    ).lines
    assert not line.is_late
    assert line.limit == DOWN.until
    frozen.move_to(DOWN.until + timedelta(seconds=1))
    (line,) = preview_changes(
        alice.actor, child_id=zoe, add=[town.slot(CANTEEN, IN_TIME).pk], remove=[]
    ).lines
    assert line.is_late


def test_a_cancellation_late_in_the_failure_costs_nothing(
    alice: Character, zoe: int, denise: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    booking = Booking.objects.get()
    frozen.move_to(datetime(2026, 12, 8, 14, 0, tzinfo=PARIS))
    confirm(alice.actor, zoe, "jeton-de-formulaire-0002", remove=[booking.pk])
    assert Booking.objects.get().cancel_timing == CancelTiming.LATE
    noon = datetime(2026, 12, 8, 12, 0, tzinfo=PARIS)
    draft = ExtensionDraft(
        None, Extension(noon - timedelta(hours=1), noon, noon + timedelta(hours=6)), "Panne"
    )
    plan, _ = extend_deadlines(denise.actor, draft)
    assert len(plan.cancelled) == 1
    assert plan.given_back > Money(0)
    assert Booking.objects.get().cancel_timing == CancelTiming.IN_TIME
    assert "rien n’est facturé" in OutboxMessage.objects.get(kind="bookings.extension").body


def test_the_failure_of_another_activity_changes_nothing(
    alice: Character, zoe: int, denise: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(datetime(2026, 11, 26, 9, 0, tzinfo=PARIS))
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    other = ExtensionDraft(town.activities[MORNING].pk, DOWN, DRAFT.reason)
    assert extend_deadlines(denise.actor, other)[0].spared == []
    assert Booking.objects.get().is_late


def test_a_day_late_before_the_failure_stays_late(
    alice: Character, zoe: int, denise: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(datetime(2026, 11, 26, 9, 0, tzinfo=PARIS))
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, date(2026, 12, 8)).pk])
    assert extend_deadlines(denise.actor, DRAFT)[0].spared == []
    assert Booking.objects.get().is_late


def test_it_is_judged_by_the_rule_it_was_booked_under(
    alice: Character, zoe: int, denise: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(datetime(2026, 11, 26, 9, 0, tzinfo=PARIS))
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    set_deadlines(
        denise.actor, activity_id=town.activities[CANTEEN].pk, period_id=town.period(CANTEEN, IN_TIME).pk,
        action=Action.BOOK, deadlines=Deadlines((Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 30),)), reason="Essai",
    )  # fmt: skip
    assert len(extend_deadlines(denise.actor, DRAFT)[0].spared) == 1


def test_declared_twice_nothing_is_done_twice(
    alice: Character, zoe: int, denise: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(datetime(2026, 11, 26, 9, 0, tzinfo=PARIS))
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    extend_deadlines(denise.actor, DRAFT)
    assert extend_deadlines(denise.actor, DRAFT)[1] is None
    assert DeadlineExtension.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="bookings.extension").count() == 1


def test_a_closed_month_is_refused(
    alice: Character,
    zoe: int,
    denise: Character,
    remi: Character,
    town: Reference,
    frozen: time_machine.Traveller,
) -> None:
    frozen.move_to(datetime(2026, 11, 26, 9, 0, tzinfo=PARIS))
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    frozen.move_to(datetime(2027, 1, 4, 9, 0, tzinfo=PARIS))
    close_month(remi.actor, cash_office_id=town.office.pk, month=date(2026, 12, 1))
    for act in (preview_extension, extend_deadlines):
        with pytest.raises(MonthsClosed) as refused:
            act(denise.actor, DRAFT)
        assert "de décembre 2026" in str(refused.value)
    assert Booking.objects.get().is_late
    assert not DeadlineExtension.objects.exists()


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (ExtensionDraft(None, Extension(DOWN.end, DOWN.start, DOWN.until), "x"), ExtensionOutOfOrder),
        (ExtensionDraft(None, Extension(DOWN.start, DOWN.until, DOWN.end), "x"), ExtensionOutOfOrder),
        (
            ExtensionDraft(None, Extension(DOWN.start, DOWN.end, DOWN.end + timedelta(days=32)), "x"),
            ExtensionTooLong,
        ),
        (ExtensionDraft(None, DOWN, " "), RuleReasonNeeded),
        (ExtensionDraft(99999999, DOWN, "x"), NotFound),
    ],
)
def test_what_is_refused(
    denise: Character, town: Reference, draft: ExtensionDraft, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        extend_deadlines(denise.actor, draft)
    assert not DeadlineExtension.objects.exists()


def test_only_an_agent_of_the_activities(alice: Character, remi: Character, town: Reference) -> None:
    for who in (alice, remi):
        for act in (preview_extension, extend_deadlines):
            with pytest.raises(NotYoursToChange):
                act(who.actor, DRAFT)


def test_what_the_counter_alone_could_book_stays_late() -> None:
    assert not becomes_in_time(Timing.AGENT_ONLY, DOWN.start, clock.now(), DOWN)
    assert not becomes_in_time(Timing.LATE, None, clock.now(), DOWN)
