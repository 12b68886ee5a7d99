"""The words of the offer: what is proposed, how it is booked, until when."""

from enum import StrEnum


class ActivityKind(StrEnum):
    """What the town proposes; the two holiday activities are told apart because their prices are."""

    CANTEEN = "CANTEEN"
    BEFORE_SCHOOL = "BEFORE_SCHOOL"
    AFTER_SCHOOL = "AFTER_SCHOOL"
    WEDNESDAY = "WEDNESDAY"
    HOLIDAY_LEISURE = "HOLIDAY_LEISURE"
    HOLIDAY_SPORT = "HOLIDAY_SPORT"


class BookingMode(StrEnum):
    """How days are chosen: a weekly pattern, one by one, or a whole period at once."""

    PATTERN = "PATTERN"
    UNIT = "UNIT"
    PERIOD_BLOCK = "PERIOD_BLOCK"


class EnrolmentPolicy(StrEnum):
    AUTOMATIC = "AUTOMATIC"
    BY_AGENT = "BY_AGENT"


class UnitKind(StrEnum):
    """What a formula is made of: kitchen counts, tax certificates and CESU read it."""

    CARE = "CARE"
    MEAL = "MEAL"


class SlotState(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class Action(StrEnum):
    """What a deadline limits; each has its own tiers (Andancette: adding and cancelling differ)."""

    BOOK = "BOOK"
    CANCEL = "CANCEL"
    JUSTIFY = "JUSTIFY"


class Timing(StrEnum):
    """When an action comes, from the best to the worst; the order of declaration is the order of time."""

    IN_TIME = "IN_TIME"
    LATE = "LATE"
    AGENT_ONLY = "AGENT_ONLY"
    CLOSED = "CLOSED"


class Anchor(StrEnum):
    """The day a limit is counted back from."""

    SLOT_DAY = "SLOT_DAY"
    WEEK_START = "WEEK_START"
    PERIOD_START = "PERIOD_START"
    PERIOD_FIRST_OPEN_DAY = "PERIOD_FIRST_OPEN_DAY"
    FIXED_DATE = "FIXED_DATE"


class OffsetUnit(StrEnum):
    """What is counted back: calendar days, jours ouvrés, jours d’école, jours francs, weeks."""

    CALENDAR_DAYS = "CALENDAR_DAYS"
    WORKING_DAYS = "WORKING_DAYS"
    SCHOOL_DAYS = "SCHOOL_DAYS"
    CLEAR_DAYS = "CLEAR_DAYS"
    WEEKS = "WEEKS"


class Band(StrEnum):
    """The part of the day a pool of places belongs to."""

    MORNING = "MORNING"
    NOON = "NOON"
    EVENING = "EVENING"
    DAY = "DAY"


class WaitingMode(StrEnum):
    """What becomes of a place freed while families wait: nothing is kept, the first is asked at once, an agent asks."""

    OFF = "OFF"
    AUTOMATIC = "AUTOMATIC"
    BY_AGENT = "BY_AGENT"


class PriorityCode(StrEnum):
    """What may put a family before another on a waiting list; nothing else can be stored.

    The seniority of the request is not among them: it decides between equals, whatever the town chose.
    """

    TWO_PARENTS_WORKING = "TWO_PARENTS_WORKING"
    SINGLE_PARENT_WORKING = "SINGLE_PARENT_WORKING"
    SIBLING_PRESENT = "SIBLING_PRESENT"
    TWINS = "TWINS"
    INTEGRATION = "INTEGRATION"
    MINIMUM_INCOME = "MINIMUM_INCOME"
    MEDICAL_OR_SOCIAL = "MEDICAL_OR_SOCIAL"


class EventScope(StrEnum):
    """Whom a collective event reaches: everyone at an activity or a place, or the children of a school or a class."""

    TOWN = "TOWN"
    SCHOOL = "SCHOOL"
    CLASS = "CLASS"
    VENUE = "VENUE"
    ACTIVITY = "ACTIVITY"


class EventKind(StrEnum):
    """What happens, as families call it."""

    STRIKE = "STRIKE"
    OUTING = "OUTING"
    ABSENT_TEACHER = "ABSENT_TEACHER"
    CLOSURE = "CLOSURE"
    OTHER = "OTHER"


class EventEffect(StrEnum):
    """What a collective event (strike, outing, absent teacher) does to the bookings it covers."""

    CLOSED = "CLOSED"
    FREE_ABSENCE = "FREE_ABSENCE"
    PICNIC = "PICNIC"
    MOVED = "MOVED"
