"""Who may enrol, and how a waiting list works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from espace.activities.enums import WaitingMode
from espace.activities.errors import TooOld, TooYoung
from espace.families.rules import age_on


@dataclass(frozen=True, slots=True)
class Ages:
    """Completed years, both ends included: Ages(3, 11) is from the third birthday to the eve of the twelfth."""

    minimum: int | None = None
    maximum: int | None = None


def may_enrol(birth_date: date, ages: Ages, on: date) -> bool:
    """Whether a child is of an age for the activity on this day; a child not born yet is not."""
    if on < birth_date:
        return False
    age = age_on(birth_date, on)
    return (ages.minimum is None or age >= ages.minimum) and (ages.maximum is None or age <= ages.maximum)


def check_age(birth_date: date, ages: Ages, on: date) -> None:
    """The same, saying why not: `TooYoung` or `TooOld`."""
    if not may_enrol(birth_date, ages, on):
        too_young = on < birth_date or (ages.minimum is not None and age_on(birth_date, on) < ages.minimum)
        raise TooYoung if too_young else TooOld


@dataclass(frozen=True, slots=True)
class WaitingRule:
    """The waiting list of an activity: how long a family has to answer (hours), and how many calendar days before
    the day nothing is offered any more."""

    mode: WaitingMode = WaitingMode.OFF
    offer_hours: int = 24
    offers_stop_days: int = 2
