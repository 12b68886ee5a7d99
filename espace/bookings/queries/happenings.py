"""The collective events of some days, and which of them reach a child: one question for the grid, the plan, the
kitchen and the bill."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from espace.activities.enums import EventEffect, EventScope
from espace.activities.queries.events import EventEntry, events_later, schools_later, schools_of_venues
from espace.activities.rules import Place, Pupil, reaches, strongest
from espace.families.models import Schooling
from espace.families.queries import overlapping
from espace.kernel.reading import Later, Rows, Together

NOBODY = Pupil()
Schoolings = Mapping[int, Sequence[tuple[date, date | None, Pupil]]]


@dataclass(frozen=True, slots=True)
class Happenings:
    """The events that hold over some days, for some children. Asking costs no query."""

    events: tuple[EventEntry, ...]
    _schools: Mapping[int, int | None]
    _schoolings: Schoolings

    def on(self, child_id: int, activity_id: int, venue_id: int, day: date) -> tuple[EventEntry, ...]:
        """Those that reach this child at this activity and venue, in the order in which they were declared."""
        if not self.events:
            return ()
        place = Place(activity_id, venue_id, self._schools.get(venue_id), day)
        pupil = self._pupil(child_id, day)
        return tuple(e for e in self.events if reaches(e.reach, place, pupil))

    def effect(self, child_id: int, activity_id: int, venue_id: int, day: date) -> EventEffect | None:
        """The one effect that the bill reads."""
        return strongest(e.effect for e in self.on(child_id, activity_id, venue_id, day))

    def frees(self, child_id: int, activity_id: int, venue_id: int, day: date) -> bool:
        """Whether cancelling is free of charge until the day itself ends."""
        return any(
            e.effect is EventEffect.FREE_ABSENCE for e in self.on(child_id, activity_id, venue_id, day)
        )

    def bar(self, child_id: int, activity_id: int, venue_id: int, day: date) -> EventEntry | None:
        """The event because of which this child is not received there that day: closed, or received elsewhere."""
        barring = (EventEffect.CLOSED, EventEffect.MOVED)
        found = self.on(child_id, activity_id, venue_id, day)
        return next((e for effect in barring for e in found if e.effect is effect), None)

    def venue_for(self, child_id: int, activity_id: int, venue_id: int, day: date) -> int:
        """Where a child enrolled at this venue is received that day."""
        bar = self.bar(child_id, activity_id, venue_id, day)
        return bar.reach.to_venue_id or venue_id if bar is not None else venue_id

    def told(
        self, child_id: int, activity_id: int, venue_id: int, day: date, *, has_meal: bool
    ) -> list[EventEntry]:
        """Those that the family reads about there: a picnic is told of a meal only."""
        found = self.on(child_id, activity_id, venue_id, day)
        return [e for e in found if has_meal or e.effect is not EventEffect.PICNIC]

    @property
    def arrivals(self) -> set[int]:
        """The venues to which some event moves children."""
        return {e.reach.to_venue_id for e in self.events if e.reach.to_venue_id is not None}

    def _pupil(self, child_id: int, day: date) -> Pupil:
        for start, end, pupil in self._schoolings.get(child_id, ()):
            if start <= day and (end is None or day < end):
                return pupil
        return NOBODY


def happenings(child_ids: Collection[int], start: date, end: date) -> Happenings:
    """The events of `[start, end)` for these children. 1 query."""
    return happenings_later(child_ids, start, end).answer


def happenings_later(child_ids: Collection[int], start: date, end: date) -> Together[Happenings]:
    """The same, to read with other lists."""
    schoolings = _schoolings_later(child_ids, start, end)
    return Together(Happenings, events_later(start, end), schools_later(start, end), schoolings)


def of_events(events: Sequence[EventEntry], child_ids: Collection[int], start: date, end: date) -> Happenings:
    """The same for events already read."""
    scopes = {e.reach.scope for e in events}
    schools = schools_of_venues() if EventScope.SCHOOL in scopes else {}
    depends = scopes & {EventScope.SCHOOL, EventScope.CLASS}
    schoolings = _schoolings_later(child_ids, start, end).answer if depends else {}
    return Happenings(tuple(events), schools, schoolings)


def _schoolings_later(child_ids: Collection[int], start: date, end: date) -> Later[Schoolings]:
    rows = Schooling.objects.filter(overlapping(start, end), child_id__in=list(child_ids))
    return Later(
        rows.values_list("start", "id", "child_id", "end", "school_id", "school_class_id"), _schoolings
    )


def _schoolings(rows: Rows) -> Schoolings:
    """By child, the oldest first."""
    found: dict[int, list[tuple[date, date | None, Pupil]]] = {}
    for since, _, child, until, school, its_class in sorted(rows, key=itemgetter(0, 1)):
        found.setdefault(child, []).append((since, until, Pupil(school, its_class)))
    return found
