"""What the private calendar of an adult holds: the days booked of their homes, what an event changed, the last moments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db.models import Q

from espace.activities.enums import Action
from espace.activities.queries import Catalogue, catalogue
from espace.bookings.enums import EXPECTED, BookingState
from espace.bookings.models import Booking
from espace.bookings.queries.happenings import Happenings, happenings
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.queries.told import own_days_later
from espace.bookings.rules import first_day
from espace.families.queries import children_for
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY, UnknownDay

# Expected, or what an event took of what was.
SHOWN = Q(state__in=EXPECTED) | Q(event__isnull=False, state_before__in=EXPECTED)


@dataclass(frozen=True, slots=True)
class FeedDay:
    """A child's slot. `notices`: what events say of it; `is_taken`: one of them cancelled it."""

    child_id: int
    child: str
    slot_id: int
    day: date
    activity_id: int
    activity: str
    period_id: int
    formula_id: int
    formula: str
    starts_at: time
    ends_at: time
    venue_id: int
    venue: str
    moved_from: int | None
    state: BookingState
    asked_at: datetime
    notices: tuple[str, ...] = ()

    @property
    def is_taken(self) -> bool:
        return self.state is BookingState.CANCELLED


@dataclass(frozen=True, slots=True)
class FeedLimit:
    """The last second at which these days can be cancelled free of charge."""

    at: datetime
    days: tuple[FeedDay, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    days: Sequence[FeedDay]
    limits: Sequence[FeedLimit]


def feed_for(actor: Actor, *, with_limits: bool) -> Feed:
    """From 30 days ago to the end of what is booked, on the days that are the actor's homes' own. 5 queries, 2 more for
    the limits, 3 more when events depend on schools."""
    today = clock.today()
    names = {child.pk: child.first_name for child in children_for(actor)}
    rows = _rows(names, first_day(today))
    if not rows:
        return Feed([], [])
    start, end = rows[0].day, rows[-1].day + ONE_DAY
    own = own_days_later(actor, tuple(names), start, end).answer
    offer, events = catalogue(), happenings(list(names), start, end)
    days: dict[tuple[int, int], FeedDay] = {}
    for row in rows:
        if not own(row.child_id, row.day):
            continue
        day = _told(row, offer, events)
        key = (row.child_id, row.slot_id)
        # an event undone since says nothing; a day booked again is the one that counts
        if not day.is_taken or (day.notices and key not in days):
            days[key] = day
    found = list(days.values())
    return Feed(found, _limits(found, offer, events, today, end) if with_limits else [])


def _rows(names: Mapping[int, str], start: date) -> list[FeedDay]:
    """By day and hour, a child after the other. 1 query."""
    rows = (
        Booking.objects.filter(SHOWN, child_id__in=list(names), date__gte=start)
        .order_by("date", "slot__formula__starts_at", "child_id", "id")
        .values_list(
            "child_id", "slot_id", "date", "slot__activity_id", "slot__activity__name", "slot__period_id",
            "slot__formula_id", "slot__formula__label", "slot__formula__starts_at", "slot__formula__ends_at",
            "slot__venue_id", "slot__venue__name", "moved_from__venue_id", "state", "requested_at",
        )
    )  # fmt: skip
    return [
        FeedDay(row[0], names[row[0]], *row[1:-2], state=BookingState(row[-2]), asked_at=row[-1])
        for row in rows
    ]


def _told(row: FeedDay, offer: Catalogue, events: Happenings) -> FeedDay:
    if not events.events:
        return row
    formula = offer.formulas.get(row.formula_id)
    notices: dict[str, None] = {}
    for venue in dict.fromkeys((row.moved_from or row.venue_id, row.venue_id)):
        for event in events.told(
            row.child_id, row.activity_id, venue, row.day, has_meal=formula is not None and formula.has_meal
        ):
            notices[event.notice] = None
    return replace(row, notices=tuple(notices))


def _limits(
    days: Collection[FeedDay], offer: Catalogue, events: Happenings, today: date, end: date
) -> list[FeedLimit]:
    """The limits to come, soonest first. An enrolment that waits is given up freely, and so is a day of free absence."""
    now = clock.now()
    limits = Limits(offer, now, today, max(end, today + ONE_DAY))
    found: dict[datetime, list[FeedDay]] = {}
    for day in days:
        if day.state is not BookingState.CONFIRMED or day.day < today:
            continue
        if events.frees(day.child_id, day.activity_id, day.venue_id, day.day):
            continue
        limit = _limit_of(limits, day)
        if limit is not None and limit >= now:
            found.setdefault(limit, []).append(day)
    return [FeedLimit(at, tuple(found[at])) for at in sorted(found)]


def _limit_of(limits: Limits, day: FeedDay) -> datetime | None:
    """None where the delay is counted back over days the town has not entered."""
    try:
        return limits.in_time_until(Dated(day.activity_id, day.period_id, day.day), Action.CANCEL)
    except UnknownDay:
        return None
