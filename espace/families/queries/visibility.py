"""What a reader may not learn: every read shown to an adult asks `visible_to` first (protection measures).

It hides where a protected person is (address, school, site, hours, who fetches them) and what they do. The reader
reads what they would read had that person never been in their record: no answer tells that a measure exists.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from espace.families.enums import MemberRole
from espace.families.models import Household, HouseholdMember, Person, ProtectionMeasure
from espace.families.queries.dated import valid_on
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import read_once
from espace.kernel.reading import Later


@dataclass(frozen=True)
class Sight:
    """What one reader, or the adults of one home, may not see. `readers` picks them among the persons that someone
    is hidden from; None hides nothing."""

    readers: Q | None = None

    @property
    def protected(self) -> QuerySet[Any, Any]:
        """The ids of the persons hidden today, to leave out within another query: it costs none."""
        if self.readers is None:
            return ProtectionMeasure.objects.none().values("protected_id")
        rows = ProtectionMeasure.objects.filter(valid_on(clock.today()), self.readers)
        return rows.order_by().values("protected_id")

    @cached_property
    def hidden(self) -> frozenset[int]:
        """The ids of the persons hidden today. 1 query, the first time."""
        if self.readers is None:
            return frozenset()
        return frozenset(self.protected.order_by("protected_id").values_list("protected_id", flat=True))

    @property
    def asked(self) -> Later[frozenset[int]]:
        """`hidden`, to read with other lists; `take` then takes the answer."""
        rows = self.protected.values_list("protected_id")
        return Later(rows, lambda found: frozenset(protected for (protected,) in found))

    def take(self, hidden: frozenset[int]) -> None:
        """What `asked` answered: nothing more is asked."""
        self.__dict__["hidden"] = hidden

    def sees(self, person_id: int | None) -> bool:
        """Whether where this person is, and what they do, may be told."""
        return person_id not in self.hidden


@read_once
def visible_to(actor: Actor) -> Sight:
    """The sight of whoever reads: a parent's own; under an agent acting for a family, that of all its adults, for the
    page is theirs. An agent at the desk reads files by their own permissions (`sight_of_home`). No query."""
    return sight_of(*reader_of(actor))


def reader_of(actor: Actor) -> tuple[int | None, int | None]:
    """Whom the family's pages are for: (account id, household id), one or none of them. An agent acting for a home is
    that home, whatever their own account."""
    return (None, actor.on_behalf_of) if actor.on_behalf_of is not None else (actor.user_id, None)


def sight_of(user_id: int | None, household_id: int | None) -> Sight:
    """The sight of a `reader_of`. No query."""
    if household_id is not None:
        return Sight(_adults_of(household_id))
    if user_id is None:
        return Sight()
    return Sight(Q(hidden_from__user_id=user_id))


def sight_of_home(actor: Actor, household: Household) -> Sight:
    """What an agent reads of a home's file: all with the permission of protection, else what its adults may. No query."""
    return Sight() if actor.may(Permission.PROTECTION) else Sight(_adults_of(household.pk))


def hidden_pairs(adult_ids: Collection[int]) -> dict[int, set[int]]:
    """Adult -> the persons hidden from them today; adults from whom nobody is hidden are left out. 1 query."""
    found: dict[int, set[int]] = {}
    rows = ProtectionMeasure.objects.filter(valid_on(clock.today()), hidden_from_id__in=list(adult_ids))
    for adult, protected in rows.order_by("id").values_list("hidden_from_id", "protected_id"):
        found.setdefault(adult, set()).add(protected)
    return found


def protected_homes(household_ids: Collection[int]) -> set[int]:
    """Those of these homes where somebody is protected today: their address is not for every screen. 1 query."""
    today = clock.today()
    rows = HouseholdMember.objects.filter(
        valid_on(today),
        valid_on(today, "person__protections__"),
        household_id__in=list(household_ids),
        person__protections__isnull=False,
    )
    return set(rows.order_by("household_id").values_list("household_id", flat=True))


def accounts_of(persons: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The ids of the accounts that these persons (their ids) linked, to leave out within another query: it costs
    none."""
    return Person.objects.filter(pk__in=persons, user__isnull=False).values("user_id")


def _adults_of(household_id: int) -> Q:
    members = HouseholdMember.objects.filter(
        valid_on(clock.today()), household_id=household_id, role=MemberRole.ADULT
    )
    return Q(hidden_from_id__in=members.values("person_id"))
