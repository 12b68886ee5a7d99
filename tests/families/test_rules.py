"""Custody, ages, ranks and keys."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.families.enums import CustodyKind, KeyState
from espace.families.errors import BadCustody, CustodyOverlap, NoCustody, NotBornYet
from espace.families.rules import (
    Custody,
    CustodyException,
    age_on,
    key_state,
    parity_jumps,
    responsible_household,
    sibling_rank,
)

ALICE, BOB = 1, 2
CYCLE = Custody(CustodyKind.CYCLE, (ALICE, BOB), date(2026, 8, 31), 14)
PARITY = Custody(CustodyKind.ISO_PARITY, (ALICE, BOB), date(2026, 8, 31))


def test_one_home_answers_every_day() -> None:
    assert responsible_household(Custody(CustodyKind.SINGLE, (ALICE,)), date(2026, 10, 1)) == ALICE


def test_two_owners_over_fourteen_days_alternate_weeks_before_the_reference_too() -> None:
    mondays = [date(2026, 8, 24) + timedelta(weeks=n) for n in range(4)]
    assert [responsible_household(CYCLE, day) for day in mondays] == [BOB, ALICE, BOB, ALICE]
    assert responsible_household(CYCLE, date(2026, 9, 6)) == ALICE
    assert responsible_household(CYCLE, date(2026, 9, 7)) == BOB


def test_two_two_three_is_spelled_day_by_day() -> None:
    owners = (ALICE, ALICE, BOB, BOB, ALICE, ALICE, ALICE, BOB, BOB, ALICE, ALICE, BOB, BOB, BOB)
    custody = Custody(CustodyKind.CYCLE, owners, date(2026, 8, 31))
    days = [date(2026, 8, 31) + timedelta(days=n) for n in range(28)]
    assert tuple(responsible_household(custody, day) for day in days) == owners * 2


@pytest.mark.parametrize(
    ("day", "parity_owner", "cycle_owner"),
    [
        (date(2025, 5, 2), ALICE, None),  # week 18, even
        (date(2025, 5, 9), BOB, None),
        (date(2025, 5, 16), ALICE, None),
        (date(2025, 5, 30), ALICE, None),  # week 22
        (date(2026, 12, 21), ALICE, ALICE),  # week 52
        (date(2026, 12, 28), BOB, BOB),  # week 53, odd
        (date(2027, 1, 4), BOB, ALICE),  # week 1, odd again: parity jumps, the cycle does not
        (date(2027, 1, 11), ALICE, BOB),
    ],
)
def test_parity_jumps_where_a_cycle_does_not(day: date, parity_owner: int, cycle_owner: int | None) -> None:
    assert responsible_household(PARITY, day) == parity_owner
    if cycle_owner is not None:
        assert responsible_household(CYCLE, day) == cycle_owner


def test_the_screens_can_warn_of_the_two_odd_weeks_in_a_row() -> None:
    assert list(parity_jumps(date(2026, 9, 1), date(2027, 9, 1))) == [date(2027, 1, 4)]
    assert list(parity_jumps(date(2027, 9, 1), date(2028, 9, 1))) == []


def test_an_exception_wins_and_the_arrangement_of_the_day_is_used() -> None:
    before = Custody(CustodyKind.SINGLE, (ALICE,), valid_until=date(2026, 9, 7))
    after = Custody(CustodyKind.SINGLE, (BOB,), valid_from=date(2026, 9, 7))
    christmas = CustodyException(date(2026, 12, 19), date(2027, 1, 4), ALICE)
    for day, owner in [
        (date(2026, 9, 6), ALICE),
        (date(2026, 9, 7), BOB),
        (date(2026, 12, 18), BOB),
        (date(2026, 12, 19), ALICE),
        (date(2027, 1, 3), ALICE),
        (date(2027, 1, 4), BOB),
    ]:
        assert responsible_household([before, after], day, [christmas]) == owner


def test_nobody_or_two_households_is_an_error_never_a_choice() -> None:
    ended = Custody(CustodyKind.SINGLE, (ALICE,), valid_until=date(2026, 9, 7))
    with pytest.raises(NoCustody):
        responsible_household([ended], date(2026, 9, 7))
    with pytest.raises(CustodyOverlap):
        responsible_household([CYCLE, PARITY], date(2026, 9, 7))
    days = (date(2026, 10, 1), date(2026, 10, 2))
    with pytest.raises(CustodyOverlap):
        responsible_household(CYCLE, days[0], [CustodyException(*days, ALICE), CustodyException(*days, BOB)])


@pytest.mark.parametrize(
    ("kind", "owners", "start", "cycle_days"),
    [
        (CustodyKind.SINGLE, (), None, 0),
        (CustodyKind.SINGLE, (ALICE, BOB), None, 0),
        (CustodyKind.ISO_PARITY, (ALICE,), None, 0),
        (CustodyKind.CYCLE, (ALICE, BOB), None, 14),
        (CustodyKind.CYCLE, (ALICE, BOB), date(2026, 8, 31), 10),
        (CustodyKind.CYCLE, (ALICE, BOB), date(2026, 8, 31), 7),
        (CustodyKind.CYCLE, (ALICE, BOB), date(2026, 8, 31), 0),
    ],
)
def test_a_rhythm_that_cannot_be_read_is_refused(
    kind: CustodyKind, owners: tuple[int, ...], start: date | None, cycle_days: int
) -> None:
    with pytest.raises(BadCustody):
        Custody(kind, owners, start, cycle_days)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from([CYCLE, PARITY]))
def test_each_day_has_exactly_one_household(day: date, custody: Custody) -> None:
    """I2."""
    assert responsible_household(custody, day) in (ALICE, BOB)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_cycle_repeats_and_shares_equally(day: date) -> None:
    fortnight = [responsible_household(CYCLE, day + timedelta(days=n)) for n in range(14)]
    assert fortnight.count(ALICE) == fortnight.count(BOB) == 7
    assert responsible_household(CYCLE, day + timedelta(days=14)) == fortnight[0]


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2020, 6, 15), date(2026, 6, 14), 5),
        (date(2020, 6, 15), date(2026, 6, 15), 6),
        (date(2020, 2, 29), date(2026, 2, 28), 5),
        (date(2020, 2, 29), date(2026, 3, 1), 6),
        (date(2020, 2, 29), date(2028, 2, 29), 8),
        (date(2026, 6, 15), date(2026, 6, 15), 0),
    ],
)
def test_age_is_in_completed_years(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(NotBornYet):
        age_on(date(2026, 6, 15), date(2026, 6, 14))


def test_the_eldest_is_first_and_twins_keep_one_order() -> None:
    births = {7: date(2019, 3, 1), 4: date(2016, 1, 1), 9: date(2019, 3, 1)}
    assert [sibling_rank(child, births) for child in (4, 7, 9)] == [1, 2, 3]
    assert sibling_rank(9, dict(reversed(births.items()))) == 3


NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("expires", "used", "revoked", "state"),
    [
        (NOW + HOUR, None, None, KeyState.READY),
        (NOW, None, None, KeyState.EXPIRED),
        (NOW - HOUR, None, None, KeyState.EXPIRED),
        (NOW + HOUR, NOW - HOUR, None, KeyState.USED),
        (NOW - HOUR, NOW - 2 * HOUR, NOW - HOUR, KeyState.USED),
        (NOW + HOUR, None, NOW - HOUR, KeyState.REVOKED),
        (NOW - HOUR, None, NOW - 2 * HOUR, KeyState.REVOKED),
    ],
)
def test_a_key_opens_only_while_fresh(
    expires: datetime, used: datetime | None, revoked: datetime | None, state: KeyState
) -> None:
    """I5."""
    assert key_state(NOW, expires, used, revoked) is state
