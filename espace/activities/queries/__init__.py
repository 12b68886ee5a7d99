"""The offer as the other apps read it: frozen, whole, in three queries however large the town is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F, Max, Min
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
)
from espace.activities.models import Activity, DeadlineRule, Period, Slot, Venue
from espace.activities.rules import Deadlines, Tier, Window
from espace.kernel.db import kept_a_moment, read_once

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


@read_once
@kept_a_moment
def catalogue() -> Catalogue:
    """All activities, formulas, units, periods and deadlines. 3 queries."""
    activities = _activities()
    formulas = {f.id: f for a in activities.values() for f in a.formulas}
    periods = {p.pk: _period(p) for p in Period.objects.order_by("start", "id")}
    order = {f.id: n for n, f in enumerate(sorted(formulas.values(), key=lambda f: f.starts_at))}
    return Catalogue(activities, formulas, periods, _deadlines(), order)


def _activities() -> dict[int, ActivityEntry]:
    """One query: an activity without formula, or a formula without unit, is kept."""
    found: dict[int, Activity] = {}
    formulas: dict[int, dict[int, tuple[object, ...]]] = {}
    units: dict[int, list[UnitEntry]] = {}
    rows = (
        Activity.objects.order_by("position", "id", "formulas__position", "formulas__units__position")
        .annotate(
            f_id=F("formulas__id"),
            f_code=F("formulas__code"),
            f_label=F("formulas__label"),
            f_detail=F("formulas__detail"),
            f_band=F("formulas__band"),
            f_starts=F("formulas__starts_at"),
            f_ends=F("formulas__ends_at"),
            u_code=F("formulas__units__tariff_code"),
            u_kind=F("formulas__units__kind"),
            u_quantity=F("formulas__units__quantity"),
        )
        .distinct()
    )
    for row in rows:
        found[row.pk] = row
        of_activity = formulas.setdefault(row.pk, {})
        if row.f_id is None:
            continue
        of_activity[row.f_id] = (row.f_code, row.f_label, row.f_detail, row.f_band, row.f_starts, row.f_ends)
        if row.u_code is not None:
            units.setdefault(row.f_id, []).append(UnitEntry(row.u_code, UnitKind(row.u_kind), row.u_quantity))
    return {
        pk: ActivityEntry(
            id=pk,
            slug=a.slug,
            name=a.name,
            kind=ActivityKind(a.kind),
            cash_office_id=a.cash_office_id,
            accounting_code_id=a.accounting_code_id,
            policy=EnrolmentPolicy(a.enrolment_policy),
            mode=BookingMode(a.booking_mode),
            min_age=a.min_age,
            max_age=a.max_age,
            description=a.description,
            formulas=tuple(
                _formula(f_id, pk, values, tuple(units.get(f_id, ())))
                for f_id, values in formulas[pk].items()
            ),
        )
        for pk, a in found.items()
    }


def _formula(
    pk: int, activity_id: int, values: tuple[object, ...], units: tuple[UnitEntry, ...]
) -> FormulaEntry:
    code, label, detail, band, starts, ends = values
    assert isinstance(starts, time) and isinstance(ends, time)  # noqa: PT018, S101 - for the type checker
    return FormulaEntry(
        pk, activity_id, str(code), str(label), str(detail), Band(str(band)), starts, ends, units
    )


def deadlines_only(periods: Iterable[Period]) -> Catalogue:
    """A catalogue of these periods and of every deadline, for who only counts limits. 1 query."""
    entries = {p.pk: _period(p) for p in periods}
    return Catalogue({}, {}, entries, _deadlines(), {})


def _period(p: Period) -> PeriodEntry:
    return PeriodEntry(p.pk, p.activity_id, p.label, p.start, p.end, p.opens_at, p.closes_at)


def _deadlines() -> dict[tuple[int, int | None, Action], Deadlines]:
    """One query: the rules with their tiers and windows. A rule has one window at most, as a rule of thumb: each
    more one repeats its tiers once, and is told apart by its id."""
    keys: dict[int, tuple[int, int | None, Action]] = {}
    tiers: dict[int, dict[int, Tier]] = {}
    windows: dict[int, dict[int, Window]] = {}
    rows = DeadlineRule.objects.order_by("id", "tiers__position", "windows__id").values_list(
        "id", "activity_id", "period_id", "action", "tiers__position", "tiers__timing", "tiers__anchor",
        "tiers__offset", "tiers__unit", "tiers__at", "tiers__fixed", "windows__id", "windows__timing",
        "windows__closes_at",
    )  # fmt: skip
    for (
        rule, activity, period, action, place, timing, anchor, offset, unit, moment, fixed, window, moved, closes_at
    ) in rows:  # fmt: skip
        keys[rule] = (activity, period, Action(action))
        if place is not None:
            tier = Tier(Timing(timing), Anchor(anchor), offset, OffsetUnit(unit), moment, fixed)
            tiers.setdefault(rule, {})[place] = tier
        if window is not None:
            windows.setdefault(rule, {})[window] = Window(Timing(moved), closes_at)
    return {
        key: Deadlines(tuple(tiers.get(rule, {}).values()), tuple(windows.get(rule, {}).values()))
        for rule, key in keys.items()
    }


# Slots ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlotEntry:
    """A slot and the places left in its pool when it was read."""

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


_SLOT_COLUMNS = (
    "id", "activity_id", "venue_id", "period_id", "formula_id", "pool_id", "date", "state", "closed_reason",
    "pool__capacity", "pool__taken",
)  # fmt: skip


def slots_by_id(slot_ids: list[int]) -> dict[int, SlotEntry]:
    """These slots, those that exist. 1 query."""
    rows = Slot.objects.filter(id__in=slot_ids).order_by("date", "id").values_list(*_SLOT_COLUMNS)
    return {row[0]: _slot(row) for row in rows}


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


def _slot(row: tuple[int, int, int, int, int, int, date, str, str, int, int]) -> SlotEntry:
    pk, activity, venue, period, formula, pool, day, state, reason, capacity, taken = row
    return SlotEntry(
        pk,
        activity,
        venue,
        period,
        formula,
        pool,
        day,
        state == SlotState.OPEN,
        reason,
        max(capacity - taken, 0),
    )


# Where ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VenueEntry:
    id: int
    name: str
    street: str
    school_id: int | None


def venues_of_periods(period_ids: list[int]) -> dict[int, list[VenueEntry]]:
    """Where each period receives children, by name: the venues that have slots in it. 1 query."""
    rows = (
        Slot.objects.filter(period_id__in=period_ids)
        .order_by("venue__name", "period_id")
        .values_list("period_id", "venue_id", "venue__name", "venue__street", "venue__school_id")
        .distinct()
    )
    found: dict[int, list[VenueEntry]] = {}
    for period_id, venue_id, name, street, school_id in rows:
        found.setdefault(period_id, []).append(VenueEntry(venue_id, name, street, school_id))
    return found


def venue_names() -> dict[int, str]:
    """Each venue's name. 1 query."""
    return dict(Venue.objects.order_by("name").values_list("id", "name"))
