"""States and kinds of what is owed."""

from enum import StrEnum


class RunState(StrEnum):
    """The life of a billing run (I22–I24)."""

    OPEN = "OPEN"
    COMPUTED = "COMPUTED"
    REVIEWED = "REVIEWED"
    ISSUING = "ISSUING"
    ISSUED = "ISSUED"
    CANCELLED = "CANCELLED"


class ChargeKind(StrEnum):
    CONSUMPTION = "CONSUMPTION"
    SURCHARGE = "SURCHARGE"
    REVERSAL = "REVERSAL"
    ADJUSTMENT = "ADJUSTMENT"


class InvoiceState(StrEnum):
    DRAFT = "DRAFT"
    ISSUED = "ISSUED"
    PUBLISHED = "PUBLISHED"
    CANCELLED = "CANCELLED"


class AnomalyKind(StrEnum):
    """What a computation found wrong. A missing quotient is an information: the highest price is asked (I4)."""

    NO_DEBTOR = "NO_DEBTOR"
    NO_TARIFF = "NO_TARIFF"
    NO_CUSTODY = "NO_CUSTODY"
    PENDING_ENROLMENT = "PENDING_ENROLMENT"
    ABSENCE_PENDING = "ABSENCE_PENDING"
    NEGATIVE_TOTAL = "NEGATIVE_TOTAL"
    MISSING_QUOTIENT = "MISSING_QUOTIENT"


BLOCKING = frozenset(AnomalyKind) - {AnomalyKind.MISSING_QUOTIENT}
