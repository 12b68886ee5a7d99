"""Draws the waiting lists of the demonstration: two full Wednesdays, who waits for them, and one place given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from espace.activities.rules import Ages
from espace.demo.events import GUICHET, AddChild, Book, Event
from espace.demo.habits import PLANS, WEDNESDAY
from espace.demo.homes import Home, Span
from espace.kernel.calendar import ONE_DAY, at

WHOLE_DAY = "JOURNEE"
SHOWN, OTHER = "f000", "f001"  # the family that a visitor opens, and the other parent's


def draw_queue(
    homes: Sequence[Home], events: Sequence[Event], days: Sequence[date], span: Span, today: date
) -> tuple[tuple[Book, ...], str]:
    """The forms sent once those days are full, in order, and the child who has points.

    The shown family is the first to wait for the first day, where a place is given back the evening before: it is
    offered. On the second one it waits third. Nothing when there is no such day, or nobody to give a place back.
    """
    year = next((y for y in span.years if days and y.start <= days[0] and days[-1] < y.summer), None)
    if year is None:
        return (), ""
    enrol, regulars = (WEDNESDAY, year.start), _regulars(events, year.start, days[0], today)
    busy = {book.child for book in regulars}
    waiters = [
        (home, child)
        for home in homes
        if home.linked and not home.is_left_alone
        for child in home.children
        if child.key not in busy and child.cycle_start is None and _may_wait(child, days[0])
    ]
    mine = [(home, child) for home, child in waiters if home.opened.key == SHOWN]
    others = [(home, child) for home, child in waiters if home.opened.key not in (SHOWN, OTHER)][:3]
    holder = next(
        (book for book in regulars if book.by != GUICHET and book.household not in (SHOWN, OTHER)), None
    )
    if not mine or holder is None:
        return (), ""

    def ask(who: tuple[Home, AddChild], day: date, ago: int, hour: int, minute: int) -> Book:
        home, child = who
        asked = _ago(today, ago, hour, minute)
        add = ((WEDNESDAY, day, WHOLE_DAY),)
        return Book(asked, home.linked, home.opened.key, child.key, (enrol,), add=add, wait=True)

    forms = [ask(mine[0], days[0], 6, 19, 12)]
    forms += [ask(one, days[0], 5, 20, 3 + place) for place, one in enumerate(others[::2])]
    if len(days) > 1:
        forms += [ask(one, days[1], 5, 21, 10 + place) for place, one in enumerate(others[:1])]
        forms.append(ask(mine[0], days[1], 4, 18, 40))
        forms += [ask(one, days[1], 3, 20, 25) for one in others[1:2]]
    code = next(code for slug, _, code in holder.pattern if slug == WEDNESDAY)
    gone = _ago(today, 1, 20, 30)
    forms.append(Book(gone, holder.by, holder.household, holder.child, remove=((WEDNESDAY, days[0], code),)))
    return tuple(forms), others[1][1].key if len(others) > 1 else ""


def _regulars(events: Sequence[Event], start: date, day: date, today: date) -> list[Book]:
    """The patterns of that school year that book the Wednesday."""
    return [
        event
        for event in events
        if isinstance(event, Book)
        and (WEDNESDAY, start) in event.enrol
        and any(slug == WEDNESDAY for slug, _, _ in event.pattern)
        and (event.from_day or start) <= day
        and event.at.date() < today - timedelta(days=7)
    ]


def _may_wait(child: AddChild, day: date) -> bool:
    return child.may_join(Ages(*PLANS[WEDNESDAY].ages), day) and child.schooling_on(day) is not None


def _ago(today: date, days: int, hour: int, minute: int) -> datetime:
    return at(today - days * ONE_DAY, time(hour, minute))
