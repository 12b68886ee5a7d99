"""The one plan of the demonstration, drawn around a day: who lives where, who books what, who pays when.

Pure and deterministic: the same day and number of households give the same events, which `builder` plays through
the services and `bulk` writes at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from espace.demo import accounts, offer
from espace.demo.events import Adult, AskChange, Bill, Book, Event, Miss, Pay, Protect, RequestKey, SignUp
from espace.demo.habits import Setting, draw_bookings
from espace.demo.happenings import draw_happenings, first_day
from espace.demo.homes import Home, Span, draw_homes
from espace.demo.offer import SchoolPlan
from espace.demo.people import Register
from espace.demo.queues import draw_queue
from espace.demo.school_calendar import SchoolCalendar, around
from espace.families.rules import holidays_of
from espace.kernel.calendar import ONE_DAY, SATURDAY, Calendar, DayKind, at, date_range
from espace.town.enums import SchoolLevel

SEED = "Clairval-sur-Aune"
FEWEST = 12
SCHOOL_DAYS = 5  # a month with fewer is not worth a bill
APART = ("f010a0", "f011a0")  # parents of a shared child; the second must not know where the first lives
ORDER = "Ordonnance de protection du juge aux affaires familiales, tribunal judiciaire, minute 26/00417."
OVERDUE = "f001"  # the other parent forgot both bills


class TooFewHouseholds(ValueError):
    """The households made by hand do not fit."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The events in order, and the window `[start, end)` of the days that can be booked.

    `places` is how many times the places of the centre and the gymnasium; `months` are those billed, `full` the
    (venue, day) where nobody more is taken; `queue` the forms sent once they are full, `first_in_points` the child
    whose points count there.
    """

    today: date
    start: date
    end: date
    households: int
    schools: tuple[SchoolPlan, ...]
    places: int
    months: tuple[date, ...]
    full: tuple[tuple[str, date], ...]
    events: tuple[Event, ...]
    queue: tuple[Book, ...]
    first_in_points: str


def make_plan(today: date, households: int = 40) -> Plan:
    """The plan around that day. `TooFewHouseholds` under twelve; `CalendarNotPublished` as `around` says."""
    if households < FEWEST:
        raise TooFewHouseholds
    calendar = around(today)
    months = _months(calendar, today)
    start, end = _window(calendar, today, months)
    years = tuple(y for y in calendar.years if y.start < end and start < y.end)
    span = Span(years, calendar.current, _shared_holidays(calendar))
    schools = offer.schools_for(households)
    homes = draw_homes(households, SEED, span, _sectors(schools), today)
    happenings = draw_happenings(calendar, months, schools, homes[0], today)
    school_days = {
        year: tuple(filter(calendar.is_school_day, date_range(max(year.start, start), min(year.summer, end))))
        for year in span.years
    }
    setting = Setting(span, calendar, today, start, end, happenings, school_days)
    events: list[Event] = [*happenings, *(Bill(_issued(month, today), month) for month in months)]
    linked = {home.opened.key: home.linked for home in homes if home.linked}
    for home in homes:
        events += [home.opened, *home.children, *home.events, *draw_bookings(home, setting, linked)]
        events += _payments(home, months, today)
    events += _asked_lately(homes, today)
    events += _absences(homes, setting)
    events.append(Protect(at(today - timedelta(days=6), time(9, 42)), *APART, ORDER))
    events.sort(key=lambda event: event.at)
    places = max(1, households // 40)
    full = _full(calendar, today)
    queue, first = draw_queue(homes, events, [day for _, day in full], span, today)
    return Plan(today, start, end, households, schools, places, months, full, tuple(events), queue, first)


def _shared_holidays(calendar: SchoolCalendar) -> tuple[tuple[date, date], ...]:
    """The holidays as a custody divides them."""
    known = Calendar({day: DayKind(kind) for day, (kind, _) in calendar.days.items()})
    return holidays_of(known).spans


def _window(calendar: SchoolCalendar, today: date, months: tuple[date, ...]) -> tuple[date, date]:
    following = calendar.following
    is_open = following is not None and today >= date(following.start.year, 6, 1)
    end = following.end if following and is_open else calendar.current.end
    return min(calendar.current.start, *months), end


def _months(calendar: SchoolCalendar, today: date) -> tuple[date, ...]:
    """The first days of the last two complete months that have school days, the older first."""
    found: list[date] = []
    month = today.replace(day=1)
    while len(found) < 2:
        end, month = month, (month - ONE_DAY).replace(day=1)
        if month < calendar.previous.start:
            break
        if today > end and sum(map(calendar.is_school_day, date_range(month, end))) >= SCHOOL_DAYS:
            found.insert(0, month)
    return tuple(found)


def _sectors(schools: tuple[SchoolPlan, ...]) -> list[tuple[str, str]]:
    small = [school.key for school in schools if school.level is SchoolLevel.NURSERY]
    big = [school.key for school in schools if school.level is SchoolLevel.ELEMENTARY]
    return list(zip(small, big, strict=True))


def _full(calendar: SchoolCalendar, today: date) -> tuple[tuple[str, date], ...]:
    """Two Wednesdays of the weeks to come at the leisure centre."""
    found: list[date] = []
    while len(found) < 2:
        start = found[-1] + ONE_DAY if found else today + timedelta(days=16)
        if (day := first_day(calendar, start, 30, weekday=2)) is None:
            break
        found.append(day)
    return tuple((offer.CENTRE[0], day) for day in found)


def _issued(month: date, today: date) -> datetime:
    """The first weekday after the first day of the next month, at the latest yesterday."""
    day = (month + timedelta(days=32)).replace(day=2)
    while day.weekday() >= SATURDAY:
        day += ONE_DAY
    return at(min(day, today - ONE_DAY), time(14, 30))


def _payments(home: Home, months: tuple[date, ...], today: date) -> list[Pay]:
    """The older month is mostly paid, the last one by a third; a bank may refuse first."""
    if not home.linked:
        return []
    rng, key = Random(f"{SEED}:paiements:{home.opened.key}"), home.opened.key
    found = []
    for month in months:
        draw, refused, delay = rng.random(), rng.random() < 0.08, rng.randrange(1, 17)
        is_last = month == months[-1]
        pays = draw < (0.36 if is_last else 0.8)
        if key in ("f000", OVERDUE):
            pays = key == "f000" and not is_last
        day = min(_issued(month, today).date() + timedelta(days=delay), today - ONE_DAY)
        paid = at(day, time(19, rng.randrange(60), rng.randrange(60)))
        if not pays or paid <= _issued(month, today):
            continue
        if refused:
            found.append(Pay(paid - timedelta(minutes=4), key, home.linked, month, accepted=False))
        found.append(Pay(paid, key, home.linked, month, accepted=True))
    return found


def _absences(homes: Iterable[Home], setting: Setting) -> list[Miss]:
    """The family that a visitor opens first has a child away today, whose certificate is awaited, and away two weeks
    ago, whose certificate was accepted. None when there is no school."""
    home = next(h for h in homes if h.opened.name == accounts.LINKED_PARENT.last_name)
    child, calendar, today = home.children[0], setting.calendar, setting.today
    found = []
    if calendar.is_school_day(today):
        eve = at(today - ONE_DAY, time(19, 52))
        found.append(Miss(eve, home.linked, home.opened.key, child.key, today, today + timedelta(days=2)))
    before = first_day(calendar, today - timedelta(days=16), 12, weekday=3)
    if before is not None and before < today - timedelta(days=4):
        asked, proved = at(before, time(7, 25)), before + ONE_DAY
        found.append(
            Miss(asked, home.linked, home.opened.key, child.key, before, before + timedelta(days=2), proved)
        )
    return found


def _asked_lately(homes: Iterable[Home], today: date) -> list[Event]:
    """What waits on the desk of the guichet: two changes of the record, two people without a key."""
    first, second = [home for home in homes if home.linked][3:5]
    town = str(offer.TOWN["city"])
    address = (("street", "17, rue de la Filature"), ("postcode", "99450"), ("city", town))
    phone = (("phone", "06 39 98 77 41"),)
    moved, called = at(today - timedelta(days=2), time(21, 14)), at(today - ONE_DAY, time(12, 47))
    events: list[Event] = [
        AskChange(moved, first.opened.key, first.linked, "", address),
        AskChange(called, second.opened.key, second.linked, second.linked, phone),
    ]
    strangers = (("Thi-Mai", "Duchêne", False, "Bao", 4), ("Bilal", "Kaci", True, "Assia", 6))
    for number, (given, last, known, child, age) in enumerate(strangers):
        name = Register().username(given, last)
        phone_number = f"06 39 98 99 {number:02d}"
        adult = Adult(
            f"inconnu{number}", given, last, date(1990, 3, 14 + number), f"{name}.9@exemple.fr", phone_number,
            f"{name}.9",
        )  # fmt: skip
        signed_up = at(today - timedelta(days=3 - number), time(20, 12 + number))
        events.append(SignUp(signed_up, adult, "3, rue Haute", "", "99450", town))
        asked, born = signed_up + timedelta(minutes=6), date(today.year - age, 2, 11)
        message = "" if known else "Nous venons d’emménager."
        events.append(RequestKey(asked, adult.username, known, child, last, born, message))
    return events
