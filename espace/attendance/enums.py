"""What became of a booking, and what it does to the bill."""

from enum import StrEnum


class Outcome(StrEnum):
    """What happened on the day (I15)."""

    PRESENT = "PRESENT"
    UNBOOKED_PRESENCE = "UNBOOKED_PRESENCE"
    EXCUSED_ABSENCE = "EXCUSED_ABSENCE"
    UNEXCUSED_ABSENCE = "UNEXCUSED_ABSENCE"
    CANCELLED_IN_TIME = "CANCELLED_IN_TIME"
    CANCELLED_LATE = "CANCELLED_LATE"
    SERVICE_CANCELLED = "SERVICE_CANCELLED"
    NOT_CHECKED = "NOT_CHECKED"
    LATE_PICKUP = "LATE_PICKUP"


class BillingEffect(StrEnum):
    """The whole price, nothing, or only the surcharge."""

    FULL = "FULL"
    NONE = "NONE"
    SURCHARGE_ONLY = "SURCHARGE_ONLY"
