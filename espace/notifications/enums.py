"""States of a message on its way."""

from enum import StrEnum


class MessageState(StrEnum):
    """PENDING until the worker takes it; SENDING while it speaks to the server; FAILED after the last try."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"


class Lane(StrEnum):
    """Codes go first: a person is waiting in front of the form."""

    CODE = "CODE"
    NOTICE = "NOTICE"
