"""What a family has booked these three weeks, and its last invoices, as a file shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from espace.billing.queries.household import invoices_of
from espace.bookings.enums import BookingState
from espace.bookings.queries.desk import enrolments_later
from espace.bookings.queries.table import (
    Bookable,
    BookedDay,
    bookable_of,
    booked_days_of,
    waiting_enrolments_of,
)
from espace.kernel.calendar import date_range, monday_of
from espace.kernel.money import Money
from espace.kernel.text import DAYS, format_month
from espace.payments.queries.bills import bills_later, credit_later

if TYPE_CHECKING:
    from espace.families.models import Household, Person
    from espace.kernel.reading import Later
    from espace.payments.queries import Bill as StandingBill

WEEKS = 3
FREE = ("·", "libre", "")
NOTHING = ("–", "rien à réserver", "bk-shut")
BOOKED, LATE = ("R", "réservé", "bk-on"), ("R+", "réservé hors délai", "bk-late")
PENDING = ("?", "inscription à confirmer", "bk-no")


@dataclass(frozen=True, slots=True)
class Column:
    """A weekday."""

    day: date
    letters: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A formula and its mark (sign, words, class) each day."""

    label: str
    cells: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class ChildTable:
    """A child's rows; without any, `note` says why."""

    name: str
    rows: list[Row]
    note: str


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice and what is left of it."""

    month: str
    reference: str
    total: Money
    balance: Money
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class Offer:
    """The middle column of a file."""

    start: date
    end: date
    columns: list[Column]
    children: list[ChildTable] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    balance: Money = Money.ZERO
    credit: Money = Money.ZERO
    waiting: int = 0


class OfferParts:
    """What the offer of a household is made of: three weeks of its children from this Monday, its last invoices, its
    trop-perçu. `parts` to read with others, then `offer_of`."""

    def __init__(self, household: Household, child_ids: Sequence[int], today: date) -> None:
        self.today = today
        self.start = monday_of(today)
        self.end = self.start + timedelta(weeks=WEEKS)
        self.booked = booked_days_of(child_ids, self.start, self.end)
        self.enrolments = enrolments_later(child_ids, self.start, self.end)
        self.waiting = waiting_enrolments_of(child_ids)
        self.bills = bills_later(invoices_of(household.pk))
        self.credit = credit_later([household.pk])

    @property
    def parts(self) -> tuple[Later[Any], ...]:
        return self.booked, self.enrolments, self.waiting, self.bills, self.credit


def offer_of(asked: OfferParts, children: Sequence[Person]) -> Offer:
    """The offer, for these of the children. 1 query, none where nobody is enrolled, and the catalogue."""
    start, end, today = asked.start, asked.end, asked.today
    days = [day for day in date_range(start, end) if day.weekday() < 5]
    ids = {child.pk for child in children}
    bookable = bookable_of([e for e in asked.enrolments.answer if e.child_id in ids], start, end)
    bills = _bills(asked.bills.answer, today)
    return Offer(
        start=start,
        end=days[-1],
        columns=[Column(day, DAYS[day.weekday()][:2], day == today) for day in days],
        children=[_table(child, asked.booked.answer, bookable, days, today) for child in children],
        bills=bills,
        balance=sum((bill.balance for bill in bills), Money.ZERO),
        credit=asked.credit.answer,
        waiting=sum(child in ids for child in asked.waiting.answer),
    )


def _table(
    child: Person, booked: Sequence[BookedDay], bookable: Bookable, days: Sequence[date], today: date
) -> ChildTable:
    mine = [b for b in booked if b.child_id == child.pk]
    rows = []
    for label in dict.fromkeys(b.formula for b in mine):
        marks = {b.day: _mark(b) for b in mine if b.formula == label}
        free = {day for day in days if day >= today and (child.pk, label, day) in bookable.days}
        rows.append(Row(label, [marks.get(day, FREE if day in free else NOTHING) for day in days]))
    note = ""
    if not rows:
        note = "inscrit, rien de réservé" if child.pk in bookable.enrolled else "aucune inscription"
    return ChildTable(child.first_name, rows, note)


def _mark(booked: BookedDay) -> tuple[str, str, str]:
    if booked.state is BookingState.PENDING_ENROLMENT:
        return PENDING
    return LATE if booked.is_late else BOOKED


def _bills(rows: Sequence[StandingBill], today: date) -> list[Bill]:
    bills = []
    for bill in rows:
        state, kind = ("à régler", "sun") if bill.is_open else ("réglée", "ok")
        if bill.is_open and bill.due_on < today:
            state, kind = "en retard", "err"
        invoice, month = bill.invoice, format_month(bill.invoice.month)
        bills.append(
            Bill(month[:1].upper() + month[1:], invoice.reference, invoice.total, bill.balance, state, kind)
        )
    return bills
