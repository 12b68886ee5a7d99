"""An arrangement and its exceptions through the services: who may, what is refused, what is kept (I2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from espace.audit.models import AuditEvent
from espace.families import errors, services
from espace.families.enums import CustodyKind, HolidayRule
from espace.families.models import CustodyArrangement, CustodyException, Household, HouseholdMember
from espace.families.queries import family_facts
from espace.families.rules import Custody, HolidaySharing, Rhythm, cycle_of
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.errors import NotFound
from tests.support.family import Home
from tests.support.town import TODAY

MONDAY = date(2026, 11, 23)


@pytest.fixture
def second(home: Home) -> Household:
    return services.create_household(
        SYSTEM, name="Petit", street="4, quai de l’Aune", postcode="99450", city="Clairval"
    )


def shared(home: Home, second: Household, rule: HolidayRule = HolidayRule.NONE) -> Custody:
    homes = home.household.pk, second.pk
    sharing = HolidaySharing(rule, *homes) if rule is not HolidayRule.NONE else None
    return Custody(CustodyKind.CYCLE, cycle_of(Rhythm.ALTERNATE_WEEKS, *homes), MONDAY, holidays=sharing)


def members_of(home: Home) -> set[int]:
    rows = HouseholdMember.objects.filter(person=home.elder, end=None).order_by("id")
    return set(rows.values_list("household_id", flat=True))


def test_holidays_are_kept_and_read_back(home: Home, second: Household, guichet: Actor) -> None:
    services.set_custody(guichet, child=home.elder, custody=shared(home, second, HolidayRule.HALVES))
    facts = family_facts([home.elder.pk], TODAY, date(2027, 1, 31))
    # Christmas 2026 begins in an even year: the first home has the first half, whatever the week.
    assert {facts.household_on(home.elder.pk, date(2026, 12, d)) for d in range(19, 27)} == {
        home.household.pk
    }
    assert {facts.household_on(home.elder.pk, date(2026, 12, d)) for d in range(27, 32)} == {second.pk}
    assert facts.household_on(home.elder.pk, date(2027, 1, 4)) == home.household.pk


def test_facts_cost_one_query_and_one_more_for_holidays_whatever_the_number(
    home: Home, second: Household, django_assert_num_queries: object
) -> None:
    children = [home.elder.pk, home.younger.pk]

    def ask() -> None:
        facts = family_facts(children, TODAY, date(2027, 1, 31))
        for child in children:
            for n in range(30):
                facts.household_on(child, TODAY + timedelta(days=n))

    services.set_custody(SYSTEM, child=home.elder, custody=shared(home, second))
    for number in range(4):
        services.add_custody_exception(
            SYSTEM, child=home.elder, household_id=second.pk, reason="Semaine échangée",
            start=TODAY + timedelta(days=number), end=TODAY + timedelta(days=number + 1),
        )  # fmt: skip
    with django_assert_num_queries(1):  # type: ignore[operator]
        ask()
    for child in (home.elder, home.younger):
        services.set_custody(SYSTEM, child=child, custody=shared(home, second, HolidayRule.HALVES))
    with django_assert_num_queries(2):  # type: ignore[operator]
        ask()


def test_an_exception_is_lived_then_taken_back(home: Home, second: Household, guichet: Actor) -> None:
    services.set_custody(guichet, child=home.elder, custody=shared(home, second))
    day = date(2026, 11, 26)
    row = services.add_custody_exception(
        guichet, child=home.elder, household_id=second.pk, start=day, end=day + timedelta(days=2),
        reason="Anniversaire du grand-père",
    )  # fmt: skip

    def owner(on: date) -> int:
        return family_facts([home.elder.pk], day, day + timedelta(days=9)).household_on(home.elder.pk, on)

    assert [owner(day + timedelta(days=n)) for n in range(3)] == [second.pk, second.pk, home.household.pk]
    told = AuditEvent.objects.filter(action="families.add_custody_exception").order_by("household_id")
    assert {event.household_id for event in told} == {home.household.pk, second.pk}
    assert {event.reason for event in told} == {"Anniversaire du grand-père"}
    services.remove_custody_exception(guichet, child=home.elder, exception_id=row.pk)
    assert owner(day) == home.household.pk
    with pytest.raises(NotFound):
        services.remove_custody_exception(guichet, child=home.elder, exception_id=row.pk)


def test_exceptions_that_make_no_sense_are_refused(home: Home, second: Household, guichet: Actor) -> None:
    services.set_custody(guichet, child=home.elder, custody=shared(home, second))

    def ask(first: int, last: int, household: int = second.pk, reason: str = "Échange") -> None:
        services.add_custody_exception(
            guichet, child=home.elder, household_id=household, reason=reason,
            start=TODAY + timedelta(days=first), end=TODAY + timedelta(days=last),
        )  # fmt: skip

    ask(0, 2)
    for first, last, household, reason, refusal in [
        (1, 3, second.pk, "Échange", errors.ExceptionOverlap),
        (10, 10, second.pk, "Échange", errors.BadCustody),
        (10, 11, 999_999, "Échange", errors.BadCustody),
        (10, 11, second.pk, " ", errors.ReasonRequired),
        (2, 4, home.household.pk, "Échange", errors.ExceptionChangesNothing),
        (-30, -28, second.pk, "Échange", errors.BadCustody),
    ]:
        with pytest.raises(refusal):
            ask(first, last, household, reason)
    assert CustodyException.objects.count() == 1


def test_a_child_leaves_the_home_that_answers_no_more(home: Home, second: Household, guichet: Actor) -> None:
    services.set_custody(guichet, child=home.elder, custody=shared(home, second))
    assert members_of(home) == {home.household.pk, second.pk}
    services.set_custody(
        guichet,
        child=home.elder,
        custody=Custody(CustodyKind.SINGLE, (second.pk,)),
        start=TODAY + timedelta(days=7),
    )
    assert members_of(home) == {second.pk}
    left = HouseholdMember.objects.get(person=home.elder, household=home.household)
    assert left.end == TODAY + timedelta(days=7)
    services.set_custody(
        guichet, child=home.elder, custody=shared(home, second), start=TODAY + timedelta(days=7)
    )
    assert members_of(home) == {home.household.pk, second.pk}
    assert HouseholdMember.objects.filter(person=home.elder).count() == 2


def test_the_past_of_a_custody_changes_with_a_reason(home: Home, second: Household, guichet: Actor) -> None:
    CustodyArrangement.objects.filter(child=home.elder).update(start=date(2026, 9, 1))
    since = TODAY - timedelta(days=3)
    with pytest.raises(errors.RetroactiveNeedsReason):
        services.set_custody(guichet, child=home.elder, custody=shared(home, second), start=since)
    services.set_custody(
        guichet, child=home.elder, custody=shared(home, second), start=since, reason="Jugement du 3 novembre"
    )
    assert CustodyArrangement.objects.filter(child=home.elder).count() == 2


def test_a_stranger_changes_no_custody(home: Home, second: Household) -> None:
    nobody = Actor(user_id=None, label="", channel=SYSTEM.channel.PORTAL)
    with pytest.raises(NotFound):
        services.set_custody(nobody, child=home.elder, custody=shared(home, second))
    with pytest.raises(NotFound):
        services.add_custody_exception(
            nobody,
            child=home.elder,
            household_id=second.pk,
            start=TODAY,
            end=TODAY + timedelta(days=1),
            reason="x",
        )
    with pytest.raises(NotFound):
        services.remove_custody_exception(nobody, child=home.elder, exception_id=1)


def test_the_database_refuses_holidays_of_one_home(home: Home) -> None:
    row = CustodyArrangement.objects.get(child=home.elder)
    for first, other, rule in [
        (None, None, HolidayRule.HALVES),
        (home.household, home.household, HolidayRule.HALVES),
        (home.household, None, HolidayRule.NONE),
    ]:
        row.holiday_rule, row.holiday_first, row.holiday_second = rule, first, other
        with (
            pytest.raises(IntegrityError, match="families_custody_holidays_between_two"),
            transaction.atomic(),
        ):
            row.save()
