"""A child's month, day by day: what is booked, what waits, what is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from espace.attendance.queries import absent_later
from espace.attendance.rules import FARTHEST, OLDEST
from espace.bookings.enums import BookingState
from espace.bookings.queries import agenda_later, event_days_later
from espace.kernel.actor import Actor
from espace.kernel.calendar import (
    SATURDAY,
    Calendar,
    DayKind,
    UnknownDay,
    date_range,
    iso_week,
    monday_of,
    month_bounds,
)
from espace.kernel.reading import read_now
from espace.kernel.text import N_, format_day_month, format_month, format_time
from espace.town.queries import calendar, menus
from espace.ui.items import Tab

if TYPE_CHECKING:
    from espace.families.models import Person

NOTES = {BookingState.PENDING_ENROLMENT: N_("inscription à confirmer")}
WEEK = timedelta(weeks=1)
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
    """A day that holds something; the others are left out of a month, not of a week. `menu`: what the canteen serves to
    a child who eats there; `shut`: why there is nothing to book. `change_url` leads to its week of the booking
    grid, when the reader may still change it; `absence_url`: where its absence is read, or announced, none for a day
    too far."""

    day: date
    kind: str
    change_url: str
    absence_url: str = ""
    is_absent: bool = False
    lines: list[Line] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    menu: tuple[str, ...] = ()
    shut: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """The month shown, or the week, and the queries of its neighbours ("mois=2026-10"); `tabs` lead from one to the
    other."""

    label: str
    first: date
    previous: str
    following: str
    book_url: str
    days: list[Day]
    is_week: bool
    tabs: list[Tab]


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
        previous=f"mois={start - timedelta(days=1):%Y-%m}",
        following=f"mois={end:%Y-%m}",
        book_url=_grid_url(child, max(start, today) if start <= today < end else start),
        days=days_of(actor, child, start, end, today, may_book=may_book),
        is_week=False,
        tabs=_tabs(start, monday_of(today if start <= today < end else start), is_week=False),
    )


def week_asked(text: str) -> date | None:
    """The Monday of the day an address names; None when it names none that an agenda shows."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return monday_of(day) if FIRST_YEAR <= day.year <= LAST_YEAR else None


def week_of(actor: Actor, child: Person, monday: date, today: date, *, may_book: bool) -> Month:
    """The same, of a week: each of its school days, those that hold nothing too."""
    end = monday + WEEK
    held = {d.day: d for d in days_of(actor, child, monday, end, today, may_book=may_book)}
    known = calendar(monday, end)
    days = [
        held.get(day) or _empty(child, day, known, today, may_book=may_book)
        for day in date_range(monday, end)
        if day in held or day.weekday() < SATURDAY
    ]
    return Month(
        label=_("semaine %(number)s, du %(first)s au %(last)s")
        % {
            "number": iso_week(monday),
            "first": format_day_month(monday),
            "last": format_day_month(monday + timedelta(days=4)),
        },
        first=monday,
        previous=f"semaine={(monday - WEEK).isoformat()}",
        following=f"semaine={end.isoformat()}",
        book_url=_grid_url(child, max(monday, today) if monday <= today < end else monday),
        days=days,
        is_week=True,
        tabs=_tabs(monday, monday, is_week=True),
    )


def _empty(child: Person, day: date, known: Calendar, today: date, *, may_book: bool) -> Day:
    """A day without anything, with its reason when the calendar gives one."""
    try:
        is_off = known.kind(day) is not DayKind.SCHOOL
    except UnknownDay:
        is_off = False
    shut = (known.labels.get(day, "") or _("Pas d’école")) if is_off else ""
    can_change = may_book and day >= today
    return Day(day, "now" if day == today else "", _grid_url(child, day) if can_change else "", shut=shut)


def _tabs(month: date, monday: date, *, is_week: bool) -> list[Tab]:
    return [
        Tab(_("Mois"), f"?mois={month:%Y-%m}", current=not is_week),
        Tab(_("Semaine"), f"?semaine={monday.isoformat()}", current=is_week),
    ]


def days_of(actor: Actor, child: Person, start: date, end: date, today: date, *, may_book: bool) -> list[Day]:
    """The days of `[start, end)` that hold something: what is booked, what an absence gave back, what an event took."""
    found: dict[date, list[tuple[time, Line]]] = {}
    absences: dict[date, int] = {}
    notices: dict[date, list[str]] = {}
    eats: set[date] = set()
    booked = agenda_later(actor, [child.pk], start, end)
    absent = absent_later(actor, [child.pk], start, end)
    told_of = event_days_later(actor, [child.pk], start, end)
    read_now(booked, absent, told_of)
    for entry in booked.answer:
        line = _line(entry.formula, entry.venue, entry.starts_at, entry.ends_at, NOTES.get(entry.state, ""))
        found.setdefault(entry.day, []).append((entry.starts_at, line))
        if entry.has_meal:
            eats.add(entry.day)
    served = menus(start, end)
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
            menu=served.get(day, ()) if day in eats else (),
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
