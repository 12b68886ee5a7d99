"""What became of a booking, what it does to the bill, and the words of absences."""

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


class Proof(StrEnum):
    """What a town asks to excuse an absence, from the least to the most; the order of declaration is that order."""

    NONE = "NONE"
    DECLARATION = "DECLARATION"
    CERTIFICATE = "CERTIFICATE"


class ProofState(StrEnum):
    """Where the proof of an absence stands; a signed declaration that needs no certificate is ACCEPTED."""

    NOT_NEEDED = "NOT_NEEDED"
    AWAITED = "AWAITED"
    RECEIVED = "RECEIVED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class AbsenceAnchor(StrEnum):
    """The day its delays are counted from."""

    FIRST_DAY = "FIRST_DAY"
    LAST_DAY = "LAST_DAY"


class AbsenceReason(StrEnum):
    """As little as a town needs; never a medical detail. No message, journal nor list of the day repeats it."""

    ILLNESS = "ILLNESS"
    FAMILY = "FAMILY"
    OTHER = "OTHER"


class Mark(StrEnum):
    """What an absence did to a booking of its days.

    KEPT: the place is held (today's, or a day gone by). FREED: the place was given back, the price depends on the
    proof. IN_TIME: given back before the limit, free whatever the proof. GIVEN_UP: the family had cancelled it too
    late before, and the absence may excuse that too.
    """

    KEPT = "KEPT"
    FREED = "FREED"
    IN_TIME = "IN_TIME"
    GIVEN_UP = "GIVEN_UP"


class Consequence(StrEnum):
    """What a family reads of a day: free, free if proved, due even so (carence), or due."""

    FREE = "FREE"
    IF_PROVED = "IF_PROVED"
    CARENCE = "CARENCE"
    DUE = "DUE"
