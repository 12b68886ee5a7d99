"""The bookings of a family as the guichet reads them: a mark a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from espace.bookings.enums import EXPECTED, BookingState
from espace.bookings.models import Booking


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
