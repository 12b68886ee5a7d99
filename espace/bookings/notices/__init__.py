"""What this app tells families: an acknowledgement, an answer, an event, a place offered. One message an address."""

from espace.bookings.notices.acknowledgement import acknowledge
from espace.bookings.notices.changes import answer_enrolment, tell_custody, tell_move
from espace.bookings.notices.events import tell_event, tell_undo
from espace.bookings.notices.extensions import tell_extension
from espace.bookings.notices.reminders import remind
from espace.bookings.notices.waiting import tell_list_over, tell_offer, tell_offer_over

__all__ = [
    "acknowledge",
    "answer_enrolment",
    "remind",
    "tell_custody",
    "tell_event",
    "tell_extension",
    "tell_list_over",
    "tell_move",
    "tell_offer",
    "tell_offer_over",
    "tell_undo",
]
