"""Who gets the places that are left: in the order asked, each in the first of the places they may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seat:
    """A slot and the pool its place comes from."""

    slot_id: int
    pool_id: int


@dataclass(frozen=True, slots=True)
class Seating:
    """The seat of each booking that got one, and those left standing, in the order asked."""

    seats: Mapping[int, Seat]
    standing: tuple[int, ...]


def seat(wanted: Iterable[tuple[int, Sequence[Seat], bool]], lefts: Mapping[int, int]) -> Seating:
    """Seats (booking, seats it may have, whether it takes a place) one after the other.

    `lefts`: pool -> places left. A booking that takes no place (on a waiting list) gets its first seat whatever is
    left; one with no seat at all stands.
    """
    left = dict(lefts)
    seats: dict[int, Seat] = {}
    standing: list[int] = []
    for booking, choices, takes_a_place in wanted:
        needed = 1 if takes_a_place else 0
        found = next((s for s in choices if left.get(s.pool_id, 0) >= needed), None)
        if found is None:
            standing.append(booking)
            continue
        seats[booking] = found
        left[found.pool_id] = left.get(found.pool_id, 0) - needed
    return Seating(seats, tuple(standing))
