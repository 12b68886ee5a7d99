"""Collective events: those that hold, those that an agent declared, what one may be declared for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from espace.activities.enums import EventEffect, EventKind, EventScope, SlotState
from espace.activities.models import CollectiveEvent, Slot, Venue
from espace.activities.rules import EventDraft, Reach, held_until
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import PARIS
from espace.kernel.db import read_once
from espace.kernel.errors import NotFound
from espace.kernel.reading import asked_again
from espace.kernel.text import N_
from espace.town.models import School, SchoolClass

KINDS = {
    EventKind.STRIKE: N_("Grève"),
    EventKind.OUTING: N_("Sortie"),
    EventKind.ABSENT_TEACHER: N_("Enseignant absent"),
    EventKind.CLOSURE: N_("Fermeture"),
    EventKind.OTHER: N_("Événement"),
}
_ITS_OBJECT = {
    EventScope.SCHOOL: "school_id",
    EventScope.CLASS: "school_class_id",
    EventScope.VENUE: "venue_id",
}
LAST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event as it holds (its reach ends when it was undone), and its words; `activity` is empty when it is all."""

    id: int
    reach: Reach
    kind: EventKind
    effect: EventEffect
    reason: str
    to_venue: str
    to_address: str
    activity: str
    first: date
    last: date
    declared_at: datetime
    undone_at: datetime | None

    @property
    def name(self) -> str:
        return _(KINDS[self.kind])

    @property
    def notice(self) -> str:
        """What a family reads on the day itself: « Grève : annulation gratuite »."""
        only = f" ({self.activity.lower()})" if self.activity else ""
        words = {
            "kind": self.name + only,
            "reason": self.reason.rstrip("."),
            "venue": self.to_venue,
            "only": only,
        }
        match self.effect:
            case EventEffect.CLOSED:
                return _("Fermé%(only)s : %(reason)s") % words
            case EventEffect.FREE_ABSENCE:
                return _("%(kind)s : annulation gratuite") % words
            case EventEffect.PICNIC:
                return _("%(kind)s : pique-nique") % words
            case EventEffect.MOVED:
                return _("Déplacé%(only)s : %(venue)s") % words


@read_once
def live_events(start: date, end: date) -> tuple[EventEntry, ...]:
    """The events that hold on a day of `[start, end)`, in the order in which they were declared. 1 query."""
    entries = [_entry(row) for row in _holding(start, end)]
    return tuple(e for e in entries if max(e.reach.start, start) < e.reach.end)


@asked_again
def _holding(start: date, end: date) -> QuerySet[CollectiveEvent]:
    rows = CollectiveEvent.objects.filter(start__lt=end, end__gt=start)
    return rows.select_related("to_venue", "activity").order_by("id")


@read_once
def schools_of_venues() -> dict[int, int | None]:
    """The school each venue belongs to, None for a shared one. 1 query."""
    return dict(Venue.objects.order_by("id").values_list("id", "school_id"))


def reach_of(event: CollectiveEvent) -> Reach:
    """Whom a stored event reaches, as it holds."""
    scope = EventScope(event.scope)
    undone = event.undone_at.astimezone(PARIS).date() if event.undone_at else None
    its_object = event.activity_id if scope is EventScope.ACTIVITY else None
    if scope in _ITS_OBJECT:
        its_object = getattr(event, _ITS_OBJECT[scope])
    end = held_until(event.end, undone)
    return Reach(scope, its_object, event.activity_id, event.start, end, event.to_venue_id)


def columns_of(reach: Reach) -> dict[str, object]:
    """The columns of an event that say whom it reaches."""
    columns: dict[str, object] = dict.fromkeys(_ITS_OBJECT.values())
    columns |= {"scope": reach.scope, "activity_id": reach.activity_id, "to_venue_id": reach.to_venue_id}
    if reach.scope in _ITS_OBJECT:
        columns[_ITS_OBJECT[reach.scope]] = reach.scope_id
    return columns


def same_events(draft: EventDraft) -> QuerySet[CollectiveEvent]:
    """The events not undone that do the same to the same children on one of its days."""
    reach = draft.reach
    known = {k: v for k, v in columns_of(reach).items() if k != "to_venue_id"}
    return CollectiveEvent.objects.filter(
        start__lt=reach.end, end__gt=reach.start, effect=draft.effect, undone_at=None, **known
    ).order_by("id")


# The slots of an event -----------------------------------------------------------------------------------------


def slots_closed_by(reach: Reach) -> QuerySet[Slot]:
    """The open slots where the event reaches everyone: those a closure closes. None for a class."""
    if reach.scope is EventScope.CLASS:
        return Slot.objects.none()
    return _open(reach, Q(venue__school_id=_id(reach)))


def slots_reached(reach: Reach) -> QuerySet[Slot]:
    """The open slots where the event may reach someone: for a school or a class, its venues and the shared ones."""
    own = Q(venue__school_id=_id(reach))
    if reach.scope is EventScope.CLASS:
        own = Q(venue__school_id__in=SchoolClass.objects.filter(pk=_id(reach)).values("school_id"))
    return _open(reach, own | Q(venue__school_id=None))


def _open(reach: Reach, of_school: Q) -> QuerySet[Slot]:
    found = _dated(reach).filter(state=SlotState.OPEN)
    if reach.to_venue_id is not None:
        found = found.exclude(venue_id=reach.to_venue_id)
    if reach.scope is EventScope.VENUE:
        return found.filter(venue_id=_id(reach))
    if reach.scope in (EventScope.SCHOOL, EventScope.CLASS):
        return found.filter(of_school)
    return found


