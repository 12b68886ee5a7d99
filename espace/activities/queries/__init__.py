"""The offer as the other apps read it: frozen, whole, in one query however large the town is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import ExtractIsoWeekDay

from espace.activities.enums import (
    Action,
    ActivityKind,
    Anchor,
    Band,
    BookingMode,
    EnrolmentPolicy,
    OffsetUnit,
    SlotState,
    Timing,
    UnitKind,
    WaitingMode,
)
from espace.activities.models import (
    Activity,
    DeadlineRule,
    DeadlineTier,
    DeadlineWindow,
    Formula,
    FormulaUnit,
    Period,
    Slot,
    Venue,
)
from espace.activities.rules import Deadlines, Tier, WaitingRule, Window
from espace.kernel.db import kept_a_moment, read_once
from espace.kernel.reading import Rows, asked_again, asked_and_kept, built_once, read_together

AT_SCHOOL = frozenset({ActivityKind.CANTEEN, ActivityKind.BEFORE_SCHOOL, ActivityKind.AFTER_SCHOOL})
NO_DEADLINES = Deadlines(())


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A part of a formula; `quantity` in hundredths."""

    tariff_code: str
    kind: UnitKind
    quantity: int


@dataclass(frozen=True, slots=True)
class FormulaEntry:
    id: int
    activity_id: int
    code: str
    label: str
    detail: str
    band: Band
    starts_at: time
    ends_at: time
    units: tuple[UnitEntry, ...]

    @property
    def has_meal(self) -> bool:
        return any(unit.kind is UnitKind.MEAL for unit in self.units)


@dataclass(frozen=True, slots=True)
class PeriodEntry:
    """`[start, end)`; the instants between which families may book."""

    id: int
    activity_id: int
    label: str
    start: date
    end: date
    opens_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    id: int
    slug: str
    name: str
    kind: ActivityKind
    cash_office_id: int
    accounting_code_id: int
    policy: EnrolmentPolicy
    mode: BookingMode
    min_age: int
    max_age: int
    description: str
    formulas: tuple[FormulaEntry, ...]
    waiting: WaitingRule

    @property
    def is_at_school(self) -> bool:
        """Received where the child goes to school: the family has no venue to choose."""
        return self.kind in AT_SCHOOL


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the town proposes. `activities` and the formulas of each are in the town's own order."""

    activities: Mapping[int, ActivityEntry]
    formulas: Mapping[int, FormulaEntry]
    periods: Mapping[int, PeriodEntry]
    _deadlines: Mapping[tuple[int, int | None, Action], Deadlines]
    _order: Mapping[int, int]

    def deadlines(self, activity_id: int, period_id: int, action: Action) -> Deadlines:
        """The tiers that hold for this period: its own, else the activity's, else none (never bookable)."""
        own = self._deadlines.get((activity_id, period_id, action))
        return own or self._deadlines.get((activity_id, None, action), NO_DEADLINES)

    def order_of(self, formula_id: int) -> int:
        """Where a formula comes in a day, over all activities."""
        return self._order[formula_id]


# Each begins with its own order.
_ACTIVITY = (
    "position", "id", "slug", "name", "kind", "cash_office_id", "accounting_code_id", "enrolment_policy",
    "booking_mode", "min_age", "max_age", "description", "waiting_list", "offer_hours", "offers_stop_days",
)  # fmt: skip
_FORMULA = ("position", "id", "activity_id", "code", "label", "detail", "band", "starts_at", "ends_at")
_UNIT = ("position", "id", "formula_id", "tariff_code", "kind", "quantity")
_PERIOD = ("start", "id", "activity_id", "label", "end", "opens_at", "closes_at")
_RULE = ("id", "activity_id", "period_id", "action")
_TIER = ("position", "id", "rule_id", "timing", "anchor", "offset", "unit", "at", "fixed")
_WINDOW = ("id", "rule_id", "timing", "closes_at")


@read_once
@kept_a_moment
def catalogue() -> Catalogue:
    """All activities, formulas, units, periods and deadlines. 1 query; the same object while they are the same."""
    return _catalogue(_offer())


@asked_and_kept
def _offer() -> tuple[QuerySet[Any, Any], ...]:
    return (
        Activity.objects.values_list(*_ACTIVITY),
        Formula.objects.values_list(*_FORMULA),
        FormulaUnit.objects.values_list(*_UNIT),
        Period.objects.values_list(*_PERIOD),
        DeadlineRule.objects.values_list(*_RULE),
        DeadlineTier.objects.values_list(*_TIER),
        DeadlineWindow.objects.values_list(*_WINDOW),
    )


@built_once
def _catalogue(rows: tuple[Rows, ...]) -> Catalogue:
    offered, formula_rows, units, periods, rules, tiers, windows = rows
    of_activity = _formulas(formula_rows, units)
    activities = {
        pk: ActivityEntry(
            pk, slug, name, ActivityKind(kind), office, code, EnrolmentPolicy(policy), BookingMode(mode), youngest,
            oldest, description, tuple(of_activity.get(pk, ())), WaitingRule(WaitingMode(waits), hours, stop),
        )
        for (
            _, pk, slug, name, kind, office, code, policy, mode, youngest, oldest, description, waits, hours, stop,
        ) in sorted(offered)
    }  # fmt: skip
    formulas = {f.id: f for a in activities.values() for f in a.formulas}
    order = {f.id: n for n, f in enumerate(sorted(formulas.values(), key=lambda f: f.starts_at))}
    return Catalogue(activities, formulas, _periods(periods), _deadlines(rules, tiers, windows), order)


def _formulas(formulas: Rows, units: Rows) -> dict[int, list[FormulaEntry]]:
    """By activity; a formula without unit is kept."""
    parts: dict[int, list[UnitEntry]] = {}
    for _, _, formula, tariff_code, kind, quantity in sorted(units):
        parts.setdefault(formula, []).append(UnitEntry(tariff_code, UnitKind(kind), quantity))
    found: dict[int, list[FormulaEntry]] = {}
    for _, pk, activity, code, label, detail, band, starts, ends in sorted(formulas):
        entry = FormulaEntry(
            pk, activity, code, label, detail, Band(band), starts, ends, tuple(parts.get(pk, ()))
        )
        found.setdefault(activity, []).append(entry)
    return found


def _periods(rows: Rows) -> dict[int, PeriodEntry]:
    return {
        pk: PeriodEntry(pk, activity, label, start, end, opens_at, closes_at)
        for start, pk, activity, label, end, opens_at, closes_at in sorted(rows)
    }


def _deadlines(rules: Rows, tiers: Rows, windows: Rows) -> dict[tuple[int, int | None, Action], Deadlines]:
    """The rules with their tiers and windows, by what they are the rule of."""
    ordered: dict[int, list[Tier]] = {}
    for _, _, rule, timing, anchor, offset, unit, moment, fixed in sorted(tiers):
        tier = Tier(Timing(timing), Anchor(anchor), offset, OffsetUnit(unit), moment, fixed)
        ordered.setdefault(rule, []).append(tier)
    moved: dict[int, list[Window]] = {}
    for _, rule, timing, closes_at in sorted(windows):
        moved.setdefault(rule, []).append(Window(Timing(timing), closes_at))
    return {
        (activity, period, Action(action)): Deadlines(
            tuple(ordered.get(rule, ())), tuple(moved.get(rule, ()))
        )
        for rule, activity, period, action in sorted(rules)
    }


# Slots ----------------------------------------------------------------------------------------------------------


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


# Where ----------------------------------------------------------------------------------------------------------


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
