"""Where a period booked day by day opens: the week of its first day still to come."""

from __future__ import annotations

from datetime import date

import pytest

from espace.portal.bookings.pages import first_week


@pytest.mark.parametrize(
    ("begins", "today", "where"),
    [
        (date(2026, 12, 19), date(2026, 11, 24), ("2026-12", "semaine=2026-12-21")),
        (date(2026, 10, 17), date(2026, 10, 22), ("2026-10", "semaine=2026-10-19")),
        (date(2027, 7, 31), date(2027, 5, 3), ("2027-08", "semaine=2027-08-02")),
    ],
)
def test_the_week_of_the_first_day_to_come(begins: date, today: date, where: tuple[str, str]) -> None:
    assert first_week(begins, today) == where
