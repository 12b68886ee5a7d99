"""A child's month, day by day: what is booked, what waits, what is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from espace.attendance.queries import absent_later
from espace.attendance.rules import FARTHEST, OLDEST
from espace.bookings.enums import BookingState
from espace.bookings.queries import agenda_later, event_days_later
from espace.kernel.actor import Actor
from espace.kernel.calendar import iso_week, month_bounds
from espace.kernel.reading import read_now
from espace.kernel.text import N_, format_month, format_time

if TYPE_CHECKING:
    from espace.families.models import Person

NOTES = {BookingState.PENDING_ENROLMENT: N_("inscription à confirmer")}
FIRST_YEAR, LAST_YEAR = 2000, 2100
MONTH = re.compile(r"([0-9]{4})-(0?[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a day: its name, and its state in words when it is not simply booked."""

    label: str
    place: str
    hours: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that holds something; days without anything are left out. `change_url` leads to its week of the booking
    grid, when the reader may still change it; `absence_url`: where its absence is read, or announced, none for a day
    too far."""

    day: date
    kind: str
    change_url: str
    absence_url: str = ""
    is_absent: bool = False
    lines: list[Line] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Month:
    """The month shown and the addresses of its neighbours ("2026-10")."""

    label: str
    first: date
    previous: str
    following: str
    book_url: str
    days: list[Day]


def month_asked(text: str, today: date) -> date:
    """The first day of the month an address names; today's month when it names none."""
    if (asked := MONTH.fullmatch(text)) and FIRST_YEAR <= int(asked[1]) <= LAST_YEAR:
        return date(int(asked[1]), int(asked[2]), 1)
    return today.replace(day=1)


def month_of(actor: Actor, child: Person, first: date, today: date, *, may_book: bool) -> Month:
    """The month of a child the actor was allowed to hold; its days lead to the grid when they may be booked."""
    start, end = month_bounds(first)
    return Month(
        label=format_month(start),
        first=start,
        previous=f"{start - timedelta(days=1):%Y-%m}",
        following=f"{end:%Y-%m}",
        book_url=_grid_url(child, max(start, today) if start <= today < end else start),
        days=days_of(actor, child, start, end, today, may_book=may_book),
    )


def days_of(actor: Actor, child: Person, start: date, end: date, today: date, *, may_book: bool) -> list[Day]:
    """The days of `[start, end)` that hold something: what is booked, what an absence gave back, what an event took."""
    found: dict[date, list[tuple[time, Line]]] = {}
    absences: dict[date, int] = {}
    notices: dict[date, list[str]] = {}
    booked = agenda_later(actor, [child.pk], start, end)
    absent = absent_later(actor, [child.pk], start, end)
    told_of = event_days_later(actor, [child.pk], start, end)
    read_now(booked, absent, told_of)
    for entry in booked.answer:
        line = _line(entry.formula, entry.venue, entry.starts_at, entry.ends_at, NOTES.get(entry.state, ""))
        found.setdefault(entry.day, []).append((entry.starts_at, line))
    for away in absent.answer:
        absences[away.day] = away.declaration_id
        if not away.is_kept:
            line = _line(away.formula, away.venue, away.starts_at, away.ends_at)
            found.setdefault(away.day, []).append((away.starts_at, line))
    for told in told_of.answer:
        notices.setdefault(told.day, []).append(told.notice)
    return [
        Day(
            day,
            "now" if day == today else "",
            _grid_url(child, day) if may_book and day >= today else "",
            _absence_url(child.pk, day, today, absences.get(day)),
            day in absences,
            lines=[line for _starts, line in sorted(found.get(day, []), key=lambda pair: pair[0])],
            notices=notices.get(day, []),
        )
        for day in sorted({*found, *notices})
    ]


def _line(label: str, place: str, starts: time, ends: time, note: str = "") -> Line:
    return Line(label, place, f"{format_time(starts)} – {format_time(ends)}", note)


def _absence_url(child_id: int, day: date, today: date, declaration_id: int | None) -> str:
    if declaration_id is not None:
        return reverse("absence", args=[declaration_id])
    if not today - OLDEST <= day <= today + FARTHEST:
        return ""
    return f"{reverse('absence_new')}?enfant={child_id}&jour={day.isoformat()}"


def _grid_url(child: Person, day: date) -> str:
    """The booking grid of that day's month, at its week."""
    url = reverse("book_child", args=[child.pk, f"{day:%Y-%m}"])
    return f"{url}?semaine={day.isoformat()}#s{iso_week(day)}"
