"""Households and what changes with time: each refusal, the journal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from espace.audit.models import AuditEvent
from espace.demo.town import Reference
from espace.families import errors, services
from espace.families.enums import CustodyKind, GuardianRole, QuotientSource, TariffCategory
from espace.families.models import CustodyArrangement, FamilyQuotient, Household, HouseholdMember, Party
from espace.families.queries import debtor_snapshots, debtors_of, family_facts
from espace.families.rules import Custody
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, VISITOR, Actor
from espace.kernel.errors import NotFound
from tests.support.family import Home


def actions() -> list[str]:
    return list(
        AuditEvent.objects.filter(action__startswith="families.")
        .order_by("id")
        .values_list("action", flat=True)
    )


def other_home(name: str = "Autre foyer") -> Household:
    return services.create_household(
        SYSTEM, name=name, street="1, rue Basse", postcode="99450", city="Clairval"
    )


def test_opening_a_family_is_journaled(home: Home) -> None:
    assert home.household.name == "Ferrand – Ouedraogo"
    assert actions() == [
        "families.create_household", "families.add_adult", "families.add_adult",
        "families.add_child", "families.add_child",
    ]  # fmt: skip


def test_both_parents_answer_for_each_child(home: Home) -> None:
    roles = home.elder.guardianships.order_by("id").values_list("role", flat=True)
    assert list(roles) == [GuardianRole.AUTHORITY] * 2


@pytest.mark.parametrize("actor", [VISITOR])
def test_a_stranger_opens_nothing(home: Home, actor: Actor) -> None:
    with pytest.raises(NotFound):
        services.create_household(actor, name="X", street="s", postcode="1", city="c")
    with pytest.raises(NotFound):
        services.set_quotient(actor, household=home.household, amount=1, source=QuotientSource.AGENT)


def test_a_child_has_someone_with_authority(home: Home) -> None:
    with pytest.raises(errors.AuthorityRequired):  # I1
        services.add_child(
            SYSTEM, household=other_home(), first_name="A", last_name="B", birth_date=date(2020, 1, 1)
        )
    payer = services.Guardian(Party.objects.get(person=home.mother), GuardianRole.PAYER_ONLY)
    with pytest.raises(errors.AuthorityRequired):
        services.add_child(
            SYSTEM,
            household=home.household,
            first_name="A",
            last_name="B",
            birth_date=date(2020, 1, 1),
            guardians=[payer],
        )


def test_a_child_is_born(home: Home) -> None:
    with pytest.raises(errors.NotBornYet):
        services.add_child(
            SYSTEM, household=home.household, first_name="A", last_name="B", birth_date=date(2027, 1, 1)
        )


def test_a_family_has_an_adult(town: Reference) -> None:
    with pytest.raises(errors.AuthorityRequired):
        services.open_family(SYSTEM, street="s", postcode="1", city="c", adults=[])
    assert not Household.objects.exists()


def test_quotients_follow_each_other(home: Home, guichet: Actor) -> None:
    today = clock.today()
    for amount, start in ((50_000, today), (60_000, today), (70_000, today + timedelta(days=10))):
        services.set_quotient(
            guichet, household=home.household, amount=amount, source=QuotientSource.AGENT, start=start
        )
    rows = FamilyQuotient.objects.order_by("start").values_list("amount", "start", "end")
    later = today + timedelta(days=10)
    assert list(rows) == [(60_000, today, later), (70_000, later, None)]  # I4: no overlap
    with pytest.raises(errors.PeriodOverlap):
        services.set_quotient(
            guichet, household=home.household, amount=1, source=QuotientSource.AGENT, start=today
        )


def test_the_past_changes_with_a_reason(home: Home, guichet: Actor) -> None:
    past = clock.today() - timedelta(days=5)
    with pytest.raises(errors.RetroactiveNeedsReason):
        services.set_quotient(
            guichet, household=home.household, amount=1, source=QuotientSource.AGENT, start=past
        )
    services.set_quotient(
        guichet,
        household=home.household,
        amount=1,
        source=QuotientSource.AGENT,
        start=past,
        reason="Erreur de saisie",
    )
    assert AuditEvent.objects.order_by("-id")[0].reason == "Erreur de saisie"


def test_custody_brings_the_child_to_both_homes(home: Home) -> None:
    second = other_home()
    rhythm = Custody(CustodyKind.CYCLE, (home.household.pk, second.pk), date(2026, 11, 23), 14)
    services.set_custody(SYSTEM, child=home.elder, custody=rhythm)
    assert HouseholdMember.objects.filter(person=home.elder, end=None).count() == 2
    facts = family_facts([home.elder.pk], date(2026, 11, 24), date(2026, 12, 31))
    assert facts.household_on(home.elder.pk, date(2026, 11, 24)) == home.household.pk
    assert facts.household_on(home.elder.pk, date(2026, 11, 30)) == second.pk
    assert facts.household_on(home.elder.pk, date(2026, 12, 7)) == home.household.pk


def test_custody_names_homes_that_exist(home: Home) -> None:
    with pytest.raises(errors.BadCustody):
        services.set_custody(SYSTEM, child=home.elder, custody=Custody(CustodyKind.SINGLE, (999_999,)))
    assert CustodyArrangement.objects.filter(child=home.elder).count() == 1


def test_facts_of_a_price(home: Home) -> None:
    today = clock.today()
    services.set_quotient(SYSTEM, household=home.household, amount=0, source=QuotientSource.CAF_NOTICE)
    services.set_category(SYSTEM, category=TariffCategory.NON_RESIDENT, household=home.household)
    services.set_category(SYSTEM, category=TariffCategory.ULIS, person=home.younger)
    services.set_health_plan(SYSTEM, child=home.younger, packed_lunch=True, detail="secret")
    facts = family_facts([home.elder.pk, home.younger.pk], today, today + timedelta(days=1))
    elder, younger = facts.on(home.elder.pk, today), facts.on(home.younger.pk, today)
    assert (elder.quotient, elder.category, elder.packed_lunch, elder.sibling_rank) == (
        0, TariffCategory.NON_RESIDENT, False, 1,
    )  # fmt: skip
    assert (younger.quotient, younger.category, younger.packed_lunch, younger.sibling_rank) == (
        0, TariffCategory.ULIS, True, 2,
    )  # fmt: skip


def test_a_missing_quotient_and_a_ceiling_are_unknown(home: Home) -> None:
    today = clock.today()

    def quotient() -> int | None:
        return (
            family_facts([home.elder.pk], today, today + timedelta(days=1)).on(home.elder.pk, today).quotient
        )

    assert quotient() is None
    services.set_quotient(SYSTEM, household=home.household, amount=0, source=QuotientSource.CEILING)
    assert quotient() is None  # defect 5


def test_facts_cost_the_same_for_any_number(home: Home, django_assert_num_queries: object) -> None:
    today = clock.today()
    for children in ([home.elder.pk], [home.elder.pk, home.younger.pk]):
        with django_assert_num_queries(2):  # type: ignore[operator]
            facts = family_facts(children, today, today + timedelta(days=300))
            for child in children:
                facts.on(child, today)


def test_the_first_adult_pays_unless_someone_only_pays(home: Home) -> None:
    own = home.household.pk
    first = Party.objects.get(person=home.mother)
    assert debtors_of([own]) == {own: first.pk}
    ase = services.add_organisation(SYSTEM, name="ASE du département")
    services.add_guardian(SYSTEM, child=home.elder, guardian=services.Guardian(ase, GuardianRole.PAYER_ONLY))
    assert debtors_of([own]) == {own: ase.pk}
    assert debtor_snapshots({own: ase.pk})[own]["name"] == "ASE du département"


def test_a_parent_who_pays_pays_for_their_own_home(home: Home) -> None:
    second = other_home()
    father = services.add_adult(SYSTEM, household=second, first_name="Luc", last_name="Petit")
    rhythm = Custody(CustodyKind.CYCLE, (home.household.pk, second.pk), date(2026, 11, 23), 14)
    services.set_custody(SYSTEM, child=home.elder, custody=rhythm)
    payer = services.Guardian(Party.objects.get(person=father), GuardianRole.PAYER_ONLY)
    services.add_guardian(SYSTEM, child=home.elder, guardian=payer)
    found = debtors_of([home.household.pk, second.pk])
    assert found[home.household.pk] == Party.objects.get(person=home.mother).pk
    assert found[second.pk] == payer.party.pk
