"""Draws what families book: weekly patterns, holidays, and a few changes by hand, late or in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from espace.activities.enums import EnrolmentPolicy
from espace.activities.rules import Ages
from espace.demo import accounts, offer
from espace.demo.events import GUICHET, AddChild, Book, Day, Decide, Declare
from espace.demo.homes import Home, Span
from espace.demo.school_calendar import Holiday, SchoolCalendar, Year
from espace.kernel.calendar import ONE_DAY, SATURDAY, at, date_range, monday_of
from espace.town.enums import DayKindStored

CANTEEN, MORNING, EVENING, WEDNESDAY = (plan.slug for plan in offer.ACTIVITIES[:4])
LEISURE, SPORT = (plan.slug for plan in offer.ACTIVITIES[4:])
MEAL = "REPAS"
SCHOOL_WEEK = (0, 1, 3, 4)
PLANS = {plan.slug: plan for plan in offer.ACTIVITIES}
FORMULAS = {(plan.slug, formula.code): formula for plan in offer.ACTIVITIES for formula in plan.formulas}
WEDNESDAYS = (("JOURNEE", 6), ("MATIN_REPAS", 2), ("MATIN", 1), ("APRES_MIDI", 1))
WEEKS = (((0, 1, 3, 4), 4), ((0, 1, 3), 1), ((1, 3, 4), 1), ((0, 3), 3), ((1, 4), 2))
SHOWN_WEEK = (
    *((CANTEEN, weekday, MEAL) for weekday in SCHOOL_WEEK),
    (EVENING, 0, "SOIR"),
    (EVENING, 3, "SOIR"),
    (WEDNESDAY, 2, "JOURNEE"),
)
MEALS_CHOSEN = 48


@dataclass(frozen=True, slots=True)
class Setting:
    """What habits are drawn from: days, and the window `[start, end)` in which there is something to book."""

    span: Span
    calendar: SchoolCalendar
    today: date
    start: date
    end: date
    happenings: tuple[Declare, ...]
    school_days: Mapping[Year, tuple[date, ...]]  # those that can be booked

    def has_event(self, child: AddChild, day: date) -> bool:
        schooling = child.schooling_on(day)
        return any(
            e.day == day and schooling is not None and e.school == schooling.school for e in self.happenings
        )


def draw_bookings(home: Home, setting: Setting, linked: Mapping[str, str]) -> list[Book | Decide]:
    """Everything one household books, for the children who live first with it, and what the other parent of a
    shared child books; `linked` are the adults of the portal, by household."""
    if home.is_left_alone:
        return []
    events: list[Book | Decide] = []
    for child in home.children:
        for year in setting.span.years:
            regular = _year(home, child, year, setting)
            if regular is not None:
                events.append(regular)
                events += _changes(home, child, regular, year, setting)
                events += _weeks_of_the_other(child, regular, year, setting, linked)
        for holiday in setting.calendar.holidays:
            events += _holiday(home, child, holiday, setting)
    return events


def _who(home: Home) -> str:
    return home.linked or GUICHET


def _instant(day: date, rng: Random, *, by: str) -> datetime:
    """Parents book in the evening, the guichet during its hours."""
    hour = rng.randrange(9, 17) if by == GUICHET else rng.randrange(18, 23)
    return at(day, time(hour, rng.randrange(60), rng.randrange(60)))


def _between(low: date, high: date, rng: Random) -> date | None:
    return None if low > high else low + timedelta(days=rng.randrange((high - low).days + 1))


def _year(home: Home, child: AddChild, year: Year, setting: Setting) -> Book | None:
    """The weekly pattern of a school year, asked for before la rentrée, or late by a newcomer."""
    rng, by = home.rng, _who(home)
    schooling = child.schooling_on(year.start)
    joins_late = rng.random() < 0.06 and year is setting.span.current
    does = rng.random() < (0.9 if child.key < "f012" else 0.46)
    pattern = _pattern(child, year, rng)
    if home.opened.name == accounts.LINKED_PARENT.last_name:  # the family that a newcomer opens first
        does, joins_late = True, False  # the elder has no Wednesday yet: one is offered from the waiting list
        pattern = SHOWN_WEEK if len(child.homes) > 1 else SHOWN_WEEK[:-1]
    first, last = date(year.start.year, 6, 22), date(year.start.year, 9, 14)
    if joins_late:
        first, last = year.start + timedelta(days=33), year.start + timedelta(days=45)
    asked = _between(first, min(last, setting.today - timedelta(days=4)), rng)
    if schooling is None or schooling.start < year.start or not does or asked is None or not pattern:
        return None
    enrol = tuple((slug, year.start) for slug in dict.fromkeys(slug for slug, _, _ in pattern))
    from_day = max(year.start, asked + timedelta(days=5))  # past any week-end
    return Book(
        _instant(asked, rng, by=by), by, home.opened.key, child.key, enrol, pattern=pattern, from_day=from_day
    )


def _weeks_of_the_other(
    child: AddChild, regular: Book, year: Year, setting: Setting, linked: Mapping[str, str]
) -> list[Book]:
    """The meals of a shared child on the weeks of the second home, chosen day by day a few days later."""
    meals = {weekday for slug, weekday, _ in regular.pattern if slug == CANTEEN}
    others = [home for home in child.homes if home != regular.household]
    asked = regular.at + timedelta(days=2)
    if not meals or not others or asked.date() >= setting.today:
        return []
    days = tuple(
        (CANTEEN, day, MEAL)
        for day in setting.school_days[year]
        if day >= asked.date() + timedelta(days=5)
        and day.weekday() in meals
        and child.home_on(day) == others[0]
        and not setting.has_event(child, day)
    )[:MEALS_CHOSEN]
    by = linked.get(others[0], GUICHET)
    asked = asked.replace(hour=20 if by != GUICHET else 10)
    return [Book(asked, by, others[0], child.key, add=days)] if days else []


def _pattern(child: AddChild, year: Year, rng: Random) -> tuple[tuple[str, int, str], ...]:
    draws = [rng.random() for _ in range(4)]
    week = rng.choices([days for days, _ in WEEKS], [weight for _, weight in WEEKS])[0]
    code = rng.choices([c for c, _ in WEDNESDAYS], [weight for _, weight in WEDNESDAYS])[0]
    wanted: list[tuple[str, int, str]] = []
    if draws[0] < 0.92:
        wanted += [(CANTEEN, weekday, MEAL) for weekday in week]
    if draws[1] < 0.16:
        wanted += [(MORNING, weekday, "MATIN") for weekday in week]
    if draws[2] < 0.32:
        wanted += [(EVENING, weekday, "SOIR") for weekday in week]
    if draws[3] < 0.3:
        wanted.append((WEDNESDAY, 2, code))
    return tuple(w for w in wanted if child.may_join(Ages(*PLANS[w[0]].ages), year.start))


def _holiday(home: Home, child: AddChild, holiday: Holiday, setting: Setting) -> list[Book | Decide]:
    """A few days of one holiday, at the leisure centre or, for the bigger ones, of sport."""
    rng, by = home.rng, _who(home)
    wish, slug = rng.random(), SPORT if rng.random() < 0.5 else LEISURE
    opens = monday_of(holiday.start - timedelta(weeks=9)) + ONE_DAY
    asked = _between(opens, min(holiday.start - timedelta(weeks=4, days=1), setting.today - ONE_DAY), rng)
    how_many, start = rng.randrange(2, 6), rng.randrange(2)
    if holiday.is_bridge or not setting.start <= holiday.start < setting.end or wish > 0.4 or asked is None:
        return []
    if not child.may_join(Ages(*PLANS[slug].ages), max(holiday.start, asked)):
        return []
    if child.schooling_on(asked) is None or asked <= home.opened.at.date():
        return []
    days = [
        day
        for day in date_range(max(holiday.start, setting.start), min(holiday.end, setting.end))
        if day.weekday() < SATURDAY
        and setting.calendar.days[day][0] is DayKindStored.HOLIDAY
        and child.home_on(day) == home.opened.key
    ][start : start + how_many]
    if not days:
        return []
    code = "JOURNEE" if slug == SPORT or rng.random() < 0.75 else "MATIN_REPAS"
    add = tuple((slug, day, code) for day in days)
    booked = Book(
        _instant(asked, rng, by=by), by, home.opened.key, child.key, ((slug, holiday.start),), add=add
    )
    decided = booked.at + timedelta(days=3)
    waits = PLANS[slug].policy is EnrolmentPolicy.BY_AGENT
    if waits and decided.date() < setting.today and holiday.start < setting.today:
        return [booked, Decide(decided.replace(hour=11), child.key, slug, holiday.start)]
    return [booked]


# By hand --------------------------------------------------------------------------------------------------------


def pattern_days(book: Book, child: AddChild, year: Year, setting: Setting) -> list[Day]:
    """The days that a pattern books, in order."""
    by_weekday: dict[int, list[tuple[str, str]]] = {}
    for slug, weekday, code in book.pattern:
        by_weekday.setdefault(weekday, []).append((slug, code))
    first = max(book.from_day or year.start, setting.start)
    return [
        (slug, day, code)
        for day in setting.school_days[year]
        if day >= first and day.weekday() in by_weekday and child.home_on(day) == book.household
        for slug, code in by_weekday[day.weekday()]
    ]


def _changes(home: Home, child: AddChild, regular: Book, year: Year, setting: Setting) -> list[Book | Decide]:
    """An odd day more, a day cancelled in time, another too late: what a year of family life is made of."""
    rng = home.rng
    how_many = rng.choices((0, 1, 2, 3), (50, 28, 14, 8))[0]
    booked = pattern_days(regular, child, year, setting) if how_many else []
    soonest = max(regular.at.date() + timedelta(days=2), setting.start)
    last = setting.today - ONE_DAY
    events: list[Book | Decide] = []
    taken: set[date] = set()
    for _ in range(how_many):
        kind = rng.choices(("more", "in time", "late"), (4, 4, 3))[0]
        event = _change(kind, home, child, regular, booked, (soonest, last), setting)
        for _, day, _ in () if event is None else (*event.add, *event.remove):
            if day in taken or setting.has_event(child, day):
                event = None
            taken.add(day)
        if event is not None:
            events.append(event)
    return events


def _change(
    kind: str, home: Home, child: AddChild, regular: Book, booked: Sequence[Day], days: tuple[date, date],
    setting: Setting,
) -> Book | None:  # fmt: skip
    rng, by = home.rng, regular.by
    asked = _between(*days, rng)
    if asked is None:
        return None
    if kind == "more":
        day = _odd_day(regular, child, asked + timedelta(days=rng.randrange(5, 20)), setting)
        if day is None:
            return None
        return Book(
            _instant(asked, rng, by=by), by, regular.household, child.key, add=((CANTEEN, day, MEAL),),
            stamped=_stamped(regular, asked),
        )  # fmt: skip
    meals = [d for d in booked if d[0] == CANTEEN and d[1] > asked]
    if kind == "in time":
        meals = [d for d in meals if (d[1] - asked).days in range(6, 40)]
        if not meals:
            return None
        return Book(
            _instant(asked, rng, by=by), by, regular.household, child.key, remove=(rng.choice(meals),)
        )
    eves = [d for d in meals if d[1].weekday() in (1, 4) and setting.calendar.is_school_day(d[1] - ONE_DAY)]
    eves = [d for d in eves if d[1] - ONE_DAY <= days[1]]
    if not eves:
        return None
    late = eves[min(rng.randrange(6), len(eves) - 1)]
    eve = at(late[1] - ONE_DAY, time(rng.randrange(9, 12), rng.randrange(59)))
    return Book(eve, by, regular.household, child.key, remove=(late,))


def _stamped(regular: Book, keyed: date) -> datetime | None:
    """A paper form left at the counter waits for a few days before it is keyed."""
    left = at(keyed - timedelta(days=6), time(10, 5))
    return left if regular.by == GUICHET and left > regular.at else None


def _odd_day(regular: Book, child: AddChild, day: date, setting: Setting) -> date | None:
    """The first school day from `day` on when the child does not eat as a rule, but could."""
    eats = {weekday for slug, weekday, _ in regular.pattern if slug == CANTEEN}
    if not eats or eats == set(SCHOOL_WEEK):
        return None
    for later in date_range(day, min(day + timedelta(days=8), setting.end)):
        odd = later.weekday() in set(SCHOOL_WEEK) - eats and setting.calendar.is_school_day(later)
        if odd and child.home_on(later) == regular.household:
            return later
    return None
