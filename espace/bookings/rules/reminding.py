"""Whom to remind, of what, and when: the tables of docs/rules/reminders.md. Pure: the instants are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from espace.bookings.enums import EnrolmentState
from espace.kernel.calendar import PARIS, at

AHEAD = timedelta(days=3)
AGAIN_AFTER = timedelta(days=28)
OPENS, CLOSES = time(8), time(20)
KNOWN_FOR = timedelta(days=365)  # a family that came within the year is told of the next holidays


def may_write(now: datetime) -> bool:
    """Nobody is written to at night: from 8:00 to 19:59 in Paris."""
    return OPENS <= now.astimezone(PARIS).time() < CLOSES


def is_soon(limit: datetime, now: datetime) -> bool:
    """Whether the limit falls within three days of the calendar, and has not passed. A worker that was stopped on the
    third day still reminds on the second."""
    return now <= limit and limit.astimezone(PARIS).date() - AHEAD <= now.astimezone(PARIS).date()


def may_say_again(said_at: datetime | None, now: datetime) -> bool:
    """An enrolment that stays without a day is not spoken of more than once in four weeks."""
    return said_at is None or now - said_at >= AGAIN_AFTER


def is_settled(enrolled_at: datetime, now: datetime) -> bool:
    """Enrolled before today: who enrols a child this morning is about to book."""
    return enrolled_at < at(now.astimezone(PARIS).date(), time(0))


def lacks_a_day(state: EnrolmentState, *, has_days: bool, enrolled_at: datetime, now: datetime) -> bool:
    """Whether an enrolment is to be reminded of: accepted, without any day to come, asked or waiting, and settled."""
    return state is EnrolmentState.ACCEPTED and not has_days and is_settled(enrolled_at, now)


def told_limit(limits: Mapping[date, datetime], now: datetime) -> tuple[datetime, tuple[date, ...]] | None:
    """The limit to speak of and the days it closes, from each day's own: the last one that falls soon.

    Where each day has its limit, one every evening, it is that of the third day: time is left to book.
    """
    soon = [limit for limit in limits.values() if is_soon(limit, now)]
    if not soon:
        return None
    told = max(soon)
    return told, tuple(sorted(day for day, limit in limits.items() if limit == told))


def span_of(days: Iterable[date]) -> tuple[date, date, int]:
    """The first and the last of these days, and how many they are."""
    known = sorted(days)
    return known[0], known[-1], len(known)
