"""The dates that matter to every family, derived from the calendar, the periods and their deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from espace.activities.enums import Action, Timing
from espace.activities.queries import Catalogue, PeriodEntry
from espace.activities.rules import SlotDates, first_open_day, limits
from espace.activities.words import category_words
from espace.kernel.calendar import SATURDAY, Calendar, DayKind, UnknownDay, date_range
from espace.kernel.text import format_date_long, format_time, join_fr

HORIZON = timedelta(days=75)


@dataclass(frozen=True, slots=True)
class KeyDate:
    """A day, what happens, and what it means for a family."""

    day: date
    title: str
    text: str


def key_dates(catalogue: Catalogue, calendar: Calendar, now: datetime, *, count: int = 5) -> list[KeyDate]:
    """The next dates, soonest first. `calendar` covers from today to the end of the horizon and beyond it by two
    months (the holidays whose deadline comes)."""
    today, end = now.date(), now.date() + HORIZON
    found: list[KeyDate] = []
    for label, periods in _holidays(catalogue).items():
        found += _of_holiday(label, periods, catalogue, calendar, now)
    for period in catalogue.periods.values():
        found += _of_rentree(period, catalogue, now)
    found += _days_off(calendar, today, end)
    unique = {(d.day, d.title): d for d in found if today <= d.day < end}
    return sorted(unique.values(), key=lambda d: (d.day, d.title))[:count]


def _holidays(catalogue: Catalogue) -> dict[str, list[PeriodEntry]]:
    """The periods of the holiday activities, together when they are the same holidays."""
    grouped: dict[str, list[PeriodEntry]] = {}
    for period in catalogue.periods.values():
        if (period.end - period.start).days < 100:
            grouped.setdefault(period.label, []).append(period)
    return grouped


def _of_holiday(
    label: str, periods: list[PeriodEntry], catalogue: Catalogue, calendar: Calendar, now: datetime
) -> list[KeyDate]:
    first = periods[0]
    names = join_fr(catalogue.activities[p.activity_id].name.lower() for p in periods)
    facts = {"holiday": label[:1].lower() + label[1:], "activities": names}
    dates = []
    for category, instant in ((None, first.opens_at), *first.openings):
        if instant <= now:
            continue
        opens = instant.astimezone(now.tzinfo)
        words = {**facts, "hour": format_time(opens)}
        title = _("Ouverture des réservations : %(holiday)s") % facts
        dates.append(
            KeyDate(
                opens.date(),
                f"{title} ({category_words(category)})" if category else title,
                _("À %(hour)s : %(activities)s.") % words,
            )
        )
    limit = _limit_in_time(first, catalogue, calendar)
    if limit is not None and limit >= now:
        words = {"hour": format_time(limit)}
        dates.append(
            KeyDate(
                limit.date(),
                _("Dernier jour pour réserver sans majoration : %(holiday)s") % facts,
                _("Jusqu’à %(hour)s. Ensuite, une majoration s’ajoute.") % words,
            )
        )
    back = _first_school_day(calendar, first.end)
    text = _("Retour à l’école le %(day)s.") % {"day": format_date_long(back)} if back else ""
    dates.append(KeyDate(first.start, _("Début : %(holiday)s") % facts, text))
    return dates


def _limit_in_time(period: PeriodEntry, catalogue: Catalogue, calendar: Calendar) -> datetime | None:
    deadlines = catalogue.deadlines(period.activity_id, period.id, Action.BOOK)
    try:
        day = first_open_day(period.start, period.end, calendar) or period.start
        found = dict(limits(deadlines, SlotDates(day, period.start, day), calendar))
    except UnknownDay:
        return None
    return found.get(Timing.IN_TIME)


def _of_rentree(period: PeriodEntry, catalogue: Catalogue, now: datetime) -> list[KeyDate]:
    deadlines = catalogue.deadlines(period.activity_id, period.id, Action.BOOK)
    return [
        KeyDate(
            window.closes_at.date(),
            _("Dernier jour des réservations de rentrée"),
            _("Jusqu’à %(hour)s, rien n’est majoré. Ensuite, réservez quinze jours à l’avance.")
            % {"hour": format_time(window.closes_at.astimezone(now.tzinfo))},
        )
        for window in deadlines.windows
        if window.closes_at >= now
    ]


def _days_off(calendar: Calendar, start: date, end: date) -> list[KeyDate]:
    """Days without school in the middle of school weeks: public holidays, bridges, closures. No whole holidays."""
    dates = []
    for day in date_range(start, end):
        try:
            kind = calendar.kind(day)
            within = _weekday_is_off(calendar, day, -1) or _weekday_is_off(calendar, day, 1)
        except UnknownDay:
            continue
        is_public = kind is DayKind.PUBLIC_HOLIDAY and day.weekday() < SATURDAY and not within
        if is_public or kind is DayKind.CLOSED:
            dates.append(
                KeyDate(
                    day,
                    _("%(label)s : ni école ni accueil")
                    % {"label": calendar.labels.get(day, _("Jour fermé"))},
                    _("Rien n’est à réserver ce jour-là, et rien n’est facturé."),
                )
            )
    return dates


def _weekday_is_off(calendar: Calendar, day: date, step: int) -> bool:
    """Whether the nearest weekday before or after is a day of school holidays."""
    day += timedelta(days=step)
    while day.weekday() >= SATURDAY or calendar.kind(day) is DayKind.PUBLIC_HOLIDAY:
        day += timedelta(days=step)
    return calendar.kind(day) is DayKind.HOLIDAY


def _first_school_day(calendar: Calendar, start: date) -> date | None:
    try:
        return next(
            (d for d in date_range(start, start + timedelta(days=15)) if calendar.is_school_day(d)), None
        )
    except UnknownDay:
        return None
