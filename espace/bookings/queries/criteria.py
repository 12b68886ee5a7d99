"""How each list gives its places: what the town publishes, what an agent sets, what counts for a child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from espace.activities.enums import ActivityKind, WaitingMode
from espace.activities.models import PriorityCriterion
from espace.activities.queries import catalogue
from espace.activities.rules import WaitingRule
from espace.bookings.models import ChildCriterion
from espace.families.models import Person
from espace.families.queries import person_for
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion in force, and its points."""

    id: int
    activity_id: int
    code: str
    label: str
    points: int


@dataclass(frozen=True, slots=True)
class ListRules:
    """The list of an activity, as published. `may_have_criteria` is false for the canteen, always."""

    activity_id: int
    name: str
    rule: WaitingRule
    may_have_criteria: bool
    criteria: Sequence[Criterion]

    @property
    def is_on(self) -> bool:
        return self.rule.mode is not WaitingMode.OFF

    @property
    def is_automatic(self) -> bool:
        return self.rule.mode is WaitingMode.AUTOMATIC


def published_lists() -> list[ListRules]:
    """Every activity with its list and the criteria in force today, for anyone to read. 4 queries."""
    found: dict[int, list[Criterion]] = {}
    for row in _in_force().order_by("position", "id"):
        criterion = Criterion(row.pk, row.activity_id, row.code, row.label, row.points)
        found.setdefault(row.activity_id, []).append(criterion)
    return [
        ListRules(a.id, a.name, a.waiting, a.kind is not ActivityKind.CANTEEN, found.get(a.id, []))
        for a in catalogue().activities.values()
    ]


@dataclass(frozen=True, slots=True)
class ChildPoint:
    """What an agent wrote down for a child, from `start` to `last` included, and who saw the proof."""

    id: int
    activity: str
    label: str
    points: int
    start: date
    last: date
    evidence: str
    recorded_by: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class ChildSheet:
    """The page of an agent: a child, what counts for them, what may be added."""

    child: Person
    points: Sequence[ChildPoint]
    choices: Sequence[tuple[int, str]]


def child_sheet_for(actor: Actor, child_id: int) -> ChildSheet:
    """For an agent of the enrolments; `NotFound` for anyone else, or for a child they may not see. 4 queries."""
    if not actor.may(Permission.ENROLMENTS):
        raise NotFound
    child, today = person_for(actor, child_id), clock.today()
    rows = ChildCriterion.objects.filter(child=child).select_related("criterion__activity")
    points = [
        ChildPoint(
            r.pk, r.criterion.activity.name, r.criterion.label, r.criterion.points, r.start,
            r.end - timedelta(days=1), r.evidence, r.recorded_by, r.end <= today,
        )
        for r in rows.order_by("-end", "id")
    ]  # fmt: skip
    published = _in_force().select_related("activity").order_by("activity__position", "position", "id")
    return ChildSheet(child, points, [(c.pk, f"{c.activity.name} : {c.label}") for c in published])


def _in_force() -> QuerySet[PriorityCriterion]:
    today = clock.today()
    return PriorityCriterion.objects.filter(Q(end__isnull=True) | Q(end__gt=today), start__lte=today)
