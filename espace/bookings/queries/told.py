"""What a family reads of collective events: on a day of the calendar, in the agenda, on the dashboard."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from espace.activities.enums import EventEffect
from espace.activities.queries import SlotEntry, catalogue
from espace.activities.queries.events import EventEntry
from espace.bookings.enums import ACTIVE
from espace.bookings.models import Booking
from espace.bookings.queries.desk import Desk
from espace.bookings.queries.happenings import Happenings, happenings_later
from espace.families.errors import FamilyRefusal
from espace.families.queries import FamilyFacts, children_for, facts_later, households_for
from espace.kernel.actor import Actor
from espace.kernel.db import read_once
from espace.kernel.errors import NotFound
from espace.kernel.reading import Later, Together

OwnDays = Callable[[int, date], bool]
# What was asked and stands, and what an event took away: the family reads about both.
ASKED_OR_TAKEN = Q(state__in=ACTIVE) | Q(event__isnull=False)


def bar_of(desk: Desk, child_id: int, slot: SlotEntry) -> EventEntry | None:
    """The event because of which the child is not received in this slot."""
    return desk.events.bar(child_id, slot.activity_id, slot.venue_id, slot.day)


def is_open_to(desk: Desk, child_id: int, slot: SlotEntry) -> bool:
    return slot.is_open and bar_of(desk, child_id, slot) is None


def events_of_day(desk: Desk, child_id: int, day: date, slots: Iterable[SlotEntry]) -> list[EventEntry]:
    """What happens to the child that day, in these slots and where the enrolments are; each event once."""
    if not desk.events.events:
        return []
    offer = desk.catalogue
    asked = {(s.activity_id, s.venue_id, offer.formulas[s.formula_id].has_meal) for s in slots}
    for e in desk.enrolments:
        if e.child_id == child_id and e.start <= day < e.end:
            has_meal = any(f.has_meal for f in offer.activities[e.activity_id].formulas)
            asked.add((e.activity_id, e.venue_id, has_meal))
    found = {
        event.id: event
        for activity, venue, has_meal in sorted(asked)
        for event in desk.events.told(child_id, activity, venue, day, has_meal=has_meal)
    }
    return [found[pk] for pk in sorted(found)]


@dataclass(frozen=True, slots=True)
class EventDay:
    """What a collective event does to a child's day, in one sentence."""

    day: date
    child_id: int
    child: str
    notice: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A booking that stands, or that an event took away: where, and where it was before an event moved it."""

    child_id: int
    activity_id: int
    venue_id: int
    formula_id: int
    moved_from: int | None
    day: date


def event_days(spots: Iterable[Spot], events: Happenings, names: Mapping[int, str]) -> list[EventDay]:
    """The sentences of the days of these bookings, each once, by day. 1 query when there is a picnic, none where the
    page has read the catalogue."""
    if not events.events:
        return []
    has_picnic = any(e.effect is EventEffect.PICNIC for e in events.events)
    meals = {f.id for f in catalogue().formulas.values() if f.has_meal} if has_picnic else set()
    found: dict[tuple[date, int, str], EventDay] = {}
    for spot in spots:
        for venue in {spot.venue_id, spot.moved_from or spot.venue_id}:
            for event in events.told(
                spot.child_id, spot.activity_id, venue, spot.day, has_meal=spot.formula_id in meals
            ):
                day = EventDay(spot.day, spot.child_id, names[spot.child_id], event.notice)
                found[spot.day, spot.child_id, event.notice] = day
    return [found[key] for key in sorted(found)]


def event_days_later(
    actor: Actor, child_ids: Collection[int] | None, start: date, end: date
) -> Together[list[EventDay]]:
    """What events do to the days of `[start, end)` that are the actor's and that hold a booking, or held one that the
    event took away: to read with other lists. `NotFound` if a child is not theirs. 1 query when read alone, beyond the
    actor's own homes and children, 3 at most."""
    names = {child.pk: child.first_name for child in children_for(actor)}
    chosen = list(names) if child_ids is None else list(child_ids)
    if any(child_id not in names for child_id in chosen):
        raise NotFound
    rows = Booking.objects.filter(ASKED_OR_TAKEN, child_id__in=chosen, date__gte=start, date__lt=end)
    spots = Later(
        rows.values_list(
            "child_id",
            "slot__activity_id",
            "slot__venue_id",
            "slot__formula_id",
            "moved_from__venue_id",
            "date",
        ),
        lambda found: [Spot(*row) for row in found],
    )

    def made(spots: list[Spot], events: Happenings, own: OwnDays) -> list[EventDay]:
        return event_days((s for s in spots if own(s.child_id, s.day)), events, names)

    own = own_days_later(actor, tuple(chosen), start, end)
    return Together(made, spots, happenings_later(chosen, start, end), own)


@read_once
def own_days_later(actor: Actor, child_ids: tuple[int, ...], start: date, end: date) -> Later[OwnDays]:
    """Whether a child is the actor's household's on a day, to read with other lists; 1 query more where holidays are
    divided. The lists of one page that depend on it share it."""
    households = {h.pk for h in households_for(actor)}
    return facts_later(child_ids, start, end).then(lambda facts: own_days(facts, households))


def own_days(facts: FamilyFacts, households: Collection[int]) -> OwnDays:
    """Whether one of these households answers for a child on a day."""

    def own(child_id: int, day: date) -> bool:
        try:
            return facts.household_on(child_id, day) in households
        except FamilyRefusal:
            return False

    return own
