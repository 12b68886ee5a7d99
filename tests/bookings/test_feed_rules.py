"""Where a last moment stands in a calendar, and when it rings: the table of docs/rules/calendar_feed.md."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from espace.bookings.rules import first_day, limit_hour, rings_at
from tests.support.doc_tables import Row, day_of, instant_of, tables_of, time_of

pytestmark = pytest.mark.pure
LIMITS = tables_of("calendar_feed.md")["limites"]


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row["limite"])
def test_a_limit_is_a_line_that_rings_the_evening_before(row: Row) -> None:
    limit = instant_of(row["limite"])
    begins, _, ends = row["ligne"].partition(" à ")
    assert limit_hour(limit) == (day_of(begins), time_of(begins), time_of(ends))
    assert rings_at(limit) == instant_of(row["sonne"])


def test_a_calendar_goes_back_thirty_days() -> None:
    today = date(2026, 11, 24)
    assert today - first_day(today) == timedelta(days=30)
