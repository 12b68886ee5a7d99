"""Pure: what a pattern books, what overlaps, what a form changes, how a cell reads. No clock, no database."""

from espace.bookings.rules.asking import check_stamp
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

__all__ = [
    "EDITABLE",
    "CalendarEvent",
    "Cell",
    "CellState",
    "Expansion",
    "PatternDayRule",
    "SlotDay",
    "StaleBooking",
    "StandingBooking",
    "by_hand",
    "calendar_file",
    "cell_state",
    "check_stamp",
    "digest",
    "expand",
    "is_last_evening",
    "overlaps",
    "stale_difference",
]
