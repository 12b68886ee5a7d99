"""Absences as agents read them: who is away today, which proofs are to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from espace.activities.enums import SlotState
from espace.attendance.enums import Mark, ProofState
from espace.attendance.models import AbsenceDeclaration, AbsentBooking
from espace.attendance.queries.absences import AbsenceView, views_of
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound

MOST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class AbsentChild:
    """A child not expected, for the team of a site: never why."""

    child_id: int
    child: str
    household_id: int
    activity: str
    formula: str
    starts_at: time
    announced_at: datetime
    back_on: date
    is_kept: bool


@dataclass(frozen=True, slots=True)
class SiteAbsences:
    """The absences of one site on a day, by hour and name."""

    venue: str
    rows: Sequence[AbsentChild]

    @property
    def children(self) -> int:
        return len({row.child_id for row in self.rows})


def absences_on_for(actor: Actor, day: date) -> list[SiteAbsences]:
    """Who is announced absent, site by site, for an agent who reads families; none for anyone else. 1 query."""
    if not actor.may(Permission.FAMILIES_READ):
        return []
    rows = (
        AbsentBooking.objects.filter(
            booking__date=day, booking__slot__state=SlotState.OPEN, declaration__withdrawn_at__isnull=True
        )
        .order_by(
            "booking__slot__venue__name", "booking__slot__formula__starts_at", "booking__child__last_name",
            "booking__child__first_name", "booking_id",
        )
        .values_list(
            "booking__slot__venue__name", "booking__child_id", "booking__child__first_name", "booking__child__last_name",
            "declaration__household_id", "booking__slot__activity__name", "booking__slot__formula__label",
            "booking__slot__formula__starts_at", "declaration__entered_at", "declaration__end", "mark",
        )
    )  # fmt: skip
    return [
        SiteAbsences(
            venue,
            tuple(
                AbsentChild(
                    pk, f"{first} {last}", home, activity, formula, starts, entered.astimezone(clock.PARIS), end,
                    mark == Mark.KEPT,
                )
                for _, pk, first, last, home, activity, formula, starts, entered, end, mark in group
            ),
        )
        for venue, group in groupby(rows, key=lambda row: row[0])
    ]  # fmt: skip


def proofs_to_check_for(actor: Actor) -> list[AbsenceView]:
    """The proofs received and not read yet, oldest first, for an agent of health; none for anyone else. 6 queries."""
    if not actor.may(Permission.HEALTH):
        return []
    waiting = AbsenceDeclaration.objects.filter(
        proof_state=ProofState.RECEIVED, withdrawn_at__isnull=True
    ).select_related("child", "household")
    return views_of(list(waiting.order_by("received_at", "id")[:100]))


def proofs_to_check_count_for(actor: Actor) -> int:
    """How many wait, for an agent of health. 1 query, none for anyone else."""
    if not actor.may(Permission.HEALTH):
        return 0
    return AbsenceDeclaration.objects.filter(
        proof_state=ProofState.RECEIVED, withdrawn_at__isnull=True
    ).count()


def declaration_at_desk_for(actor: Actor, declaration_id: int) -> AbsenceDeclaration:
    """A declaration for an agent of health, or `NotFound`. 1 query."""
    found = None
    if actor.may(Permission.HEALTH) and 0 < declaration_id <= MOST_ID:
        rows = AbsenceDeclaration.objects.filter(pk=declaration_id, withdrawn_at__isnull=True)
        found = rows.select_related("child").order_by("id").first()
    if found is None:
        raise NotFound
    return found
