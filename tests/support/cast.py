"""The cast: Alice (a parent), Bob (the other parent of one of her children), Charlie (a stranger who must see
nothing), Denise (an agent of the guichet), Rémi (the régisseur). Each comes with a signed-in client."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from espace.accounts.models import RoleGrant, User
from espace.accounts.queries import grants_of
from espace.demo.town import Reference
from espace.families.enums import CustodyKind, GuardianRole, MemberRole, QuotientSource
from espace.families.models import (
    CustodyArrangement,
    FamilyQuotient,
    Guardianship,
    Household,
    HouseholdMember,
    Party,
    Person,
    Schooling,
)
from espace.kernel.actor import Actor, Channel, Permission
from espace.kernel.calendar import at
from espace.kernel.text import normalise
from espace.town.enums import Grade
from tests.support.pages import StrictClient

PASSWORD = "Tilleul-2026"
SINCE = date(2024, 9, 2)
GUICHET = (
    Permission.FAMILIES_READ,
    Permission.FAMILIES_WRITE,
    Permission.FAMILIES_ACT,
    Permission.KEYS,
    Permission.ENROLMENTS,
    Permission.ACTIVITIES,
)
REGISSEUR = (
    Permission.FAMILIES_READ,
    Permission.MONTH_CLOSE,
    Permission.BILLING_COMPUTE,
    Permission.BILLING_ISSUE,
    Permission.PAYMENTS,
)


@dataclass(eq=False)
class Character:
    """A member of the cast. Agents have no household; their client has given its second factor."""

    user: User
    client: StrictClient
    person: Person | None = None
    home: Household | None = None
    children: list[Person] = field(default_factory=list)

    @property
    def household(self) -> Household:
        assert self.home is not None, "this character has no household"
        return self.home

    @property
    def adult(self) -> Person:
        assert self.person is not None, "this character is not a person of a family"
        return self.person

    @property
    def actor(self) -> Actor:
        return Actor(self.user.pk, str(self.user), Channel.PORTAL, grants=grants_of(self.user))

    def acting_for(self, household: Household) -> Actor:
        """The same agent at the counter, for a family."""
        return Actor(self.user.pk, str(self.user), Channel.COUNTER, household.pk, grants_of(self.user))


def make_account(first: str, last: str, *, username: str = "", email: str = "") -> User:
    name = username or normalise(first).replace(" ", "")
    user = User(
        username=name,
        email=email or f"{name}@exemple.fr",
        first_name=first,
        last_name=last,
        date_joined=datetime(2026, 7, 6, 9, 0, tzinfo=ZoneInfo("Europe/Paris")),
    )
    user.set_password(PASSWORD)
    user.save()
    return user


def make_person(first: str, last: str, born: date, *, user: User | None = None) -> Person:
    return Person.objects.create(
        first_name=first,
        last_name=last,
        birth_date=born,
        email=user.email if user else "",
        phone="06 39 98 00 10" if user else "",
        search_text=normalise(f"{last} {first}"),
        user=user,
    )


def make_household(
    number: str, name: str, *, quotient: int | None = 81_200, street: str = "12, rue du Moulin"
) -> Household:
    household = Household.objects.create(
        name=name,
        number=number,
        street=street,
        postcode="99450",
        city="Clairval-sur-Aune",
        search_text=normalise(f"{name} {number}"),
        created_at=at(SINCE, datetime.min.time()),
    )
    if quotient is not None:
        FamilyQuotient.objects.create(
            household=household, amount=quotient, source=QuotientSource.CAF_NOTICE, start=SINCE
        )
    return household


def join(household: Household, person: Person, role: MemberRole) -> None:
    HouseholdMember.objects.create(household=household, person=person, role=role, start=SINCE)


def make_child(
    first: str,
    last: str,
    born: date,
    town: Reference,
    school: str,
    grade: Grade,
    guardians: dict[Household, Person],
) -> Person:
    """A child at a school, in each guardian's household; two homes share it a week in turn from SINCE's Monday."""
    child = make_person(first, last, born)
    for household, guardian in guardians.items():
        join(household, child, MemberRole.CHILD)
        party, _ = Party.objects.get_or_create(person=guardian)
        Guardianship.objects.create(child=child, party=party, role=GuardianRole.AUTHORITY, start=SINCE)
    homes = [household.pk for household in guardians]
    shared = len(homes) == 2
    CustodyArrangement.objects.create(
        child=child,
        kind=CustodyKind.CYCLE if shared else CustodyKind.SINGLE,
        owners=[homes[0]] * 7 + [homes[1]] * 7 if shared else homes,
        cycle_start=SINCE if shared else None,
        start=SINCE,
    )
    Schooling.objects.create(
        child=child,
        school=town.schools[school],
        school_class=town.classes[school, grade],
        start=town.year.start,
    )
    return child


def parent(user: User, born: date, household: Household, client: StrictClient) -> Character:
    adult = make_person(user.first_name, user.last_name, born, user=user)
    Party.objects.create(person=adult)
    join(household, adult, MemberRole.ADULT)
    return Character(user, client, adult, household)


def signed_in(user: User) -> StrictClient:
    client = StrictClient()
    client.force_login(user, backend="espace.accounts.backends.UsernameOrEmailBackend")
    return client


def make_agent(first: str, last: str, permissions: tuple[Permission, ...]) -> Character:
    user = make_account(first, last, email=f"{normalise(first)}@clairval-sur-aune.example")
    for permission in permissions:
        RoleGrant.objects.create(user=user, permission=permission, start=SINCE)
    client = signed_in(user)
    session = client.session
    now = datetime.now(tz=ZoneInfo("Europe/Paris")).timestamp()
    session["account_authentication_methods"] = [
        {"method": "password", "at": now, "username": user.username},
        {"method": "mfa", "type": "totp", "at": now},
    ]
    session.save()
    return Character(user, client)


@pytest.fixture
def alice(town: Reference) -> Character:
    """A parent, linked. Zoé (CE2 at « lavoir ») lives with her; Tom (MS at « tilleuls ») a week in two."""
    user = make_account("Alice", "Moreau")
    character = parent(user, date(1988, 3, 14), make_household("F-00001", "Famille Moreau"), signed_in(user))
    homes = {character.household: character.adult}
    zoe = make_child("Zoé", "Moreau", date(2018, 5, 9), town, "lavoir", Grade.CE2, homes)
    tom = make_child("Tom", "Moreau-Lefèvre", date(2022, 2, 20), town, "tilleuls", Grade.MS, homes)
    character.children = [zoe, tom]
    return character


@pytest.fixture
def bob(town: Reference, alice: Character) -> Character:
    """The other parent of Tom, in his own household with another quotient: from now on Tom is shared."""
    user = make_account("Bob", "Lefèvre")
    home = make_household("F-00002", "Famille Lefèvre", quotient=152_000, street="4, quai de l’Aune")
    character = parent(user, date(1985, 11, 2), home, signed_in(user))
    tom = alice.children[1]
    join(home, tom, MemberRole.CHILD)
    party = Party.objects.get(person=character.adult)
    Guardianship.objects.create(child=tom, party=party, role=GuardianRole.AUTHORITY, start=SINCE)
    CustodyArrangement.objects.filter(child=tom).update(
        kind=CustodyKind.CYCLE,
        owners=[alice.household.pk] * 7 + [home.pk] * 7,
        cycle_start=SINCE,
    )
    character.children = [tom]
    return character


@pytest.fixture
def charlie(town: Reference) -> Character:
    """A stranger: an account, another family, another child."""
    user = make_account("Charlie", "Nguyen")
    home = make_household("F-00003", "Famille Nguyen", quotient=41_000, street="2, impasse des Lilas")
    character = parent(user, date(1990, 7, 7), home, signed_in(user))
    homes = {home: character.adult}
    character.children = [make_child("Lina", "Nguyen", date(2020, 1, 30), town, "lavoir", Grade.CP, homes)]
    return character


@pytest.fixture
def denise(town: Reference) -> Character:
    """An agent of the guichet unique."""
    return make_agent("Denise", "Roux", GUICHET)


@pytest.fixture
def remi(town: Reference) -> Character:
    """The régisseur."""
    return make_agent("Rémi", "Garnier", REGISSEUR)
