"""Opening a household and the people in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from espace.audit.services import record
from espace.families import rules
from espace.families.enums import CustodyKind, GuardianRole, HolidayRule, MemberRole
from espace.families.errors import AlreadyMember, AlreadyOpen, AuthorityRequired, NotBornYet
from espace.families.models import (
    AuthorizedPickup,
    CustodyArrangement,
    Guardianship,
    Household,
    HouseholdMember,
    Organisation,
    Party,
    Person,
)
from espace.families.queries import valid_on
from espace.families.rules import Custody
from espace.families.services.common import locked_household, require
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction
from espace.kernel.locks import lock_name
from espace.kernel.text import normalise

FIRST_NUMBER = 20_000


@dataclass(frozen=True, slots=True)
class Guardian:
    """A link to give between a party and a child. Rights default to all; a PAYER_ONLY has the bills alone."""

    party: Party
    role: GuardianRole = GuardianRole.AUTHORITY
    can_book: bool = True
    can_view_bills: bool = True
    can_see_agenda: bool = True
    can_pick_up: bool = True


@dataclass(frozen=True, slots=True)
class AdultDraft:
    """An adult as typed at the guichet."""

    first_name: str
    last_name: str
    birth_date: date | None = None
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ChildDraft:
    """A child as typed at the guichet."""

    first_name: str
    last_name: str
    birth_date: date


@dataclass(frozen=True, slots=True)
class Opened:
    """A household just opened, with its people in the order given."""

    household: Household
    adults: list[Person] = field(default_factory=list)
    children: list[Person] = field(default_factory=list)


def open_family(
    actor: Actor,
    *,
    street: str,
    postcode: str,
    city: str,
    street_extra: str = "",
    name: str = "",
    adults: Sequence[AdultDraft],
    children: Sequence[ChildDraft] = (),
) -> Opened:
    """Opens a household with its adults and children in one act: every adult answers for every child.

    `AlreadyOpen` when one of the adults already has a file at this address: a form sent twice opens one family.
    """
    require(actor, Permission.FAMILIES_WRITE)
    if not adults:
        raise AuthorityRequired
    with write_transaction():
        _refuse_same_family(street, postcode, adults)
        household = create_household(
            actor,
            name=name or " – ".join(dict.fromkeys(a.last_name for a in adults)),
            street=street,
            street_extra=street_extra,
            postcode=postcode,
            city=city,
        )
        grown = [
            add_adult(
                actor,
                household=household,
                first_name=a.first_name,
                last_name=a.last_name,
                birth_date=a.birth_date,
                email=a.email,
                phone=a.phone,
            )
            for a in adults
        ]
        small = [
            add_child(
                actor,
                household=household,
                first_name=c.first_name,
                last_name=c.last_name,
                birth_date=c.birth_date,
            )
            for c in children
        ]
    return Opened(household, grown, small)


def create_household(
    actor: Actor, *, name: str, street: str, postcode: str, city: str, street_extra: str = ""
) -> Household:
    """Opens a household without anyone in it; its number is 20 000 and its rank ("20418")."""
    require(actor, Permission.FAMILIES_WRITE)
    with write_transaction():
        household = Household.objects.create(
            name=name[:170],
            number=f"?{clock.now().timestamp():.6f}"[
                -12:
            ],  # replaced below: the rank is the database's to give
            street=street,
            street_extra=street_extra,
            postcode=postcode,
            city=city,
            search_text="",
            created_at=clock.now(),
        )
        household.number = str(FIRST_NUMBER + household.pk)
        household.search_text = rules.household_search_text(household.name, household.number)
        household.save(update_fields=["number", "search_text"])
        record(
            actor,
            "families.create_household",
            object_kind="household",
            object_id=household.pk,
            household_id=household.pk,
        )
    return household


def add_adult(
    actor: Actor,
    *,
    household: Household,
    first_name: str,
    last_name: str,
    birth_date: date | None = None,
    email: str = "",
    phone: str = "",
    start: date | None = None,
) -> Person:
    """Adds a new adult to a household, with the party through which they may owe. `AlreadyMember` when they are in."""
    require(actor, Permission.FAMILIES_WRITE)
    with write_transaction():
        _refuse_twin(household, first_name, last_name, birth_date)
        person = _new_person(first_name, last_name, birth_date, email, phone)
        Party.objects.create(person=person)
        _join(household, person, MemberRole.ADULT, start or clock.today())
        _journal(actor, "families.add_adult", person, household)
    return person


def add_child(
    actor: Actor,
    *,
    household: Household,
    first_name: str,
    last_name: str,
    birth_date: date,
    start: date | None = None,
    guardians: Sequence[Guardian] | None = None,
    custody: Custody | None = None,
) -> Person:
    """Adds a new child to a household, and to every other home that `custody` names.

    Without `guardians`, every adult of those homes has authority; without `custody`, this household alone answers
    for the child. `AuthorityRequired` (I1), `NotBornYet`, `AlreadyMember` when the same child is in the household.
    """
    require(actor, Permission.FAMILIES_WRITE)
    since = start or clock.today()
    if birth_date > clock.today():
        raise NotBornYet
    rhythm = custody or Custody(CustodyKind.SINGLE, (household.pk,))
    homes = list(dict.fromkeys((household.pk, *rhythm.homes)))
    with write_transaction():
        links = list(guardians) if guardians is not None else _adults_with_authority(homes, since)
        if not any(g.role is GuardianRole.AUTHORITY for g in links):
            raise AuthorityRequired
        _refuse_twin(household, first_name, last_name, birth_date)
        person = _new_person(first_name, last_name, birth_date, "", "")
        for home in Household.objects.filter(pk__in=homes).order_by("id"):
            _join(home, person, MemberRole.CHILD, since)
        for link in links:
            _link(person, link, since)
        CustodyArrangement.objects.create(child=person, start=since, **stored_custody(rhythm))
        _journal(actor, "families.add_child", person, household)
    return person


def add_guardian(
    actor: Actor, *, child: Person, guardian: Guardian, start: date | None = None
) -> Guardianship:
    """Links one more party to a child (an institution, a parent who lives elsewhere)."""
    require(actor, Permission.FAMILIES_WRITE)
    with write_transaction():
        row = _link(child, guardian, start or clock.today())
        record(actor, "families.add_guardian", object_kind="person", object_id=child.pk)
    return row


def add_organisation(actor: Actor, *, name: str, siret: str = "") -> Party:
    """An institution that may answer or pay for a child (ASE, CCAS, employer)."""
    require(actor, Permission.FAMILIES_WRITE)
    with write_transaction():
        party = Party.objects.create(organisation=Organisation.objects.create(name=name, siret=siret))
        record(actor, "families.add_organisation", object_kind="party", object_id=party.pk)
    return party


def add_pickup(
    actor: Actor, *, child: Person, name: str, relation: str, phone: str, start: date | None = None
) -> AuthorizedPickup:
    """Someone allowed to fetch the child."""
    require(actor, Permission.FAMILIES_WRITE)
    with write_transaction():
        row = AuthorizedPickup.objects.create(
            child=child, name=name, relation=relation, phone=phone, start=start or clock.today()
        )
        record(actor, "families.add_pickup", object_kind="person", object_id=child.pk)
    return row


def stored_custody(custody: Custody) -> dict[str, Any]:
    """The columns of an arrangement: one owner a day for a cycle."""
    is_cycle, shared = custody.kind is CustodyKind.CYCLE, custody.holidays
    return {
        "kind": custody.kind,
        "owners": list(custody.days if is_cycle else custody.owners),
        "cycle_start": custody.start if is_cycle else None,
        "holiday_rule": shared.rule if shared else HolidayRule.NONE,
        "holiday_first_id": shared.first if shared else None,
        "holiday_second_id": shared.second if shared else None,
    }


def _new_person(first: str, last: str, birth_date: date | None, email: str, phone: str) -> Person:
    return Person.objects.create(
        first_name=first,
        last_name=last,
        birth_date=birth_date,
        email=email,
        phone=phone,
        search_text=rules.person_search_text(first, last, email, phone),
    )


def _join(household: Household, person: Person, role: MemberRole, start: date) -> None:
    if household.members.filter(person=person, end__isnull=True).exists():
        raise AlreadyMember
    HouseholdMember.objects.create(household=household, person=person, role=role, start=start)


def _refuse_twin(household: Household, first: str, last: str, birth_date: date | None) -> None:
    """The same person twice in a household: a form sent twice. Two birth dates that differ make two persons."""
    locked_household(household.pk)
    same = Person.objects.filter(
        memberships__household=household,
        memberships__end__isnull=True,
        search_text__startswith=rules.person_search_text(first, last),
    )
    for person in same.order_by("id"):
        if rules.is_same_person(
            (first, last, birth_date), (person.first_name, person.last_name, person.birth_date)
        ):
            raise AlreadyMember


def _refuse_same_family(street: str, postcode: str, adults: Sequence[AdultDraft]) -> None:
    lock_name(f"open-family:{normalise(street)}:{postcode}")
    near = HouseholdMember.objects.filter(
        household__postcode=postcode,
        household__merged_into__isnull=True,
        role=MemberRole.ADULT,
        end__isnull=True,
        person__last_name__in=[a.last_name for a in adults],
    ).select_related("household", "person")
    for row in near.order_by("id"):
        known = (row.person.first_name, row.person.last_name, row.person.birth_date)
        if normalise(row.household.street) == normalise(street) and any(
            rules.is_same_person((a.first_name, a.last_name, a.birth_date), known) for a in adults
        ):
            raise AlreadyOpen(number=row.household.number)


def _adults_with_authority(homes: Sequence[int], day: date) -> list[Guardian]:
    rows = Party.objects.filter(
        person__memberships__in=HouseholdMember.objects.filter(
            valid_on(day), household_id__in=homes, role=MemberRole.ADULT
        )
    )
    return [Guardian(party) for party in rows.order_by("id").distinct()]


def _link(child: Person, guardian: Guardian, start: date) -> Guardianship:
    pays_only = guardian.role is GuardianRole.PAYER_ONLY
    return Guardianship.objects.create(
        child=child,
        party=guardian.party,
        role=guardian.role,
        can_book=guardian.can_book and not pays_only,
        can_view_bills=guardian.can_view_bills,
        can_see_agenda=guardian.can_see_agenda and not pays_only,
        can_pick_up=guardian.can_pick_up and not pays_only,
        start=start,
    )


def _journal(actor: Actor, action: str, person: Person, household: Household) -> None:
    record(actor, action, object_kind="person", object_id=person.pk, household_id=household.pk)
