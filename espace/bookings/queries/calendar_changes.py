"""What a correction of the school calendar does to the limits and the slots, before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from espace.activities.enums import Action, SlotState, Timing
from espace.activities.models import Slot
from espace.activities.queries import catalogue
from espace.bookings.enums import HOLDING_A_PLACE
from espace.bookings.queries.limits import BEFORE, Dated, Limits
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import Calendar, DayKind, UnknownDay
from espace.kernel.errors import NotFound
from espace.town.enums import DayKindStored
from espace.town.queries import corrections_of
from espace.town.rules import Corrected, Wanted


@dataclass(frozen=True, slots=True)
class MovedLimit:
    """A limit that another calendar puts elsewhere."""

    activity: str
    day: date
    action: Action
    timing: Timing
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """The days that change, the slots open on them with the places held, and the limits to come that move."""

    days: Sequence[Corrected]
    slots: int
    bookings: int
    moved: Sequence[MovedLimit]

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def is_off(self) -> bool:
        """Whether some of the days are no longer school days."""
        return any(new.kind is not DayKindStored.SCHOOL for new in self.days)


def calendar_preview_for(actor: Actor, *, start: date, end: date, wanted: Wanted) -> CalendarPreview:
    """What making `[start, end)` so would do; `NotFound` unless the actor is an agent of the activities. 8 queries.

    Raises as `corrections_of`. A limit over in both calendars is left out: nothing is judged again.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotFound
    days = corrections_of(start, end, wanted)
    held = Count("bookings", filter=Q(bookings__state__in=HOLDING_A_PLACE))
    on_them = Slot.objects.filter(date__in=[new.day for new in days], state=SlotState.OPEN)
    counted = on_them.aggregate(slots=Count("id", distinct=True), bookings=held)
    return CalendarPreview(days, counted["slots"], counted["bookings"], list(_moved(days)))


def _moved(days: Sequence[Corrected]) -> Iterator[MovedLimit]:
    offer, now = catalogue(), clock.now()
    # A delay is counted back over at most `BEFORE`; one counted from a period, over the whole of it.
    first, until = max(days[0].day, now.date()), days[-1].day + BEFORE
    touched = [p.end for p in offer.periods.values() if p.start <= days[-1].day and days[0].day < p.end]
    end = max([until, *touched])
    before = Limits(offer, now, first, end)
    changes = {new.day: DayKind(new.kind) for new in days}
    after = before.on(Calendar({**before.calendar.days, **changes}))
    rows = Slot.objects.filter(date__gte=first, date__lt=end, state=SlotState.OPEN).order_by(
        "date", "activity_id"
    )
    for row in rows.values_list("activity_id", "period_id", "date").distinct():
        dated = Dated(*row)
        for action in (Action.BOOK, Action.CANCEL):
            for (timing, old), (_, new) in zip(*_both(before, after, dated, action), strict=True):
                if old != new and max(old, new) >= now:
                    yield MovedLimit(offer.activities[row[0]].name, dated.day, action, timing, old, new)


def _both(
    before: Limits, after: Limits, dated: Dated, action: Action
) -> tuple[Sequence[tuple[Timing, datetime]], Sequence[tuple[Timing, datetime]]]:
    """The limits on both calendars; none where a delay is counted back past what the town has entered."""
    try:
        return before.of(dated, action), after.of(dated, action)
    except UnknownDay:
        return (), ()
