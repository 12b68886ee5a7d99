"""The real calendar of zone C from September 2026 to August 2027, and the Ascension bridge of 2026."""

from __future__ import annotations

from datetime import date

from espace.kernel.calendar import Calendar, DayKind, date_range

# [first day, return day): ministerial calendar, as in the package vacances-scolaires-france 0.12.0.
SCHOOL_HOLIDAYS = {
    "Toussaint": (date(2026, 10, 17), date(2026, 11, 2)),
    "Noël": (date(2026, 12, 19), date(2027, 1, 4)),
    "Hiver": (date(2027, 2, 6), date(2027, 2, 22)),
    "Printemps": (date(2027, 4, 3), date(2027, 4, 19)),
    "Ascension": (date(2027, 5, 6), date(2027, 5, 9)),
    "Été": (date(2027, 7, 3), date(2027, 9, 1)),
}
PUBLIC_HOLIDAYS = (
    date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 14),
    date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25),
    date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8),
    date(2027, 5, 17), date(2027, 7, 14), date(2027, 8, 15),
)  # fmt: skip


def real_days() -> dict[date, DayKind]:
    """The kind of every weekday from May 2026 to August 2027; week-ends are left to the calendar."""
    days = {
        day: DayKind.SCHOOL for day in date_range(date(2026, 5, 1), date(2027, 9, 1)) if day.weekday() < 5
    }
    for start, end in SCHOOL_HOLIDAYS.values():
        days |= dict.fromkeys(date_range(start, end), DayKind.HOLIDAY)
    days |= dict.fromkeys(PUBLIC_HOLIDAYS, DayKind.PUBLIC_HOLIDAY)
    return days


REAL = Calendar(real_days())
