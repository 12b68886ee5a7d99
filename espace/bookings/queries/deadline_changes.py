"""What other deadlines do to the days to come, before they are set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from espace.activities.enums import Action, SlotState, Timing
from espace.activities.models import Slot
from espace.activities.queries import Catalogue, catalogue
from espace.activities.rules import Deadlines
from espace.bookings.enums import HOLDING_A_PLACE
from espace.bookings.models import Booking
from espace.bookings.queries.limits import Dated, Limits, TierLimits
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY, UnknownDay
from espace.kernel.errors import NotFound

SHOWN = 10


@dataclass(frozen=True, slots=True)
class DayLimits:
    """A day of the activity: each timing with its last second under the old rule and the new (None: no such tier)."""

    day: date
    limits: Sequence[tuple[Timing, datetime | None, datetime | None]]


@dataclass(frozen=True, slots=True)
class DeadlinesPreview:
    """The next days the rule holds for, `[]` when none is open; `booked`: places held from today on, which keep the
    rule they were judged by."""

    days: Sequence[DayLimits]
    booked: int


def deadlines_preview_for(
    actor: Actor, *, activity_id: int, period_id: int | None, action: Action, wanted: Deadlines
) -> DeadlinesPreview:
    """The next ten days with their limits before and after; `NotFound` unless the actor is an agent of the activities.
    4 queries."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotFound
    offer, now = catalogue(), clock.now()
    held = _periods(offer, activity_id, period_id, action)
    coming = Slot.objects.filter(
        activity_id=activity_id, period_id__in=held, state=SlotState.OPEN, date__gte=now.date()
    )
    days = list(coming.order_by("date", "period_id").values_list("date", "period_id").distinct()[:SHOWN])
    booked = Booking.objects.filter(
        slot__activity_id=activity_id,
        slot__period_id__in=held,
        state__in=HOLDING_A_PLACE,
        date__gte=now.date(),
    ).count()
    if not days:
        return DeadlinesPreview([], booked)
    first, last = days[0][0], days[-1][0] + ONE_DAY
    changed = offer.with_deadlines(activity_id, period_id, action, wanted)
    old, new = (Limits(one, now, first, last) for one in (offer, changed))
    return DeadlinesPreview(
        [_day(old, new, Dated(activity_id, period, day), action) for day, period in days], booked
    )


def _periods(offer: Catalogue, activity_id: int, period_id: int | None, action: Action) -> list[int]:
    """The periods this rule holds for: the one named, or those of the activity without a rule of their own."""
    return [
        p.id
        for p in offer.periods.values()
        if p.activity_id == activity_id
        and (
            p.id == period_id
            if period_id is not None
            else offer.own_deadlines(activity_id, p.id, action) is None
        )
    ]


def _day(old: Limits, new: Limits, dated: Dated, action: Action) -> DayLimits:
    before, after = dict(_of(old, dated, action)), dict(_of(new, dated, action))
    return DayLimits(
        dated.day,
        [(t, before.get(t), after.get(t)) for t in Timing if t in before or t in after],
    )


def _of(limits: Limits, dated: Dated, action: Action) -> TierLimits:
    """None where a delay is counted back past what the town has entered."""
    try:
        return limits.of(dated, action)
    except UnknownDay:
        return ()
