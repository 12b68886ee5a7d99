"""What the page of the weekly pattern proposes: activities, weekdays, prices, and the first day in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from espace.activities.enums import Action, BookingMode, Timing
from espace.activities.queries import WeekdayEntry, weekdays_offered
from espace.bookings.enums import WeekRule
from espace.bookings.models import PatternDay
from espace.bookings.queries.desk import Desk, EnrolmentEntry, open_desk
from espace.bookings.queries.limits import Dated, opens_for_you
from espace.families.errors import FamilyRefusal
from espace.families.models import Person
from espace.families.rules import parity_jumps
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import date_range
from espace.kernel.money import Money
from espace.kernel.text import DAYS, N_
from espace.pricing.errors import PricingRefusal

SOON = timedelta(days=60)
FAR = date(9999, 1, 1)
SHORT_DAYS = (N_("lun."), N_("mar."), N_("mer."), N_("jeu."), N_("ven."), N_("sam."), N_("dim."))


@dataclass(frozen=True, slots=True)
class SheetDay:
    """A box to tick: this weekday (0 = Monday), this formula."""

    weekday: int
    name: str
    short: str
    value: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SheetFormula:
    """A formula, its usual hours, its ordinary price for this child, and the weekdays it exists on."""

    formula_id: int
    label: str
    detail: str
    price: Money | None
    days: Sequence[SheetDay]


@dataclass(frozen=True, slots=True)
class SheetActivity:
    """An activity; a child who changes school in the year has two enrolments in it, one after the other. `opens` says when
    the period opens for this family, "" once it is."""

    enrolment_ids: tuple[int, ...]
    name: str
    period: str
    is_pending: bool
    until: date
    opens: str
    formulas: Sequence[SheetFormula]


@dataclass(frozen=True, slots=True)
class PatternSheet:
    """The page of the weekly pattern of a child. `first_in_time`: the first day that everything proposed can be
    booked on without surcharge; `days` are the boxes that a form may send. `is_shared`: the child has two homes, and
    the pattern speaks of the reader's own days; `jumps`: Mondays whose week has the parity of the one before."""

    child: Person
    siblings: Sequence[Person]
    activities: Sequence[SheetActivity]
    first_in_time: date
    earliest: date
    latest: date
    is_shared: bool
    week_rule: WeekRule
    jumps: Sequence[date]

    @property
    def enrolment_ids(self) -> list[int]:
        return [pk for activity in self.activities for pk in activity.enrolment_ids]

    @property
    def values(self) -> list[tuple[str, str]]:
        return [(d.value, d.name) for a in self.activities for f in a.formulas for d in f.days]

    @property
    def chosen(self) -> list[str]:
        return [d.value for a in self.activities for f in a.formulas for d in f.days if d.is_chosen]


def pattern_sheet_for(actor: Actor, child_id: int) -> PatternSheet:
    """The sheet of a child; `NotFound` for a stranger. A constant number of queries."""
    today = clock.today()
    desk = open_desk(actor, today, today + SOON, child_ids=[child_id], enrolled_until=FAR)
    enrolments = [
        e for e in desk.enrolments if desk.catalogue.activities[e.activity_id].mode is BookingMode.PATTERN
    ]
    offered = weekdays_offered({(e.period_id, e.venue_id) for e in enrolments}, today)
    kept = _kept([e.id for e in enrolments], desk.household_ids, today)
    chosen = {(enrolment, weekday, formula) for enrolment, weekday, formula, _ in kept}
    same: dict[tuple[int, int], list[EnrolmentEntry]] = {}
    for e in enrolments:
        same.setdefault((e.activity_id, e.period_id), []).append(e)
    activities = [_activity(desk, group, offered, chosen) for group in same.values()]
    latest = max((entry.last for entry in offered), default=today)
    is_shared = len(desk.pricer.facts.households_of(child_id)) > 1
    return PatternSheet(
        child=desk.children[child_id],
        siblings=list(desk.family.values()),
        activities=[a for a in activities if a.formulas],
        first_in_time=_first_in_time(desk, enrolments, offered),
        earliest=min((entry.first for entry in offered), default=today),
        latest=latest,
        is_shared=is_shared,
        week_rule=_week_rule([WeekRule(rule) for _, _, _, rule in kept], is_shared),
        jumps=list(parity_jumps(today, latest)),
    )


