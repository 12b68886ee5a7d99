"""Pure: who answers for a child on a day, how old they are, which child of the family they are, what a key is worth."""

from espace.families.rules.changes import CustodyChange, EndException, NewArrangement, NewException
from espace.families.rules.custody import (
    ChildCustody,
    Custody,
    CustodyDay,
    CustodyException,
    custody_days,
    parity_jumps,
    responsible_household,
    shared_between,
)
from espace.families.rules.holidays import (
    NO_HOLIDAYS,
    Holidays,
    HolidaySharing,
    holidays_of,
)
from espace.families.rules.people import (
    KEY_LIFETIME,
    age_on,
    household_search_text,
    is_same_person,
    key_state,
    near_misses,
    person_search_text,
    search_words,
    sibling_rank,
    sounds_like,
)
from espace.families.rules.rhythms import Rhythm, cycle_of, rhythm_of

__all__ = [
    "KEY_LIFETIME",
    "NO_HOLIDAYS",
    "ChildCustody",
    "Custody",
    "CustodyChange",
    "CustodyDay",
    "CustodyException",
    "EndException",
    "HolidaySharing",
    "Holidays",
    "NewArrangement",
    "NewException",
    "Rhythm",
    "age_on",
    "custody_days",
    "cycle_of",
    "holidays_of",
    "household_search_text",
    "is_same_person",
    "key_state",
    "near_misses",
    "parity_jumps",
    "person_search_text",
    "responsible_household",
    "rhythm_of",
    "search_words",
    "shared_between",
    "sibling_rank",
    "sounds_like",
]
