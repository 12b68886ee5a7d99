"""Changing the offer. What it does to bookings is one floor up (`bookings.services`)."""

from espace.activities.services.admission import publish_admission, set_ratio, withdraw_admission
from espace.activities.services.deadlines import (
    check_extending,
    check_rule,
    drop_deadlines,
    record_extension,
    set_deadlines,
)
from espace.activities.services.events import check_event, record_event, record_undo
from espace.activities.services.openings import set_openings
from espace.activities.services.waiting import publish_criterion, set_waiting_list, withdraw_criterion

__all__ = [
    "check_event",
    "check_extending",
    "check_rule",
    "drop_deadlines",
    "publish_admission",
    "publish_criterion",
    "record_event",
    "record_extension",
    "record_undo",
    "set_deadlines",
    "set_openings",
    "set_ratio",
    "set_waiting_list",
    "withdraw_admission",
    "withdraw_criterion",
]
