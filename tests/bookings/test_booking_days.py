"""Booking and cancelling days one by one: what is said before, what is done, what is refused."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.activities.errors import AgentOnly, DeadlinePassed, PeriodNotOpenYet
from espace.activities.models import CapacityPool, Period, Slot
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingOrigin, BookingState, CancelTiming
from espace.bookings.errors import (
    AlreadyBooked,
    BadToken,
    BookingGone,
    NoPlaceLeft,
    NotEnrolled,
    NothingToChange,
    NotYourDay,
    Overlap,
    ReasonNeeded,
    SomeRefused,
    StaleForm,
    UnknownSlot,
)
from espace.bookings.models import Booking, Submission
from espace.bookings.queries import Recap
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference
from espace.kernel.actor import Actor
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.notifications.models import OutboxMessage
from tests.support.cast import Character

CANTEEN, MORNING, WEDNESDAY = "restauration-scolaire", "accueil-du-matin", "accueil-de-loisirs-du-mercredi"
IN_TIME, LATE, TOMORROW = date(2026, 12, 10), date(2026, 11, 30), date(2026, 11, 25)
PARIS = ZoneInfo("Europe/Paris")
TOKEN = "jeton-de-formulaire-0001"


def confirm(actor: Actor, child: int, token: str = TOKEN, **changes: object) -> Submission:
    asked = {"add": [], "remove": [], **changes}
    kept = {k: v for k, v in asked.items() if k in ("add", "remove", "seen", "window")}
    expected = preview_changes(actor, child_id=child, **kept).digest  # type: ignore[arg-type]
    return apply_changes(actor, child_id=child, token=token, expected=expected, **asked)  # type: ignore[arg-type]


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    """Alice's Zoé, enrolled in everything at school and on Wednesdays."""
    child = alice.children[0].pk
    for slug in (CANTEEN, MORNING, WEDNESDAY):
        enrol(alice.actor, child_id=child, period_id=town.period(slug, IN_TIME).pk)
    return child


def pool_of(slot: Slot) -> CapacityPool:
    return CapacityPool.objects.get(pk=slot.pool_id)


def only_problem(recap: Recap) -> type[Exception]:
    (line,) = recap.lines
    assert line.problem is not None
    return type(line.problem)


def test_the_consequence_is_said_before(alice: Character, zoe: int, town: Reference) -> None:
    slots = [town.slot(CANTEEN, IN_TIME).pk, town.slot(CANTEEN, LATE).pk]
    recap = preview_changes(alice.actor, child_id=zoe, add=slots, remove=[])
    late, in_time = recap.lines
    assert (in_time.day, in_time.is_late, in_time.surcharge) == (IN_TIME, False, Money.ZERO)
    assert (late.day, late.is_late, late.surcharge) == (LATE, True, Money(250))
    assert late.price == in_time.price + Money(250)
    assert recap.total == in_time.price + late.price
    assert "812" in in_time.chain
    assert in_time.free_until == datetime(2026, 12, 8, 12, 0, tzinfo=PARIS)
    assert [m.first for m in recap.months] == [date(2026, 11, 1), date(2026, 12, 1)]
    assert not Booking.objects.exists()


def test_a_day_is_booked_journaled_and_acknowledged(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, IN_TIME)
    done = confirm(alice.actor, zoe, add=[slot.pk])
    booking = Booking.objects.get()
    assert (booking.slot_id, booking.state, booking.is_late) == (slot.pk, BookingState.CONFIRMED, False)
    assert (booking.origin, booking.pinned) == (BookingOrigin.UNIT, True)
    assert booking.rule_snapshot["timing"] == "IN_TIME"
    assert "mercredi 25 novembre 2026 à 23 h 59" in booking.rule_snapshot["words"].replace("\u00a0", " ")
    assert pool_of(slot).taken == 1
    assert done.reference.startswith("RES-")
    assert (done.booked, done.cancelled) == (1, 0)
    event = AuditEvent.objects.get(action="bookings.change")
    assert (event.household_id, event.user_id) == (alice.household.pk, alice.user.pk)
    assert event.payload is not None
    assert event.payload["reference"] == done.reference
    message = OutboxMessage.objects.get(kind="bookings.acknowledgement")
    assert message.recipient == alice.user.email
    assert done.reference in message.subject
    assert "10\u00a0déc." in message.body
    assert message.attachment_name.endswith(".ics")
    assert message.attachment_type == "text/calendar; charset=utf-8; method=PUBLISH"
    assert "guichet" not in message.body.lower(), "the transport signs"
    assert b"BEGIN:VEVENT" in bytes(message.attachment or b"")


