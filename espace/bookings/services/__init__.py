"""What families and agents do: enrol, book, cancel, set a weekly pattern, close."""

from espace.bookings.services.changing import apply_changes, preview_changes
from espace.bookings.services.closing import ClosureDone, apply_closure
from espace.bookings.services.custody import change_custody
from espace.bookings.services.enrolling import decide_enrolment, enrol, enrol_in
from espace.bookings.services.moving import move_child
from espace.bookings.services.patterns import Way, apply_pattern, preview_pattern, preview_pattern_ways

__all__ = [
    "ClosureDone",
    "Way",
    "apply_changes",
    "apply_closure",
    "apply_pattern",
    "change_custody",
    "decide_enrolment",
    "enrol",
    "enrol_in",
    "move_child",
    "preview_changes",
    "preview_pattern",
    "preview_pattern_ways",
]
