"""A month of the calendar and a correction's consequences, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from espace.activities.enums import Action, Timing
from espace.bookings.queries import CalendarPreview, MovedLimit
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY, DayKind, monday_of, month_bounds
from espace.kernel.text import (
    DAYS,
    format_date_long,
    format_date_short,
    format_month,
    format_time,
)
from espace.town.queries import DayEntry, calendar_days_for

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
WORDS = {
    DayKind.SCHOOL: "École",
    DayKind.HOLIDAY: "Vacances",
    DayKind.PUBLIC_HOLIDAY: "Férié",
    DayKind.CLOSED: "Fermé",
    DayKind.WEEKEND: "Week-end",
    None: "Pas publié",
}
CLASSES = {
    DayKind.SCHOOL: "school",
    DayKind.HOLIDAY: "off",
    DayKind.PUBLIC_HOLIDAY: "off",
    DayKind.CLOSED: "shut",
    DayKind.WEEKEND: "rest",
    None: "rest",
}
LIMITS = {
    (Action.BOOK, Timing.IN_TIME): "Réserver sans majoration",
    (Action.BOOK, Timing.LATE): "Réserver, majoré",
    (Action.BOOK, Timing.AGENT_ONLY): "Réserver au guichet",
    (Action.CANCEL, Timing.IN_TIME): "Annuler sans frais",
    (Action.CANCEL, Timing.LATE): "Annuler, facturé",
    (Action.CANCEL, Timing.AGENT_ONLY): "Annuler au guichet",
}
SHOWN = 20


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of the grid. `url` corrects it; none for a week-end, a day unknown or of another month."""

    key: str
    number: int
    weekday: str
    words: str
    css: str
    what: str
    label: str
    note: str
    url: str
    is_out: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A limit that moves, in words."""

    activity: str
    day: str
    what: str
    before: str
    after: str


def month_asked(text: str, today: date) -> date:
    """ "2026-11" -> its first day; this month for anything else."""
    found = MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def day_asked(text: str) -> date | None:
    """A day named in the address, to fill the form; nothing when it is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def month_page(actor: Actor, month: date) -> dict[str, object]:
    """The weeks of a month, Monday to Sunday, and the way to its neighbours. 1 query."""
    first, after = month_bounds(month)
    start = monday_of(first)
    end = monday_of(after - ONE_DAY) + timedelta(weeks=1)
    cells = [_cell(entry, first, after) for entry in calendar_days_for(actor, start, end)]
    before = first - ONE_DAY
    return {
        "month_label": format_month(first),
        "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)],
        "weekdays": [day.capitalize() for day in DAYS],
        "previous_url": _month_url(before),
        "previous_label": format_month(before),
        "next_url": _month_url(after),
        "next_label": format_month(after),
        "home_url": _month_url(first),
    }


def moved_rows(preview: CalendarPreview) -> Sequence[MovedRow]:
    """The first limits that move."""
    return [_moved(one) for one in preview.moved[:SHOWN]]


def becomes(preview: CalendarPreview) -> str:
    """What the days become: « fermé, Pont de l’Ascension »; several things when they come back to what was published."""
    found = dict.fromkeys(
        ", ".join(filter(None, (WORDS[DayKind(new.kind)].lower(), new.label))) for new in preview.days
    )
    return " ; ".join(found)


def _month_url(day: date) -> str:
    return f"{reverse('agent_calendar')}?mois={day:%Y-%m}"


def _cell(entry: DayEntry, first: date, after: date) -> DayCell:
    is_out = not first <= entry.day < after
    may_change = not is_out and entry.kind not in (None, DayKind.WEEKEND) and entry.day.weekday() < 5
    return DayCell(
        key=entry.day.isoformat(),
        number=entry.day.day,
        weekday=DAYS[entry.day.weekday()][:3],
        words=format_date_long(entry.day),
        css=CLASSES[entry.kind],
        what=WORDS[entry.kind],
        label=entry.label,
        note=_note(entry),
        url=f"{_month_url(entry.day)}&jour={entry.day.isoformat()}#corriger" if may_change else "",
        is_out=is_out,
        is_today=entry.day == clock.today(),
    )


def _note(entry: DayEntry) -> str:
    """Where the day comes from, when an agent corrected it."""
    if entry.published is None or entry.corrected_at is None:
        return ""
    on = format_date_short(entry.corrected_at.astimezone(clock.PARIS).date())
    was = WORDS[entry.published].lower()
    was += f" ({entry.published_label})" if entry.published_label else ""
    return f"Le {on}, par {entry.corrected_by} : {entry.reason.rstrip('.')}. Publié : {was}."


def _moved(one: MovedLimit) -> MovedRow:
    return MovedRow(
        one.activity,
        format_date_short(one.day),
        LIMITS[one.action, one.timing],
        f"{format_date_short(one.before.date())} {format_time(one.before)}",
        f"{format_date_short(one.after.date())} {format_time(one.after)}",
    )
