"""What happened in a month, and which months are closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from espace.activities.enums import Timing
from espace.attendance.enums import BillingEffect, Outcome
from espace.attendance.models import MonthClosing
from espace.attendance.rules import effect_of, outcome_of
from espace.bookings.enums import BookingState
from espace.bookings.queries import Billable, billable
from espace.kernel.actor import Actor, Permission

# Who may know which months are closed: those who close them, and those who bill what was closed.
READERS = (Permission.MONTH_CLOSE, Permission.BILLING_COMPUTE, Permission.BILLING_ISSUE)


@dataclass(frozen=True, slots=True)
class Consumption:
    """A booking of a day, what became of it, and what that does to the bill (I15)."""

    booking: Billable
    outcome: Outcome
    effect: BillingEffect


def consumption(cash_office_id: int, start: date, end: date) -> list[Consumption]:
    """What happened to each booking of an office's activities over `[start, end)` that may cost something.

    No attendance record exists yet: who was booked on a day is presumed present. As many queries as
    `bookings.queries.billable`.
    """
    return list(_outcomes(billable(cash_office_id, start, end)))


def _outcomes(bookings: Iterable[Billable]) -> Iterable[Consumption]:
    for booking in bookings:
        timing = Timing(booking.cancel_timing) if booking.cancel_timing else None
        active = booking.state is BookingState.CONFIRMED
        outcome = outcome_of(
            is_active=active, cancel_timing=timing, slot_state=booking.slot_state, event=booking.event
        )
        if outcome is not None:
            yield Consumption(booking, outcome, effect_of(outcome))


def closings_for(actor: Actor, cash_office_id: int) -> dict[date, MonthClosing]:
    """The closed months of an office, by their first day; none for who may neither close nor bill. 1 query."""
    if not any(actor.may(p, "CASH_OFFICE", cash_office_id) for p in READERS):
        return {}
    rows = MonthClosing.objects.filter(cash_office_id=cash_office_id).order_by("month")
    return {row.month: row for row in rows}


def is_closed(cash_office_id: int, month: date) -> bool:
    """Whether nothing of that month changes any more for billing. 1 query."""
    return MonthClosing.objects.filter(cash_office_id=cash_office_id, month=month).exists()