def test_a_late_day_is_flagged_and_surcharged(alice: Character, zoe: int, town: Reference) -> None:
    done = confirm(alice.actor, zoe, add=[town.slot(CANTEEN, LATE).pk])
    booking = Booking.objects.get()
    assert booking.is_late
    assert booking.rule_snapshot["timing"] == "LATE"
    assert done.late == 1


def test_a_day_cancelled_late_then_taken_back_is_owed_once(
    alice: Character, zoe: int, town: Reference, frozen: time_machine.Traveller
) -> None:
    """Its price stays due; taking it back adds what the new booking costs more, here the surcharge."""
    slot = town.slot(CANTEEN, IN_TIME)
    confirm(alice.actor, zoe, add=[slot.pk])
    frozen.move_to(datetime(2026, 12, 9, 9, 0, tzinfo=PARIS))
    confirm(alice.actor, zoe, "jeton-de-formulaire-0002", remove=[Booking.objects.get().pk])
    (again,) = preview_changes(alice.actor, child_id=zoe, add=[slot.pk], remove=[]).lines
    assert (again.still_due, again.surcharge) == (again.price - Money(250), Money(250))
    assert again.amount == Money(250)


def test_lateness_is_frozen_when_booked(
    alice: Character, zoe: int, town: Reference, frozen: time_machine.Traveller
) -> None:
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    frozen.move_to(datetime(2026, 12, 9, 9, 0, tzinfo=PARIS))
    assert not Booking.objects.get().is_late


@pytest.mark.parametrize(
    ("at", "is_late"),
    [
        (datetime(2026, 9, 30, 23, 59, 59, tzinfo=PARIS), False),
        (datetime(2026, 10, 1, 0, 0, tzinfo=PARIS), True),
    ],
)
def test_the_rentree_ends_on_30_september_at_midnight(
    alice: Character, zoe: int, town: Reference, frozen: time_machine.Traveller, at: datetime, is_late: bool
) -> None:
    frozen.move_to(at)
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, date(2026, 10, 15)).pk])
    assert Booking.objects.get().is_late is is_late


