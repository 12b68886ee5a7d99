"""The rhythms that parents name, spelled as cycles of fourteen days, and read back from them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from espace.families.enums import CustodyKind

if TYPE_CHECKING:
    from espace.families.rules.custody import Custody


class Rhythm(StrEnum):
    """How a child lives between two homes, as parents and judges say it. OTHER is any other cycle."""

    ONE_HOME = "ONE_HOME"
    ALTERNATE_WEEKS = "ALTERNATE_WEEKS"
    TWO_TWO_THREE = "TWO_TWO_THREE"
    TWO_TWO_FIVE_FIVE = "TWO_TWO_FIVE_FIVE"
    WEEKENDS_FROM_FRIDAY = "WEEKENDS_FROM_FRIDAY"
    WEEKENDS_FROM_SATURDAY = "WEEKENDS_FROM_SATURDAY"
    ISO_PARITY = "ISO_PARITY"
    OTHER = "OTHER"


# Day by day from the first day of the cycle: 0 is the first home, 1 the second.
SPELLED: dict[Rhythm, tuple[int, ...]] = {
    Rhythm.ALTERNATE_WEEKS: (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1),
    Rhythm.TWO_TWO_THREE: (0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1),
    Rhythm.TWO_TWO_FIVE_FIVE: (0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
    Rhythm.WEEKENDS_FROM_FRIDAY: (0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0),
    Rhythm.WEEKENDS_FROM_SATURDAY: (0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0),
}


def cycle_of(rhythm: Rhythm, first: int, second: int) -> tuple[int, ...]:
    """The owners, one a day, of a rhythm that is a cycle; KeyError for the others."""
    return tuple((first, second)[part] for part in SPELLED[rhythm])


def rhythm_of(custody: Custody) -> Rhythm:
    """What people call this arrangement."""
    if custody.kind is CustodyKind.ISO_PARITY:
        return Rhythm.ISO_PARITY
    homes = list(dict.fromkeys(custody.owners))
    if len(homes) == 1:
        return Rhythm.ONE_HOME
    if len(homes) > 2:
        return Rhythm.OTHER
    days = custody.days
    return next((r for r in SPELLED if cycle_of(r, *homes) == days), Rhythm.OTHER)
