"""A message that did not arrive: to whom, of which family, why, and where it would go now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from espace.families.queries import adults_to_notify, household_names
from espace.notifications.queries import MessageLine


@dataclass(frozen=True, slots=True)
class Undelivered:
    """`address` is where sending again would go: what the account of that person says now."""

    line: MessageLine
    family: str
    address: str

    @property
    def has_moved(self) -> bool:
        return self.address.casefold() != self.line.recipient.casefold()


def undelivered(lines: Sequence[MessageLine]) -> list[Undelivered]:
    """The lines with their families. 2 queries."""
    households = {line.household_id for line in lines if line.household_id is not None}
    names, adults = household_names(households), adults_to_notify(households)
    return [
        Undelivered(
            line,
            names.get(line.household_id or 0, ""),
            _address(line, adults.get(line.household_id or 0, [])),
        )
        for line in lines
    ]


def _address(line: MessageLine, adults: Sequence[tuple[str, int | None, str]]) -> str:
    """The address of the same account today; the one written to when nobody is found."""
    return next(
        (email for email, user_id, _ in adults if user_id and user_id == line.user_id), line.recipient
    )
