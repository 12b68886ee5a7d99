"""What the pages of the bookings are given, ready to print."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.urls import reverse
from django.utils.translation import gettext as _

from espace.activities.enums import BookingMode
from espace.bookings.enums import EnrolmentState
from espace.bookings.queries import Acknowledgement, EnrolmentOption, Grid, GridDay, GridWeek, Recap
from espace.bookings.services import Way
from espace.kernel import clock
from espace.kernel.calendar import iso_week, monday_of, month_bounds
from espace.kernel.http import told
from espace.kernel.money import Money
from espace.kernel.text import MONTHS, format_date_long, format_money, format_month, join_fr
from espace.portal.bookings.boxes import boxes_of, pairs
from espace.portal.bookings.days import children_of, done_months, planned_months
from espace.portal.bookings.forms import LATE, EnrolForm, GridForm
from espace.portal.bookings.places import Place, slug
from espace.portal.bookings.stamp import StampForm
from espace.ui.items import Tab

ONE_DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


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


def month_now(today: date) -> str:
    """The month of today's week, or of Monday on a week-end, as in the address."""
    return slug(today + timedelta(days=7 - today.weekday()) if today.weekday() > 4 else today)


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


@dataclass(frozen=True, slots=True)
class Row:
    """A child's days of one week; `field` is the name that its boxes are sent under, `suffix` names the child in what
    is read out or summed up."""

    child: Child
    field: str
    suffix: str
    days: Sequence[GridDay]


@dataclass(frozen=True, slots=True)
class WeekRows:
    """A week of the grid, a row a child."""

    week: GridWeek
    rows: Sequence[Row]

    @property
    def can_be_copied(self) -> bool:
        """It holds something: a week of holidays has nothing to repeat."""
        return any(day.cells for row in self.rows for day in row.days)


def month_page(
    grids: Sequence[Grid], place: Place, stamp: StampForm, today: date, error: str = ""
) -> dict[str, object]:
    """What `bookings/month.html` prints, for one child or for several; a child enrolled in nothing has no row."""
    first, drawn = grids[0], [grid for grid in grids if grid.is_enrolled]
    together = place.child_id is None
    shown = next(week for week in first.weeks if week.is_now)
    before, after = place.month - ONE_DAY, month_bounds(place.month)[1]
    return {
        "grid": first,
        "drawn": drawn,
        "together": together,
        "children": join_fr(grid.child.first_name for grid in grids),
        "idle": [grid.child for grid in grids if not grid.is_enrolled] if drawn else [],
        "weeks": [
            WeekRows(week, [_row(grid, grid.weeks[n], together=together) for grid in drawn])
            for n, week in enumerate(first.weeks)
        ],
        "pending": list(dict.fromkeys(name for grid in grids for name in grid.pending)),
        "child": first.child,
        "stamp": stamp,
        "error": error,
        "month_name": MONTHS[place.month.month - 1].capitalize(),
        "month_label": format_month(place.month),
        "tabs": _tabs(first, place, shown),
        "shown": shown,
        "shown_words": shown.words,
        "previous_week": _week_link(place, shown.monday - WEEK),
        "next_week": _week_link(place, shown.monday + WEEK),
        "previous_month": place.url(day=before),
        "next_month": place.url(day=after),
        "previous_month_label": format_month(before),
        "next_month_label": format_month(after),
        "grid_url": place.url(),
        "recap_url": place.url("recap"),
        "copy_url": place.url("copy"),
        "pattern_url": reverse("pattern", args=[first.child.pk]),
        "enrol_url": reverse("enrol", args=[first.child.pk]),
        "boxes": [(_field(grid, "vu", together=together), pairs(grid.seen)) for grid in drawn],
        "today": today,
    }


def recap_page(
    recap: Recap, stamp: StampForm, place: Place, form: GridForm, *, error: str = ""
) -> dict[str, object]:
    """What `bookings/recap.html` prints. Its form carries the same choices, made from today's state."""
    return {
        **said_of(recap, stamp, error),
        "boxes": boxes_of(form, recap),
        "week": form.week,
        "copy": form.copy,
        "copied_week": week_words(form.copy.monday) if form.copy else "",
        "month_label": format_month(place.month),
        "grid_url": place.url(),
        "again_url": place.url("recap"),
        "copy_url": place.url("copy"),
        "confirm_url": place.url("confirm"),
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


def _row(grid: Grid, week: GridWeek, *, together: bool) -> Row:
    name = grid.child.first_name
    return Row(grid.child, _field(grid, "r", together=together), f" ({name})" if together else "", week.days)


def _field(grid: Grid, name: str, *, together: bool) -> str:
    """As `GridForm` reads it."""
    return f"{grid.child.pk}-{name}" if together else name


def _tabs(grid: Grid, place: Place, shown: GridWeek) -> list[Tab]:
    week = f"?semaine={shown.monday.isoformat()}"
    all_words = _("Les deux") if len(grid.siblings) == 2 else _("Tous")
    named = [*((child.pk, child.first_name) for child in grid.siblings), (None, all_words)]
    return [
        Tab(label, place.of_child(child).url() + week, current=child == place.child_id)
        for child, label in named
    ]


def _week_link(place: Place, monday: date) -> WeekLink:
    return WeekLink(place.week_url(monday), week_words(monday), monday)


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
