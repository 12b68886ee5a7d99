"""What families and agents do: enrol, book, cancel, set a weekly pattern, declare a collective event."""

from espace.bookings.services.changing import apply_changes, preview_changes
from espace.bookings.services.enrolling import decide_enrolment, enrol, enrol_in
from espace.bookings.services.events import EventDone, UndoDone, declare_event, undo_event
from espace.bookings.services.patterns import apply_pattern, preview_pattern

__all__ = [
    "EventDone",
    "UndoDone",
    "apply_changes",
    "apply_pattern",
    "decide_enrolment",
    "declare_event",
    "enrol",
    "enrol_in",
    "preview_changes",
    "preview_pattern",
    "undo_event",
]
