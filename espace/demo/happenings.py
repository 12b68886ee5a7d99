"""The collective events of the plan, and what the services are given for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from espace.activities.enums import EventEffect, EventKind, EventScope
from espace.activities.rules import EventDraft, Reach
from espace.demo.events import Declare
from espace.demo.homes import Home
from espace.demo.offer import SchoolPlan
from espace.demo.school_calendar import SchoolCalendar
from espace.demo.town import Reference
from espace.kernel.calendar import ONE_DAY, at, date_range
from espace.town.enums import SchoolLevel

CANTEEN, EVENING = "restauration-scolaire", "accueil-du-soir"


def draw_happenings(
    calendar: SchoolCalendar,
    months: Sequence[date],
    schools: Sequence[SchoolPlan],
    shown: Home,
    today: date,
) -> tuple[Declare, ...]:
    """A canteen closed on a day of the last billed month; in the weeks to come, if there is school, an evening
    closed, and for the elder child of the family shown first a strike at school and an outing of the class."""
    school = next(s for s in schools if s.level is SchoolLevel.ELEMENTARY).key
    found = []
    if past := first_day(calendar, months[-1] + timedelta(days=9), 20, weekday=1):
        declared, reason = (
            at(past - 5 * ONE_DAY, time(11, 20)),
            "Panne de la cuisine : pas de repas ce jour-là.",
        )
        found.append(_closed(declared, school, CANTEEN, past, reason))
    if coming := first_day(calendar, today + timedelta(days=9), 21, weekday=3):
        declared = at(today - 2 * ONE_DAY, time(15, 5))
        found.append(_closed(declared, school, EVENING, coming, "Réunion de toute l’équipe."))
    child = shown.children[0]
    strike = first_day(calendar, today + timedelta(days=11), 21, weekday=1)
    if strike and (pupil := child.schooling_on(strike)):
        found.append(
            Declare(
                at(today - 2 * ONE_DAY, time(16, 40)), EventScope.SCHOOL, pupil.school, None, "", strike,
                EventKind.STRIKE, EventEffect.FREE_ABSENCE, "Mouvement national dans les écoles.",
            )
        )  # fmt: skip
    outing = first_day(calendar, today + timedelta(days=12), 21, weekday=4)
    if outing and (pupil := child.schooling_on(outing)) and pupil.start == calendar.current.start:
        found.append(
            Declare(
                at(today - ONE_DAY, time(11, 15)), EventScope.CLASS, pupil.school, pupil.grade, "", outing,
                EventKind.OUTING, EventEffect.PICNIC, "La classe visite le musée de l’Aune toute la journée.",
            )
        )  # fmt: skip
    return tuple(found)


def _closed(declared: datetime, school: str, activity: str, day: date, reason: str) -> Declare:
    return Declare(
        declared, EventScope.VENUE, school, None, activity, day, EventKind.CLOSURE, EventEffect.CLOSED, reason
    )


def first_day(calendar: SchoolCalendar, start: date, days: int, *, weekday: int) -> date | None:
    """The first school day of that weekday within so many days."""
    wanted = (d for d in date_range(start, start + timedelta(days=days)) if d.weekday() == weekday)
    return next((day for day in wanted if calendar.is_school_day(day)), None)


def draft_of(town: Reference, event: Declare) -> EventDraft:
    """The event as the services take it."""
    match event.scope:
        case EventScope.SCHOOL:
            scope_id = town.schools[event.school].pk
        case EventScope.CLASS:
            assert event.grade is not None
            scope_id = town.classes[event.school, event.grade].pk
        case _:
            scope_id = town.venues[event.school].pk
    activity = town.activities[event.activity].pk if event.activity else None
    reach = Reach(event.scope, scope_id, activity, event.day, event.day + ONE_DAY)
    return EventDraft(reach, event.kind, event.effect, event.reason)
