"""The weekly pattern: a year of days in one act, in a handful of statements whatever their number (I8)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from espace.activities.errors import AgentOnly, DeadlinePassed
from espace.activities.queries import SlotEntry, slots_between
from espace.bookings.enums import BookingOrigin, WeekRule
from espace.bookings.errors import NotEnrolled, NothingToChange
from espace.bookings.models import Enrolment, PatternDay, Submission, WeeklyPattern
from espace.bookings.queries.desk import OPEN_ENROLMENTS, Desk, EnrolmentEntry, open_desk
from espace.bookings.queries.plan import Recap, enrolment_for, plan
from espace.bookings.rules import PatternDayRule, SlotDay, StandingBooking, by_hand, expand
from espace.bookings.services.places import lock_children
from espace.bookings.services.submitting import already_answered, confirm
from espace.families.queries import children_for
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY
from espace.kernel.db import write_transaction

Day = tuple[int, int]  # (weekday, 0 = Monday; formula id)


@dataclass(frozen=True, slots=True)
class PatternPlan:
    """A pattern laid out: the desk it was read from, and what it would do."""

    desk: Desk
    enrolments: tuple[EnrolmentEntry, ...]
    recap: Recap


@dataclass(frozen=True, slots=True)
class Way:
    """One way to begin a pattern, priced."""

    from_day: date
    recap: Recap


def preview_pattern(
    actor: Actor,
    *,
    enrolment_ids: Collection[int],
    days: Collection[Day],
    from_day: date,
    week_rule: WeekRule = WeekRule.EVERY,
    stamped_at: datetime | None = None,
) -> Recap:
    """What this weekly pattern would book and cancel from `from_day` to the end of each period; writes nothing.

    `days` are couples (weekday, formula id); those of an activity apply to each enrolment in it. Only the days of
    the actor's own homes are touched; `stamped_at` as in `preview_changes`. Raises `NotEnrolled` for an enrolment that
    is not the actor's, `NothingToChange`, `StampRefusal`, the refusals of pricing.
    """
    return _lay_out(actor, enrolment_ids, days, from_day, week_rule, stamped_at).recap


def preview_pattern_ways(
    actor: Actor,
    *,
    enrolment_ids: Collection[int],
    days: Collection[Day],
    from_day: date,
    soonest: date,
    week_rule: WeekRule = WeekRule.EVERY,
    stamped_at: datetime | None = None,
) -> tuple[Way, ...]:
    """The ways to begin this pattern, the default first: from the first day on which nothing is late, or, when some
    days from `soonest` (≤ `from_day`) on can still be changed late, from that day, with what it costs.

    One way when nothing would be late, or when everything would. Raises as `preview_pattern`.
    """
    early = _way(actor, enrolment_ids, days, soonest, week_rule, stamped_at)
    late = [line.day for line in early.recap.fine if line.is_late or line.stays_due] if early else []
    if early is None or not late:
        return (Way(from_day, _lay_out(actor, enrolment_ids, days, from_day, week_rule, stamped_at).recap),)
    in_time = _way(actor, enrolment_ids, days, max(late) + ONE_DAY, week_rule, stamped_at)
    return (in_time, early) if in_time else (early,)


def _way(
    actor: Actor,
    enrolment_ids: Collection[int],
    days: Collection[Day],
    from_day: date,
    week_rule: WeekRule,
    stamped_at: datetime | None,
) -> Way | None:
    try:
        return Way(from_day, _lay_out(actor, enrolment_ids, days, from_day, week_rule, stamped_at).recap)
    except NothingToChange:
        return None


def apply_pattern(
    actor: Actor,
    *,
    enrolment_ids: Collection[int],
    days: Collection[Day],
    from_day: date,
    week_rule: WeekRule = WeekRule.EVERY,
    token: str,
    expected: str,
    stamped_at: datetime | None = None,
    what_is_free: bool = False,
    wait: bool = False,
    reason: str = "",
) -> Submission:
    """Keeps the pattern and applies its diff; raises as `preview_pattern` and `apply_changes` do."""
    children = [child.pk for child in children_for(actor, to_book=True)]
    with write_transaction():
        lock_children(children)
        if answered := already_answered(actor, token):
            return answered
        laid_out = _lay_out(actor, enrolment_ids, days, from_day, week_rule, stamped_at)
        submission = confirm(
            actor,
            laid_out.desk,
            laid_out.recap,
            token=token,
            origin=BookingOrigin.PATTERN,
            expected=expected,
            what_is_free=what_is_free,
            wait=wait,
            reason=reason,
        )
        _keep(laid_out, days, from_day, week_rule, submission.household_id)
    return submission


def _lay_out(
    actor: Actor,
    enrolment_ids: Collection[int],
    days: Collection[Day],
    from_day: date,
    week_rule: WeekRule,
    stamped_at: datetime | None,
) -> PatternPlan:
    chosen = sorted(set(enrolment_ids))
    rows = Enrolment.objects.filter(id__in=chosen, state__in=OPEN_ENROLMENTS).order_by("id")
    found = list(rows.values_list("id", "child_id", "start", "end"))
    if not chosen or len(found) != len(chosen):
        raise NotEnrolled
    start = max(from_day, min(row[2] for row in found))
    end = max(row[3] for row in found)
    if start >= end:
        raise NothingToChange
    desk = open_desk(actor, start, end, child_ids={row[1] for row in found}, stamped_at=stamped_at)
    enrolments = tuple(e for e in desk.enrolments if e.id in set(chosen))
    offered = slots_between(desk.places(enrolments), start, end)
    slots = {slot.id: slot for slot in offered}
    add: list[tuple[int, int]] = []
    remove: list[int] = []
    alone: set[date] = set()
    for enrolment in enrolments:
        mine = [s for s in offered if enrolment_for(desk, enrolment.child_id, s) is enrolment]
        own = [s for s in mine if may_book(desk, enrolment.child_id, s)]
        expansion = expand(
            [PatternDayRule(weekday, formula) for weekday, formula in days],
            [SlotDay(s.id, s.day, s.formula_id) for s in own],
            standing_of(desk, enrolment.child_id),
            start,
            week_rule,
        )
        add += [(enrolment.child_id, slot_id) for slot_id in expansion.book]
        remove += expansion.cancel
        alone |= {slots[slot_id].day for slot_id in expansion.left_alone}
    if not add and not remove:
        raise NothingToChange
    recap = plan(desk, slots, add, remove)
    return PatternPlan(desk, enrolments, replace(_possible(recap), left_alone=tuple(sorted(alone))))


def _possible(recap: Recap) -> Recap:
    """A pattern speaks of the days that can still be changed; those whose limit is over are only mentioned, unless
    they are all it has."""
    over = [line for line in recap.lines if isinstance(line.problem, DeadlinePassed | AgentOnly)]
    if len(over) == len(recap.lines):
        return recap
    return replace(
        recap,
        lines=tuple(line for line in recap.lines if not isinstance(line.problem, DeadlinePassed | AgentOnly)),
        out_of_time=tuple(sorted({line.day for line in over})),
    )


def standing_of(desk: Desk, child_id: int) -> list[StandingBooking]:
    """What stands for this child, the oldest first, as the rule of patterns reads it."""
    return [
        StandingBooking(b.id, b.slot_id, b.is_active, by_hand(b.origin, b.pinned))
        for b in desk.bookings
        if b.child_id == child_id
    ]


def may_book(desk: Desk, child_id: int, slot: SlotEntry) -> bool:
    """Whether a pattern speaks of this slot: open to the child, on a day of the reader's own homes."""
    barred = desk.events.bar(child_id, slot.activity_id, slot.venue_id, slot.day) is not None
    return slot.is_open and not barred and desk.is_own_day(child_id, slot.day)


def _keep(
    laid_out: PatternPlan, days: Collection[Day], from_day: date, week_rule: WeekRule, household_id: int
) -> None:
    """Stores the home's pattern from `from_day` on; its one before ends there. 5 statements for any number of days."""
    ids = [e.id for e in laid_out.enrolments]
    own = WeeklyPattern.objects.filter(enrolment_id__in=ids, household_id=household_id)
    own.filter(start__gte=from_day).delete()
    own.filter(end__gt=from_day).update(end=from_day)
    patterns = WeeklyPattern.objects.bulk_create(
        WeeklyPattern(
            enrolment_id=e.id,
            household_id=household_id,
            week_rule=week_rule,
            start=max(from_day, e.start),
            end=e.end,
            created_at=laid_out.desk.now,
        )
        for e in laid_out.enrolments
    )
    formulas = laid_out.desk.catalogue.formulas
    PatternDay.objects.bulk_create(
        PatternDay(pattern=pattern, weekday=weekday, formula_id=formula_id)
        for pattern, enrolment in zip(patterns, laid_out.enrolments, strict=True)
        for weekday, formula_id in sorted(set(days))
        if formulas[formula_id].activity_id == enrolment.activity_id
    )
