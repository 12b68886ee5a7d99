"""What a price, a booking or a bill needs to know of families over a time, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet

from espace.families.enums import MemberRole, QuotientSource, TariffCategory
from espace.families.models import (
    FamilyQuotient,
    HealthPlan,
    HouseholdMember,
    TariffStatus,
)
from espace.families.queries.custody import custodies_later, holidays_around
from espace.families.queries.dated import overlapping
from espace.families.rules import (
    NO_HOLIDAYS,
    ChildCustody,
    Custody,
    CustodyDay,
    CustodyException,
    Holidays,
    custody_days,
    responsible_household,
    sibling_rank,
)
from espace.kernel.asking import asked_again
from espace.kernel.reading import Later, Rows


@dataclass(frozen=True, slots=True)
class PricingFacts:
    """What makes the price of a child on a day. `quotient` in hundredths; None when the town knows none (the
    ceiling applies). `sibling_rank` counts the children of the responsible household, the eldest being 1."""

    household_id: int
    quotient: int | None
    category: TariffCategory
    packed_lunch: bool
    sibling_rank: int


class _Fact(NamedTuple):
    """Something that holds over `[start, end)`, of a household or a child (`owner`)."""

    start: date
    id: int
    end: date | None
    owner: int
    value: Any


_SINCE = ("start", "id", "end")


@dataclass(frozen=True, slots=True)
class _Situation:
    """What `on` needs beyond custody, by household or by child, the oldest first.

    The values: (amount, source); a category, twice; whether lunch is packed; the child and its birth date.
    """

    quotients: Mapping[int, Sequence[_Fact]]
    household_statuses: Mapping[int, Sequence[_Fact]]
    child_statuses: Mapping[int, Sequence[_Fact]]
    health_plans: Mapping[int, Sequence[_Fact]]
    members: Mapping[int, Sequence[_Fact]]


@dataclass
class FamilyFacts:
    """The facts of some children over `[start, end)`. Custody is read first (1 query, and 1 the first time a child's
    divided holidays are asked about); the rest (1 query) the first time `on` is asked, then kept: whoever only
    wants to know where a child is does not pay for prices."""

    children: Sequence[int]
    start: date
    end: date
    custody: Mapping[int, Sequence[Custody]]
    exceptions: Mapping[int, Sequence[CustodyException]] = field(default_factory=dict)

    def until(self, end: date) -> FamilyFacts:
        """The same facts over fewer days: what is still to be read is read for those."""
        return replace(self, end=end)

    def household_on(self, child_id: int, day: date) -> int:
        """The household that answers for the child on this day (I2); `NoCustody`, `CustodyOverlap`,
        `HolidaysUnknown`."""
        dated = self.custody.get(child_id, ())
        holidays = self._holidays if any(c.holidays for c in dated) else NO_HOLIDAYS
        return responsible_household(dated, day, self.exceptions.get(child_id, ()), holidays)

    def custody_of(self, child_id: int) -> ChildCustody:
        """The child's arrangements and exceptions over these days."""
        return ChildCustody(tuple(self.custody.get(child_id, ())), tuple(self.exceptions.get(child_id, ())))

    def households_of(self, child_id: int) -> tuple[int, ...]:
        """Every household that answers for the child, in turn or alone."""
        return self.custody_of(child_id).homes

    def days_of(self, child_id: int, start: date, end: date) -> list[CustodyDay]:
        """Where the child is each day of `[start, end)`, within these days. 1 query more."""
        return custody_days(self.custody_of(child_id), self._holidays, start, end)

    def with_custody(self, child_id: int, changed: ChildCustody) -> FamilyFacts:
        """The same facts, were this child's custody another one: for what is shown before it is done."""
        return FamilyFacts(
            self.children,
            self.start,
            self.end,
            {**self.custody, child_id: changed.arrangements},
            {**self.exceptions, child_id: changed.exceptions},
        )

    def on(self, child_id: int, day: date) -> PricingFacts:
        """Everything a quote needs; raises as `household_on` does."""
        household_id = self.household_on(child_id, day)
        known = self._situation
        amount, source = _on(known.quotients.get(household_id, ()), day) or (None, None)
        category = _on(known.child_statuses.get(child_id, ()), day) or _on(
            known.household_statuses.get(household_id, ()), day
        )
        return PricingFacts(
            household_id=household_id,
            quotient=amount if source != QuotientSource.CEILING else None,
            category=TariffCategory(category) if category else TariffCategory.RESIDENT,
            packed_lunch=bool(_on(known.health_plans.get(child_id, ()), day)),
            sibling_rank=_rank(child_id, known.members.get(household_id, ()), day),
        )

    @cached_property
    def _holidays(self) -> Holidays:
        return holidays_around(self.start, self.end)

    @cached_property
    def _situation(self) -> _Situation:
        households = {h for child_id in self.custody for h in self.households_of(child_id)}
        return _Situation(*map(_grouped, _situations(self.children, households, self.start, self.end)))


