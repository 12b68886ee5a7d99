"""What the kitchen prepares: meals counted from the MEAL units booked, by venue and day, a Wednesday's included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from espace.activities.enums import EventEffect
from espace.activities.queries import venue_names
from espace.activities.queries.events import EventEntry
from espace.bookings.enums import HOLDING_A_PLACE, BookingState
from espace.bookings.models import Booking
from espace.bookings.queries.events import meal_formulas
from espace.bookings.queries.happenings import happenings
from espace.families.queries import packed_lunches
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import date_range
from espace.kernel.errors import NotFound

WORKING_DAYS = 5
HOT, PACKED, PICNIC = "hot", "packed", "picnic"
Where = tuple[int, date]  # (venue, day)


@dataclass(frozen=True, slots=True)
class Meals:
    """Hot meals, packed lunches that families bring (PAI), picnics the kitchen prepares."""

    hot: int = 0
    packed: int = 0
    picnic: int = 0

    @property
    def total(self) -> int:
        return self.hot + self.packed + self.picnic


@dataclass(frozen=True, slots=True)
class KitchenDay:
    """The meals of a day at a venue, and what they were before the events of that day."""

    day: date
    meals: Meals
    before: Meals

    @property
    def is_changed(self) -> bool:
        return self.meals != self.before


@dataclass(frozen=True, slots=True)
class KitchenRow:
    """A venue and its days."""

    venue: str
    days: list[KitchenDay]


@dataclass(frozen=True, slots=True)
class KitchenWeek:
    """From Monday to Friday: the venues that serve a meal or would have, the whole town, and the events of the week."""

    monday: date
    rows: list[KitchenRow]
    totals: list[KitchenDay]
    events: tuple[EventEntry, ...]


def kitchen_week_for(actor: Actor, monday: date) -> KitchenWeek:
    """The kitchen's week, for an agent of the activities; `NotFound` for anyone else. 7 queries at most."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotFound
    days = list(date_range(monday, monday + timedelta(days=WORKING_DAYS)))
    now, before, told = kitchen_count(monday, days[-1] + timedelta(days=1))
    names = venue_names()
    served = {venue for venue, _ in [*now, *before]}
    rows = [
        KitchenRow(name, [_day(day, now.get((venue, day)), before.get((venue, day))) for day in days])
        for venue, name in names.items()
        if venue in served
    ]
    totals = [
        KitchenDay(day, _sum(row.days[n].meals for row in rows), _sum(row.days[n].before for row in rows))
        for n, day in enumerate(days)
    ]
    return KitchenWeek(monday, rows, totals, told)


def kitchen_count(
    start: date, end: date
) -> tuple[dict[Where, Meals], dict[Where, Meals], tuple[EventEntry, ...]]:
    """The meals of `[start, end)` by (venue, day): as they are, and as they were before the events; and the events
    that reach one of them.

    A meal is a MEAL unit of a booking that holds its place. What an event cancelled or moved counts before, where it
    was; a child with a packed lunch keeps it on a day of picnic.
    """
    rows = list(
        Booking.objects.filter(
            Q(state__in=HOLDING_A_PLACE)
            | Q(event__isnull=False, event__undone_at=None, state_before__in=HOLDING_A_PLACE),
            slot__formula_id__in=meal_formulas(),
            date__gte=start,
            date__lt=end,
        )
        .order_by("date", "id")
        .values_list(
            "child_id", "date", "slot__activity_id", "slot__venue_id", "moved_from__venue_id", "state"
        )
    )
    children = {row[0] for row in rows}
    events = happenings(children, start, end)
    packs = packed_lunches(children, start, end)
    now: dict[Where, Counter[str]] = {}
    before: dict[Where, Counter[str]] = {}
    told: dict[int, EventEntry] = {}
    for child, day, activity, venue, moved_from, state in rows:
        kind = PACKED if packs(child, day) else HOT
        before.setdefault((moved_from or venue, day), Counter())[kind] += 1
        told |= {e.id: e for e in events.on(child, activity, moved_from or venue, day)}
        if state == BookingState.CANCELLED:
            continue
        is_picnic = kind is HOT and any(
            e.effect is EventEffect.PICNIC for e in events.on(child, activity, venue, day)
        )
        now.setdefault((venue, day), Counter())[PICNIC if is_picnic else kind] += 1
    return _counted(now), _counted(before), tuple(told[pk] for pk in sorted(told))


def _counted(found: dict[Where, Counter[str]]) -> dict[Where, Meals]:
    return {where: Meals(n[HOT], n[PACKED], n[PICNIC]) for where, n in found.items()}


def _day(day: date, meals: Meals | None, before: Meals | None) -> KitchenDay:
    return KitchenDay(day, meals or Meals(), before or Meals())


def _sum(found: Iterable[Meals]) -> Meals:
    every = list(found)
    return Meals(sum(m.hot for m in every), sum(m.packed for m in every), sum(m.picnic for m in every))
