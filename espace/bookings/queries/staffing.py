"""The places of an activity day by day, the children booked, and the adults they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from espace.activities.models import CapacityPool, Slot, StaffingRatio
from espace.activities.rules import Ratio, adults_needed
from espace.activities.rules.admission import SIX
from espace.bookings.enums import EXPECTED
from espace.bookings.models import Booking
from espace.families.rules import age_on
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class StaffedDay:
    """A venue on a day: places, children expected by age (each once, whatever they booked), and the adults they need
    (None without a ratio)."""

    day: date
    venue: str
    capacity: int
    under_six: int
    from_six: int
    adults: int | None


@dataclass(frozen=True, slots=True)
class Staffing:
    ratio: Ratio | None
    days: Sequence[StaffedDay]


def staffing_for(actor: Actor, activity_id: int, start: date | None = None) -> Staffing:
    """Two weeks of an activity from `start` (today, by default); `NotFound` unless the actor is an agent of the
    activities. 4 queries."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotFound
    first = start or clock.today()
    row = StaffingRatio.objects.filter(activity_id=activity_id).first()
    ratio = Ratio(row.under_six, row.from_six) if row else None
    slots = Slot.objects.filter(activity_id=activity_id, date__gte=first, date__lt=first + AHEAD)
    pools = CapacityPool.objects.filter(id__in=slots.values("pool_id")).order_by("date", "venue__name", "id")
    places: dict[tuple[date, int], tuple[str, int]] = {}
    for day, venue_id, venue, capacity in pools.values_list("date", "venue_id", "venue__name", "capacity"):
        _, known = places.get((day, venue_id), (venue, 0))
        places[day, venue_id] = (venue, known + capacity)
    young: dict[tuple[date, int], int] = {}
    older: dict[tuple[date, int], int] = {}
    for day, venue_id, _, born in _expected(activity_id, first):
        counted = young if born is not None and age_on(born, day) < SIX else older
        counted[day, venue_id] = counted.get((day, venue_id), 0) + 1
    days = []
    for key, (venue, capacity) in places.items():
        under, over = young.get(key, 0), older.get(key, 0)
        days.append(
            StaffedDay(
                key[0], venue, capacity, under, over, adults_needed(ratio, under, over) if ratio else None
            )
        )
    return Staffing(ratio, days)


def _expected(activity_id: int, first: date) -> list[tuple[date, int, int, date | None]]:
    """(day, venue, child, birth date), each child once a day and venue."""
    rows = Booking.objects.filter(
        slot__activity_id=activity_id, state__in=EXPECTED, date__gte=first, date__lt=first + AHEAD
    )
    return list(
        rows.order_by("date", "slot__venue_id", "child_id")
        .values_list("date", "slot__venue_id", "child_id", "child__birth_date")
        .distinct()
    )
