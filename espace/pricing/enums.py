"""The words of prices."""

from enum import StrEnum


class Per(StrEnum):
    """What one unit of quantity is."""

    ACT = "ACT"
    HALF_HOUR = "HALF_HOUR"
    HOUR = "HOUR"
    DAY = "DAY"
    HALF_DAY = "HALF_DAY"
    FLAT = "FLAT"


class RuleKind(StrEnum):
    """One price for all, a price per bracket of quotient, or a rate applied to the quotient."""

    FIXED = "FIXED"
    BRACKET = "BRACKET"
    EFFORT_RATE = "EFFORT_RATE"


class ModifierKind(StrEnum):
    """Why a price is changed. The last three are surcharges: they act once on the amount, not on each unit."""

    NON_RESIDENT = "NON_RESIDENT"
    SIBLING = "SIBLING"
    PACKED_LUNCH = "PACKED_LUNCH"
    LATE_BOOKING = "LATE_BOOKING"
    UNBOOKED = "UNBOOKED"
    LATE_PICKUP = "LATE_PICKUP"


class ModifierMode(StrEnum):
    """A percentage of the running price, an amount added to it, or a price that replaces it."""

    PERCENT = "PERCENT"
    FIXED = "FIXED"
    REPLACEMENT = "REPLACEMENT"


class PlanState(StrEnum):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


class StepKind(StrEnum):
    """One link of a quote's explanation, in the order in which they come."""

    QUOTIENT = "QUOTIENT"
    CEILING = "CEILING"
    BRACKET = "BRACKET"
    RATE = "RATE"
    PRICE = "PRICE"
    NON_RESIDENT = "NON_RESIDENT"
    SIBLING = "SIBLING"
    PACKED_LUNCH = "PACKED_LUNCH"
    QUANTITY = "QUANTITY"
    LATE_BOOKING = "LATE_BOOKING"
    UNBOOKED = "UNBOOKED"
    LATE_PICKUP = "LATE_PICKUP"
    TOTAL = "TOTAL"


class ProblemKind(StrEnum):
    """What the linter of tariffs can find; the last two are warnings, the others forbid to activate (I16)."""

    NO_PRICE = "NO_PRICE"
    BAD_BOUNDS = "BAD_BOUNDS"
    GAP = "GAP"
    OVERLAP = "OVERLAP"
    FALLING_PRICE = "FALLING_PRICE"
    NON_RESIDENT_BELOW = "NON_RESIDENT_BELOW"
