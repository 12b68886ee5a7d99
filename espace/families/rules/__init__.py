"""Pure: who answers for a child on a day, how old they are, which child of the family they are, what a key is worth."""

from espace.families.rules.custody import (
    Custody,
    CustodyException,
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
)
from espace.families.rules.rhythms import Rhythm, cycle_of, rhythm_of

__all__ = [
    "KEY_LIFETIME",
    "NO_HOLIDAYS",
    "Custody",
    "CustodyException",
    "HolidaySharing",
    "Holidays",
    "Rhythm",
    "age_on",
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
]
