"""What the town asks to excuse an absence, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from espace.activities.queries import catalogue
from espace.attendance.models import AbsencePolicy
from espace.attendance.rules import LONGEST_DELAY, Policy
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import Calendar
from espace.town.queries import calendar


@dataclass(frozen=True, slots=True)
class Dated:
    """A policy over `[start, end)`, an open end being None."""

    policy: Policy
    start: date
    end: date | None

    def holds_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


class Policies:
    """Every policy of the town. 1 query when made, none when asked."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Dated]] = {}
        for row in AbsencePolicy.objects.order_by("start", "id"):
            self._rows.setdefault(row.activity_id, []).append(Dated(row.rule, row.start, row.end))

    def of(self, activity_id: int) -> list[Dated]:
        """Those of an activity, the oldest first."""
        return self._rows.get(activity_id, [])

    def on(self, activity_id: int, day: date) -> Policy | None:
        """The policy of an activity for an absence that begins this day; None when the town set none."""
        return next((row.policy for row in self.of(activity_id) if row.holds_on(day)), None)


def calendar_around(start: date, end: date) -> Calendar:
    """The days that a delay counted from an absence may meet. 1 query."""
    return calendar(start, end + timedelta(days=2 * LONGEST_DELAY))


@dataclass(frozen=True, slots=True)
class ActivityPolicies:
    """An activity with its policy of today and those that come."""

    activity_id: int
    activity: str
    now: Dated | None
    coming: tuple[Dated, ...]


def policies_for(actor: Actor, today: date) -> list[ActivityPolicies]:
    """Each activity, in the town's order, for an agent of the activities; none for anyone else. 4 queries."""
    if not actor.may(Permission.ACTIVITIES):
        return []
    known = Policies()
    return [
        ActivityPolicies(
            activity.id,
            activity.name,
            next((row for row in known.of(activity.id) if row.holds_on(today)), None),
            tuple(row for row in known.of(activity.id) if row.start > today),
        )
        for activity in catalogue().activities.values()
    ]
