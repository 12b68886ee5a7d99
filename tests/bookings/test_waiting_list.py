"""The waiting list: who gets the freed place, who may answer, and that nobody jumps over the queue (I11)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from espace.activities.enums import WaitingMode
from espace.activities.models import CapacityPool, Slot
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.errors import (
    OfferGone,
    Overlap,
    PlaceOffered,
    SomeRefused,
    StaleForm,
)
from espace.bookings.models import Booking
from espace.bookings.queries import agenda_for, billable, join_sheet_for, request_for
from espace.bookings.queries.proof import preuve
from espace.bookings.services import (
    accept_offer,
    close_lists,
    decline_offer,
    expire_offers,
    leave_list,
    preview_changes,
)
from espace.demo.town import Reference
from espace.kernel.calendar import PARIS
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from tests.support.cast import Character
from tests.support.town import NOW
from tests.support.waiting import (
    DAY,
    WEDNESDAY,
    Waiter,
    full_day,
    pool_of,
    ranks,
    three_for_one,
    waiter,
    with_list,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot(town: Reference) -> Slot:
    with_list()
    return full_day(town, places=1)


@pytest.fixture
def families(town: Reference, slot: Slot, frozen: Any) -> list[Waiter]:
    """Ana has the only place; Ben, then Cléo, wait for it."""
    return three_for_one(town, slot, frozen)


@pytest.fixture(autouse=True)
def _whole() -> Any:
    """After each test, places and queues add up."""
    yield
    assert preuve() == []


def accept(one: Waiter) -> Any:
    recap = request_for(one.actor, one.booking.pk).recap
    assert recap is not None
    return accept_offer(one.actor, booking_id=one.booking.pk, expected=recap.digest)


def test_who_waits_holds_no_place_and_knows_their_rank(families: list[Waiter], slot: Slot) -> None:
    _ana, ben, cleo = families
    assert pool_of(slot) == (1, 1, 2)
    assert [one.booking.state for one in families] == ["CONFIRMED", "WAITLISTED", "WAITLISTED"]
    assert ranks([ben, cleo]) == [1, 2]
    assert agenda_for(ben.actor, None, DAY, DAY + timedelta(days=1)) == []
    mail = OutboxMessage.objects.get(recipient=cleo.email)
    assert "en attente d’une place, rang 2" in mail.body
    assert "1\xa0demande en liste d’attente" in mail.body
    assert not mail.attachment or b"VEVENT" not in bytes(mail.attachment)
    assert cleo.booking.submission is not None
    assert cleo.booking.submission.total.cents == 0


def test_without_asking_for_it_nobody_is_put_on_the_list(town: Reference, slot: Slot) -> None:
    waiter(town, "Ana").ask(slot)
    with pytest.raises(SomeRefused):
        waiter(town, "Ben").ask(slot, wait=False)
    assert pool_of(slot) == (1, 1, 0)


def test_a_cancelled_day_is_offered_to_the_first_at_once(families: list[Waiter], slot: Slot) -> None:
    ana, ben, cleo = families
    ana.cancel()
    assert pool_of(slot) == (1, 1, 1)
    assert ben.booking.state == BookingState.OFFERED
    assert ben.booking.offer_expires_at == datetime(2026, 11, 25, 10, 2, 59, tzinfo=PARIS)
    assert ranks([cleo]) == [1]
    mail = OutboxMessage.objects.get(kind="bookings.offer")
    assert mail.recipient == ben.email
    assert "Répondez avant le mercredi 25 novembre 2026 à 10\xa0h\xa002" in mail.body
    assert "proposée à la famille suivante" in mail.body
    assert f"/reserver/attente/{ben.booking.pk}/" in mail.body
    event = AuditEvent.objects.get(action="bookings.offer_place")
    assert event.household_id == Booking.objects.get(pk=ben.booking.pk).submission.household_id  # type: ignore[union-attr]
    assert event.actor_label == "Espace Citoyens"  # never the family that freed it


def test_taking_the_place_confirms_it_at_its_price(families: list[Waiter], slot: Slot) -> None:
    ana, ben, _cleo = families
    ana.cancel()
    submission = accept(ben)
    assert ben.booking.state == BookingState.CONFIRMED
    assert (submission.booked, submission.late, submission.total.cents > 0) == (1, 0, True)
    assert pool_of(slot) == (1, 1, 1)
    again = accept_offer(ben.actor, booking_id=ben.booking.pk, expected="")
    assert again.pk == submission.pk  # done once
    assert OutboxMessage.objects.filter(kind="bookings.acknowledgement", recipient=ben.email).count() == 2
    assert AuditEvent.objects.filter(action="bookings.accept_offer").count() == 1


def test_lateness_is_judged_when_the_family_asked(
    families: list[Waiter], frozen: time_machine.Traveller
) -> None:
    """Asked on 24 November, in time until 1 December; offered and taken on the 8th."""
    ana, ben, _ = families
    frozen.move_to(datetime(2026, 12, 8, 9, 0, tzinfo=PARIS))
    ana.cancel()
    submission = accept(ben)
    assert (ben.booking.is_late, submission.late) == (False, 0)


def test_who_asked_late_takes_the_place_late(
    town: Reference, slot: Slot, frozen: time_machine.Traveller
) -> None:
    ana, ben = waiter(town, "Ana"), waiter(town, "Ben")
    ana.ask(slot)
    frozen.move_to(datetime(2026, 12, 8, 9, 0, tzinfo=PARIS))
    ben.ask(slot)
    ana.cancel()
    assert "hors délai comme lors de votre demande" in OutboxMessage.objects.get(kind="bookings.offer").body
    submission = accept(ben)
    assert (ben.booking.is_late, submission.late) == (True, 1)
    owed = billable(slot.activity.cash_office_id, DAY, DAY + timedelta(days=1))
    assert [(b.child_id, b.is_late) for b in owed] == [(ben.child, True)]


def test_passing_on_offers_the_place_to_the_next(families: list[Waiter], slot: Slot) -> None:
    ana, ben, cleo = families
    ana.cancel()
    offered = ben.booking.pk
    for _ in range(2):  # done once
        decline_offer(ben.actor, booking_id=offered)
    assert (ben.booking.state, ben.booking.cancel_timing) == (BookingState.CANCELLED, CancelTiming.WAITING)
    assert cleo.booking.state == BookingState.OFFERED
    assert pool_of(slot) == (1, 1, 0)
    with pytest.raises(OfferGone):
        accept_offer(ben.actor, booking_id=offered, expected="")
    assert billable(slot.activity.cash_office_id, DAY, DAY + timedelta(days=1)) == []


def test_an_offer_without_answer_goes_to_the_next(
    families: list[Waiter], slot: Slot, frozen: time_machine.Traveller
) -> None:
    ana, ben, cleo = families
    ana.cancel()
    until = ben.booking.offer_expires_at
    assert until is not None
    frozen.move_to(until)
    assert expire_offers() == 0
    frozen.move_to(until + timedelta(seconds=1))
    with pytest.raises(OfferGone):  # even before the worker passes
        accept_offer(ben.actor, booking_id=ben.booking.pk, expected="")
    assert expire_offers() == 1
    assert expire_offers() == 0
    assert (ben.booking.state, cleo.booking.state) == ("CANCELLED", "OFFERED")
    assert pool_of(slot) == (1, 1, 0)
    assert OutboxMessage.objects.filter(kind="bookings.offer_over", recipient=ben.email).count() == 1


def test_leaving_the_list_lets_the_others_move_up(families: list[Waiter], slot: Slot) -> None:
    _, ben, cleo = families
    request = ben.booking.pk
    for _ in range(2):
        leave_list(ben.actor, booking_id=request)
    assert ranks([cleo]) == [1]
    assert pool_of(slot) == (1, 1, 1)
    assert AuditEvent.objects.filter(action="bookings.leave_list").count() == 1


def test_leaving_while_a_place_is_offered_is_another_question(families: list[Waiter]) -> None:
    ana, ben, _ = families
    ana.cancel()
    with pytest.raises(PlaceOffered):
        leave_list(ben.actor, booking_id=ben.booking.pk)


def test_a_passer_by_never_jumps_over_the_queue(families: list[Waiter], slot: Slot, town: Reference) -> None:
    with_list(WaitingMode.BY_AGENT)
    ana, ben, _cleo = families
    ana.cancel()
    assert pool_of(slot) == (1, 0, 2)  # kept for the queue, an agent offers it
    with pytest.raises(SomeRefused):
        waiter(town, "Dora").ask(slot, wait=False)
    assert ben.booking.state == BookingState.WAITLISTED


def test_once_the_list_is_over_what_is_free_is_free_for_all(
    families: list[Waiter], slot: Slot, town: Reference, frozen: time_machine.Traveller
) -> None:
    ana, ben, _ = families
    frozen.move_to(datetime(2026, 12, 15, 9, 0, tzinfo=PARIS))  # the eve: two days without offers
    ana.cancel()
    assert ben.booking.state == BookingState.WAITLISTED
    dora = waiter(town, "Dora")
    dora.ask(slot, wait=False)
    assert dora.booking.state == BookingState.CONFIRMED
    assert close_lists() == 2
    assert close_lists() == 0
    assert pool_of(slot) == (1, 1, 0)
    assert OutboxMessage.objects.filter(kind="bookings.list_over", recipient=ben.email).count() == 1


def test_the_formulas_of_a_day_share_the_queue(families: list[Waiter], town: Reference, slot: Slot) -> None:
    dora = waiter(town, "Dora")
    dora.ask(town.slot(WEDNESDAY, DAY, formula="MATIN"))
    assert ranks([dora]) == [3]
    families[0].cancel()
    assert families[1].booking.state == BookingState.OFFERED
    sheet = join_sheet_for(families[0].actor, families[0].child, slot.pk)
    assert (sheet.length, sheet.why_not) == (2, None)


def test_a_child_waits_for_one_place_at_a_time(families: list[Waiter], town: Reference) -> None:
    ben = families[1]
    morning = town.slot(WEDNESDAY, DAY, formula="MATIN")
    with pytest.raises(SomeRefused):
        ben.ask(morning)
    assert join_sheet_for(ben.actor, ben.child, morning.pk).why_not is not None


def test_the_place_is_not_taken_while_the_child_is_elsewhere(families: list[Waiter], town: Reference) -> None:
    """Booked in the morning of the same Wednesday since the request: one or the other."""
    ana, ben, _ = families
    morning = town.slot(WEDNESDAY, DAY, formula="MATIN")
    ana.cancel()
    Booking.objects.create(
        child_id=ben.child, slot=morning, enrolment=ben.booking.enrolment, date=DAY, state="CONFIRMED", origin="UNIT",
        requested_at=NOW, rule_snapshot={},
    )  # fmt: skip
    CapacityPool.objects.filter(pk=morning.pool_id).update(capacity=2, taken=2)
    offered = Booking.objects.get(child_id=ben.child, state="OFFERED")
    recap = request_for(ben.actor, offered.pk).recap
    assert recap is not None
    assert isinstance(recap.lines[0].problem, Overlap)
    with pytest.raises(Overlap):
        accept_offer(ben.actor, booking_id=offered.pk, expected=recap.digest)


def test_a_price_that_changed_is_shown_again(families: list[Waiter]) -> None:
    ana, ben, _ = families
    ana.cancel()
    with pytest.raises(StaleForm):
        accept_offer(ben.actor, booking_id=ben.booking.pk, expected="autre")
    assert ben.booking.state == BookingState.OFFERED


def test_a_stranger_answers_nothing(families: list[Waiter], charlie: Character) -> None:
    ana, ben, _ = families
    ana.cancel()
    for act in (
        lambda: accept_offer(charlie.actor, booking_id=ben.booking.pk, expected=""),
        lambda: decline_offer(charlie.actor, booking_id=ben.booking.pk),
        lambda: leave_list(charlie.actor, booking_id=ben.booking.pk),
        lambda: request_for(charlie.actor, ben.booking.pk),
    ):
        with pytest.raises(NotFound):
            act()


def test_changing_one_s_own_day_never_goes_through_the_queue(
    families: list[Waiter], town: Reference, slot: Slot
) -> None:
    """From the whole day to the morning, in one form: the place freed is one's own."""
    ana = families[0]
    morning = town.slot(WEDNESDAY, DAY, formula="MATIN").pk
    recap = preview_changes(ana.actor, child_id=ana.child, add=[morning], remove=[ana.booking.pk])
    assert recap.refused == ()
