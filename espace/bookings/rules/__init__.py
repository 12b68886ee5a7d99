"""Pure: what a pattern books, what overlaps, what a form changes, how a cell reads. No clock, no database."""

from espace.bookings.rules.calendar_file import CalendarEvent, calendar_file
from espace.bookings.rules.cells import EDITABLE, Cell, CellState, cell_state, is_last_evening
from espace.bookings.rules.changes import StaleBooking, digest, overlaps, stale_difference
from espace.bookings.rules.patterns import (
    Expansion,
    PatternDayRule,
    SlotDay,
    StandingBooking,
    by_hand,
    expand,
)
from espace.bookings.rules.seating import Seat, Seating, seat

__all__ = [
    "EDITABLE",
    "CalendarEvent",
    "Cell",
    "CellState",
    "Expansion",
    "PatternDayRule",
    "Seat",
    "Seating",
    "SlotDay",
    "StaleBooking",
    "StandingBooking",
    "by_hand",
    "calendar_file",
    "cell_state",
    "digest",
    "expand",
    "is_last_evening",
    "overlaps",
    "seat",
    "stale_difference",
]
