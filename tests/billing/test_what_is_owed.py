"""What is billed of a day that the town closed, and of a day whose enrolment waits, was refused or has ended."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from espace.billing.errors import AnomaliesLeft
from espace.billing.models import Charge
from espace.billing.services import compute_run, review_run
from espace.bookings.enums import BookingState, CancelTiming, EnrolmentState
from espace.bookings.models import Booking, Enrolment
from espace.bookings.services import decide_enrolment
from espace.demo.town import Reference
from espace.kernel.money import Money
from tests.portal.test_booking_month import text
from tests.support.bills import book, compute
from tests.support.cast import Character
from tests.support.events import close

MEAL = "restauration-scolaire"


def test_a_day_closed_by_the_town_is_free_even_for_who_had_cancelled_late(
    town: Reference, alice: Character, denise: Character, remi: Character, frozen: time_machine.Traveller
) -> None:
    """I15: the meal was not given to anyone."""
    book(alice.children[0], town.slot(MEAL, date(2026, 11, 26)), cancelled=CancelTiming.LATE)
    book(alice.children[0], town.slot(MEAL, date(2026, 11, 27)), cancelled=CancelTiming.LATE)
    close(denise.actor, date(2026, 11, 26))
    frozen.move_to("2026-12-02 10:00:00+01:00")
    compute(remi, date(2026, 11, 1), office_id=town.office.pk)
    assert [c.date for c in Charge.objects.order_by("id")] == [date(2026, 11, 27)]


def test_a_day_whose_enrolment_waits_blocks_until_it_is_answered(
    town: Reference, alice: Character, denise: Character, remi: Character
) -> None:
    """Neither billed nor forgotten: the agent who bills is told, and the answer settles it."""
    booking = book(alice.children[0], town.slot(MEAL, date(2026, 10, 5)))
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.PENDING_ENROLMENT)
    Enrolment.objects.update(state=EnrolmentState.PENDING, decided_at=None)
    run = compute(remi, office_id=town.office.pk)
    assert not Charge.objects.exists()
    with pytest.raises(AnomaliesLeft):
        review_run(remi.actor, run_id=run.pk)
    page = text(remi.client.get(f"/agents/facturation/{run.pk}/"))
    assert "Inscription sans réponse Zoé Moreau, Restauration scolaire" in page
    assert "acceptez ou refusez l’inscription, puis recalculez" in page
    decide_enrolment(denise.actor, enrolment_id=booking.enrolment_id, accept=True)
    compute_run(remi.actor, run_id=run.pk)
    assert Charge.objects.get().amount == Money(235)
    review_run(remi.actor, run_id=run.pk)


@pytest.mark.parametrize(
    ("state", "decided", "charged"),
    [
        (EnrolmentState.ACCEPTED, True, True),
        (EnrolmentState.ENDED, True, True),
        (EnrolmentState.ENDED, False, False),
        (EnrolmentState.REFUSED, True, False),
        (EnrolmentState.PENDING, False, False),
    ],
)
def test_only_an_accepted_enrolment_is_billed(
    town: Reference, alice: Character, remi: Character, state: EnrolmentState, decided: bool, charged: bool
) -> None:
    """A day given up late under an enrolment that was never accepted is owed to nobody."""
    booking = book(alice.children[0], town.slot(MEAL, date(2026, 10, 5)), cancelled=CancelTiming.LATE)
    asked = booking.requested_at
    Enrolment.objects.update(state=state, decided_at=asked if decided else None)
    compute(remi, office_id=town.office.pk)
    assert Charge.objects.exists() is charged
