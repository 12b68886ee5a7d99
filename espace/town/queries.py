"""What the town is: its identity, hours, schools, calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Min, QuerySet, TextField, Value

from espace.kernel.actor import Actor, Permission
from espace.kernel.asking import asked_and_kept, built_once
from espace.kernel.calendar import ONE_DAY, SATURDAY, Calendar, DayKind, date_range
from espace.kernel.db import kept_a_moment, read_once
from espace.kernel.reading import Later, Rows, read_now
from espace.kernel.text import format_date_long
from espace.town.enums import DayKindStored
from espace.town.errors import CalendarEmpty, DaysNotKnown, NoDays, NothingToCorrect
from espace.town.models import (
    CalendarDay,
    CashOffice,
    Department,
    Menu,
    Municipality,
    OpeningHours,
    PublicDocument,
    School,
    SchoolClass,
    SchoolYear,
)
from espace.town.rules import Corrected, KnownDay, Wanted, corrections

_EMPTY = Value("", output_field=TextField())
SCHOOL_WEEK = timedelta(days=5)
SUMMER = 58  # days before the end of a school year from which families look at the next one


@dataclass(frozen=True, slots=True)
class Identity:
    """The town as shown everywhere: the one source of names, numbers and addresses. Empty before set-up."""

    name: str = ""
    tagline: str = "Espace Citoyens"
    street: str = ""
    postcode: str = ""
    city: str = ""
    phone_display: str = ""
    email: str = ""
    website: str = ""
    colour: str = "#00606e"
    logo_path: str = ""
    mail_from: str = ""
    guichet_name: str = ""
    guichet_place: str = ""
    guichet_street: str = ""
    guichet_phone: str = ""
    guichet_email: str = ""
    guichet_note: str = ""

    @property
    def phone_tel(self) -> str:
        return "".join(c for c in self.phone_display if c.isdigit() or c == "+")

    @property
    def guichet_tel(self) -> str:
        return "".join(c for c in self.guichet_phone if c.isdigit() or c == "+")


@read_once
@kept_a_moment
def identity() -> Identity:
    """The town and its guichet unique. 1 query: every page asks for it."""
    return _identity(_known())


@asked_and_kept
def _known() -> QuerySet[Any, Any]:
    town = Municipality.objects.values_list(
        Value("town"), "name", "tagline", "street", "postcode", "city", "phone", "email", "website", "colour",
        "logo_path", "mail_from",
    )  # fmt: skip
    guichet = Department.objects.filter(slug="guichet-unique").values_list(
        Value("guichet"), "name", "place", "street", _EMPTY, _EMPTY, "phone", "email", _EMPTY, _EMPTY, _EMPTY, "note"
    )  # fmt: skip
    return town.order_by().union(guichet.order_by(), all=True).order_by("name")


@built_once
def _identity(rows: Rows) -> Identity:
    found = {row[0]: row[1:] for row in rows}
    if "town" not in found:
        return Identity()
    name, tagline, street, postcode, city, phone, email, website, colour, logo_path, mail_from = found["town"]
    desk = found.get("guichet", ("",) * 11)
    return Identity(
        name=name,
        tagline=tagline,
        street=street,
        postcode=postcode,
        city=city,
        phone_display=phone,
        email=email,
        website=website,
        colour=colour,
        logo_path=logo_path,
        mail_from=mail_from,
        guichet_name=desk[0],
        guichet_place=desk[1],
        guichet_street=desk[2],
        guichet_phone=desk[5],
        guichet_email=desk[6],
        guichet_note=desk[10],
    )


def changes_need_review() -> bool:
    """Whether a family's change to its record waits for the guichet. 1 query."""
    return (
        Municipality.objects.order_by("id").values_list("changes_need_review", flat=True).first() is not False
    )


@dataclass(frozen=True, slots=True)
class DayHours:
    """A weekday (0 = Monday) and its openings, empty when closed."""

    weekday: int
    openings: list[tuple[time, time]] = field(default_factory=list)


def opening_hours(department_slug: str = "guichet-unique") -> list[DayHours]:
    """Monday to Friday, plus Saturday when open. 1 query."""
    days = {n: DayHours(n) for n in range(6)}
    for row in OpeningHours.objects.filter(department__slug=department_slug).order_by("weekday", "opens"):
        days.setdefault(row.weekday, DayHours(row.weekday)).openings.append((row.opens, row.closes))
    return [d for n, d in sorted(days.items()) if n < 5 or d.openings]


@read_once
@kept_a_moment
def calendar(start: date, end: date) -> Calendar:
    """The school calendar over `[start, end)`; a date the town has not entered is an error when asked. 1 query."""
    return _kept_calendar(_days(start, end))


def calendar_later(start: date, end: date) -> Later[Calendar]:
    """The same, to read with other lists."""
    return Later(_days_of(start, end), _calendar)


def _days_of(start: date, end: date) -> QuerySet[Any, Any]:
    days = CalendarDay.objects.filter(date__gte=start, date__lt=end).order_by("date")
    return days.values_list("date", "kind", "label")


_days = asked_and_kept(_days_of)


def _calendar(rows: Rows) -> Calendar:
    kinds = {day: DayKind(kind) for day, kind, _ in rows}
    return Calendar(kinds, {day: label for day, _, label in rows if label})


_kept_calendar = built_once(_calendar)


