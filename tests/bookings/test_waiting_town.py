"""The waiting list in the town's hands: what counts first, places added, closures, and an offer by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from espace.activities.enums import EventEffect, EventScope, PriorityCode, WaitingMode
from espace.activities.models import PriorityCriterion, Slot
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.errors import (
    BadCapacity,
    NoPlaceLeft,
    ReasonNeeded,
    SomeRefused,
)
from espace.bookings.models import Booking, ChildCriterion, Enrolment
from espace.bookings.queries.proof import preuve
from espace.bookings.services import (
    decide_enrolment,
    declare_event,
    offer_place,
    record_criterion,
    set_places,
    undo_event,
)
from espace.demo.town import Reference
from espace.families.models import Schooling
from espace.notifications.models import OutboxMessage
from espace.town.enums import Grade
from tests.support.cast import Character
from tests.support.events import close, draft
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


def test_points_come_before_the_hour_and_are_kept(
    families: list[Waiter], town: Reference, denise: Character, slot: Slot
) -> None:
    criterion = publish(town)
    dora = waiter(town, "Dora")
    record_criterion(
        denise.actor, child_id=dora.child, criterion_id=criterion.pk, start=date(2026, 9, 1), end=date(2027, 7, 1),
        evidence="Attestations des deux employeurs",
    )  # fmt: skip
    dora.ask(slot)
    assert (dora.booking.priority, dora.booking.priority_detail) == (10, [["Deux parents en activité", 10]])
    assert ranks([dora, families[1]]) == [1, 2]
    ChildCriterion.objects.update(end=date(2026, 11, 1))
    PriorityCriterion.objects.update(points=99)
    assert ranks([dora]) == [1]  # frozen when asked
    families[0].cancel()
    assert dora.booking.state == BookingState.OFFERED


def publish(town: Reference) -> PriorityCriterion:
    return PriorityCriterion.objects.create(
        activity=town.activities[WEDNESDAY], activity_kind="WEDNESDAY", code=PriorityCode.TWO_PARENTS_WORKING,
        label="Deux parents en activité", points=10, position=1, start=date(2026, 9, 1),
    )  # fmt: skip


def test_places_added_are_offered_at_once(families: list[Waiter], slot: Slot, denise: Character) -> None:
    assert set_places(denise.actor, pool_id=slot.pool_id, capacity=3, waitlist_capacity=4) == 2
    assert pool_of(slot) == (3, 3, 0)
    assert [one.booking.state for one in families[1:]] == ["OFFERED", "OFFERED"]
    with pytest.raises(BadCapacity, match="3 places sont prises"):
        set_places(denise.actor, pool_id=slot.pool_id, capacity=2, waitlist_capacity=None)


def test_a_list_has_an_end(families: list[Waiter], slot: Slot, town: Reference, denise: Character) -> None:
    set_places(denise.actor, pool_id=slot.pool_id, capacity=1, waitlist_capacity=2)
    with pytest.raises(SomeRefused):
        waiter(town, "Dora").ask(slot)
    assert pool_of(slot) == (1, 1, 2)


def test_a_refused_enrolment_frees_its_places_and_its_turns(
    families: list[Waiter], slot: Slot, denise: Character
) -> None:
    ana, ben, _cleo = families
    for one in (ana, ben):
        Enrolment.objects.filter(child_id=one.child).update(state="PENDING", decided_at=None)
    Booking.objects.filter(child_id=ana.child).update(state="PENDING_ENROLMENT")
    for one in (ben, ana):
        enrolment = Enrolment.objects.get(child_id=one.child)
        decide_enrolment(denise.actor, enrolment_id=enrolment.pk, accept=False, reason="Dossier incomplet")
    assert [one.booking.state for one in families] == ["REFUSED", "REFUSED", "OFFERED"]


def test_a_closure_ends_the_list_and_offers_nothing(
    families: list[Waiter], slot: Slot, denise: Character
) -> None:
    close(denise.actor, DAY, activity=slot.activity_id)
    assert {one.booking.cancel_timing for one in families} == {CancelTiming.SERVICE}
    assert pool_of(slot) == (1, 0, 0)


def test_an_event_that_takes_a_class_offers_the_places_it_frees(
    families: list[Waiter], slot: Slot, town: Reference, denise: Character
) -> None:
    ana, ben, cleo = families
    of_another_class = town.classes["lavoir", Grade.CM1]
    Schooling.objects.filter(child_id=ben.child).update(school_class=of_another_class)
    declare_event(
        denise.actor,
        draft=draft(
            EventEffect.CLOSED,
            DAY,
            scope=EventScope.CLASS,
            of=town.classes["lavoir", Grade.CE2].pk,
            activity=slot.activity_id,
        ),
    )
    assert [one.booking.state for one in (ana, ben, cleo)] == ["CANCELLED", "OFFERED", "CANCELLED"]
    assert pool_of(slot) == (1, 1, 0)
    said = OutboxMessage.objects.get(recipient=cleo.email, kind="bookings.event").body
    assert "Ces demandes en liste d’attente s’arrêtent" in said
    assert "Ces réservations sont annulées" not in said


def test_an_event_undone_gives_each_their_place_or_their_rank_again(
    families: list[Waiter], slot: Slot, denise: Character
) -> None:
    ana, ben, cleo = families
    ana.cancel()
    assert ben.booking.state == "OFFERED"
    done = close(denise.actor, DAY, activity=slot.activity_id)
    assert pool_of(slot) == (1, 0, 0)
    undo_event(denise.actor, event_id=done.event_id)
    assert [ben.booking.state, cleo.booking.state] == ["OFFERED", "WAITLISTED"]
    assert ranks([cleo]) == [1]
    assert pool_of(slot) == (1, 1, 1)


def test_an_agent_offers_by_hand_with_a_reason_out_of_turn(
    families: list[Waiter], slot: Slot, denise: Character
) -> None:
    with_list(WaitingMode.BY_AGENT)
    ana, ben, cleo = families
    with pytest.raises(NoPlaceLeft):
        offer_place(denise.actor, booking_id=ben.booking.pk)
    ana.cancel()
    with pytest.raises(ReasonNeeded):
        offer_place(denise.actor, booking_id=cleo.booking.pk)
    for _ in range(2):
        offer_place(denise.actor, booking_id=cleo.booking.pk, reason="Urgence signalée par le service social")
    assert (ben.booking.state, cleo.booking.state) == ("WAITLISTED", "OFFERED")
    event = AuditEvent.objects.get(action="bookings.offer_place")
    assert (event.actor_label, event.reason) == ("Denise Roux", "Urgence signalée par le service social")
