"""What the bank's answers do to a payment, and how an invoice stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.kernel.money import Money
from espace.payments.enums import BillStatus, IntentState
from espace.payments.rules import (
    is_silent,
    may_become,
    receipt_reference,
    share_of,
    should_ask,
    status_of,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
W, P, R, C, E = IntentState


@pytest.mark.parametrize("current", [W, R, C, E])
def test_a_yes_of_the_bank_is_never_lost(current: IntentState) -> None:
    assert may_become(current, P)


@pytest.mark.parametrize(
    ("current", "answer"), [(P, R), (P, C), (P, P), (R, C), (E, R), (C, E), (W, W), (R, W)]
)
def test_what_ended_does_not_move_again(current: IntentState, answer: IntentState) -> None:
    assert not may_become(current, answer)


def test_a_page_left_open_two_hours_is_silent() -> None:
    assert not is_silent(NOW - timedelta(minutes=119), NOW)
    assert is_silent(NOW - timedelta(hours=2), NOW)


def test_the_poller_is_patient() -> None:
    started = NOW - timedelta(minutes=10)
    assert should_ask(W, None, started, NOW)
    assert should_ask(W, None, None, NOW)
    assert not should_ask(W, None, NOW - timedelta(seconds=30), NOW)
    assert not should_ask(P, started, None, NOW)


@pytest.mark.parametrize("state", [R, C, E])
def test_what_ended_is_asked_about_every_half_hour_for_two_days(state: IntentState) -> None:
    hour, two_days = timedelta(hours=1), timedelta(days=2)
    assert should_ask(state, NOW - 5 * hour, NOW - hour / 2, NOW)
    assert not should_ask(state, NOW - 5 * hour, NOW - hour / 2 + timedelta(seconds=1), NOW)
    assert should_ask(state, NOW - two_days, NOW - hour, NOW)
    assert not should_ask(state, NOW - two_days - timedelta(seconds=1), NOW - hour, NOW)


@given(st.integers(1, 10**6), st.integers(-(10**5), 10**6))
def test_an_invoice_never_gets_more_than_it_owes(paid: int, owed: int) -> None:
    """I28, I29."""
    share = share_of(Money(paid), Money(owed))
    assert Money.ZERO <= share <= Money(paid)
    assert share <= max(Money(owed), Money.ZERO)


@pytest.mark.parametrize(
    ("total", "balance", "live", "day", "expected"),
    [
        (100, 100, False, 24, BillStatus.TO_PAY),
        (100, 100, False, 25, BillStatus.OVERDUE),
        (100, 100, True, 25, BillStatus.IN_PROGRESS),
        (100, 0, False, 25, BillStatus.PAID),
        (100, -5, False, 25, BillStatus.PAID),
        (0, 0, False, 25, BillStatus.NOTHING),
    ],
)
def test_how_an_invoice_stands(total: int, balance: int, live: bool, day: int, expected: BillStatus) -> None:
    due, today = date(2026, 12, 24), date(2026, 12, day)
    assert status_of(Money(total), Money(balance), due, today, has_live_intent=live) is expected


def test_a_receipt_is_quoted_like_this() -> None:
    assert receipt_reference("RC", 2026, 12) == "RC-R-2026-000012"
