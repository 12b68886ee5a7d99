"""Who sees whom: the only place that decides which households, children and persons an actor may hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Exists, F, Model, Q, QuerySet

from espace.families.enums import GuardianRole, MemberRole
from espace.families.models import Guardianship, Household, HouseholdMember, Person
from espace.families.queries.dated import valid_on
from espace.families.queries.visibility import reader_of, sight_of, visible_to
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.asking import read_again
from espace.kernel.db import read_once
from espace.kernel.errors import NotFound
from espace.kernel.reading import Later, rows_later

MOST_ID = 2**63 - 1
M = TypeVar("M", bound=Model)


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


def households_for(actor: Actor) -> list[Household]:
    """A linked parent's own households, the one an agent acts for, none otherwise. 1 query, for `children_for` too."""
    return list(_family(actor).households)


def household_for(actor: Actor, household_id: int, **asked: Exists) -> Household:
    """One household, for its own adults, the agent acting for it, or an agent who reads families; with what is `asked`
    about it. 1 query."""
    if actor.may(Permission.FAMILIES_READ) and actor.on_behalf_of is None:
        mine = Household.objects.all()
    else:
        mine = _own_households(actor)
    return _one(mine.annotate(**asked), household_id)


def household_numbered_for(actor: Actor, number: str) -> Household:
    """A live household by the number on its letters, for an agent who reads families; else `NotFound`. 1 query."""
    if not actor.may(Permission.FAMILIES_READ) or actor.on_behalf_of is not None:
        raise NotFound
    found = Household.objects.filter(number=number, merged_into__isnull=True).order_by("id").first()
    if found is None:
        raise NotFound
    return found


def own_household_for(actor: Actor, household_id: int) -> Household:
    """One household, for its own adults or the agent acting for it: reading families is not speaking for one."""
    return _one(_own_households(actor), household_id)


def children_for(actor: Actor, *, to_book: bool = False) -> list[Person]:
    """The children whose agenda the actor may see, eldest first; with `to_book`, those they may book for.

    A parent's are those they answer for today, wherever the child sleeps; an agent's, those of the household acted
    for. A child protected from the reader is none of them. 1 query, for `households_for` too.
    """
    family = _family(actor)
    return [child for child in family.children if not to_book or child.pk in family.bookable]


def child_for(actor: Actor, child_id: int, *, to_book: bool = False) -> Person:
    """One of `children_for`, or `NotFound`. 1 query."""
    found = next((child for child in children_for(actor, to_book=to_book) if child.pk == child_id), None)
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
    seen = Person.objects.filter(Q(pk__in=mine) | Q(pk__in=_children(actor).values("pk")))
    return _one(seen.exclude(pk__in=visible_to(actor).protected), person_id)


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


@dataclass(frozen=True, slots=True)
class _Family:
    """The households and the children of an actor; `bookable` are the ids of the children they may book for."""

    households: Sequence[Household]
    children: Sequence[Person]
    bookable: frozenset[int]


@read_once
def _family(actor: Actor) -> _Family:
    """What every page of a family asks first, with whom it must not tell of. 1 query."""
    homes, children, bookable, hidden = _family_of(*reader_of(actor))
    visible_to(actor).take(hidden.answer)
    return _Family(
        sorted(homes.answer, key=lambda home: home.pk),
        sorted(children.answer, key=lambda child: (child.birth_date or date.max, child.pk)),
        frozenset(bookable.answer),
    )


@read_again
def _family_of(
    user_id: int | None, household_id: int | None
) -> tuple[Later[list[Household]], Later[list[Person]], Later[set[int]], Later[frozenset[int]]]:
    bookable = _children_of(user_id, household_id, to_book=True)
    return (
        rows_later(_households_of(user_id, household_id)),
        rows_later(_children_of(user_id, household_id)),
        Later(bookable.values_list("id"), lambda rows: {pk for (pk,) in rows}),
        sight_of(user_id, household_id).asked,
    )


def _own_households(actor: Actor) -> QuerySet[Household]:
    return _households_of(*reader_of(actor))


def _households_of(user_id: int | None, household_id: int | None) -> QuerySet[Household]:
    live = Household.objects.filter(merged_into__isnull=True).order_by("id")
    if household_id is not None:
        return live.filter(pk=household_id)
    if user_id is None:
        return live.none()
    memberships = HouseholdMember.objects.filter(
        valid_on(clock.today()), person__user_id=user_id, role=MemberRole.ADULT
    )
    return live.filter(pk__in=memberships.values("household_id"))


def _children(actor: Actor) -> QuerySet[Person]:
    return _children_of(*reader_of(actor))


def _children_of(user_id: int | None, household_id: int | None, *, to_book: bool = False) -> QuerySet[Person]:
    today, hidden = clock.today(), sight_of(user_id, household_id).protected
    if household_id is not None:
        rows = HouseholdMember.objects.filter(
            valid_on(today), household_id=household_id, role=MemberRole.CHILD
        )
        found = Person.objects.filter(pk__in=rows.values("person_id"))
        return found.exclude(pk__in=hidden)
    if user_id is None:
        return Person.objects.none()
    links = Guardianship.objects.filter(
        valid_on(today), party__person__user_id=user_id, can_see_agenda=True
    ).exclude(role=GuardianRole.PAYER_ONLY)
    if to_book:
        links = links.filter(can_book=True)
    found = Person.objects.filter(pk__in=links.values("child_id"))
    return found.exclude(pk__in=hidden)


def _one(rows: QuerySet[M], pk: int) -> M:
    """The row of that id among those allowed, or `NotFound`; an id no database can hold is not found either."""
    found = rows.filter(pk=pk).order_by("pk").first() if 0 < pk <= MOST_ID else None
    if found is None:
        raise NotFound
    return found
