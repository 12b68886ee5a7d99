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


class MoveKind(StrEnum):
    """What becomes of an enrolment when a child changes school or leaves: it goes to another venue, ends, or stays."""

    MOVE = "MOVE"
    END = "END"
    STAY = "STAY"


class KeptOut(StrEnum):
    """Why a booked day does not follow the child to the new venue."""

    ENDS = "ENDS"
    NOT_OFFERED = "NOT_OFFERED"
    CLOSED = "CLOSED"
    FULL = "FULL"


class CancelTiming(StrEnum):
    """When a booking was cancelled; SERVICE is the town's own doing and never costs."""

    IN_TIME = "IN_TIME"
    LATE = "LATE"
    SERVICE = "SERVICE"
