"""The bookings of a family as the guichet reads them: a mark a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from espace.activities.queries import catalogue, slots_between
from espace.bookings.enums import EXPECTED, BookingState, EnrolmentState
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries.desk import EnrolmentEntry
from espace.kernel.reading import Later, Rows


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A booking that holds its place: whose, when, of what."""

    child_id: int
    day: date
    formula: str
    state: BookingState
    is_late: bool


def booked_days_of(child_ids: Collection[int], start: date, end: date) -> Later[list[BookedDay]]:
    """The places held by children the caller was allowed to hold, over `[start, end)`, in the order of the day. 1 query
    when read alone."""
    rows = Booking.objects.filter(
        child_id__in=list(child_ids), date__gte=start, date__lt=end, state__in=EXPECTED
    )
    ordered = ("child_id", "slot__formula__starts_at", "slot__formula__position", "date", "id")
    return Later(rows.values_list(*ordered, "slot__formula__label", "state", "is_late"), _booked_days)


def _booked_days(rows: Rows) -> list[BookedDay]:
    return [
        BookedDay(child, day, label, BookingState(state), late)
        for child, _, _, day, _, label, state, late in sorted(rows)
    ]


@dataclass(frozen=True, slots=True)
class Bookable:
    """What could be booked: the children enrolled in something, and the (child, formula, day) that are open."""

    enrolled: frozenset[int]
    days: frozenset[tuple[int, str, date]]


def bookable_of(enrolments: Sequence[EnrolmentEntry], start: date, end: date) -> Bookable:
    """Over `[start, end)`, by these enrolments (`enrolments_later`). 1 query, none for none, and the catalogue."""
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


def waiting_enrolments_of(child_ids: Collection[int]) -> Later[list[int]]:
    """The child of each request that waits for an agent, among these. 1 query when read alone."""
    rows = Enrolment.objects.filter(child_id__in=list(child_ids), state=EnrolmentState.PENDING)
    return Later(rows.values_list("child_id"), lambda found: [child for (child,) in found])
