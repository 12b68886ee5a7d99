"""The families and accounts of a plan, as rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password

from espace.accounts.models import User
from espace.demo import events as told
from espace.demo.accounts import PASSWORD
from espace.demo.builder import PAI, class_of, custody_of
from espace.demo.store import Store
from espace.demo.town import Reference
from espace.families import rules
from espace.families.enums import GuardianRole, MemberRole, QuotientSource, TariffCategory
from espace.families.models import (
    CustodyArrangement,
    FamilyKey,
    FamilyQuotient,
    Guardianship,
    HealthPlan,
    Household,
    HouseholdMember,
    KeyRequest,
    Party,
    Person,
    ProtectionMeasure,
    RecordChange,
    Schooling,
    TariffStatus,
)
from espace.families.services.changes import same
from espace.families.services.households import FIRST_NUMBER, stored_custody
from espace.families.services.keys import HASH, SEAL
from espace.families.services.protection import EVIDENCE
from espace.families.services.situation import HEALTH
from espace.kernel.codes import new_code, normalise_code
from espace.kernel.crypto import keyed_hash, seal


@dataclass(frozen=True, slots=True)
class Facts:
    """What makes a price, once the family is known (see `families.queries.PricingFacts`)."""

    quotient: int | None
    category: TariffCategory
    packed_lunch: bool
    sibling_rank: int


@dataclass(eq=False)
class Kin:
    """Who was written, by the keys of the plan."""

    store: Store
    town: Reference
    agent_id: int | None = None
    households: dict[str, Household] = field(default_factory=dict)
    opened: dict[str, told.OpenHousehold] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    children: dict[str, told.AddChild] = field(default_factory=dict)
    at_home: dict[str, list[str]] = field(default_factory=dict)  # household -> its children
    users: dict[str, User] = field(default_factory=dict)  # by user name
    usernames: dict[str, str] = field(default_factory=dict)  # adult -> user name
    keys: dict[str, FamilyKey] = field(default_factory=dict)
    facts: dict[tuple[str, str], Facts] = field(default_factory=dict)
    password: str = field(default_factory=lambda: make_password(PASSWORD))

    def user_of(self, adult: str) -> User:
        return self.users[self.usernames[adult]]

    def write(self, event: told.Event) -> None:
        """One event; those of bookings and money are not for here."""
        match event:
            case told.OpenHousehold():
                self._open(event)
            case told.AddChild():
                self._child(event)
            case told.SignUp():
                self._account(event)
            case told.IssueKey():
                self._key(event)
            case told.RedeemKey():
                self._redeem(event)
            case told.AskChange():
                self._change(event)
            case told.Protect():
                self._protect(event)
            case told.RequestKey():
                self._request(event)

    def facts_of(self, child: str, household: str) -> Facts:
        """What makes the price of a child on the days of one of its homes."""
        if (child, household) not in self.facts:
            home = self.opened[household]
            births = {self.people[key].pk: self.children[key].birth_date for key in self.at_home[household]}
            self.facts[child, household] = Facts(
                home.quotient,
                TariffCategory.RESIDENT if home.is_resident else TariffCategory.NON_RESIDENT,
                self.children[child].packed_lunch,
                rules.sibling_rank(self.people[child].pk, births),
            )
        return self.facts[child, household]

    def _open(self, event: told.OpenHousehold) -> None:
        today, add = event.at.date(), self.store.add
        pk = self.store.number(Household)
        number = str(FIRST_NUMBER + pk)
        home = add(
            Household(
                pk=pk, name=event.name, number=number, street=event.street, street_extra=event.street_extra,
                postcode=event.postcode, city=event.city, created_at=event.at,
                search_text=rules.household_search_text(event.name, number),
            )
        )  # fmt: skip
        self.households[event.key], self.opened[event.key] = home, event
        self.at_home[event.key] = []
        for adult in event.adults:
            person = self._person(
                adult.key, adult.first_name, adult.last_name, adult.birth_date, adult.email, adult.phone
            )
            self.parties[adult.key] = add(Party(person_id=person.pk))
            add(
                HouseholdMember(household_id=home.pk, person_id=person.pk, role=MemberRole.ADULT, start=today)
            )
            self.usernames[adult.key] = adult.username
        if event.quotient is not None:
            add(
                FamilyQuotient(
                    household_id=home.pk, amount=event.quotient, source=QuotientSource.CAF_NOTICE,
                    reference_month=today.replace(day=1), start=today,
                )
            )  # fmt: skip
        if not event.is_resident:
            add(TariffStatus(household_id=home.pk, category=TariffCategory.NON_RESIDENT, start=today))

    def _person(
        self, key: str, first: str, last: str, born: date, email: str = "", phone: str = ""
    ) -> Person:
        person = self.store.add(
            Person(
                first_name=first, last_name=last, birth_date=born, email=email, phone=phone,
                search_text=rules.person_search_text(first, last, email, phone),
            )
        )  # fmt: skip
        self.people[key] = person
        return person

    def _child(self, event: told.AddChild) -> None:
        today, add = event.at.date(), self.store.add
        child = self._person(event.key, event.first_name, event.last_name, event.birth_date)
        self.children[event.key] = event
        custody = custody_of(event, self.households)
        for home in sorted(event.homes, key=lambda key: self.households[key].pk):
            self.at_home[home].append(event.key)
            add(
                HouseholdMember(
                    household_id=self.households[home].pk, person_id=child.pk, role=MemberRole.CHILD,
                    start=today,
                )
            )  # fmt: skip
        adults = [adult.key for home in event.homes for adult in self.opened[home].adults]
        for adult in sorted(adults, key=lambda key: self.parties[key].pk):
            add(
                Guardianship(
                    child_id=child.pk, party_id=self.parties[adult].pk, role=GuardianRole.AUTHORITY,
                    start=today,
                )
            )  # fmt: skip
        add(CustodyArrangement(child_id=child.pk, start=today, **stored_custody(custody)))
        for number, schooling in enumerate(event.schoolings):
            following = event.schoolings[number + 1 : number + 2]
            school_class = class_of(self.town, schooling)
            add(
                Schooling(
                    child_id=child.pk, school_id=self.town.schools[schooling.school].pk,
                    school_class_id=school_class.pk if school_class else None, start=schooling.start,
                    end=following[0].start if following else None,
                )
            )  # fmt: skip
        if event.packed_lunch:
            add(HealthPlan(child_id=child.pk, packed_lunch=True, detail=seal(HEALTH, PAI), start=today))

    def _account(self, event: told.SignUp) -> None:
        adult = event.adult
        self.usernames[adult.key] = adult.username
        self.users[adult.username] = self.store.add(
            User(
                username=adult.username, email=adult.email, first_name=adult.first_name,
                last_name=adult.last_name, birth_date=adult.birth_date, street=event.street,
                street_extra=event.street_extra, postcode=event.postcode, city=event.city,
                phone=adult.phone, date_joined=event.at, password=self.password,
            )
        )  # fmt: skip

    def _key(self, event: told.IssueKey) -> None:
        code = new_code()
        self.keys[event.adult] = self.store.add(
            FamilyKey(
                household_id=self.households[event.household].pk, adult_id=self.people[event.adult].pk,
                key_hash=keyed_hash(HASH, normalise_code(code)), sealed=seal(SEAL, code),
                created_at=event.at, expires_at=event.at + rules.KEY_LIFETIME,
            )
        )  # fmt: skip

    def _redeem(self, event: told.RedeemKey) -> None:
        key, user = self.keys[event.adult], self.user_of(event.adult)
        key.used_at, key.used_by_id, key.sealed = event.at, user.pk, None
        self.people[event.adult].user_id = user.pk

    def _change(self, event: told.AskChange) -> None:
        household = self.households[event.household]
        person = self.people[event.adult] if event.adult else None
        for name, value in event.values:
            known = getattr(person or household, name)
            if same(name, known, value):
                continue
            self.store.add(
                RecordChange(
                    household_id=household.pk, person_id=person.pk if person else None, field=name,
                    old_value=known, new_value=value, asked_by_id=self.user_of(event.by).pk, asked_at=event.at,
                )
            )  # fmt: skip

    def _protect(self, event: told.Protect) -> None:
        self.store.add(
            ProtectionMeasure(
                protected_id=self.people[event.adult].pk, hidden_from_id=self.people[event.hidden_from].pk,
                start=event.at.date(), evidence=seal(EVIDENCE, event.evidence), recorded_at=event.at,
                recorded_by=self.agent_id,
            )
        )  # fmt: skip

    def _request(self, event: told.RequestKey) -> None:
        self.store.add(
            KeyRequest(
                user_id=self.users[event.username].pk, already_known=event.already_known,
                child_first_name=event.child_first_name, child_last_name=event.child_last_name,
                child_birth_date=event.child_birth_date, message=event.message, created_at=event.at,
            )
        )  # fmt: skip
