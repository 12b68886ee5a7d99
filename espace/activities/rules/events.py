"""Whom a collective event reaches, and what it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from espace.activities.enums import EventEffect, EventKind, EventScope
from espace.activities.errors import EventInThePast, PeriodWithoutDays, PlaceToChoose

# Of several effects on one booking, the bill keeps the first of these.
_STRONGEST = (EventEffect.CLOSED, EventEffect.FREE_ABSENCE, EventEffect.MOVED, EventEffect.PICNIC)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom an event reaches over `[start, end)`: the object of its scope (None for the town), narrowed to an activity
    or not. Who is already where an event moves the others (`to_venue_id`) is left alone."""

    scope: EventScope
    scope_id: int | None
    activity_id: int | None
    start: date
    end: date
    to_venue_id: int | None = None


@dataclass(frozen=True, slots=True)
class EventDraft:
    """A collective event as an agent writes it; `reason` is read by the families."""

    reach: Reach
    kind: EventKind
    effect: EventEffect
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """An activity at a venue on a day; `school_id` is the school the venue belongs to, None for a shared one."""

    activity_id: int
    venue_id: int
    school_id: int | None
    day: date


@dataclass(frozen=True, slots=True)
class Pupil:
    """Where a child goes to school that day, as far as it is known."""

    school_id: int | None = None
    class_id: int | None = None


def reaches_everyone(reach: Reach, place: Place) -> bool:
    """Whether the event holds for whoever is at that place: the town, the activity, the venue, a school's own venue."""
    if not _holds_at(reach, place):
        return False
    match reach.scope:
        case EventScope.TOWN:
            return True
        case EventScope.ACTIVITY:
            return place.activity_id == reach.scope_id
        case EventScope.VENUE:
            return place.venue_id == reach.scope_id
        case EventScope.SCHOOL:
            return place.school_id == reach.scope_id
        case EventScope.CLASS:
            return False


def reaches(reach: Reach, place: Place, pupil: Pupil) -> bool:
    """Whether the event holds for this child there: as for everyone, or as a pupil of its school or class, wherever
    they are received."""
    if reaches_everyone(reach, place):
        return True
    if not _holds_at(reach, place):
        return False
    if reach.scope is EventScope.SCHOOL:
        return pupil.school_id == reach.scope_id
    return reach.scope is EventScope.CLASS and pupil.class_id == reach.scope_id


def _holds_at(reach: Reach, place: Place) -> bool:
    return (
        reach.start <= place.day < reach.end
        and reach.activity_id in (None, place.activity_id)
        and place.venue_id != reach.to_venue_id
    )


def strongest(effects: Iterable[EventEffect]) -> EventEffect | None:
    """The one effect that the bill reads when several events reach a booking; None when none does."""
    return min(effects, key=_STRONGEST.index, default=None)


def held_until(end: date, undone_on: date | None) -> date:
    """The end of an event as it holds: one undone keeps the days gone by before that day, which were lived so."""
    return end if undone_on is None else min(end, undone_on)


def check_draft(draft: EventDraft, today: date) -> None:
    """`PeriodWithoutDays`, `EventInThePast` (a day gone by may be billed already), `PlaceToChoose`."""
    reach = draft.reach
    if reach.start >= reach.end:
        raise PeriodWithoutDays
    if reach.start < today:
        raise EventInThePast
    if (draft.effect is EventEffect.MOVED) != (reach.to_venue_id is not None):
        raise PlaceToChoose
    if reach.scope is EventScope.ACTIVITY and reach.activity_id != reach.scope_id:
        raise ValueError("an event of an activity is narrowed to that very activity")
