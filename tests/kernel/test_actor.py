"""A grant opens what it names, within its scope, and nothing else."""

import pytest

from espace.kernel.actor import SYSTEM, VISITOR, Actor, Channel, Grant, Permission

pytestmark = pytest.mark.pure


def agent(*grants: Grant) -> Actor:
    return Actor(user_id=1, label="Denise Arnoux", channel=Channel.PORTAL, grants=grants)


def test_a_grant_for_the_town_covers_every_scope() -> None:
    denise = agent(Grant(Permission.MONTH_CLOSE))
    assert denise.may(Permission.MONTH_CLOSE)
    assert denise.may(Permission.MONTH_CLOSE, "CASH_OFFICE", 3)


def test_a_grant_for_one_cash_office_covers_only_that_one() -> None:
    denise = agent(Grant(Permission.MONTH_CLOSE, "CASH_OFFICE", 3))
    assert denise.may(Permission.MONTH_CLOSE, "CASH_OFFICE", 3)
    assert not denise.may(Permission.MONTH_CLOSE, "CASH_OFFICE", 4)
    assert not denise.may(Permission.MONTH_CLOSE)


def test_another_permission_opens_nothing() -> None:
    assert not agent(Grant(Permission.KEYS)).may(Permission.MONTH_CLOSE)


def test_a_visitor_may_nothing_and_the_system_everything() -> None:
    assert not VISITOR.may(Permission.KEYS)
    assert SYSTEM.may(Permission.KEYS)
