"""The words of families: members, guardians, custody, quotient, tariff category, Clé Enfance."""

from enum import StrEnum


class MemberRole(StrEnum):
    ADULT = "ADULT"
    CHILD = "CHILD"


class GuardianRole(StrEnum):
    """Parental authority, everyday acts only, or someone who only pays."""

    AUTHORITY = "AUTHORITY"
    DAILY_ACTS = "DAILY_ACTS"
    PAYER_ONLY = "PAYER_ONLY"


class CustodyKind(StrEnum):
    """One home, a cycle counted from a reference date, or the parity of the ISO week (which can jump)."""

    SINGLE = "SINGLE"
    CYCLE = "CYCLE"
    ISO_PARITY = "ISO_PARITY"


class HolidayRule(StrEnum):
    """How the school holidays are divided: not at all (the rhythm goes on), each by halves, or so but the summer by
    fortnights."""

    NONE = "NONE"
    HALVES = "HALVES"
    HALVES_SUMMER_FORTNIGHTS = "HALVES_SUMMER_FORTNIGHTS"


class QuotientSource(StrEnum):
    API = "API"
    CAF_NOTICE = "CAF_NOTICE"
    TAX = "TAX"
    AGENT = "AGENT"
    CEILING = "CEILING"


class TariffCategory(StrEnum):
    RESIDENT = "RESIDENT"
    NON_RESIDENT = "NON_RESIDENT"
    STAFF = "STAFF"
    ULIS = "ULIS"
    FOSTER = "FOSTER"


class KeyState(StrEnum):
    """A Clé Enfance: only READY opens anything."""

    READY = "READY"
    USED = "USED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


class ChangeState(StrEnum):
    """A change a family asked for in its record, waiting for the guichet."""

    PENDING = "PENDING"
    APPLIED = "APPLIED"
    REFUSED = "REFUSED"


class KeyRequestState(StrEnum):
    """« Je n’ai pas de clé »: a letter goes to a known family; a new family files its dossier."""

    OPEN = "OPEN"
    LETTER_SENT = "LETTER_SENT"
    NEW_FAMILY = "NEW_FAMILY"
    REFUSED = "REFUSED"
