"""A family on one page: for its own adults what is theirs, for an agent the whole file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, FilteredRelation

from espace.families.enums import CustodyKind, MemberRole, TariffCategory
from espace.families.models import (
    AuthorizedPickup,
    Guardianship,
    Household,
    HouseholdMember,
    Person,
    RecordChange,
)
from espace.families.queries.custody import sharing_of
from espace.families.queries.dated import valid_on
from espace.families.queries.keys import pending_changes_of
from espace.families.queries.visibility import Sight
from espace.families.rules import Custody
from espace.kernel import clock


@dataclass(frozen=True, slots=True)
class ChildCard:
    """A child as a card shows it. `other_homes` counts the homes that are not the reader's: never who lives there."""

    person: Person
    school: str = ""
    school_class: str = ""
    custody: Custody | None = None
    pickups: list[AuthorizedPickup] = field(default_factory=list)
    guardians: list[Guardianship] = field(default_factory=list)
    has_plan: bool = False
    packed_lunch: bool = False

    @property
    def is_shared(self) -> bool:
        return self.custody is not None and len(self.custody.homes) > 1


@dataclass(frozen=True, slots=True)
class Quotient:
    """A quotient in force: hundredths, its source, since when."""

    amount: int
    source: str
    start: date


@dataclass(frozen=True, slots=True)
class FamilyFile:
    """A household today. `quotient` None: none known, the ceiling applies."""

    household: Household
    adults: list[Person]
    children: list[ChildCard]
    quotient: Quotient | None
    category: TariffCategory
    pending: list[RecordChange]


def family_files(
    households: Sequence[Household], sight: Sight, *, with_guardians: bool = True
) -> list[FamilyFile]:
    """The files of households the caller was allowed to hold, as `sight` may read them: of a protected child the name
    alone, of a protected adult nothing. 4 queries (3 without guardians), whatever their number: what is true today is
    joined to each member rather than asked for again; 1 more where someone is protected."""
    today = clock.today()
    ids = [h.pk for h in households]
    members = _members(ids, today, sight)
    grown = (m for m in members if m.role == MemberRole.ADULT and sight.sees(m.person_id))
    adults = sorted(grown, key=lambda m: (m.start, m.pk))
    children = {m.person_id: m for m in members if m.role == MemberRole.CHILD}
    cards = _cards(children, today, sight, with_guardians=with_guardians)
    quotients = {
        m.household_id: Quotient(m.quotient, m.source, m.quoted_from) for m in members if m.quoted_from
    }
    categories = {m.household_id: TariffCategory(m.category) for m in members if m.category}
    pending = pending_changes_of(ids)
    return [
        FamilyFile(
            household=h,
            adults=[m.person for m in adults if m.household_id == h.pk],
            children=[
                cards[m.person_id] for m in members if m.household_id == h.pk and m.role == MemberRole.CHILD
            ],
            quotient=quotients.get(h.pk),
            category=categories.get(h.pk, TariffCategory.RESIDENT),
            pending=[c for c in pending if c.household_id == h.pk and sight.sees(c.person_id)],
        )
        for h in households
    ]


def child_card(child: Person) -> ChildCard:
    """The card of a child the caller was allowed to hold, without who answers for them or fetches them. 1 query."""
    row = _situated(HouseholdMember.objects.filter(person=child), clock.today()).order_by("id").first()
    return _card(row, child) if row else ChildCard(child)


def child_cards(children: Sequence[Person], sight: Sight) -> list[ChildCard]:
    """The cards of children the caller was allowed to hold, as `sight` may read them. 4 queries, whatever their
    number."""
    today = clock.today()
    rows = _situated(HouseholdMember.objects.filter(person__in=children), today).order_by("id")
    return list(_cards({row.person_id: row for row in rows}, today, sight).values())


def _members(household_ids: Sequence[int], today: date, sight: Sight) -> list[Any]:
    """The members today with their situation, adults first, eldest child first; each once."""
    rows = _situated(HouseholdMember.objects.filter(valid_on(today), household_id__in=household_ids), today)
    ordered = rows.annotate(is_veiled=sight.is_veiled).order_by(
        "role", F("person__birth_date").asc(nulls_last=True), "id"
    )
    found = list({(row.household_id, row.person_id): row for row in ordered}.values())
    sight.settle(row.is_veiled for row in found)
    return found


def _situated(rows: Any, today: date) -> Any:
    """Joins to each member the school, custody and health plan of the day, and their household's prices."""
    return (
        rows.select_related("person")
        .annotate(
            at_school=FilteredRelation(
                "person__schoolings", condition=valid_on(today, "person__schoolings__")
            ),
            in_custody=FilteredRelation("person__custody", condition=valid_on(today, "person__custody__")),
            quoted=FilteredRelation(
                "household__quotients", condition=valid_on(today, "household__quotients__")
            ),
            priced=FilteredRelation(
                "household__tariff_statuses", condition=valid_on(today, "household__tariff_statuses__")
            ),
            planned=FilteredRelation(
                "person__health_plans", condition=valid_on(today, "person__health_plans__")
            ),
        )
        .annotate(
            school=F("at_school__school__name"),
            school_class=F("at_school__school_class__name"),
            custody_kind=F("in_custody__kind"),
            custody_owners=F("in_custody__owners"),
            custody_start=F("in_custody__cycle_start"),
            holiday_rule=F("in_custody__holiday_rule"),
            holiday_first=F("in_custody__holiday_first_id"),
            holiday_second=F("in_custody__holiday_second_id"),
            has_plan=F("planned__id"),
            packed_lunch=F("planned__packed_lunch"),
            quotient=F("quoted__amount"),
            source=F("quoted__source"),
            quoted_from=F("quoted__start"),
            category=F("priced__category"),
        )
    )


def _card(row: Any, person: Person) -> ChildCard:
    custody = None
    if row.custody_kind:
        custody = Custody(
            CustodyKind(row.custody_kind),
            tuple(row.custody_owners),
            row.custody_start,
            holidays=sharing_of(row.holiday_rule, row.holiday_first, row.holiday_second),
        )
    return ChildCard(
        person=person,
        school=row.school or "",
        school_class=row.school_class or "",
        custody=custody,
        has_plan=row.has_plan is not None,
        packed_lunch=bool(row.packed_lunch),
    )


def _cards(
    rows: dict[int, Any], today: date, sight: Sight, *, with_guardians: bool = True
) -> dict[int, ChildCard]:
    """A protected child has a name and nothing else, as one whose record is still empty would."""
    cards = {
        pk: _card(row, row.person) if sight.sees(pk) else ChildCard(row.person) for pk, row in rows.items()
    }
    seen = [pk for pk in cards if sight.sees(pk)]
    current = valid_on(today)
    guarded = Guardianship.objects.filter(current, child_id__in=seen).order_by("start", "id")
    apart: set[int] = set()  # children of whom a guardian is hidden: who fetches them is not told either
    if with_guardians or sight.hidden:
        for link in guarded.select_related("party__person", "party__organisation"):
            if sight.sees(link.party.person_id):
                cards[link.child_id].guardians.append(link)
            else:
                apart.add(link.child_id)
    for pickup in AuthorizedPickup.objects.filter(current, child_id__in=seen).order_by("name", "id"):
        if pickup.child_id not in apart:
            cards[pickup.child_id].pickups.append(pickup)
    return cards
