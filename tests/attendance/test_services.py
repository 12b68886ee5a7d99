"""Closing a month, and what happened in it."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from espace.attendance.enums import BillingEffect, Outcome
from espace.attendance.errors import DayUnknown, MonthAlreadyClosed, MonthNotOver
from espace.attendance.models import MonthClosing
from espace.attendance.queries import closings_for, consumption, is_closed
from espace.attendance.services import close_month
from espace.audit.models import AuditEvent
from espace.bookings.models import Booking
from espace.demo.town import Reference
from espace.kernel import clock
from espace.kernel.errors import NotFound
from espace.town.models import CalendarDay
from tests.support.bills import OCTOBER
from tests.support.cast import Character


def test_a_past_month_is_closed_once(town: Reference, remi: Character) -> None:
    closing = close_month(remi.actor, cash_office_id=town.office.pk, month=date(2026, 10, 17))
    assert (closing.month, closing.closed_by) == (OCTOBER, "Rémi Garnier")
    assert is_closed(town.office.pk, OCTOBER)
    assert AuditEvent.objects.get(action="attendance.close_month").payload["month"] == "2026-10-01"  # type: ignore[index]
    with pytest.raises(MonthAlreadyClosed, match="d’octobre 2026"):
        close_month(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)
    assert MonthClosing.objects.count() == 1


@pytest.mark.parametrize("now", ["2026-10-31 23:30:00+01:00", "2026-10-01 00:00:00+02:00"])
def test_a_month_that_is_not_over_waits(
    town: Reference, remi: Character, frozen: time_machine.Traveller, now: str
) -> None:
    frozen.move_to(now)
    with pytest.raises(MonthNotOver, match="dimanche 1er novembre 2026"):
        close_month(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)


def test_the_first_minute_of_the_next_month_is_enough(
    town: Reference, remi: Character, frozen: time_machine.Traveller
) -> None:
    frozen.move_to("2026-11-01 00:00:30+01:00")
    close_month(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)


def test_a_month_with_an_unknown_day_is_not_closed(town: Reference, remi: Character) -> None:
    """An unknown day is an error, never « no holiday »."""
    CalendarDay.objects.filter(date=date(2026, 10, 14)).delete()
    with pytest.raises(DayUnknown, match="mercredi 14 octobre 2026"):
        close_month(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)


def test_a_stranger_cannot_close(town: Reference, denise: Character, alice: Character) -> None:
    for who in (denise, alice):
        with pytest.raises(NotFound):
            close_month(who.actor, cash_office_id=town.office.pk, month=OCTOBER)
        assert closings_for(who.actor, town.office.pk) == {}


def test_an_unknown_office_is_not_there(town: Reference, remi: Character) -> None:
    with pytest.raises(NotFound):
        close_month(remi.actor, cash_office_id=999, month=OCTOBER)


def test_the_closing_is_stored_once(town: Reference) -> None:
    for month, expected in ((OCTOBER, 1), (date(2026, 10, 2), 1)):
        row = MonthClosing(cash_office=town.office, month=month, closed_at=clock.now(), closed_by="x")
        if month == OCTOBER:
            row.save()
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()
        assert MonthClosing.objects.count() == expected


def test_who_was_booked_is_presumed_present(town: Reference, consumed: dict[str, Booking]) -> None:
    """I15: one outcome, one effect."""
    found = {c.booking.booking_id: c for c in consumption(town.office.pk, OCTOBER, date(2026, 11, 1))}
    meal = found[consumed["meal1"].pk]
    assert (meal.outcome, meal.effect) == (Outcome.PRESENT, BillingEffect.FULL)
    late = found[consumed["cancelled late"].pk]
    assert (late.outcome, late.effect) == (Outcome.CANCELLED_LATE, BillingEffect.FULL)
    for name in ("cancelled in time", "closed"):
        assert consumed[name].pk not in found
