"""What a price, a booking or a bill needs to know of families over a time, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar

from espace.families.enums import MemberRole, QuotientSource, TariffCategory
from espace.families.models import (
    FamilyQuotient,
    HealthPlan,
    HouseholdMember,
    TariffStatus,
)
from espace.families.queries.custody import custodies_of, holidays_around
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


@dataclass(frozen=True, slots=True)
class PricingFacts:
    """What makes the price of a child on a day. `quotient` in hundredths; None when the town knows none (the
    ceiling applies). `sibling_rank` counts the children of the responsible household, the eldest being 1."""

    household_id: int
    quotient: int | None
    category: TariffCategory
    packed_lunch: bool
    sibling_rank: int


class _Dated(Protocol):
    start: date
    end: date | None


D = TypeVar("D", bound=_Dated)


@dataclass(frozen=True, slots=True)
class _Situation:
    """What `on` needs beyond custody."""

    quotients: Mapping[int, Sequence[FamilyQuotient]]
    household_statuses: Mapping[int, Sequence[TariffStatus]]
    child_statuses: Mapping[int, Sequence[TariffStatus]]
    health_plans: Mapping[int, Sequence[HealthPlan]]
    members: Mapping[int, Sequence[HouseholdMember]]


@dataclass
class FamilyFacts:
    """The facts of some children over `[start, end)`. Custody is read first (1 query, and 1 the first time a child's
    divided holidays are asked about); the rest (4 queries) the first time `on` is asked, then kept: whoever only
    wants to know where a child is does not pay for prices."""

    children: Sequence[int]
    start: date
    end: date
    custody: Mapping[int, Sequence[Custody]]
    exceptions: Mapping[int, Sequence[CustodyException]] = field(default_factory=dict)

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
        quotient = _on(known.quotients.get(household_id, ()), day)
        status = _on(known.child_statuses.get(child_id, ()), day) or _on(
            known.household_statuses.get(household_id, ()), day
        )
        plan = _on(known.health_plans.get(child_id, ()), day)
        is_known = quotient is not None and quotient.source != QuotientSource.CEILING
        return PricingFacts(
            household_id=household_id,
            quotient=quotient.amount if quotient is not None and is_known else None,
            category=TariffCategory(status.category) if status else TariffCategory.RESIDENT,
            packed_lunch=plan is not None and plan.packed_lunch,
            sibling_rank=_rank(child_id, known.members.get(household_id, ()), day),
        )

    @cached_property
    def _holidays(self) -> Holidays:
        return holidays_around(self.start, self.end)

    @cached_property
    def _situation(self) -> _Situation:
        within = overlapping(self.start, self.end)
        children = list(self.children)
        households = {h for child_id in self.custody for h in self.households_of(child_id)}
        quotients = FamilyQuotient.objects.filter(within, household_id__in=households).order_by("start", "id")
        of_someone = TariffStatus.objects.filter(within, household_id__in=households) | (
            TariffStatus.objects.filter(within, person_id__in=children)
        )
        statuses = list(of_someone.order_by("start", "id"))
        plans = (
            HealthPlan.objects.filter(within, child_id__in=children).defer("detail").order_by("start", "id")
        )
        members = (
            HouseholdMember.objects.filter(within, household_id__in=households, role=MemberRole.CHILD)
            .select_related("person")
            .order_by("id")
        )
        return _Situation(
            quotients=_grouped(quotients, "household_id"),
            household_statuses=_grouped((s for s in statuses if s.household_id), "household_id"),
            child_statuses=_grouped((s for s in statuses if s.person_id), "person_id"),
            health_plans=_grouped(plans, "child_id"),
            members=_grouped(members, "household_id"),
        )


def family_facts(child_ids: Collection[int], start: date, end: date) -> FamilyFacts:
    """The facts of these children over `[start, end)`. 1 query now, 4 more when a price is asked, whatever their
    number. The caller was allowed to hold the children; nothing here is shown to anyone."""
    found = custodies_of(child_ids, start, end)
    return FamilyFacts(
        list(child_ids),
        start,
        end,
        {pk: custody.arrangements for pk, custody in found.items()},
        {pk: custody.exceptions for pk, custody in found.items() if custody.exceptions},
    )


def _rank(child_id: int, members: Sequence[HouseholdMember], day: date) -> int:
    births = {
        m.person_id: m.person.birth_date or date.max
        for m in members
        if m.start <= day and (m.end is None or day < m.end)
    }
    return sibling_rank(child_id, births) if child_id in births else 1


def _on(rows: Iterable[D], day: date) -> D | None:
    """The row in force on this day, the latest start winning."""
    found: D | None = None
    for row in rows:
        if row.start <= day and (row.end is None or day < row.end):
            found = row
    return found


def _grouped(rows: Iterable[D], key: str) -> dict[int, list[D]]:
    groups: dict[int, list[D]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(row)
    return groups
