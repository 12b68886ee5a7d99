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
from espace.bookings.services.capacity import set_places_between
from espace.bookings.services.changing import (
    Wish,
    apply_changes,
    apply_wishes,
    preview_changes,
    preview_wishes,
)
from espace.bookings.services.copying import Copy
from espace.bookings.services.custody import change_custody
from espace.bookings.services.enrolling import decide_enrolment, enrol, enrol_in
from espace.bookings.services.events import EventDone, UndoDone, declare_event, undo_event
from espace.bookings.services.extending import extend
from espace.bookings.services.moving import move_child
from espace.bookings.services.patterns import Way, apply_pattern, preview_pattern, preview_pattern_ways
from espace.bookings.services.queues import end_criterion_of, offer_place, record_criterion, set_places
from espace.bookings.services.reminding import send_reminders

__all__ = [
    "Copy",
    "EventDone",
    "UndoDone",
    "Way",
    "Wish",
    "accept_offer",
    "apply_changes",
    "apply_pattern",
    "apply_wishes",
    "change_custody",
    "close_lists",
    "decide_enrolment",
    "declare_event",
    "decline_offer",
    "end_criterion_of",
    "enrol",
    "enrol_in",
    "expire_offer",
    "expire_offers",
    "extend",
    "give_back",
    "leave_list",
    "move_child",
    "offer_place",
    "preview_changes",
    "preview_pattern",
    "preview_pattern_ways",
    "preview_wishes",
    "record_criterion",
    "send_reminders",
    "set_places",
    "set_places_between",
    "take_back",
    "undo_event",
]
