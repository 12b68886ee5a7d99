"""Retries get rarer and end."""

from datetime import UTC, datetime

import pytest

from espace.notifications.enums import Lane
from espace.notifications.rules import next_attempt

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("lane", list(Lane))
def test_waits_grow_then_stop(lane: Lane) -> None:
    instants = [next_attempt(lane, n, NOW) for n in range(1, 8)]
    assert instants[-1] is None
    known = [i for i in instants if i is not None]
    assert known == sorted(known)
    assert len(known) == 6


def test_a_code_is_given_up_within_its_quarter_of_an_hour() -> None:
    waits = [next_attempt(Lane.CODE, n, NOW) for n in range(1, 7)]
    assert sum((w - NOW).total_seconds() for w in waits if w) <= 15 * 60
