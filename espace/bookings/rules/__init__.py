"""Pure: what a pattern books, what overlaps, what a form changes, how a cell reads. No clock, no database."""

from espace.bookings.rules.asking import check_stamp
from espace.bookings.rules.calendar_file import CalendarEvent, calendar_file
from espace.bookings.rules.cells import EDITABLE, Cell, CellState, cell_state, is_last_evening
from espace.bookings.rules.changes import StaleBooking, digest, overlaps, stale_difference
from espace.bookings.rules.patterns import (
    CopiedWeek,
    Expansion,
    PatternDayRule,
    SlotDay,
    StandingBooking,
    by_hand,
    copy_week,
    expand,
)
from espace.bookings.rules.seating import Seat, Seating, seat
from espace.bookings.rules.waiting import (
    Request,
    Room,
    answer_deadline,
    booking_ends,
    free_for_all,
    in_order,
    is_past,
    next_to_offer,
    offers_until,
    priority_of,
    ranks,
    runs,
    why_not_join,
)

__all__ = [
    "EDITABLE",
    "CalendarEvent",
    "Cell",
    "CellState",
    "CopiedWeek",
    "Expansion",
    "PatternDayRule",
    "Request",
    "Room",
    "Seat",
    "Seating",
    "SlotDay",
    "StaleBooking",
    "StandingBooking",
    "answer_deadline",
    "booking_ends",
    "by_hand",
    "calendar_file",
    "cell_state",
    "check_stamp",
    "copy_week",
    "digest",
    "expand",
    "free_for_all",
    "in_order",
    "is_last_evening",
    "is_past",
    "next_to_offer",
    "offers_until",
    "overlaps",
    "priority_of",
    "ranks",
    "runs",
    "seat",
    "stale_difference",
    "why_not_join",
]
