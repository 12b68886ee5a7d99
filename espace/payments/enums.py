"""States of money on its way."""

from enum import StrEnum


class IntentState(StrEnum):
    """WAITING until the bank has said; EXPIRED when it never did."""

    WAITING = "WAITING"
    PAID = "PAID"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class PaymentMethod(StrEnum):
    CARD_ONLINE = "CARD_ONLINE"
    CARD = "CARD"
    CASH = "CASH"
    CHEQUE = "CHEQUE"


class PaymentState(StrEnum):
    RECEIVED = "RECEIVED"
    REJECTED = "REJECTED"


class BillStatus(StrEnum):
    """An invoice as a family reads it."""

    TO_PAY = "TO_PAY"
    OVERDUE = "OVERDUE"
    IN_PROGRESS = "IN_PROGRESS"
    PAID = "PAID"
    NOTHING = "NOTHING"
