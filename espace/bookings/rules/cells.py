"""How one case of the calendar reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from espace.activities.enums import Timing
from espace.bookings.enums import BookingState


class CellState(StrEnum):
    """FREE and BOOKED can be ticked; the others only say something, or lead elsewhere: FULL to the waiting list,
    WAITING to leaving it, OFFERED to the answer."""

    FREE = "FREE"
    BOOKED = "BOOKED"
    BOOKED_FIXED = "BOOKED_FIXED"
    FULL = "FULL"
    WAITING = "WAITING"
    OFFERED = "OFFERED"
    CLOSED = "CLOSED"
    TOO_LATE = "TOO_LATE"
    NOT_OPEN = "NOT_OPEN"
    PAST = "PAST"
    PAST_BOOKED = "PAST_BOOKED"
    OTHER_PARENT = "OTHER_PARENT"
    NO_PRICE = "NO_PRICE"


EDITABLE = frozenset({CellState.FREE, CellState.BOOKED})


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of a slot for a child when a page is drawn; `places_left`: those that anyone may book."""

    is_open: bool
    places_left: int
    is_past: bool
    is_own_day: bool
    has_price: bool
    booking: BookingState | None
    book: Timing
    cancel: Timing
    may_override: bool = False
    is_before_opening: bool = False


def cell_state(cell: Cell) -> CellState:
    """The one state of a case; an agent at the counter (`may_override`) goes past the online limits, never the past."""
    booked = cell.booking in (BookingState.CONFIRMED, BookingState.PENDING_ENROLMENT)
    if not cell.is_own_day:
        return CellState.OTHER_PARENT
    if cell.is_past:
        return CellState.PAST_BOOKED if booked else CellState.PAST
    if booked:
        return CellState.BOOKED if _open(cell.cancel, cell.may_override) else CellState.BOOKED_FIXED
    if not cell.is_open:
        return CellState.CLOSED
    if cell.booking is BookingState.OFFERED:
        return CellState.OFFERED
    if cell.is_before_opening:
        return CellState.NOT_OPEN
    if not _open(cell.book, cell.may_override):
        return CellState.TOO_LATE
    if cell.booking is BookingState.WAITLISTED:
        return CellState.WAITING
    if not cell.places_left:
        return CellState.FULL
    return CellState.FREE if cell.has_price else CellState.NO_PRICE


def _open(timing: Timing, may_override: bool) -> bool:
    return timing in (Timing.IN_TIME, Timing.LATE) or (timing is Timing.AGENT_ONLY and may_override)


def is_last_evening(limit: datetime | None, now: datetime) -> bool:
    """Whether a limit falls today: the page says so louder."""
    return limit is not None and limit.date() == now.date()
