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
    """WAITLISTED holds no place; OFFERED is a waiting booking whose family is asked, and whose place is kept."""

    PENDING_ENROLMENT = "PENDING_ENROLMENT"
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    OFFERED = "OFFERED"
    CANCELLED = "CANCELLED"
    REFUSED = "REFUSED"


# The child is expected, or will be once the enrolment is accepted: what an agenda, a kitchen, a family count.
EXPECTED = (BookingState.PENDING_ENROLMENT, BookingState.CONFIRMED)
# What `CapacityPool.taken` counts (I10): those, and the places kept for a family that has not answered yet.
HOLDING_A_PLACE = (*EXPECTED, BookingState.OFFERED)
ACTIVE = (*HOLDING_A_PLACE, BookingState.WAITLISTED)
ON_THE_LIST = (BookingState.WAITLISTED, BookingState.OFFERED)
# How the token of a submission begins when it takes a place offered: no form sent it.
ACCEPTED_OFFER = "offre-"


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


class ReminderKind(StrEnum):
    """Why a family is written to before a limit: enrolled without a day, holidays that open, holidays that close."""

    NO_BOOKING = "NO_BOOKING"
    OPENING = "OPENING"
    CLOSING = "CLOSING"


class CancelTiming(StrEnum):
    """When a booking was cancelled; SERVICE is the town's own doing and never costs; WAITING never had the place
    (left the list, let an offer pass, or nothing was freed) and owes nothing; ABSENCE is a place given back by an
    announced absence: whether the day is due is for `attendance` to say."""

    IN_TIME = "IN_TIME"
    LATE = "LATE"
    SERVICE = "SERVICE"
    WAITING = "WAITING"
    ABSENCE = "ABSENCE"
