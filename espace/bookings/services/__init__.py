"""What families and agents do: enrol, book, cancel, set a weekly pattern, declare a collective event."""

from espace.bookings.services.absences import give_back, take_back
from espace.bookings.services.answering import (
    accept_offer,
    close_lists,
    decline_offer,
    expire_offer,
    expire_offers,
    leave_list,
)
from espace.bookings.services.changing import apply_changes, preview_changes
from espace.bookings.services.enrolling import decide_enrolment, enrol, enrol_in
from espace.bookings.services.events import EventDone, UndoDone, declare_event, undo_event
from espace.bookings.services.patterns import apply_pattern, preview_pattern
from espace.bookings.services.queues import end_criterion_of, offer_place, record_criterion, set_places
from espace.bookings.services.reminding import send_reminders

__all__ = [
    "EventDone",
    "UndoDone",
    "accept_offer",
    "apply_changes",
    "apply_pattern",
    "close_lists",
    "decide_enrolment",
    "declare_event",
    "decline_offer",
    "end_criterion_of",
    "enrol",
    "enrol_in",
    "expire_offer",
    "expire_offers",
    "give_back",
    "leave_list",
    "offer_place",
    "preview_changes",
    "preview_pattern",
    "record_criterion",
    "send_reminders",
    "set_places",
    "take_back",
    "undo_event",
]
