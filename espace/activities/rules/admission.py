"""Who may enrol beyond the activity's ages, and how many adults the children need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from espace.activities.rules.enrolling import Ages, may_enrol
from espace.families.enums import TariffCategory

SIX = 6


@dataclass(frozen=True, slots=True)
class Admission:
    """What one rule asks, all of it; None asks nothing."""

    min_age: int | None = None
    max_age: int | None = None
    school_id: int | None = None
    category: TariffCategory | None = None


def admits(
    rules: Iterable[Admission],
    *,
    birth_date: date | None,
    on: date,
    school_id: int | None,
    category: TariffCategory | None,
) -> bool:
    """Whether one of these rules holds for a child on that day; without a rule, everyone may. An age is asked of a child
    whose birth date is known only."""
    standing = list(rules)
    return not standing or any(
        (birth_date is None or may_enrol(birth_date, Ages(rule.min_age, rule.max_age), on))
        and rule.school_id in (None, school_id)
        and rule.category in (None, category)
        for rule in standing
    )


@dataclass(frozen=True, slots=True)
class Ratio:
    """Children for one adult."""

    under_six: int
    from_six: int


def adults_needed(ratio: Ratio, under_six: int, from_six: int) -> int:
    """How many adults so many children need; each age has its own group, rounded up."""
    return -(-under_six // ratio.under_six) + -(-from_six // ratio.from_six)
