"""Dates and instants, on the real calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.kernel.calendar import (
    PARIS,
    Calendar,
    DayKind,
    UnknownDay,
    at,
    date_range,
    iso_week,
    monday_of,
    month_bounds,
)
from tests.support.real_calendar import REAL, real_days

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("day", "kind", "works", "school"),
    [
        (date(2026, 9, 30), DayKind.SCHOOL, True, True),  # a Wednesday
        (date(2026, 10, 19), DayKind.HOLIDAY, True, False),
        (date(2026, 11, 11), DayKind.PUBLIC_HOLIDAY, False, False),
        (date(2027, 5, 7), DayKind.HOLIDAY, True, False),  # the Ascension bridge
        (date(2026, 10, 3), DayKind.WEEKEND, False, False),
        (date(2026, 10, 17), DayKind.HOLIDAY, False, False),  # a Saturday of the holidays
    ],
)
def test_what_a_day_is(day: date, kind: DayKind, works: bool, school: bool) -> None:
    assert (REAL.kind(day), REAL.is_working_day(day), REAL.is_school_day(day)) == (kind, works, school)


def test_an_unknown_day_is_an_error_never_no_holiday() -> None:
    with pytest.raises(UnknownDay, match="2031-03-04"):
        REAL.is_school_day(date(2031, 3, 4))
    with pytest.raises(UnknownDay):
        REAL.add_working_days(date(2027, 8, 31), 5)


def test_a_calendar_does_not_change_under_its_readers() -> None:
    days = real_days()
    calendar = Calendar(days)
    days[date(2026, 9, 30)] = DayKind.CLOSED
    assert calendar.is_school_day(date(2026, 9, 30))


@pytest.mark.parametrize(
    ("day", "n", "working", "school"),
    [
        (date(2026, 10, 16), 1, date(2026, 10, 19), date(2026, 11, 2)),
        (date(2026, 11, 2), -1, date(2026, 10, 30), date(2026, 10, 16)),
        (date(2026, 11, 12), -1, date(2026, 11, 10), date(2026, 11, 10)),
        (date(2026, 11, 14), 0, date(2026, 11, 14), date(2026, 11, 14)),
        (date(2026, 11, 14), 1, date(2026, 11, 16), date(2026, 11, 16)),
    ],
)
def test_days_are_counted_over_those_that_do_not_count(
    day: date, n: int, working: date, school: date
) -> None:
    assert (REAL.add_working_days(day, n), REAL.add_school_days(day, n)) == (working, school)


@given(st.dates(date(2026, 9, 1), date(2027, 6, 1)), st.integers(1, 30))
def test_counting_there_and_back_ends_on_a_day_that_counts(day: date, n: int) -> None:
    there = REAL.add_working_days(day, n)
    assert REAL.is_working_day(there)
    counted = sum(
        REAL.is_working_day(d) for d in date_range(day + timedelta(days=1), there + timedelta(days=1))
    )
    assert counted == n
    if REAL.is_working_day(day):
        assert REAL.add_working_days(there, -n) == day


@pytest.mark.parametrize(
    ("day", "moment", "utc"),
    [
        (date(2026, 7, 1), time(12), datetime(2026, 7, 1, 10, tzinfo=UTC)),
        (date(2026, 12, 1), time(12), datetime(2026, 12, 1, 11, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),  # the second one
        (date(2026, 10, 25), time(23, 59, 59), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),
        (date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # shown as 03:30
        (date(2027, 3, 28), time(1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_an_instant_the_later_one_in_doubt(day: date, moment: time, utc: datetime) -> None:
    assert at(day, moment).astimezone(UTC) == utc
    assert at(day, moment).tzinfo is PARIS


def test_a_time_that_does_not_exist_is_shown_an_hour_later() -> None:
    assert at(date(2027, 3, 28), time(2, 30)).time() == time(3, 30)


@pytest.mark.parametrize(
    ("day", "week"),
    [(date(2026, 12, 28), 53), (date(2027, 1, 3), 53), (date(2027, 1, 4), 1), (date(2026, 1, 1), 1)],
)
def test_iso_weeks_of_a_long_year(day: date, week: int) -> None:
    assert iso_week(day) == week


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_weeks_and_months_hold_their_days(day: date) -> None:
    monday = monday_of(day)
    assert monday.weekday() == 0
    assert monday <= day < monday + timedelta(days=7)
    first, end = month_bounds(day)
    assert (first.day, end.day) == (1, 1)
    assert first <= day < end
    assert {d.month for d in date_range(first, end)} == {day.month}


def test_a_range_is_half_open_and_empty_backwards() -> None:
    start = date(2026, 9, 1)
    assert list(date_range(start, start + timedelta(days=2))) == [start, start + timedelta(days=1)]
    assert list(date_range(start, start)) == []
    assert list(date_range(start, start - timedelta(days=1))) == []
