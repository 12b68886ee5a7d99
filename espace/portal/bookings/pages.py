"""What the pages of the bookings are given, ready to print."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from espace.activities.enums import BookingMode
from espace.bookings.enums import EnrolmentState
from espace.bookings.queries import Acknowledgement, EnrolmentOption, Grid, GridWeek, Recap, window_of
from espace.bookings.services import Way
from espace.kernel import clock
from espace.kernel.calendar import iso_week, monday_of, month_bounds
from espace.kernel.http import told
from espace.kernel.money import Money
from espace.kernel.text import MONTHS, format_date_long, format_money, format_month
from espace.portal.bookings.days import children_of, done_months, planned_months
from espace.portal.bookings.forms import LATE, EnrolForm
from espace.portal.bookings.stamp import StampForm
from espace.ui.items import Tab

ONE_DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Child(Protocol):
    """What these pages print of a child."""

    @property
    def pk(self) -> int: ...
    @property
    def first_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A child to book for."""

    name: str
    book_url: str
    pattern_url: str
    enrol_url: str


@dataclass(frozen=True, slots=True)
class WeekLink:
    """The week before or after, on a phone."""

    url: str
    label: str
    monday: date


def choices(children: Sequence[Child]) -> list[Choice]:
    """The children as links."""
    return [
        Choice(
            child.first_name,
            reverse("book_now", args=[child.pk]),
            reverse("pattern", args=[child.pk]),
            reverse("enrol", args=[child.pk]),
        )
        for child in children
    ]


def month_of(text: str) -> date:
    """ "2026-11" -> its first day; a 404 for a year nobody books."""
    year, _dash, month = text.partition("-")
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise Http404
    return date(int(year), int(month), 1)


def month_now(today: date) -> str:
    """The month of today's week, or of Monday on a week-end, as in the address."""
    return slug(today + timedelta(days=7 - today.weekday()) if today.weekday() > 4 else today)


def slug(day: date) -> str:
    return f"{day:%Y-%m}"


def first_week_url(child_id: int, begins: date, today: date) -> str:
    """The grid at the first week of `first_week`."""
    month, week = first_week(begins, today)
    return reverse("book_child", args=[child_id, month]) + f"?{week}"


def first_week(begins: date, today: date) -> tuple[str, str]:
    """Month and week, as in an address, of the first day still to come of a period booked day by day; on a week-end,
    of the Monday that follows."""
    day = max(begins, today)
    monday = monday_of(day + timedelta(days=2))
    return slug(max(day, monday)), f"semaine={monday.isoformat()}"


def day_of(text: str) -> date | None:
    """A day typed in an address; nothing when it is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def month_page(grid: Grid, stamp: StampForm, today: date, error: str = "") -> dict[str, object]:
    """What `bookings/month.html` prints."""
    shown = next(week for week in grid.weeks if week.is_now)
    before, after = grid.month - ONE_DAY, month_bounds(grid.month)[1]
    return {
        "grid": grid,
        "child": grid.child,
        "stamp": stamp,
        "error": error,
        "month_name": MONTHS[grid.month.month - 1].capitalize(),
        "month_label": format_month(grid.month),
        "tabs": _tabs(grid, shown),
        "shown": shown,
        "shown_words": shown.words,
        "previous_week": _week_link(grid, shown.monday - WEEK),
        "next_week": _week_link(grid, shown.monday + WEEK),
        "previous_month": _month_url(grid, before),
        "next_month": _month_url(grid, after),
        "previous_month_label": format_month(before),
        "next_month_label": format_month(after),
        "grid_url": _month_url(grid, grid.month),
        "recap_url": reverse("book_recap", args=[grid.child.pk, slug(grid.month)]),
        "pattern_url": reverse("pattern", args=[grid.child.pk]),
        "enrol_url": reverse("enrol", args=[grid.child.pk]),
        "seen": " ".join(f"{slot}.{booking}" for slot, booking in grid.seen.items()),
        "today": today,
    }


def recap_page(
    recap: Recap, stamp: StampForm, *, child_id: int, month: date, week: date | None, error: str = ""
) -> dict[str, object]:
    """What `bookings/recap.html` prints. Its form carries the same choices, made from today's state."""
    removed = {line.slot_id for line in recap.lines if not line.is_add}
    added = {line.slot_id for line in recap.lines if line.is_add}
    return {
        **said_of(recap, stamp, error),
        "wanted": sorted((recap.standing.keys() - removed) | added),
        "seen": " ".join(f"{slot}.{booking}" for slot, booking in sorted(recap.standing.items())),
        "week": week,
        "month_label": format_month(month),
        "grid_url": reverse("book_child", args=[child_id, slug(month)]),
        "again_url": reverse("book_recap", args=[child_id, slug(month)]),
        "confirm_url": reverse("book_confirm", args=[child_id, slug(month)]),
    }


