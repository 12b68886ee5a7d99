"""What the town is: its identity, hours, schools, calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

from django.db.models import QuerySet, TextField, Value

from espace.kernel.calendar import Calendar, DayKind
from espace.kernel.db import kept_a_moment, read_once
from espace.town.models import (
    CalendarDay,
    CashOffice,
    Department,
    Municipality,
    OpeningHours,
    PublicDocument,
    School,
    SchoolClass,
    SchoolYear,
)

_EMPTY = Value("", output_field=TextField())
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
    town = Municipality.objects.values_list(
        Value("town"), "name", "tagline", "street", "postcode", "city", "phone", "email", "website", "colour",
        "logo_path", "mail_from",
    )  # fmt: skip
    guichet = Department.objects.filter(slug="guichet-unique").values_list(
        Value("guichet"), "name", "place", "street", _EMPTY, _EMPTY, "phone", "email", _EMPTY, _EMPTY, _EMPTY, "note"
    )  # fmt: skip
    found = {row[0]: row[1:] for row in town.order_by().union(guichet.order_by(), all=True).order_by("name")}
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
    rows = (
        CalendarDay.objects.filter(date__gte=start, date__lt=end).values_list("date", "kind").order_by("date")
    )
    return Calendar({day: DayKind(kind) for day, kind in rows})


def day_labels(start: date, end: date) -> dict[date, str]:
    """What closed or off days are called, over `[start, end)`. 1 query."""
    rows = CalendarDay.objects.filter(date__gte=start, date__lt=end).exclude(label="").order_by("date")
    return dict(rows.values_list("date", "label"))


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
