"""States of enrolments and bookings."""

from enum import StrEnum


class EnrolmentState(StrEnum):
    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    ENDED = "ENDED"


class WeekRule(StrEnum):
    EVERY = "EVERY"
    EVEN = "EVEN"
    ODD = "ODD"
    CUSTODY = "CUSTODY"


class BookingState(StrEnum):
    PENDING_ENROLMENT = "PENDING_ENROLMENT"
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    CANCELLED = "CANCELLED"
    REFUSED = "REFUSED"


HOLDING_A_PLACE = (BookingState.PENDING_ENROLMENT, BookingState.CONFIRMED)
ACTIVE = (*HOLDING_A_PLACE, BookingState.WAITLISTED)


class BookingOrigin(StrEnum):
    PATTERN = "PATTERN"
    UNIT = "UNIT"
    AGENT = "AGENT"


class CancelTiming(StrEnum):
    """When a booking was cancelled; SERVICE is the town's own doing and never costs. ABSENCE is a place given back by an
    announced absence: whether the day is due is for `attendance` to say."""

    IN_TIME = "IN_TIME"
    LATE = "LATE"
    SERVICE = "SERVICE"
    ABSENCE = "ABSENCE"
