"""The bookings of a family as the guichet reads them: a mark a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from espace.activities.queries import catalogue, slots_between
from espace.bookings.enums import EXPECTED, BookingState, EnrolmentState
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries.desk import enrolments_of


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A booking that holds its place: whose, when, of what."""

    child_id: int
    day: date
    formula: str
    state: BookingState
    is_late: bool


def booked_days_of(child_ids: Collection[int], start: date, end: date) -> list[BookedDay]:
    """The places held by children the caller was allowed to hold, over `[start, end)`. 1 query."""
    rows = (
        Booking.objects.filter(
            child_id__in=list(child_ids), date__gte=start, date__lt=end, state__in=EXPECTED
        )
        .order_by("child_id", "slot__formula__starts_at", "slot__formula__position", "date", "id")
        .values_list("child_id", "date", "slot__formula__label", "state", "is_late")
    )
    return [
        BookedDay(child, day, label, BookingState(state), late) for child, day, label, state, late in rows
    ]


@dataclass(frozen=True, slots=True)
class Bookable:
    """What could be booked: the children enrolled in something, and the (child, formula, day) that are open."""

    enrolled: frozenset[int]
    days: frozenset[tuple[int, str, date]]


def bookable_of(child_ids: Sequence[int], start: date, end: date) -> Bookable:
    """Over `[start, end)`, for children the caller was allowed to hold. 2 queries, and the catalogue."""
    enrolments = enrolments_of(child_ids, start, end)
    slots = slots_between({(e.period_id, e.venue_id) for e in enrolments}, start, end)
    formulas = catalogue().formulas
    return Bookable(
        frozenset(e.child_id for e in enrolments),
        frozenset(
            (e.child_id, formulas[slot.formula_id].label, slot.day)
            for e in enrolments
            for slot in slots
            if slot.is_open
            and (slot.period_id, slot.venue_id) == (e.period_id, e.venue_id)
            and e.start <= slot.day < e.end
        ),
    )


def waiting_enrolments_of(child_ids: Collection[int]) -> int:
    """How many requests of these children wait for an agent. 1 query."""
    return Enrolment.objects.filter(child_id__in=list(child_ids), state=EnrolmentState.PENDING).count()
