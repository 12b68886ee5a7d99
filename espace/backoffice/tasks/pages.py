"""What a change card shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from espace.families.queries import ChangeGroup
from espace.families.services import CHANGE_LABELS
from espace.kernel import clock


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One card: of whom, asked by whom, and each value before and after."""

    ids: str
    household_id: int
    household: str
    about: str
    asked_by: str
    asked_on: date
    values: list[tuple[str, str, str]]


def change_views(groups: Sequence[ChangeGroup]) -> list[ChangeView]:
    """The cards, in the order given."""
    return [
        ChangeView(
            ids=group.ids,
            household_id=group.first.household_id,
            household=str(group.first.household),
            about=str(group.first.person) if group.first.person else "Adresse du foyer",
            asked_by=str(group.first.asked_by),
            asked_on=group.first.asked_at.astimezone(clock.PARIS).date(),
            values=[(CHANGE_LABELS.get(c.field, c.field), c.old_value, c.new_value) for c in group.changes],
        )
        for group in groups
    ]
