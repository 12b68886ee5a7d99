"""When the guichet is open, said as a person at the door would say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from espace.kernel.calendar import Calendar, UnknownDay
from espace.kernel.text import DAYS, format_time
from espace.town.queries import DayHours


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A weekday of the table: its name, its openings as words ("9 h – 12 h"), whether it is today."""

    name: str
    openings: list[str]
    is_today: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """The table of the week, and one line for now: "Ouvert jusqu’à 18 h", "Fermé, ouvre demain à 9 h"."""

    rows: list[OpeningRow]
    sentence: str
    is_open: bool


def opening(hours: list[DayHours], now: datetime, calendar: Calendar) -> Opening:
    """`calendar` covers now and the next ten days; a public holiday is a closed day."""
    rows = [OpeningRow(DAYS[d.weekday], _words(d), d.weekday == now.weekday()) for d in hours]
    by_weekday = {d.weekday: d.openings for d in hours}
    today = _openings_on(by_weekday, now, calendar, 0)
    for opens, closes in today:
        if opens <= now.time() < closes:
            return Opening(rows, _("Ouvert jusqu’à %(hour)s") % {"hour": format_time(closes)}, True)
    for offset in range(8):
        for opens, _closes in _openings_on(by_weekday, now, calendar, offset):
            if offset or opens > now.time():
                return Opening(
                    rows, _closed_until(offset, (now + timedelta(days=offset)).weekday(), opens), False
                )
    return Opening(rows, _("Fermé"), False)


def _openings_on(
    by_weekday: dict[int, list[tuple[time, time]]], now: datetime, calendar: Calendar, offset: int
) -> list[tuple[time, time]]:
    day = now.date() + timedelta(days=offset)
    try:
        is_worked = calendar.is_working_day(day)
    except UnknownDay:
        is_worked = True
    return by_weekday.get(day.weekday(), []) if is_worked or day.weekday() == 5 else []


def _closed_until(offset: int, weekday: int, opens: time) -> str:
    hour = format_time(opens)
    if offset == 0:
        return _("Fermé, ouvre à %(hour)s") % {"hour": hour}
    if offset == 1:
        return _("Fermé, ouvre demain à %(hour)s") % {"hour": hour}
    return _("Fermé, ouvre %(day)s à %(hour)s") % {"day": DAYS[weekday], "hour": hour}


def _words(day: DayHours) -> list[str]:
    return [f"{format_time(opens)} – {format_time(closes)}" for opens, closes in day.openings]