def corrections_of(start: date, end: date, wanted: Wanted) -> list[Corrected]:
    """What would change over `[start, end)` if those days were so. 2 queries.

    Raises `NoDays`, `CalendarEmpty`, `DaysNotKnown` when the calendar does not hold them all, `NothingToCorrect`.
    """
    if start >= end:
        raise NoDays
    span = CalendarDay.objects.aggregate(first=Min("date"), last=Max("date"))
    if span["first"] is None:
        raise CalendarEmpty
    if start < span["first"] or end > span["last"] + ONE_DAY:
        raise DaysNotKnown(first=format_date_long(span["first"]), last=format_date_long(span["last"]))
    found = corrections(
        [
            KnownDay(
                row.date,
                DayKindStored(row.kind),
                row.label,
                DayKindStored(row.published_kind or row.kind),
                row.published_label if row.published_kind else row.label,
            )
            for row in CalendarDay.objects.filter(date__gte=start, date__lt=end).order_by("date")
        ],
        wanted,
    )
    if not found:
        raise NothingToCorrect
    return found


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A day as an agent reads it. `kind` None: the calendar does not know it. `published` is what it was before an
    agent corrected it, with its label; None when nobody did."""

    day: date
    kind: DayKind | None
    label: str = ""
    published: DayKind | None = None
    published_label: str = ""
    corrected_at: datetime | None = None
    corrected_by: str = ""
    reason: str = ""


def calendar_days_for(actor: Actor, start: date, end: date) -> list[DayEntry]:
    """Each day of `[start, end)`, as it is now, for an agent of the activities; none for anyone else. 1 query."""
    if not actor.may(Permission.ACTIVITIES):
        return []
    rows = {
        row.date: row for row in CalendarDay.objects.filter(date__gte=start, date__lt=end).order_by("date")
    }
    return [_entry(day, rows.get(day)) for day in date_range(start, end)]


def _entry(day: date, row: CalendarDay | None) -> DayEntry:
    if row is None:
        return DayEntry(day, DayKind.WEEKEND if day.weekday() >= SATURDAY else None)
    return DayEntry(
        day,
        DayKind(row.kind),
        row.label,
        DayKind(row.published_kind) if row.published_kind else None,
        row.published_label,
        row.corrected_at,
        row.corrected_by,
        row.reason,
    )


@read_once
@kept_a_moment
def menus(start: date, end: date) -> dict[date, tuple[str, ...]]:
    """The canteens' menus over `[start, end)`, those that are known, a dish a line. Public. 1 query."""
    return menus_later(start, end).answer


def menus_later(start: date, end: date) -> Later[dict[date, tuple[str, ...]]]:
    """The same, to read with other lists."""
    rows = Menu.objects.filter(date__gte=start, date__lt=end).order_by("date").values_list("date", "lines")
    return Later(rows, lambda found: {day: tuple(lines.split("\n")) for day, lines in sorted(found)})


@read_once
@kept_a_moment
def calendar_and_menus(start: date, end: date, monday: date) -> tuple[Calendar, dict[date, tuple[str, ...]]]:
    """The calendar over `[start, end)` and the menus of the week that begins on `monday`, for a public page. 1 query."""
    days, served = calendar_later(start, end), menus_later(monday, monday + SCHOOL_WEEK)
    read_now(days, served)
    return days.answer, served.answer


def department_email(slug: str) -> str:
    """The address of a service; "" when the town has no such service. 1 query."""
    return Department.objects.filter(slug=slug).values_list("email", flat=True).order_by("id").first() or ""


def schools() -> QuerySet[School]:
    return School.objects.order_by("name")


@dataclass(frozen=True, slots=True)
class SchoolPlace:
    """Where a child may be schooled: a school, with one of its classes when `class_id` is given."""

    school_id: int
    class_id: int | None
    label: str

    @property
    def key(self) -> str:
        return f"{self.school_id}-{self.class_id or 0}"


def school_places(day: date) -> list[SchoolPlace]:
    """Each school, alone and with each class of the years that are not over on that day. 2 queries."""
    classes: dict[int, list[SchoolPlace]] = {}
    rows = (
        SchoolClass.objects.filter(year__end__gt=day)
        .select_related("year")
        .order_by("year__start", "name", "id")
    )
    for row in rows:
        place = SchoolPlace(row.school_id, row.pk, f"{row.name} ({row.year.label})")
        classes.setdefault(row.school_id, []).append(place)
    found = []
    for school in schools():
        found.append(SchoolPlace(school.pk, None, f"{school.name}, classe pas encore connue"))
        found += [
            SchoolPlace(p.school_id, p.class_id, f"{school.name}, {p.label}")
            for p in classes.get(school.pk, [])
        ]
    return found


def cash_offices() -> QuerySet[CashOffice]:
    return CashOffice.objects.order_by("name")


def public_documents() -> QuerySet[PublicDocument]:
    return PublicDocument.objects.order_by("position")


def school_year_to_show(day: date) -> SchoolYear | None:
    """The school year of that day; in summer the one that comes, when the town has entered it. 1 query."""
    years = list(SchoolYear.objects.filter(end__gt=day).order_by("start")[:2])
    if len(years) == 2 and years[0].start <= day and (years[0].end - day).days <= SUMMER:
        return years[1]
    return years[0] if years else None
