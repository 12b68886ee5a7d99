"""Bookings of October 2026 and their bills, for whoever tests money. The day of the tests is 24 November."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from espace.activities.models import Slot
from espace.attendance.services import close_month
from espace.billing.models import BillingRun, Invoice
from espace.billing.services import compute_run, issue_run, open_run, review_run
from espace.bookings.enums import BookingOrigin, BookingState, CancelTiming, EnrolmentState
from espace.bookings.models import Booking, Enrolment
from espace.demo.town import Reference
from espace.families.models import Person
from espace.kernel.calendar import PARIS
from tests.support.cast import Character

OCTOBER = date(2026, 10, 1)
REQUESTED = datetime(2026, 9, 22, 20, 15, tzinfo=PARIS)
IN_TIME_UNTIL = datetime(2026, 9, 30, 23, 59, 59, tzinfo=PARIS)


def book(
    child: Person,
    slot: Slot,
    *,
    late: bool = False,
    cancelled: CancelTiming | None = None,
    requested_at: datetime = REQUESTED,
) -> Booking:
    """A booking as the service would have left it."""
    enrolment, _ = Enrolment.objects.get_or_create(
        child=child,
        period=slot.period,
        defaults={
            "activity": slot.activity,
            "venue": slot.venue,
            "state": EnrolmentState.ACCEPTED,
            "requested_at": REQUESTED,
            "start": slot.period.start,
            "end": slot.period.end,
        },
    )
    return Booking.objects.create(
        child=child,
        slot=slot,
        enrolment=enrolment,
        date=slot.date,
        state=BookingState.CANCELLED if cancelled else BookingState.CONFIRMED,
        origin=BookingOrigin.UNIT,
        requested_at=requested_at,
        is_late=late,
        rule_snapshot={"in_time_until": IN_TIME_UNTIL.isoformat()},
        cancelled_at=requested_at if cancelled else None,
        cancel_timing=cancelled or "",
    )


def book_days(
    town: Reference,
    child: Person,
    activity: str,
    days: list[date],
    *,
    venue: str = "lavoir",
    formula: str = "",
) -> list[Booking]:
    return [book(child, town.slot(activity, day, venue=venue, formula=formula)) for day in days]


def october(*days: int) -> list[date]:
    return [date(2026, 10, day) for day in days]


@dataclass
class Month:
    """A month billed by the régisseur."""

    run: BillingRun
    invoices: list[Invoice]

    def of(self, character: Character) -> Invoice:
        return next(i for i in self.invoices if i.household_id == character.household.pk)


def compute(remi: Character, month: date = OCTOBER, *, office_id: int) -> BillingRun:
    """The month closed, its run opened and computed."""
    close_month(remi.actor, cash_office_id=office_id, month=month)
    run = open_run(remi.actor, cash_office_id=office_id, month=month)
    return compute_run(remi.actor, run_id=run.pk)


def bill(remi: Character, month: date = OCTOBER, *, office_id: int) -> Month:
    """The whole path to issued invoices."""
    run = compute(remi, month, office_id=office_id)
    review_run(remi.actor, run_id=run.pk)
    run = issue_run(remi.actor, run_id=run.pk)
    return Month(run, list(Invoice.objects.filter(run=run).order_by("number")))


@pytest.fixture
def consumed(town: Reference, alice: Character) -> dict[str, Booking]:
    """Alice's October: nine meals of Zoé, one of them late, one cancelled late, one in time, one by the town; a
    Wednesday; and three evenings of Tom."""
    zoe, tom = alice.children
    meal = "restauration-scolaire"
    rows = {f"meal{d.day}": book(zoe, town.slot(meal, d)) for d in october(1, 2, 5, 6, 8, 9, 12)}
    rows["late"] = book(
        zoe, town.slot(meal, date(2026, 10, 13)), late=True, requested_at=REQUESTED + timedelta(days=12)
    )
    rows["cancelled late"] = book(zoe, town.slot(meal, date(2026, 10, 15)), cancelled=CancelTiming.LATE)
    rows["cancelled in time"] = book(zoe, town.slot(meal, date(2026, 10, 16)), cancelled=CancelTiming.IN_TIME)
    rows["closed"] = book(
        zoe, town.slot("accueil-du-matin", date(2026, 10, 6)), cancelled=CancelTiming.SERVICE
    )
    rows["wednesday"] = book(
        zoe, town.slot("accueil-de-loisirs-du-mercredi", date(2026, 10, 7), formula="JOURNEE")
    )
    for day in october(5, 6, 8):
        rows[f"evening{day.day}"] = book(tom, town.slot("accueil-du-soir", day, venue="tilleuls"))
    return rows


@pytest.fixture
def billed(town: Reference, consumed: dict[str, Booking], remi: Character) -> Month:
    """October, billed."""
    return bill(remi, office_id=town.office.pk)
