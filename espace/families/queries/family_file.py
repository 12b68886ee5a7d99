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
from espace.kernel.reading import Later, read_now, rows_later


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


class OpenFiles:
    """The files of households the caller was allowed to hold, as `sight` may read them, whatever their number: of a
    protected child the name alone, of a protected adult nothing. 1 query: what is true today is joined to each member
    rather than asked for again.

    `parts` are still to be read (`read_now`), with what else a page needs; then `made` makes the files, without who
    answers for the children. `children` are the cards as they are known so far: who they are, and where.
    """

    def __init__(self, households: Sequence[Household], sight: Sight) -> None:
        self._households, self._sight = households, sight
        ids = [h.pk for h in households]
        self._members = _members(ids, clock.today())
        self._rows = {m.person_id: m for m in self._members if m.role == MemberRole.CHILD}
        self.children = [_card(row, row.person) for row in self._rows.values()]
        self._veil = Veil(list(self._rows), sight)
        self._pending = pending_changes_of(ids)
        self.parts: list[Later[Any]] = [*self._veil.parts, self._pending]

    def made(self) -> list[FamilyFile]:
        """The files. No query once `parts` are read."""
        self._veil.settle()
        return self._files(_cards(self._rows, self._veil))

    def with_guardians(self) -> list[FamilyFile]:
        """The files with who answers for the children. 2 queries, 1 where there is none."""
        read_now(*self.parts)
        self._veil.settle()
        return self._files(_guarded(_cards(self._rows, self._veil), self._sight))

    def _files(self, cards: dict[int, ChildCard]) -> list[FamilyFile]:
        members, sees = self._members, self._sight.sees
        grown = (m for m in members if m.role == MemberRole.ADULT and sees(m.person_id))
        adults = sorted(grown, key=lambda m: (m.start, m.pk))
        quotients = {
            m.household_id: Quotient(m.quotient, m.source, m.quoted_from) for m in members if m.quoted_from
        }
        categories = {m.household_id: TariffCategory(m.category) for m in members if m.category}
        return [
            FamilyFile(
                household=h,
                adults=[m.person for m in adults if m.household_id == h.pk],
                children=[
                    cards[m.person_id]
                    for m in members
                    if m.household_id == h.pk and m.role == MemberRole.CHILD
                ],
                quotient=quotients.get(h.pk),
                category=categories.get(h.pk, TariffCategory.RESIDENT),
                pending=[c for c in self._pending.answer if c.household_id == h.pk and sees(c.person_id)],
            )
            for h in self._households
        ]


def family_files(households: Sequence[Household], sight: Sight) -> list[FamilyFile]:
    """The files of households the caller was allowed to hold, as `sight` may read them (`OpenFiles`), with who answers
    for the children. 3 queries, whatever their number."""
    return OpenFiles(households, sight).with_guardians()


def child_card(child: Person) -> ChildCard:
    """The card of a child the caller was allowed to hold, without who answers for them or fetches them. 1 query."""
    row = _situated(HouseholdMember.objects.filter(person=child), clock.today()).order_by("id").first()
    return _card(row, child) if row else ChildCard(child)


def child_cards(children: Sequence[Person], sight: Sight) -> list[ChildCard]:
    """The cards of children the caller was allowed to hold, as `sight` may read them. 3 queries, whatever their
    number."""
    found = _situated(HouseholdMember.objects.filter(person__in=children), clock.today()).order_by("id")
    rows = {row.person_id: row for row in found}
    veil = Veil(list(rows), sight)
    read_now(*veil.parts)
    veil.settle()
    return list(_guarded(_cards(rows, veil), sight).values())


def _members(household_ids: Sequence[int], today: date) -> list[Any]:
    """The members today with their situation, adults first, eldest child first; each once."""
    rows = _situated(HouseholdMember.objects.filter(valid_on(today), household_id__in=household_ids), today)
    ordered = rows.order_by("role", F("person__birth_date").asc(nulls_last=True), "id")
    return list({(row.household_id, row.person_id): row for row in ordered}.values())


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


class Veil:
    """What is told of some children: who fetches them, from whom someone is hidden. `parts` to read, then `settle`."""

    def __init__(self, child_ids: Sequence[int], sight: Sight) -> None:
        current = valid_on(clock.today())
        self.sight = sight
        self._hidden = sight.asked
        self.pickups = rows_later(AuthorizedPickup.objects.filter(current, child_id__in=child_ids))
        # Children of whom a guardian is hidden: who fetches them is not told either.
        self.apart = Later(
            Guardianship.objects.filter(
                current, child_id__in=child_ids, party__person_id__in=sight.protected
            ).values_list("child_id"),
            lambda rows: {child for (child,) in rows},
        )
        self.parts: tuple[Later[Any], ...] = (self._hidden, self.pickups, self.apart)

    def settle(self) -> None:
        """Tells the sight whom it hides."""
        self.sight.take(self._hidden.answer)


def _cards(rows: dict[int, Any], veil: Veil) -> dict[int, ChildCard]:
    """A protected child has a name and nothing else, as one whose record is still empty would."""
    sees = veil.sight.sees
    cards = {pk: _card(row, row.person) if sees(pk) else ChildCard(row.person) for pk, row in rows.items()}
    for pickup in sorted(veil.pickups.answer, key=lambda pickup: (pickup.name, pickup.pk)):
        if sees(pickup.child_id) and pickup.child_id not in veil.apart.answer:
            cards[pickup.child_id].pickups.append(pickup)
    return cards


def _guarded(cards: dict[int, ChildCard], sight: Sight) -> dict[int, ChildCard]:
    """The same, with who answers for the children. 1 query."""
    links = Guardianship.objects.filter(
        valid_on(clock.today()), child_id__in=[pk for pk in cards if sight.sees(pk)]
    )
    for link in links.select_related("party__person", "party__organisation").order_by("start", "id"):
        if sight.sees(link.party.person_id):
            cards[link.child_id].guardians.append(link)
    return cards