def said_of(recap: Recap, stamp: StampForm, error: str) -> dict[str, object]:
    """What the two recaps, of a month and of a weekly pattern, print alike; each shown once has a token of its own."""
    return {
        "recap": recap,
        "months": planned_months(recap, clock.now()),
        "stamp": stamp,
        "error": error,
        "token": secrets.token_urlsafe(24),
    }


def done_page(done: Acknowledgement) -> dict[str, object]:
    """What `bookings/done.html` prints."""
    return {"done": done, "children": children_of(done), "months": done_months(done)}


def week_words(monday: date) -> str:
    """« Semaine 48, à partir du 23 novembre »: where a link leads."""
    words = {"number": iso_week(monday), "day": monday.day, "month": MONTHS[monday.month - 1]}
    return _("semaine %(number)s, à partir du %(day)s %(month)s") % words


def _tabs(grid: Grid, shown: GridWeek) -> list[Tab]:
    week = f"?semaine={shown.monday.isoformat()}"
    return [
        Tab(
            child.first_name,
            reverse("book_child", args=[child.pk, slug(grid.month)]) + week,
            current=child.pk == grid.child.pk,
        )
        for child in grid.siblings
    ]


def _week_link(grid: Grid, monday: date) -> WeekLink:
    """The same month when it holds that week, else the month of that Monday's working days."""
    start, end = window_of(grid.month)
    month = grid.month if start <= monday < end else monday
    if month is monday and not window_of(monday.replace(day=1))[0] <= monday:
        month = monday + timedelta(days=4)
    url = reverse("book_child", args=[grid.child.pk, slug(month)]) + f"?semaine={monday.isoformat()}"
    return WeekLink(url, week_words(monday), monday)


def _month_url(grid: Grid, day: date) -> str:
    return reverse("book_child", args=[grid.child.pk, slug(day)])


@dataclass(frozen=True, slots=True)
class WayView:
    """A way to begin a weekly pattern: `value` is what the form sends for it."""

    title: str
    text: str
    total: Money
    days: int
    value: str
    is_chosen: bool


def ways(found: Sequence[Way], chosen: Recap) -> list[WayView]:
    """In time, by default; or sooner, with what it costs."""
    in_time, late = found
    first = min(line.day for line in in_time.recap.lines)
    soonest = min(line.day for line in late.recap.lines)
    title = _("Dès le %(day)s, avec majoration") % {"day": format_date_long(soonest)}
    extra = _("dont %(amount)s parce que le délai est passé") % {
        "amount": format_money(late.recap.surcharge.cents)
    }
    return [
        WayView(
            _("À partir du %(day)s, dans les délais") % {"day": format_date_long(first)},
            _("rien n’est majoré"),
            in_time.recap.total,
            len(in_time.recap.fine),
            "",
            chosen is in_time.recap,
        ),
        WayView(title, extra, late.recap.total, len(late.recap.fine), LATE, chosen is late.recap),
    ]


@dataclass(frozen=True, slots=True)
class EnrolmentChoice:
    """An activity on the page « Inscrire »: its box, or why there is none."""

    option: EnrolmentOption
    value: str
    is_checked: bool
    place_name: str
    place_chosen: str
    said: str


@dataclass(frozen=True, slots=True)
class EnrolmentGroup:
    title: str
    choices: Sequence[EnrolmentChoice]


def steps() -> list[str]:
    """The way from nothing to booked days."""
    return [_("Inscrire"), _("Choisir les jours"), _("Confirmer")]


def enrolment_groups(options: Sequence[EnrolmentOption], form: EnrolForm) -> list[EnrolmentGroup]:
    """The options, the school year first, then the holidays."""
    ticked = set(form["p"].value() or ())
    year: list[EnrolmentChoice] = []
    holidays: list[EnrolmentChoice] = []
    for option in options:
        value = str(option.period.id)
        said = ""
        if option.state is not None:
            said = (
                _("Déjà inscrit")
                if option.state == EnrolmentState.ACCEPTED
                else _("Demande en cours d’examen")
            )
        elif option.why_not is not None:
            said = told(option.why_not)
        elif not option.venues:
            said = _("Pas proposé dans l’école de l’enfant")
        choice = EnrolmentChoice(
            option, value, value in ticked, f"lieu_{value}", form.data.get(f"lieu_{value}", ""), said
        )
        (year if option.activity.mode is BookingMode.PATTERN else holidays).append(choice)
    groups = ((_("L’année scolaire"), year), (_("Les vacances"), holidays))
    return [EnrolmentGroup(title, rows) for title, rows in groups if rows]
