"""The slots of the town, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import ExtractIsoWeekDay

from espace.activities.enums import SlotState
from espace.activities.models import Slot, Venue
from espace.kernel.asking import asked_again
from espace.kernel.reading import read_together


@dataclass(frozen=True, slots=True)
class SlotEntry:
    """A slot, the places left in its pool when it was read, who waits for one, and how many more may."""

    id: int
    activity_id: int
    venue_id: int
    period_id: int
    formula_id: int
    pool_id: int
    day: date
    is_open: bool
    closed_reason: str
    left: int
    waiting: int = 0
    list_left: int | None = None


_SLOT_COLUMNS = (
    "id", "activity_id", "venue_id", "period_id", "formula_id", "pool_id", "date", "state", "closed_reason",
    "pool__capacity", "pool__taken", "pool__waiting", "pool__waitlist_capacity",
)  # fmt: skip


def slots_by_id(slot_ids: list[int]) -> dict[int, SlotEntry]:
    """These slots, those that exist. 1 query."""
    return {row[0]: _slot(row) for row in _slots_of(slot_ids)}


@asked_again
def _slots_of(slot_ids: list[int]) -> QuerySet[Any, Any]:
    return Slot.objects.filter(id__in=slot_ids).order_by("date", "id").values_list(*_SLOT_COLUMNS)


def slots_between(places: set[tuple[int, int]], start: date, end: date) -> list[SlotEntry]:
    """The slots of these (period, venue) couples over `[start, end)`, by date. 1 query, none for no couple."""
    if not places:
        return []
    rows = (
        Slot.objects.filter(
            period_id__in=sorted({period for period, _ in places}),
            venue_id__in=sorted({venue for _, venue in places}),
            date__gte=start,
            date__lt=end,
        )
        .order_by("date", "id")
        .values_list(*_SLOT_COLUMNS)
    )
    return [_slot(row) for row in rows if (row[3], row[2]) in places]


@dataclass(frozen=True, slots=True)
class WeekdayEntry:
    """A formula that exists on a weekday (0 = Monday) of a period at a venue, on open days from `first` to `last`."""

    period_id: int
    venue_id: int
    formula_id: int
    weekday: int
    first: date
    last: date


def weekdays_offered(places: set[tuple[int, int]], start: date) -> list[WeekdayEntry]:
    """On which weekdays each formula of these (period, venue) couples exists from `start` on. 1 query."""
    rows = (
        Slot.objects.filter(
            period_id__in=sorted({period for period, _ in places}),
            venue_id__in=sorted({venue for _, venue in places}),
            date__gte=start,
            state=SlotState.OPEN,
        )
        .annotate(weekday=ExtractIsoWeekDay("date"))
        .order_by("period_id", "venue_id", "formula_id", "weekday")
        .values_list("period_id", "venue_id", "formula_id", "weekday")
        .annotate(first=Min("date"), last=Max("date"))
    )
    return [
        WeekdayEntry(period, venue, formula, weekday - 1, first, last)
        for period, venue, formula, weekday, first, last in rows
        if (period, venue) in places
    ]


def _slot(row: tuple[int, int, int, int, int, int, date, str, str, int, int, int, int | None]) -> SlotEntry:
    pk, activity, venue, period, formula, pool, day, state, reason, capacity, taken, waiting, longest = row
    left, room = max(capacity - taken, 0), None if longest is None else max(longest - waiting, 0)
    is_open = state == SlotState.OPEN
    return SlotEntry(pk, activity, venue, period, formula, pool, day, is_open, reason, left, waiting, room)


@dataclass(frozen=True, slots=True)
class VenueEntry:
    id: int
    name: str
    street: str
    school_id: int | None


def venues_of_periods(period_ids: list[int]) -> dict[int, list[VenueEntry]]:
    """Where each period receives children, by name: the venues that have slots in it. 1 query."""
    places, venues = read_together(
        Slot.objects.filter(period_id__in=period_ids).values_list("period_id", "venue_id").distinct(),
        Venue.objects.values_list("name", "id", "street", "school_id"),
    )
    couples = set(places)
    return {
        period: [
            VenueEntry(pk, name, street, school)
            for name, pk, street, school in sorted(venues)
            if (period, pk) in couples
        ]
        for period in sorted({period for period, _ in couples})
    }


def venue_names() -> dict[int, str]:
    """Each venue's name. 1 query."""
    return dict(Venue.objects.order_by("name").values_list("id", "name"))
