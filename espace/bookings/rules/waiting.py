"""The waiting list: who comes first, until when a place is offered, until when a family may answer (I11).

Tables of these rules: docs/rules/waiting_list.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from espace.activities.enums import Timing, WaitingMode
from espace.activities.rules import WaitingRule
from espace.bookings.errors import NoWaitingList, WaitingListClosed, WaitingListFull
from espace.kernel.calendar import PARIS, at
from espace.kernel.errors import Refusal

END_OF_DAY = time(23, 59, 59)
ONE_SECOND = timedelta(seconds=1)
ONLINE = (Timing.IN_TIME, Timing.LATE)


@dataclass(frozen=True, slots=True)
class Request:
    """Someone on the list: the points they had when they asked, and when that was (aware)."""

    id: int
    priority: int
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """A pool: places left, families waiting, and how many more may wait (None: no limit)."""

    left: int
    waiting: int = 0
    list_left: int | None = None


def in_order(requests: Iterable[Request]) -> list[Request]:
    """First the most points; between equals who asked first; then the id, so that there is one order only."""
    return sorted(requests, key=lambda r: (-r.priority, r.requested_at.astimezone(UTC), r.id))


def ranks(requests: Iterable[Request]) -> dict[int, int]:
    """The rank of each request, from 1."""
    return {request.id: rank for rank, request in enumerate(in_order(requests), start=1)}


def next_to_offer(requests: Iterable[Request]) -> int | None:
    """Whom the freed place goes to; None when nobody waits."""
    return next((request.id for request in in_order(requests)), None)


def priority_of(points: Sequence[int]) -> int:
    """The sum of the points of the criteria that held when the family asked."""
    return sum(points)


def booking_ends(limits: Iterable[tuple[Timing, datetime]]) -> datetime | None:
    """The last second at which a family may book on line; None when it never may."""
    return next((limit for timing, limit in reversed(list(limits)) if timing in ONLINE), None)


def offers_until(rule: WaitingRule, day: date, ends: datetime | None) -> datetime | None:
    """The last second at which a place of that day is offered: the end of the day `offers_stop_days` before, and never
    after the booking deadline (`ends`). None without a list, or when nothing can be booked on line."""
    if rule.mode is WaitingMode.OFF or ends is None:
        return None
    stop = at(day - timedelta(days=rule.offers_stop_days), END_OF_DAY)
    return min(stop, ends, key=lambda limit: limit.astimezone(UTC))


def runs(until: datetime | None, now: datetime) -> bool:
    """Whether the queue still runs: a place freed goes to it, and families may join it."""
    return until is not None and not is_past(until, now)


def free_for_all(room: Room, *, queue_runs: bool) -> int:
    """The places that anyone may book: those left beyond the families who wait. Nobody jumps over a queue that runs;
    once it is over, what is free is free."""
    return max(0, room.left - (room.waiting if queue_runs else 0))


def why_not_join(
    rule: WaitingRule, until: datetime | None, now: datetime, list_left: int | None
) -> Refusal | None:
    """The first reason that forbids to wait for a full day; None when nothing does."""
    if rule.mode is WaitingMode.OFF:
        return NoWaitingList()
    if not runs(until, now):
        return WaitingListClosed()
    return WaitingListFull() if list_left is not None and list_left <= 0 else None


def answer_deadline(rule: WaitingRule, now: datetime, ends: datetime) -> datetime:
    """The last second of the answer: `offer_hours` real hours from now, the minute shown being whole, and never after
    the booking deadline, when the caterer orders. In Europe/Paris."""
    hours = (now.astimezone(UTC) + timedelta(hours=rule.offer_hours)).replace(second=59, microsecond=0)
    return min(hours, ends.astimezone(UTC)).astimezone(PARIS)


def is_past(limit: datetime, now: datetime) -> bool:
    """A limit is its last second: it holds during the whole of it."""
    return now.astimezone(UTC) >= limit.astimezone(UTC) + ONE_SECOND