@asked_again
def _situations(
    children: Collection[int], households: Collection[int], start: date, end: date
) -> tuple[QuerySet[Any, Any], ...]:
    within = overlapping(start, end)
    homes = HouseholdMember.objects.filter(within, household_id__in=households, role=MemberRole.CHILD)
    return (
        FamilyQuotient.objects.filter(within, household_id__in=households).values_list(
            *_SINCE, "household_id", "amount", "source"
        ),
        TariffStatus.objects.filter(within, household_id__in=households).values_list(
            *_SINCE, "household_id", "category"
        ),
        TariffStatus.objects.filter(within, person_id__in=children).values_list(
            *_SINCE, "person_id", "category"
        ),
        HealthPlan.objects.filter(within, child_id__in=children).values_list(
            *_SINCE, "child_id", "packed_lunch"
        ),
        homes.values_list(*_SINCE, "household_id", "person_id", "person__birth_date"),
    )


def family_facts(child_ids: Collection[int], start: date, end: date) -> FamilyFacts:
    """The facts of these children over `[start, end)`. 1 query now, 1 more when a price is asked, whatever their
    number. The caller was allowed to hold the children; nothing here is shown to anyone."""
    return facts_later(child_ids, start, end).answer


def facts_later(child_ids: Collection[int], start: date, end: date) -> Later[FamilyFacts]:
    """The same, to read with other lists."""
    return custodies_later(child_ids, start, end).then(
        lambda found: FamilyFacts(
            list(child_ids),
            start,
            end,
            {pk: custody.arrangements for pk, custody in found.items()},
            {pk: custody.exceptions for pk, custody in found.items() if custody.exceptions},
        )
    )


def packed_lunches(child_ids: Collection[int], start: date, end: date) -> Callable[[int, date], bool]:
    """Whether a child brings their own lunch (PAI) on a day of `[start, end)`. 1 query when called, none after.

    Says nothing else of the plan: a kitchen counts lunches without knowing why.
    """
    rows = HealthPlan.objects.filter(overlapping(start, end), child_id__in=list(child_ids), packed_lunch=True)
    found: dict[int, list[tuple[date, date | None]]] = {}
    for child, since, until in rows.order_by("id").values_list("child_id", "start", "end"):
        found.setdefault(child, []).append((since, until))
    return lambda child, day: any(
        since <= day and (until is None or day < until) for since, until in found.get(child, ())
    )


def _rank(child_id: int, members: Sequence[_Fact], day: date) -> int:
    births = {child: born or date.max for child, born in (m.value for m in members if _holds(m, day))}
    return sibling_rank(child_id, births) if child_id in births else 1


def _holds(fact: _Fact, day: date) -> bool:
    return fact.start <= day and (fact.end is None or day < fact.end)


def _on(facts: Sequence[_Fact], day: date) -> Any:
    """What is in force on this day, the latest start winning; None when nothing is."""
    return next((fact.value for fact in reversed(facts) if _holds(fact, day)), None)


def _grouped(rows: Rows) -> dict[int, list[_Fact]]:
    """By owner, the oldest first; a value of several columns is a tuple."""
    groups: dict[int, list[_Fact]] = {}
    for start, pk, end, owner, *values in sorted(rows, key=itemgetter(0, 1)):
        value = tuple(values) if len(values) > 1 else values[0]
        groups.setdefault(owner, []).append(_Fact(start, pk, end, owner, value))
    return groups
