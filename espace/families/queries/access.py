"""Who sees whom: the only place that decides which households, children and persons an actor may hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar, cast

from django.db.models import F, Model, Q, QuerySet

from espace.families.enums import GuardianRole, MemberRole
from espace.families.models import Guardianship, Household, HouseholdMember, Person
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import read_once
from espace.kernel.errors import NotFound
from espace.kernel.reading import asked_again

MOST_ID = 2**63 - 1
M = TypeVar("M", bound=Model)


def valid_on(day: date, prefix: str = "") -> Q:
    """The rows of a dated table that hold on this day (`[start, end)`)."""
    return Q(**{f"{prefix}start__lte": day}) & (
        Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gt": day})
    )


def overlapping(start: date, end: date, prefix: str = "") -> Q:
    """The rows of a dated table that hold on at least one day of `[start, end)`."""
    return Q(**{f"{prefix}start__lt": end}) & (
        Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gt": start})
    )


def person_of(actor: Actor) -> Person | None:
    """The adult that this account has linked with a Clé Enfance, if any. 1 query."""
    if actor.user_id is None:
        return None
    return Person.objects.filter(user_id=actor.user_id).order_by("id").first()


@read_once
def is_linked(actor: Actor) -> bool:
    """Whether the family procedures are open to this actor: a linked adult, or an agent acting. ≤ 1 query."""
    if actor.on_behalf_of is not None:
        return True
    return actor.user_id is not None and Person.objects.filter(user_id=actor.user_id).exists()


@read_once
def households_for(actor: Actor) -> list[Household]:
    """A linked parent's own households, the one an agent acts for, none otherwise. 1 query."""
    return cast(list[Household], _households_asked(actor.user_id, actor.on_behalf_of, clock.today()))


def household_for(actor: Actor, household_id: int) -> Household:
    """One household, for its own adults, the agent acting for it, or an agent who reads families. 1 query."""
    if actor.may(Permission.FAMILIES_READ) and actor.on_behalf_of is None:
        mine = Household.objects.all()
    else:
        mine = _own_households(actor)
    return _one(mine, household_id)


def own_household_for(actor: Actor, household_id: int) -> Household:
    """One household, for its own adults or the agent acting for it: reading families is not speaking for one."""
    return _one(_own_households(actor), household_id)


@read_once
def children_for(actor: Actor, *, to_book: bool = False) -> list[Person]:
    """The children whose agenda the actor may see, eldest first; with `to_book`, those they may book for.

    A parent's are those they answer for today, wherever the child sleeps; an agent's, those of the household acted
    for. 1 query.
    """
    return cast(list[Person], _children_asked(actor.user_id, actor.on_behalf_of, clock.today(), to_book))


@read_once
def child_for(actor: Actor, child_id: int, *, to_book: bool = False) -> Person:
    """One of `children_for`, or `NotFound`. 1 query."""
    found = next((c for c in children_for(actor, to_book=to_book) if c.pk == child_id), None)
    if found is None:
        raise NotFound
    return found


def person_for(actor: Actor, person_id: int) -> Person:
    """A member of the actor's households, one of their children, or anyone for an agent who reads families."""
    if actor.may(Permission.FAMILIES_READ) and actor.on_behalf_of is None:
        return _one(Person.objects.all(), person_id)
    today = clock.today()
    households = [h.pk for h in households_for(actor)]
    mine = HouseholdMember.objects.filter(valid_on(today), household_id__in=households).values("person_id")
    children = _children_of(actor.user_id, actor.on_behalf_of, today, False)
    return _one(Person.objects.filter(Q(pk__in=mine) | Q(pk__in=children.values("pk"))), person_id)


def bill_households_for(actor: Actor) -> list[int]:
    """Ids of the households whose bills the actor may see: their own, unless every link to its children says no.

    2 queries.
    """
    households = [h.pk for h in households_for(actor)]
    if actor.on_behalf_of is not None or actor.user_id is None or not households:
        return households
    today = clock.today()
    links = HouseholdMember.objects.filter(
        valid_on(today),
        valid_on(today, "person__guardianships__"),
        household_id__in=households,
        role=MemberRole.CHILD,
        person__guardianships__party__person__user_id=actor.user_id,
    )
    sees: dict[int, set[bool]] = {}
    for household_id, can_view in links.order_by("id").values_list(
        "household_id", "person__guardianships__can_view_bills"
    ):
        sees.setdefault(household_id, set()).add(can_view)
    return [h for h in households if sees.get(h, {True}) != {False}]


def members_on(household_ids: Iterable[int], day: date) -> list[HouseholdMember]:
    """The members of households the caller was allowed to hold, adults first, eldest child first. 1 query."""
    return list(
        HouseholdMember.objects.filter(valid_on(day), household_id__in=list(household_ids))
        .select_related("person")
        .order_by("role", F("person__birth_date").asc(nulls_last=True), "id")
    )


def _own_households(actor: Actor) -> QuerySet[Household]:
    return _households_of(actor.user_id, actor.on_behalf_of, clock.today())


def _households_of(user_id: int | None, on_behalf_of: int | None, today: date) -> QuerySet[Household]:
    live = Household.objects.filter(merged_into__isnull=True).order_by("id")
    if on_behalf_of is not None:
        return live.filter(pk=on_behalf_of)
    if user_id is None:
        return live.none()
    memberships = HouseholdMember.objects.filter(
        valid_on(today), person__user_id=user_id, role=MemberRole.ADULT
    )
    return live.filter(pk__in=memberships.values("household_id"))


def _children_of(
    user_id: int | None, on_behalf_of: int | None, today: date, to_book: bool
) -> QuerySet[Person]:
    if on_behalf_of is not None:
        rows = HouseholdMember.objects.filter(
            valid_on(today), household_id=on_behalf_of, role=MemberRole.CHILD
        )
        return Person.objects.filter(pk__in=rows.values("person_id"))
    if user_id is None:
        return Person.objects.none()
    links = Guardianship.objects.filter(
        valid_on(today), party__person__user_id=user_id, can_see_agenda=True
    ).exclude(role=GuardianRole.PAYER_ONLY)
    if to_book:
        links = links.filter(can_book=True)
    return Person.objects.filter(pk__in=links.values("child_id"))


@asked_again
def _households_asked(user_id: int | None, on_behalf_of: int | None, today: date) -> QuerySet[Household]:
    return _households_of(user_id, on_behalf_of, today)


@asked_again
def _children_asked(
    user_id: int | None, on_behalf_of: int | None, today: date, to_book: bool
) -> QuerySet[Person]:
    found = _children_of(user_id, on_behalf_of, today, to_book)
    return found.order_by(F("birth_date").asc(nulls_last=True), "id")


def _one(rows: QuerySet[M], pk: int) -> M:
    """The row of that id among those allowed, or `NotFound`; an id no database can hold is not found either."""
    found = rows.filter(pk=pk).order_by("pk").first() if 0 < pk <= MOST_ID else None
    if found is None:
        raise NotFound
    return found