def test_after_the_late_limit_the_guichet_answers(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(WEDNESDAY, TOMORROW, formula="JOURNEE").pk
    frozen_noon = datetime(2026, 11, 24, 12, 0, 1, tzinfo=PARIS)
    with time_machine.travel(frozen_noon, tick=False):
        assert only_problem(preview_changes(alice.actor, child_id=zoe, add=[slot], remove=[])) is AgentOnly
        with pytest.raises(SomeRefused):
            confirm(alice.actor, zoe, add=[slot])
    assert not Booking.objects.exists()


def test_the_counter_books_past_the_limit_with_a_reason(
    alice: Character, denise: Character, zoe: int, town: Reference
) -> None:
    slot = town.slot(WEDNESDAY, TOMORROW, formula="JOURNEE").pk
    agent = denise.acting_for(alice.household)
    with time_machine.travel(datetime(2026, 11, 24, 15, 0, tzinfo=PARIS), tick=False):
        with pytest.raises(ReasonNeeded):
            confirm(agent, zoe, add=[slot])
        confirm(agent, zoe, add=[slot], reason="Hospitalisation d’un parent")
    booking = Booking.objects.get()
    assert (booking.origin, booking.is_late) == (BookingOrigin.AGENT, True)
    event = AuditEvent.objects.get(action="bookings.change")
    assert event.reason == "Hospitalisation d’un parent"
    assert event.on_behalf_of == alice.household.pk


def test_a_day_gone_by_can_not_be_booked(
    alice: Character, denise: Character, zoe: int, town: Reference
) -> None:
    slot = town.slot(CANTEEN, date(2026, 11, 23)).pk
    for actor in (alice.actor, denise.acting_for(alice.household)):
        recap = preview_changes(actor, child_id=zoe, add=[slot], remove=[])
        assert only_problem(recap) is DeadlinePassed


def test_a_cancellation_in_time_costs_nothing(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, IN_TIME)
    confirm(alice.actor, zoe, add=[slot.pk])
    recap = preview_changes(alice.actor, child_id=zoe, add=[], remove=[Booking.objects.get().pk])
    assert recap.total == -recap.lines[0].price
    assert not recap.lines[0].stays_due
    confirm(alice.actor, zoe, "un-autre-jeton-00001", remove=[Booking.objects.get().pk])
    booking = Booking.objects.get()
    assert (booking.state, booking.cancel_timing) == (BookingState.CANCELLED, CancelTiming.IN_TIME)
    assert pool_of(slot).taken == 0


def test_a_late_cancellation_stays_due_and_frees_the_place(
    alice: Character, zoe: int, town: Reference, frozen: time_machine.Traveller
) -> None:
    slot = town.slot(CANTEEN, IN_TIME)
    confirm(alice.actor, zoe, add=[slot.pk])
    frozen.move_to(datetime(2026, 12, 9, 10, 0, tzinfo=PARIS))
    recap = preview_changes(alice.actor, child_id=zoe, add=[], remove=[Booking.objects.get().pk])
    assert recap.lines[0].stays_due
    assert recap.total == Money.ZERO
    confirm(alice.actor, zoe, "un-autre-jeton-00001", remove=[Booking.objects.get().pk])
    assert Booking.objects.get().cancel_timing == CancelTiming.LATE
    assert pool_of(slot).taken == 0
    assert "reste dû" in OutboxMessage.objects.order_by("-id")[0].body


def test_after_the_eve_at_noon_only_the_guichet_cancels(
    alice: Character, zoe: int, town: Reference, frozen: time_machine.Traveller
) -> None:
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    frozen.move_to(datetime(2026, 12, 9, 12, 0, 1, tzinfo=PARIS))
    recap = preview_changes(alice.actor, child_id=zoe, add=[], remove=[Booking.objects.get().pk])
    assert only_problem(recap) is AgentOnly


def test_all_or_nothing_unless_what_is_free_was_chosen(alice: Character, zoe: int, town: Reference) -> None:
    full, free = town.slot(CANTEEN, IN_TIME), town.slot(CANTEEN, date(2026, 12, 11))
    CapacityPool.objects.filter(pk=full.pool_id).update(capacity=0)
    recap = preview_changes(alice.actor, child_id=zoe, add=[full.pk, free.pk], remove=[])
    assert [type(line.problem) for line in recap.lines] == [NoPlaceLeft, type(None)]
    with pytest.raises(SomeRefused):
        confirm(alice.actor, zoe, add=[full.pk, free.pk])
    assert not Booking.objects.exists()
    assert not Submission.objects.exists()
    done = confirm(alice.actor, zoe, add=[full.pk, free.pk], what_is_free=True)
    assert Booking.objects.get().slot_id == free.pk
    assert done.summary["skipped"][0][0] == IN_TIME.isoformat()


def test_swapping_two_formulas_of_a_full_day_is_possible(alice: Character, zoe: int, town: Reference) -> None:
    day = date(2026, 12, 16)
    whole, half = (town.slot(WEDNESDAY, day, formula=f) for f in ("JOURNEE", "MATIN_REPAS"))
    confirm(alice.actor, zoe, add=[whole.pk])
    CapacityPool.objects.filter(pk=whole.pool_id).update(capacity=1)
    confirm(alice.actor, zoe, "un-autre-jeton-00001", add=[half.pk], remove=[Booking.objects.get().pk])
    assert pool_of(half).taken == 1
    assert Booking.objects.get(state=BookingState.CONFIRMED).slot_id == half.pk


def test_two_things_at_the_same_hour_are_refused(alice: Character, zoe: int, town: Reference) -> None:
    """I12: no two overlapping bookings of a child, asked together or one after the other."""
    day = date(2026, 12, 16)
    both = [town.slot(WEDNESDAY, day, formula=f).pk for f in ("JOURNEE", "MATIN_REPAS")]
    recap = preview_changes(alice.actor, child_id=zoe, add=both, remove=[])
    assert [type(line.problem) for line in recap.lines].count(Overlap) == 1
    confirm(alice.actor, zoe, add=both[:1])
    later = preview_changes(alice.actor, child_id=zoe, add=both[1:], remove=[])
    assert [type(line.problem) for line in later.lines] == [Overlap]
    with pytest.raises(SomeRefused):
        confirm(alice.actor, zoe, "un-autre-jeton-00001", add=both[1:])
    confirm(alice.actor, zoe, "un-autre-jeton-00002", remove=[Booking.objects.get().pk])
    half_days = [town.slot(WEDNESDAY, day, formula=f).pk for f in ("MATIN", "APRES_MIDI")]
    assert preview_changes(alice.actor, child_id=zoe, add=half_days, remove=[]).refused == ()


def test_the_same_form_sent_twice_is_done_once(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, IN_TIME).pk
    expected = preview_changes(alice.actor, child_id=zoe, add=[slot], remove=[]).digest
    once, twice = (
        apply_changes(alice.actor, child_id=zoe, add=[slot], remove=[], token=TOKEN, expected=expected)
        for _ in range(2)
    )
    assert once.pk == twice.pk
    assert Booking.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_the_token_of_someone_else_is_refused(
    alice: Character, charlie: Character, zoe: int, town: Reference
) -> None:
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    child = charlie.children[0].pk
    enrol(charlie.actor, child_id=child, period_id=town.period(CANTEEN, IN_TIME).pk)
    with pytest.raises(BadToken):
        confirm(charlie.actor, child, add=[town.slot(CANTEEN, IN_TIME).pk])
    with pytest.raises(BadToken):
        confirm(charlie.actor, child, "court", add=[town.slot(CANTEEN, IN_TIME).pk])


def test_a_form_whose_consequences_changed_is_shown_again(
    alice: Character, zoe: int, town: Reference
) -> None:
    slot = town.slot(CANTEEN, IN_TIME).pk
    shown = preview_changes(alice.actor, child_id=zoe, add=[slot], remove=[]).digest
    with (
        time_machine.travel(datetime(2026, 11, 26, 0, 0, tzinfo=PARIS), tick=False),
        pytest.raises(StaleForm) as caught,
    ):
        apply_changes(alice.actor, child_id=zoe, add=[slot], remove=[], token=TOKEN, expected=shown)
    assert isinstance(caught.value.recap, Recap)
    assert caught.value.recap.lines[0].is_late
    assert not Booking.objects.exists()


def test_what_another_adult_did_meanwhile_is_shown(alice: Character, zoe: int, town: Reference) -> None:
    mine, theirs = town.slot(CANTEEN, IN_TIME).pk, town.slot(MORNING, IN_TIME).pk
    window = (date(2026, 11, 30), date(2027, 1, 2))
    seen = preview_changes(alice.actor, child_id=zoe, add=[mine], remove=[], seen={}, window=window)
    assert seen.stale == ()
    confirm(alice.actor, zoe, "jeton-du-conjoint-01", add=[theirs])
    with pytest.raises(StaleForm) as caught:
        apply_changes(
            alice.actor,
            child_id=zoe,
            add=[mine],
            remove=[],
            seen={},
            window=window,
            token=TOKEN,
            expected=seen.digest,
        )
    recap = caught.value.recap
    assert isinstance(recap, Recap)
    assert [(s.day, s.formula, s.appeared) for s in recap.stale] == [(IN_TIME, "Matin", True)]
    assert [line.slot_id for line in recap.lines] == [mine]
    assert Booking.objects.count() == 1


def test_what_someone_already_did_is_not_asked_twice(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, IN_TIME).pk
    confirm(alice.actor, zoe, add=[slot])
    window = (date(2026, 11, 30), date(2027, 1, 2))
    recap = preview_changes(alice.actor, child_id=zoe, add=[slot], remove=[], seen={}, window=window)
    assert recap.lines == ()
    assert len(recap.stale) == 1


def test_without_what_was_seen_a_day_already_booked_is_refused(
    alice: Character, zoe: int, town: Reference
) -> None:
    slot = town.slot(CANTEEN, IN_TIME).pk
    confirm(alice.actor, zoe, add=[slot])
    assert only_problem(preview_changes(alice.actor, child_id=zoe, add=[slot], remove=[])) is AlreadyBooked


def test_a_stranger_books_nothing(alice: Character, charlie: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, IN_TIME).pk
    with pytest.raises(NotFound):
        preview_changes(charlie.actor, child_id=zoe, add=[slot], remove=[])
    with pytest.raises(NotFound):
        apply_changes(charlie.actor, child_id=zoe, add=[slot], remove=[], token=TOKEN, expected="")


def test_ids_that_are_not_the_family_s_change_nothing(
    alice: Character, charlie: Character, zoe: int, town: Reference
) -> None:
    child = charlie.children[0].pk
    enrol(charlie.actor, child_id=child, period_id=town.period(CANTEEN, IN_TIME).pk)
    confirm(alice.actor, zoe, add=[town.slot(CANTEEN, IN_TIME).pk])
    theirs = Booking.objects.get().pk
    with pytest.raises(BookingGone):
        preview_changes(charlie.actor, child_id=child, add=[], remove=[theirs])
    with pytest.raises(UnknownSlot):
        preview_changes(charlie.actor, child_id=child, add=[999_999], remove=[])
    elsewhere = town.slot(CANTEEN, IN_TIME, venue="tilleuls").pk
    assert (
        only_problem(preview_changes(charlie.actor, child_id=child, add=[elsewhere], remove=[]))
        is NotEnrolled
    )
    assert Booking.objects.get().state == BookingState.CONFIRMED


def test_nothing_asked_is_nothing_done(alice: Character, zoe: int) -> None:
    with pytest.raises(NothingToChange):
        preview_changes(alice.actor, child_id=zoe, add=[], remove=[])


def test_each_parent_of_a_shared_child_books_their_own_days(
    alice: Character, bob: Character, town: Reference
) -> None:
    tom = alice.children[1].pk
    enrol(alice.actor, child_id=tom, period_id=town.period(CANTEEN, IN_TIME).pk)
    slot = town.slot(CANTEEN, IN_TIME, venue="tilleuls").pk
    recaps = [preview_changes(who.actor, child_id=tom, add=[slot], remove=[]) for who in (alice, bob)]
    problems = [recap.lines[0].problem for recap in recaps]
    assert sorted(type(p).__name__ for p in problems) == ["NoneType", NotYourDay.__name__]


def test_a_period_not_open_yet_is_refused(alice: Character, zoe: int, town: Reference) -> None:
    opens = datetime(2026, 12, 1, 9, 0, tzinfo=PARIS)
    Period.objects.filter(pk=town.period(CANTEEN, IN_TIME).pk).update(opens_at=opens)
    recap = preview_changes(alice.actor, child_id=zoe, add=[town.slot(CANTEEN, IN_TIME).pk], remove=[])
    assert only_problem(recap) is PeriodNotOpenYet
