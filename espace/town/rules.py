"""Correcting the calendar: what a day becomes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from espace.kernel.calendar import SATURDAY
from espace.town.enums import DayKindStored

MOST_DISHES, LONGEST_DISH = 8, 80


def dishes(text: str) -> tuple[str, ...] | None:
    """A menu as typed, a dish a line, blank ones left out; None when it has too many, or too long ones."""
    found = tuple(line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line)
    if len(found) > MOST_DISHES or any(len(line) > LONGEST_DISH for line in found):
        return None
    return found


@dataclass(frozen=True, slots=True)
class KnownDay:
    """A day as it stands, and as it was published."""

    day: date
    kind: DayKindStored
    label: str
    published_kind: DayKindStored
    published_label: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an agent says that days are; `kind` None: what was published."""

    kind: DayKindStored | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A day that changes, and what it becomes."""

    day: date
    kind: DayKindStored
    label: str
    is_as_published: bool


def corrections(days: Iterable[KnownDay], wanted: Wanted) -> list[Corrected]:
    """The days that change. A week-end is no working day whatever it is called: it is left alone.

    A school day has no name: what families read about a day is why there is no school.
    """
    found = []
    for known in days:
        kind = wanted.kind or known.published_kind
        label = known.published_label if wanted.kind is None else wanted.label
        if kind is DayKindStored.SCHOOL:
            label = ""
        if known.day.weekday() >= SATURDAY or (kind, label) == (known.kind, known.label):
            continue
        as_published = (kind, label) == (known.published_kind, known.published_label)
        found.append(Corrected(known.day, kind, label, as_published))
    return found
