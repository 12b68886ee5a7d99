"""Days asked for while an enrolment waits: free to give up, whatever the limits."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.activities.errors import DeadlinePassed
from espace.activities.models import CapacityPool
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries import grid_for, overview_later
from espace.bookings.services import apply_changes, decide_enrolment, enrol, preview_changes
from espace.demo.town import Reference
from espace.kernel.money import Money
from tests.support.cast import Character

SPORT, DAY = "vacances-sport", date(2026, 12, 22)
PARIS = ZoneInfo("Europe/Paris")
TOO_LATE = datetime(2026, 12, 21, 18, 0, tzinfo=PARIS)  # after the eve at noon, for the guichet itself
TOKEN = "jeton-du-sport-0002"


@pytest.fixture
def asked(alice: Character, town: Reference) -> Booking:
    """Zoé waits for an answer for sport at Christmas, with a day asked for."""
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(SPORT, DAY).pk)
    slot = town.slot(SPORT, DAY).pk
    expected = preview_changes(alice.actor, child_id=child, add=[slot], remove=[]).digest
    apply_changes(
        alice.actor, child_id=child, add=[slot], remove=[], token="jeton-du-sport-0001", expected=expected
    )
    return Booking.objects.get()


def test_a_day_that_waits_is_given_up_free_of_charge_at_any_time(
    alice: Character, asked: Booking, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(TOO_LATE)
    recap = preview_changes(alice.actor, child_id=asked.child_id, add=[], remove=[asked.pk])
    (line,) = recap.lines
    assert (line.is_fine, line.stays_due, recap.total) == (True, False, -line.price)
    apply_changes(
        alice.actor, child_id=asked.child_id, add=[], remove=[asked.pk], token=TOKEN, expected=recap.digest
    )
    asked.refresh_from_db()
    assert (asked.state, asked.cancel_timing) == (BookingState.CANCELLED, CancelTiming.IN_TIME)
    assert not CapacityPool.objects.exclude(taken=0).exists()


def test_the_calendar_says_it_is_free(
    alice: Character, asked: Booking, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(TOO_LATE)
    grid = grid_for(alice.actor, asked.child_id, date(2026, 12, 1))
    (cell,) = [c for c in grid.cells if c.is_booked]
    assert (cell.is_editable, cell.is_pending, cell.cancel_is_late) == (True, True, False)
    (foot,) = next(day for week in grid.weeks for day in week.days if day.day == DAY).foot
    assert (foot.words, foot.when) == (
        "Annuler sans frais jusqu’au",
        "mardi 22 décembre 2026 à 23\u00a0h\u00a059",
    )


def test_once_accepted_the_limits_hold(
    alice: Character, denise: Character, asked: Booking, frozen: time_machine.Traveller
) -> None:
    decide_enrolment(denise.actor, enrolment_id=asked.enrolment_id, accept=True)
    frozen.move_to(datetime(2026, 12, 22, 23, 0, tzinfo=PARIS))
    (line,) = preview_changes(alice.actor, child_id=asked.child_id, add=[], remove=[asked.pk]).lines
    assert not line.is_fine


def test_a_day_gone_by_is_not_given_up(
    alice: Character, asked: Booking, frozen: time_machine.Traveller
) -> None:
    """The service answers for it: what waits still when the month is billed blocks the run."""
    frozen.move_to(datetime(2026, 12, 23, 8, 0, tzinfo=PARIS))
    (line,) = preview_changes(alice.actor, child_id=asked.child_id, add=[], remove=[asked.pk]).lines
    assert isinstance(line.problem, DeadlinePassed)
    assert line.amount == Money.ZERO


def test_no_limit_to_cancel_is_announced_for_a_day_that_waits(
    alice: Character, asked: Booking, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(datetime(2026, 12, 18, 8, 0, tzinfo=PARIS))
    assert Enrolment.objects.get().state == "PENDING"
    assert [
        d for d in overview_later(alice.actor, alice.children, days=7).answer.deadlines if d.day == DAY
    ] == []
