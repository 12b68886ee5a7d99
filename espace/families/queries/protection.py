"""The measures themselves, for the agents who may know of them, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from espace.families.enums import MemberRole
from espace.families.models import Guardianship, Household, HouseholdMember, Person, ProtectionMeasure
from espace.families.queries.dated import valid_on
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as its screen shows it; what proves it is read apart."""

    id: int
    protected: str
    hidden_from: str
    start: date
    end: date | None


def measures_for(actor: Actor, household: Household) -> list[Measure]:
    """The measures that protect the people of this home, in force or to come; none without the permission. 1 query."""
    if not actor.may(Permission.PROTECTION):
        return []
    today = clock.today()
    people = HouseholdMember.objects.filter(valid_on(today), household=household).values("person_id")
    rows = ProtectionMeasure.objects.filter(Q(end__isnull=True) | Q(end__gt=today), protected_id__in=people)
    return [
        Measure(row.pk, str(row.protected), str(row.hidden_from), row.start, row.end)
        for row in rows.select_related("protected", "hidden_from").order_by("start", "id")
    ]


def measure_for(actor: Actor, measure_id: int, household: Household | None = None) -> ProtectionMeasure:
    """One measure, of someone of that home when one is given, or `NotFound`. 1 query."""
    if not actor.may(Permission.PROTECTION):
        raise NotFound
    rows = ProtectionMeasure.objects.select_related("protected", "hidden_from")
    if household is not None:
        rows = rows.filter(protected__memberships__household=household)
    found = rows.filter(pk=measure_id).order_by("id").first()
    if found is None:
        raise NotFound
    return found


def people_around(household: Household) -> tuple[list[Person], list[Person]]:
    """Whom a measure may protect (the people of the home), and from whom: whoever answers for its children or lives
    in another of their homes, and its own adults. 3 queries."""
    today = clock.today()
    members = HouseholdMember.objects.filter(valid_on(today), household=household)
    people = [m.person for m in members.select_related("person").order_by("role", "id")]
    children = [m.person_id for m in members.filter(role=MemberRole.CHILD).order_by("id")]
    homes = HouseholdMember.objects.filter(valid_on(today), person_id__in=children).values("household_id")
    adults = HouseholdMember.objects.filter(valid_on(today), household__in=homes, role=MemberRole.ADULT)
    guardians = Guardianship.objects.filter(valid_on(today), child_id__in=children)
    others = Person.objects.filter(
        Q(pk__in=adults.values("person_id")) | Q(pk__in=guardians.values("party__person_id"))
    )
    return people, list(others.order_by("last_name", "first_name", "id"))
