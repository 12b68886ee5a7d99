"""What attendance and billing pull from the bookings: those of a month that may cost, and those nobody judged yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from espace.activities.enums import EventEffect, SlotState
from espace.activities.queries.events import live_events
from espace.bookings.enums import BookingState, CancelTiming, EnrolmentState
from espace.bookings.models import Booking
from espace.bookings.queries.happenings import Happenings, of_events

# The enrolment was accepted, and may have ended since. What was asked under one that waits, or was refused, is free.
_ACCEPTED = Q(enrolment__state=EnrolmentState.ACCEPTED) | Q(
    enrolment__state=EnrolmentState.ENDED, enrolment__decided_at__isnull=False
)
MAY_COST = (CancelTiming.LATE, CancelTiming.ABSENCE)


@dataclass(frozen=True, slots=True)
class Billable:
    """A booking that may cost. `limit`: the last second at which it was in time, frozen when booked (I13);
    `slot_state`: whether the town closed the day, before or after what the family did; `event`: what a collective
    event of that day does to it."""

    booking_id: int
    child_id: int
    activity_id: int
    formula_id: int
    day: date
    state: BookingState
    is_late: bool
    cancel_timing: CancelTiming | None
    requested_at: datetime
    limit: datetime | None
    slot_state: SlotState
    event: EventEffect | None


def billable(cash_office_id: int, start: date, end: date) -> list[Billable]:
    """The bookings of `[start, end)` of the activities of a cash office: confirmed, cancelled too late, or given back by
    an absence. 2 queries, 4 when a school or a class has an event.

    A day cancelled late then booked again is owed once: the booking that stands. Nothing is owed under an enrolment
    that was never accepted.
    """
    rows = (
        Booking.objects.filter(
            _ACCEPTED,
            Q(state=BookingState.CONFIRMED) | Q(state=BookingState.CANCELLED, cancel_timing__in=MAY_COST),
            date__gte=start,
            date__lt=end,
            slot__activity__cash_office_id=cash_office_id,
        )
        .order_by("date", "id")
        .values_list(
            "id", "child_id", "slot_id", "slot__activity_id", "slot__formula_id", "date", "state", "is_late",
            "cancel_timing", "requested_at", "rule_snapshot", "slot__state", "slot__venue_id",
        )
    )  # fmt: skip
    events = _events(rows, start, end)
    owed: dict[tuple[int, int], Billable] = {}
    for pk, child, slot, activity, formula, day, state, late, timing, asked, rule, slot_state, venue in rows:
        limit = rule.get("in_time_until")
        entry = Billable(
            booking_id=pk,
            child_id=child,
            activity_id=activity,
            formula_id=formula,
            day=day,
            state=BookingState(state),
            is_late=late,
            cancel_timing=CancelTiming(timing) if timing else None,
            requested_at=asked,
            limit=datetime.fromisoformat(limit) if limit else None,
            slot_state=SlotState(slot_state),
            event=events.effect(child, activity, venue, day),
        )
        standing = owed.get((child, slot))
        if standing is None or standing.state is not BookingState.CONFIRMED:
            owed[child, slot] = entry
    return list(owed.values())


def _events(rows: Iterable[Sequence[Any]], start: date, end: date) -> Happenings:
    """The events of a month for the children of these rows (id, child, …), read once."""
    found = live_events(start, end)
    return of_events(found, {row[1] for row in rows} if found else (), start, end)


def undecided_days(cash_office_id: int, start: date, end: date) -> list[tuple[int, int, date]]:
    """(child, activity, day) of the days of `[start, end)` whose enrolment still waits for an answer. 1 query."""
    rows = Booking.objects.filter(
        state=BookingState.PENDING_ENROLMENT,
        date__gte=start,
        date__lt=end,
        slot__activity__cash_office_id=cash_office_id,
    )
    return list(rows.order_by("date", "id").values_list("child_id", "slot__activity_id", "date"))
