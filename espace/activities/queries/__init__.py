"""The offer as the other apps read it: frozen, whole, in one query however large the town is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from espace.activities.enums import (
    Action,
    ActivityKind,
    Anchor,
    Band,
    BookingMode,
    EnrolmentPolicy,
    OffsetUnit,
    Timing,
    UnitKind,
    WaitingMode,
)
from espace.activities.models import (
    Activity,
    AdmissionRule,
    DeadlineExtension,
    DeadlineRule,
    DeadlineTier,
    DeadlineWindow,
    Formula,
    FormulaUnit,
    Period,
    PeriodOpening,
)
from espace.activities.queries.slots import (
    SlotEntry,
    VenueEntry,
    WeekdayEntry,
    slots_between,
    slots_by_id,
    venue_names,
    venues_of_periods,
    weekdays_offered,
)
from espace.activities.rules import Admission, Deadlines, Extension, Tier, WaitingRule, Window
from espace.families.enums import TariffCategory
from espace.kernel.asking import asked_and_kept, built_once
from espace.kernel.db import kept_a_moment, read_once
from espace.kernel.reading import Rows

__all__ = [
    "ActivityEntry",
    "AdmissionEntry",
    "Catalogue",
    "FormulaEntry",
    "PeriodEntry",
    "SlotEntry",
    "UnitEntry",
    "VenueEntry",
    "WeekdayEntry",
    "catalogue",
    "slots_between",
    "slots_by_id",
    "venue_names",
    "venues_of_periods",
    "weekdays_offered",
]

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
    """`[start, end)`; the instants between which families may book. `opens_at` is for every tariff category but those
    of `openings`."""

    id: int
    activity_id: int
    label: str
    start: date
    end: date
    opens_at: datetime
    closes_at: datetime | None
    openings: tuple[tuple[TariffCategory, datetime], ...] = ()

    def opens_for(self, category: TariffCategory | None) -> datetime:
        """The first second at which a family of this category may book; None: of no category known."""
        return next((opens for named, opens in self.openings if named is category), self.opens_at)

    @property
    def opens_first(self) -> datetime:
        """The first second at which some family may."""
        return min([self.opens_at, *(opens for _, opens in self.openings)])

    @property
    def opens_last(self) -> datetime:
        """The first second at which every family may."""
        return max([self.opens_at, *(opens for _, opens in self.openings)])


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
class AdmissionEntry:
    """A rule of admission over `[start, end)`, and the name of the school it names."""

    id: int
    activity_id: int
    rule: Admission
    school: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the town proposes. `activities` and the formulas of each are in the town's own order."""

    activities: Mapping[int, ActivityEntry]
    formulas: Mapping[int, FormulaEntry]
    periods: Mapping[int, PeriodEntry]
    _deadlines: Mapping[tuple[int, int | None, Action], Deadlines]
    _order: Mapping[int, int]
    _extensions: tuple[tuple[int | None, Extension], ...] = ()
    _admissions: tuple[AdmissionEntry, ...] = ()

    def deadlines(self, activity_id: int, period_id: int, action: Action) -> Deadlines:
        """The tiers that hold for this period: its own, else the activity's, else none (never bookable)."""
        own = self._deadlines.get((activity_id, period_id, action))
        found = own or self._deadlines.get((activity_id, None, action), NO_DEADLINES)
        extended = tuple(one for whose, one in self._extensions if whose in (None, activity_id))
        return replace(found, extensions=extended) if extended else found

    def with_extension(self, activity_id: int | None, extension: Extension) -> Catalogue:
        """The same offer with one more extension, to compare."""
        return replace(self, _extensions=(*self._extensions, (activity_id, extension)))

    def own_deadlines(self, activity_id: int, period_id: int | None, action: Action) -> Deadlines | None:
        """The rule set for this very period, or for the activity (None); None where there is none."""
        return self._deadlines.get((activity_id, period_id, action))

    def with_deadlines(
        self, activity_id: int, period_id: int | None, action: Action, deadlines: Deadlines
    ) -> Catalogue:
        """The same offer under another rule, to compare."""
        return replace(self, _deadlines={**self._deadlines, (activity_id, period_id, action): deadlines})

    def admissions(self, activity_id: int, on: date) -> tuple[AdmissionEntry, ...]:
        """The rules that say who may enrol in an activity on that day; none: everyone of its ages."""
        return tuple(
            one
            for one in self._admissions
            if one.activity_id == activity_id and one.start <= on and (one.end is None or on < one.end)
        )

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
_OPENING = ("category", "id", "period_id", "opens_at")
_EXTENSION = ("id", "activity_id", "start", "end", "until")
_ADMISSION = (
    "id",
    "activity_id",
    "min_age",
    "max_age",
    "school_id",
    "category",
    "school__name",
    "start",
    "end",
)
_RULE = ("id", "activity_id", "period_id", "action")
_TIER = ("position", "id", "rule_id", "timing", "anchor", "offset", "unit", "at", "fixed")
_WINDOW = ("id", "rule_id", "timing", "closes_at", "label")


