"""Who answers for a child: the arrangement and its exceptions, changed one at a time for a child (I2)."""

from __future__ import annotations

from datetime import date

from espace.audit.services import record
from espace.families.enums import MemberRole
from espace.families.errors import (
    BadCustody,
    ExceptionChangesNothing,
    ExceptionOverlap,
    HolidaysUnknown,
    ReasonRequired,
)
from espace.families.models import (
    CustodyArrangement,
    CustodyException,
    Household,
    HouseholdMember,
    Person,
)
from espace.families.queries import family_facts
from espace.families.rules import Custody
from espace.families.services.common import follow, locked_person, refuse_silent_past, require
from espace.families.services.households import stored_custody
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import date_range
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound


def set_custody(
    actor: Actor, *, child: Person, custody: Custody, start: date | None = None, reason: str = ""
) -> CustodyArrangement:
    """Who answers for the child from `start` (today) on (I2). The child joins the homes named, and leaves those that
    neither the arrangement nor an exception to come names any more.

    `BadCustody` when a home does not exist, `PeriodOverlap` when a later arrangement is known,
    `RetroactiveNeedsReason`.
    """
    require(actor, Permission.FAMILIES_WRITE)
    since = start or clock.today()
    refuse_silent_past(actor, since, reason)
    homes = set(custody.homes)
    with write_transaction():
        locked_person(child.pk)
        known = {h.pk: h for h in Household.objects.select_for_update().filter(pk__in=homes).order_by("id")}
        if set(known) != homes:
            raise BadCustody
        row = follow(CustodyArrangement, since, stored_custody(custody), child=child)
        for household in known.values():
            _join(household, child, since)
        left = _leave(child, homes, since)
        for household_id in [*known, *left]:
            record(
                actor, "families.set_custody", object_kind="person", object_id=child.pk,
                household_id=household_id, payload={"from": since.isoformat()}, reason=reason,
            )  # fmt: skip
    return row


def add_custody_exception(
    actor: Actor, *, child: Person, household_id: int, start: date, end: date, reason: str
) -> CustodyException:
    """One home answers for the child over `[start, end)`, whatever the arrangement says.

    `ReasonRequired`; `BadCustody` for days that are not in order or a home that is not the child's then; `NoCustody`
    for a day without an arrangement; `ExceptionOverlap`; `ExceptionChangesNothing`.
    """
    require(actor, Permission.FAMILIES_WRITE)
    if not reason.strip():
        raise ReasonRequired
    if start >= end:
        raise BadCustody
    with write_transaction():
        locked_person(child.pk)
        if CustodyException.objects.filter(child=child, start__lt=end, end__gt=start).exists():
            raise ExceptionOverlap
        facts = family_facts([child.pk], start, end)
        if household_id not in facts.households_of(child.pk):
            raise BadCustody
        owners = set()
        for day in date_range(start, end):
            try:
                owners.add(facts.household_on(child.pk, day))
            except HolidaysUnknown:
                owners.add(0)  # not known yet: the exception is what will tell
        if owners == {household_id}:
            raise ExceptionChangesNothing
        row = CustodyException.objects.create(
            child=child, household_id=household_id, start=start, end=end, reason=reason.strip()[:200]
        )
        _journal(actor, "families.add_custody_exception", row, facts.households_of(child.pk))
    return row


def remove_custody_exception(actor: Actor, *, child: Person, exception_id: int) -> None:
    """The arrangement holds again on those days. `NotFound`."""
    require(actor, Permission.FAMILIES_WRITE)
    with write_transaction():
        locked_person(child.pk)
        row = CustodyException.objects.filter(pk=exception_id, child=child).order_by("id").first()
        if row is None:
            raise NotFound
        homes = family_facts([child.pk], row.start, row.end).households_of(child.pk)
        _journal(actor, "families.remove_custody_exception", row, homes)
        row.delete()


def _join(household: Household, child: Person, since: date) -> None:
    """In this home from that day on, the row that ended there or later going on."""
    row = household.members.filter(person=child, role=MemberRole.CHILD).order_by("-start", "-id").first()
    if row is not None and (row.end is None or row.end >= since):
        row.start, row.end = min(row.start, since), None
        row.save(update_fields=["start", "end"])
        return
    HouseholdMember.objects.create(household=household, person=child, role=MemberRole.CHILD, start=since)


def _leave(child: Person, homes: set[int], since: date) -> list[int]:
    """Ends the memberships of the homes that answer for the child no more; the ids of those homes."""
    excepted = CustodyException.objects.filter(child=child, end__gt=since).order_by("id")
    kept = homes | set(excepted.values_list("household_id", flat=True))
    rows = HouseholdMember.objects.filter(person=child, role=MemberRole.CHILD, end__isnull=True)
    left = []
    for row in rows.exclude(household_id__in=kept).order_by("id"):
        left.append(row.household_id)
        if row.start < since:
            row.end = since
            row.save(update_fields=["end"])
        else:
            row.delete()
    return left


def _journal(actor: Actor, action: str, row: CustodyException, homes: tuple[int, ...]) -> None:
    for household_id in homes:
        record(
            actor, action, object_kind="person", object_id=row.child_id, household_id=household_id,
            payload={"from": row.start.isoformat(), "until": row.end.isoformat(), "household": row.household_id},
            reason=row.reason,
        )  # fmt: skip
