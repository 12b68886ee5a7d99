"""A week of the grid copied over the weeks after it: a pattern that is not kept, with the same respect of what a person
chose by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max

from espace.activities.errors import AgentOnly, DeadlinePassed
from espace.activities.queries import SlotEntry, slots_between
from espace.bookings.models import Enrolment
from espace.bookings.queries.desk import OPEN_ENROLMENTS, Desk
from espace.bookings.queries.plan import Line, Recap, enrolment_for
from espace.bookings.rules import SlotDay, StandingBooking, copy_week, expand
from espace.bookings.services.patterns import may_book, standing_of
from espace.kernel.calendar import ONE_DAY

WEEK = timedelta(weeks=1)
Couple = tuple[int, int]  # (child id, slot id)


@dataclass(frozen=True, slots=True)
class Copy:
    """The week that begins on `monday`, as it would be once the rest is done, repeated over the weeks after it, up to
    the day `until` included; None: as long as the enrolments last."""

    monday: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """What copying a week asks for: the slots it read, what to book and to cancel, the days left as a person decided."""

    slots: dict[int, SlotEntry]
    add: list[Couple]
    remove: list[int]
    left_alone: set[date]


def last_day(copy: Copy, child_ids: Collection[int]) -> date:
    """The last day that this copy reaches for these children. 1 query."""
    rows = Enrolment.objects.filter(child_id__in=child_ids, state__in=OPEN_ENROLMENTS)
    found = rows.aggregate(last=Max("end"))["last"]
    end = found - ONE_DAY if found else copy.monday
    return max(copy.monday, min(copy.until, end) if copy.until else end)


def lay_over(desk: Desk, copy: Copy, add: Collection[Couple], remove: Collection[int]) -> Copied:
    """The diff of the copy, the changes `add` and `remove` being asked for by hand in the same act. 1 query.

    The desk is open from the copied week to the last day of the copy.
    """
    offered = slots_between(desk.places(), copy.monday, desk.end)
    slots = {slot.id: slot for slot in offered}
    by_id = {b.id: b for b in desk.bookings}
    done = Copied(slots, [], [], set())
    for child_id in desk.children:
        chosen = [StandingBooking(0, slot, is_active=True, by_hand=True) for c, slot in add if c == child_id]
        dropped = [
            StandingBooking(pk, by_id[pk].slot_id, is_active=False, by_hand=True)
            for pk in remove
            if by_id[pk].child_id == child_id
        ]
        standing = [*standing_of(desk, child_id), *dropped, *chosen]
        held = {b.slot_id: b.is_active for b in standing}
        mine = [
            SlotDay(s.id, s.day, s.formula_id)
            for s in offered
            if enrolment_for(desk, child_id, s) is not None and may_book(desk, child_id, s)
        ]
        periods = {slots[s.slot_id].period_id for s in mine if s.day < copy.monday + WEEK}
        week = copy_week(
            [s for s in mine if s.day < copy.monday + WEEK],
            {slot_id for slot_id, active in held.items() if active},
            [s for s in mine if s.day >= copy.monday + WEEK and slots[s.slot_id].period_id in periods],
        )
        found = expand(week.days, week.slots, standing, max(copy.monday + WEEK, desk.now.date()))
        done.add.extend((child_id, slot_id) for slot_id in found.book)
        done.remove.extend(found.cancel)
        done.left_alone.update(slots[slot_id].day for slot_id in found.left_alone)
    return done


def out_of_time(recap: Recap) -> list[Line]:
    """The lines of a copy whose limit is over: they are only mentioned, like those of a pattern."""
    return [
        line
        for line in recap.lines
        if (line.child_id, line.slot_id) in recap.copied
        and isinstance(line.problem, DeadlinePassed | AgentOnly)
    ]