def pools_of(reach: Reach) -> set[int]:
    """Every pool that the event may free or fill: none other holds a child it reaches. 1 query."""
    found = _dated(reach)
    if reach.scope is EventScope.VENUE:
        found = found.filter(venue_id__in=[_id(reach), reach.to_venue_id or 0])
    return set(found.order_by("id").values_list("pool_id", flat=True))


def _dated(reach: Reach) -> QuerySet[Slot]:
    found = Slot.objects.filter(date__gte=reach.start, date__lt=reach.end)
    return found if reach.activity_id is None else found.filter(activity_id=reach.activity_id)


def _id(reach: Reach) -> int:
    """The object of the scope; 0, which nothing has, for the town."""
    return reach.scope_id or 0


@dataclass(frozen=True, slots=True)
class Destination:
    """An open slot where an event may move a booking: that of the same day and formula, of the same period."""

    slot_id: int
    pool_id: int
    age_group: str


def destinations(reach: Reach) -> dict[tuple[date, int, int], list[Destination]]:
    """The open slots of the venue an event moves to, by (day, formula, period). 1 query."""
    rows = (
        Slot.objects.filter(
            venue_id=reach.to_venue_id or 0, date__gte=reach.start, date__lt=reach.end, state=SlotState.OPEN
        )
        .order_by("id")
        .values_list("date", "formula_id", "period_id", "id", "pool_id", "pool__age_group")
    )
    found: dict[tuple[date, int, int], list[Destination]] = {}
    for day, formula, period, slot, pool, age_group in rows:
        found.setdefault((day, formula, period), []).append(Destination(slot, pool, age_group))
    return found


# For agents -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeclaredEvent:
    """An event with whom it reaches, in words."""

    event: EventEntry
    where: str


@dataclass(frozen=True, slots=True)
class EventLists:
    """The events an agent sees: to come or under way, soonest first; gone by and undone, the latest first."""

    coming: list[DeclaredEvent]
    past: list[DeclaredEvent]
    undone: list[DeclaredEvent]


def event_lists_for(actor: Actor) -> EventLists:
    """For an agent of the activities; empty for anyone else. 3 queries, whatever the years kept."""
    if not actor.may(Permission.ACTIVITIES):
        return EventLists([], [], [])
    rows, today = _worded(), clock.today()
    standing = rows.filter(undone_at=None)
    return EventLists(
        [_declared(row) for row in standing.filter(end__gt=today).order_by("start", "id")],
        [_declared(row) for row in standing.filter(end__lte=today).order_by("-start", "-id")[:LAST_SHOWN]],
        [_declared(row) for row in rows.exclude(undone_at=None).order_by("-undone_at", "-id")[:LAST_SHOWN]],
    )


def event_for(actor: Actor, event_id: int) -> DeclaredEvent:
    """One event, for an agent of the activities; `NotFound`. 1 query."""
    row = _worded().filter(pk=event_id).order_by("id").first() if actor.may(Permission.ACTIVITIES) else None
    if row is None:
        raise NotFound
    return _declared(row)


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """Someone an event may reach, by a group's name and its own."""

    group: str
    scope: EventScope
    scope_id: int | None
    label: str


def scope_choices() -> list[ScopeChoice]:
    """The town, its schools, the classes of this school year and the next, its venues. 3 queries."""
    classes = SchoolClass.objects.filter(year__end__gt=clock.today()).select_related("school", "year")
    return [
        ScopeChoice("", EventScope.TOWN, None, "Toute la commune"),
        *(
            ScopeChoice("Les élèves d’une école", EventScope.SCHOOL, school.pk, school.name)
            for school in School.objects.order_by("name")
        ),
        *(
            ScopeChoice("Les élèves d’une classe", EventScope.CLASS, one.pk, _class_label(one))
            for one in classes.order_by("year__start", "school__name", "id")
        ),
        *(
            ScopeChoice("Tous les enfants d’un lieu", EventScope.VENUE, venue.pk, venue.name)
            for venue in Venue.objects.order_by("name")
        ),
    ]


def _class_label(one: SchoolClass) -> str:
    return f"{one.name}, {one.school.name} ({one.year.label})"


def _worded() -> QuerySet[CollectiveEvent]:
    return CollectiveEvent.objects.select_related(
        "to_venue", "venue", "school", "school_class__school", "activity"
    )


def _declared(row: CollectiveEvent) -> DeclaredEvent:
    where = "Toute la commune"
    if row.school_class is not None:
        where = f"{row.school_class.name}, {row.school_class.school.name}"
    elif row.school is not None or row.venue is not None:
        where = str(row.school or row.venue)
    return DeclaredEvent(_entry(row), where)


def _entry(row: CollectiveEvent) -> EventEntry:
    return EventEntry(
        id=row.pk,
        reach=reach_of(row),
        kind=EventKind(row.kind),
        effect=EventEffect(row.effect),
        reason=row.reason,
        to_venue=row.to_venue.name if row.to_venue else "",
        activity=row.activity.name if row.activity else "",
        to_address=f"{row.to_venue.name}, {row.to_venue.street}" if row.to_venue else "",
        first=row.start,
        last=row.end - timedelta(days=1),
        declared_at=row.declared_at,
        undone_at=row.undone_at,
    )
