"""The plan of the demonstration holds on any day, shows each case once, and names no real person."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from allauth.mfa.totp.internal.auth import validate_totp_code

from espace.accounts.passwords import refuse_weak_password
from espace.accounts.rules import is_username
from espace.demo import accounts
from espace.demo.events import GUICHET, AddChild, Adult, Bill, Book, Event, OpenHousehold, Pay, SignUp
from espace.demo.habits import SPORT
from espace.demo.plan import Plan, TooFewHouseholds, make_plan
from espace.demo.school_calendar import around
from espace.kernel import clock
from espace.kernel.calendar import at
from tests.support.town import NOW, TODAY

pytestmark = pytest.mark.pure

DAYS = [
    TODAY,
    date(2026, 9, 2),
    date(2026, 9, 30),
    date(2026, 10, 1),
    date(2026, 7, 14),
    date(2026, 8, 25),
    date(2026, 6, 1),
    date(2027, 1, 2),
    date(2027, 5, 17),
]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(TODAY, 40)


def of(plan: Plan, kind: type[Event]) -> list[Event]:
    return [event for event in plan.events if type(event) is kind]


def adults(plan: Plan) -> list[Adult]:
    return [adult for event in plan.events if isinstance(event, OpenHousehold) for adult in event.adults]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_a_plan_can_be_made_any_day(today: date) -> None:
    plan = make_plan(today, 40)
    assert all(event.at.date() < today for event in plan.events)
    assert [event.at for event in plan.events] == sorted(event.at for event in plan.events)
    assert of(plan, Pay)
    calendar = around(today)
    for month in plan.months:
        days = [month + timedelta(days=n) for n in range(28)]
        assert sum(map(calendar.is_school_day, days)) >= 5
        assert plan.start <= month
    assert plan.start <= today < plan.end


def test_the_last_complete_month_is_billed() -> None:
    assert make_plan(TODAY).months == (date(2026, 9, 1), date(2026, 10, 1))
    assert make_plan(date(2026, 8, 25)).months == (date(2026, 5, 1), date(2026, 6, 1))


def test_the_same_day_gives_the_same_plan(plan: Plan) -> None:
    assert make_plan(TODAY, 40) == plan


def test_a_large_town_begins_like_a_small_one(plan: Plan) -> None:
    def opened(of_plan: Plan) -> dict[str, OpenHousehold]:
        return {e.key: e for e in of_plan.events if isinstance(e, OpenHousehold)}

    large = opened(make_plan(TODAY, 300))
    small = opened(plan)
    assert {key: large[key] for key in small} == small


def test_each_case_is_there(plan: Plan) -> None:
    homes = [e for e in plan.events if isinstance(e, OpenHousehold)]
    children = [e for e in plan.events if isinstance(e, AddChild)]
    of_home = Counter(home for child in children for home in child.homes)
    assert len(homes) == 40
    assert {len(home.adults) for home in homes} == {1, 2}
    assert max(of_home.values()) >= 3
    assert any(home.quotient == 0 for home in homes)
    assert any(home.quotient is None for home in homes)
    assert any(not home.is_resident for home in homes)
    assert any(child.packed_lunch for child in children)
    assert any(len(child.homes) == 2 and child.cycle_start for child in children)
    assert {len(child.homes) for child in children if child.holidays} == {2}
    assert any(len({a.email for a in home.adults}) < len(home.adults) for home in homes)
    booked = [e for e in plan.events if isinstance(e, Book)]
    assert {e.by == GUICHET for e in booked} == {True, False}
    assert any(e.remove for e in booked)
    assert len(of(plan, Bill)) == 2


def test_the_printed_accounts_are_in_the_plan(plan: Plan) -> None:
    known = {adult.username: adult for adult in adults(plan)}
    signed_up = {event.adult.username for event in plan.events if isinstance(event, SignUp)}
    for account in (accounts.LINKED_PARENT, accounts.PARENT_WITH_KEY, accounts.OTHER_PARENT):
        assert (
            account.full_name == f"{known[account.username].first_name} {known[account.username].last_name}"
        )
        assert account.username in signed_up


def test_both_parents_of_a_shared_child_book(plan: Plan) -> None:
    shared = {
        child.key for child in plan.events if isinstance(child, AddChild) and child.homes == ("f000", "f001")
    }
    assert {e.by for e in plan.events if isinstance(e, Book) and e.child in shared} == {"f000a0", "f001a0"}


def test_nobody_is_real(plan: Plan) -> None:
    for adult in adults(plan):
        assert adult.email.endswith("@exemple.fr")
        assert re.fullmatch(r"06 39 98 \d\d \d\d", adult.phone)
        assert is_username(adult.username)
    names = [adult.username.lower() for adult in adults(plan)]
    assert len(names) == len(set(names))


def test_a_town_of_eleven_households_does_not_fit() -> None:
    with pytest.raises(TooFewHouseholds):
        make_plan(TODAY, 11)


@pytest.mark.parametrize("account", accounts.ACCOUNTS, ids=lambda account: account.username)
def test_the_passwords_obey_our_own_rule(account: accounts.Account) -> None:
    refuse_weak_password(
        account.password, username=account.username, email=account.email, first_name=account.first_name,
        last_name=account.last_name,
    )  # fmt: skip


def test_the_code_of_an_agent_is_the_one_that_allauth_expects() -> None:
    secret = accounts.AGENT.totp_secret
    assert validate_totp_code(secret, accounts.totp_code(secret))


def test_the_clock_goes_back_for_the_demonstration_only() -> None:
    then = at(date(2026, 9, 5), NOW.time())
    before = clock.now()
    with clock.as_of(then):
        assert clock.now() == then
        assert clock.today() == date(2026, 9, 5)
    assert clock.now() >= before


def test_the_clock_of_production_does_not_go_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.ENVIRONMENT", type("Real", (), {"production": True})())
    with pytest.raises(RuntimeError), clock.as_of(NOW):
        pass


@pytest.mark.parametrize("today", DAYS)
def test_the_sports_office_has_a_month_left_to_bill(today: date) -> None:
    """What the README lets a visitor close, compute and issue: the days of sport of the last holidays gone by."""
    booked = (e for e in make_plan(today, 40).events if isinstance(e, Book))
    gone_by = {
        day for book in booked for slug, day, _ in book.add if slug == SPORT and day < today.replace(day=1)
    }
    school_year = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    holidays_came = today.replace(day=1) > school_year + timedelta(days=60)
    assert gone_by or not holidays_came