def _week_rule(kept: Sequence[WeekRule], is_shared: bool) -> WeekRule:
    """The rule kept last; for a child of two homes, every week of one's own is a custody week."""
    rule = kept[-1] if kept else WeekRule.EVERY
    if rule in (WeekRule.EVERY, WeekRule.CUSTODY):
        return WeekRule.CUSTODY if is_shared else WeekRule.EVERY
    return rule


def _first_in_time(desk: Desk, enrolments: Sequence[EnrolmentEntry], offered: Sequence[WeekdayEntry]) -> date:
    """The first day from today on which some activity takes place that can be booked without surcharge."""
    for day in date_range(desk.start, desk.end):
        for e in enrolments:
            taking_place = any(
                o.weekday == day.weekday() and o.first <= day <= o.last and o.period_id == e.period_id
                for o in offered
            )
            dated = Dated(e.activity_id, e.period_id, day)
            if taking_place and desk.limits.timing(dated, Action.BOOK)[0] is Timing.IN_TIME:
                return day
    return max(desk.start, min((o.first for o in offered), default=desk.start))


def _activity(
    desk: Desk,
    enrolments: Sequence[EnrolmentEntry],
    offered: Sequence[WeekdayEntry],
    chosen: set[tuple[int, int, int]],
) -> SheetActivity:
    first = enrolments[0]
    activity = desk.catalogue.activities[first.activity_id]
    places = {(e.period_id, e.venue_id) for e in enrolments}
    mine = [o for o in offered if (o.period_id, o.venue_id) in places]
    ids = tuple(e.id for e in enrolments)
    ticked = {(weekday, formula) for enrolment, weekday, formula in chosen if enrolment in ids}
    opens = desk.opens_later(first.child_id, first.period_id, max(desk.start, first.start))
    return SheetActivity(
        enrolment_ids=ids,
        name=activity.name,
        period=desk.catalogue.periods[first.period_id].label,
        is_pending=any(e.is_pending for e in enrolments),
        until=max((o.last for o in mine), default=first.end),
        opens=opens_for_you(opens) if opens else "",
        formulas=[
            SheetFormula(
                formula.id,
                formula.label,
                formula.detail,
                _price(desk, first.child_id, formula.id, max(desk.start, first.start)),
                [
                    SheetDay(
                        weekday,
                        DAYS[weekday],
                        SHORT_DAYS[weekday],
                        f"{weekday}-{formula.id}",
                        (weekday, formula.id) in ticked,
                    )
                    for weekday in sorted({o.weekday for o in mine if o.formula_id == formula.id})
                ],
            )
            for formula in activity.formulas
            if any(o.formula_id == formula.id for o in mine)
        ],
    )


def _kept(
    enrolment_ids: list[int], household_ids: frozenset[int], today: date
) -> list[tuple[int, int, int, str]]:
    """(enrolment, weekday, formula, week rule) of the patterns of these homes that hold today or begin later. 1 query."""
    rows = PatternDay.objects.filter(
        pattern__enrolment_id__in=enrolment_ids,
        pattern__household_id__in=household_ids,
        pattern__end__gt=today,
    )
    return list(
        rows.order_by("pattern__start", "id").values_list(
            "pattern__enrolment_id", "weekday", "formula_id", "pattern__week_rule"
        )
    )


def _price(desk: Desk, child_id: int, formula_id: int, day: date) -> Money | None:
    try:
        return desk.quote(child_id, formula_id, day, is_late=False).amount
    except (PricingRefusal, FamilyRefusal):
        return None
