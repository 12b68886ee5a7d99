"""Which lines of a plan find a place and are alone at their hour, and which full days may be waited for (I10–I12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from espace.bookings.errors import NoPlaceLeft, Overlap
from espace.bookings.queries.desk import BookingEntry, Desk
from espace.bookings.rules import Room, free_for_all, overlaps, runs

if TYPE_CHECKING:
    from espace.bookings.queries.plan import Line


def fit(lines: Sequence[Line], rooms: Mapping[int, Room], now: datetime) -> tuple[Line, ...]:
    """The lines, those for which no place is left being refused (I10). What is cancelled frees its place first, for
    this very plan; beyond it, nobody takes a place that families wait for (I11).

    `rooms`: pool id -> its places and its queue; a pool that is only freed may be missing.
    """
    mine = Counter(line.pool_id for line in lines if line.is_removal and line.is_fine)
    joined: Counter[int] = Counter()
    fitted: list[Line] = []
    for line in lines:
        current = (
            line if not isinstance(line.problem, NoPlaceLeft) else replace(line, problem=None, can_wait=False)
        )
        if current.is_add and current.is_fine:
            pool, room = current.pool_id, rooms.get(current.pool_id, Room(0))
            queue_runs = runs(current.list_until, now)
            if mine[pool] + free_for_all(room, queue_runs=queue_runs) > 0:
                mine[pool] -= 1
            else:
                has_room = room.list_left is None or joined[pool] < room.list_left
                can_wait = queue_runs and has_room and not current.is_waiting_then
                joined[pool] += can_wait
                current = replace(current, problem=NoPlaceLeft(), can_wait=can_wait)
        fitted.append(current)
    return tuple(fitted)


def waits_then(desk: Desk, line: Line) -> bool:
    """Whether the child already waits for something at the same hour: one asks for one place at a time."""
    formulas = desk.catalogue.formulas
    asked = (formulas[b.formula_id] for b in desk.bookings if b.is_on_the_list and b.day == line.day
             and b.child_id == line.child_id)  # fmt: skip
    return any(overlaps(line.starts_at, line.ends_at, f.starts_at, f.ends_at) for f in asked)


def without_overlaps(desk: Desk, lines: list[Line], standing: list[BookingEntry]) -> list[Line]:
    """Refuses a line that meets a standing booking of the child, or a line before it, at the same hour (I12)."""
    taken: dict[tuple[int, date], list[tuple[time, time]]] = {}
    for booking in standing:
        formula = desk.catalogue.formulas[booking.formula_id]
        taken.setdefault((booking.child_id, booking.day), []).append((formula.starts_at, formula.ends_at))
    checked = []
    for line in lines:
        hours = taken.setdefault((line.child_id, line.day), [])
        if line.is_fine and any(overlaps(line.starts_at, line.ends_at, start, end) for start, end in hours):
            checked.append(replace(line, problem=Overlap()))
            continue
        if line.is_fine:
            hours.append((line.starts_at, line.ends_at))
        checked.append(line)
    return checked