@read_once
@kept_a_moment
def catalogue() -> Catalogue:
    """All activities, formulas, units, periods with their openings, and deadlines. 1 query; the same object while they
    are the same."""
    return _catalogue(_offer())


@asked_and_kept
def _offer() -> tuple[QuerySet[Any, Any], ...]:
    return (
        Activity.objects.values_list(*_ACTIVITY),
        Formula.objects.values_list(*_FORMULA),
        FormulaUnit.objects.values_list(*_UNIT),
        Period.objects.values_list(*_PERIOD),
        PeriodOpening.objects.values_list(*_OPENING),
        DeadlineExtension.objects.values_list(*_EXTENSION),
        AdmissionRule.objects.values_list(*_ADMISSION),
        DeadlineRule.objects.values_list(*_RULE),
        DeadlineTier.objects.values_list(*_TIER),
        DeadlineWindow.objects.values_list(*_WINDOW),
    )


@built_once
def _catalogue(rows: tuple[Rows, ...]) -> Catalogue:
    offered, formula_rows, units, periods, openings, extensions, admissions, rules, tiers, windows = rows
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
    return Catalogue(
        activities, formulas, _periods(periods, openings), _deadlines(rules, tiers, windows), order,
        _extensions(extensions), _admissions(admissions),
    )  # fmt: skip


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


def _periods(rows: Rows, openings: Rows) -> dict[int, PeriodEntry]:
    """With the openings of each, the soonest first."""
    own: dict[int, list[tuple[TariffCategory, datetime]]] = {}
    for category, _, period, opens_at in sorted(openings, key=lambda row: (row[3], row[1])):
        own.setdefault(period, []).append((TariffCategory(category), opens_at))
    return {
        pk: PeriodEntry(pk, activity, label, start, end, opens_at, closes_at, tuple(own.get(pk, ())))
        for start, pk, activity, label, end, opens_at, closes_at in sorted(rows)
    }


def _admissions(rows: Rows) -> tuple[AdmissionEntry, ...]:
    """In the order they were published."""
    return tuple(
        AdmissionEntry(
            pk, activity,
            Admission(youngest, oldest, school, TariffCategory(category) if category else None), name or "",
            start, end,
        )
        for pk, activity, youngest, oldest, school, category, name, start, end in sorted(rows, key=itemgetter(0))
    )  # fmt: skip


def _extensions(rows: Rows) -> tuple[tuple[int | None, Extension], ...]:
    """By whose they are: an activity's, or everyone's (None)."""
    return tuple(
        (whose, Extension(start, end, until))
        for _, whose, start, end, until in sorted(rows, key=itemgetter(0))
    )


def _deadlines(rules: Rows, tiers: Rows, windows: Rows) -> dict[tuple[int, int | None, Action], Deadlines]:
    """The rules with their tiers and windows, by what they are the rule of."""
    ordered: dict[int, list[Tier]] = {}
    for _, _, rule, timing, anchor, offset, unit, moment, fixed in sorted(tiers):
        tier = Tier(Timing(timing), Anchor(anchor), offset, OffsetUnit(unit), moment, fixed)
        ordered.setdefault(rule, []).append(tier)
    moved: dict[int, list[Window]] = {}
    for _, rule, timing, closes_at, label in sorted(windows):
        moved.setdefault(rule, []).append(Window(Timing(timing), closes_at, label))
    return {
        (activity, period, Action(action)): Deadlines(
            tuple(ordered.get(rule, ())), tuple(moved.get(rule, ()))
        )
        for rule, activity, period, action in sorted(rules)
    }
