"""What a form changes, and whether the world changed behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time


def overlaps(start_a: time, end_a: time, start_b: time, end_b: time) -> bool:
    """Whether two stretches of one day share an instant; one that begins when the other ends does not (I12)."""
    return start_a < end_b and start_b < end_a


@dataclass(frozen=True, slots=True)
class StaleBooking:
    """A booking that appeared (`appeared`) or vanished since the form was made."""

    slot_id: int
    appeared: bool


def stale_difference(seen: Mapping[int, int], now: Mapping[int, int]) -> tuple[StaleBooking, ...]:
    """What changed between two states {slot id: active booking id}, by slot.

    A slot cancelled then booked again between the two is not a difference: the family sees the same thing.
    """
    slots = sorted(seen.keys() ^ now.keys())
    return tuple(StaleBooking(slot, slot in now) for slot in slots)


def digest(parts: Iterable[object]) -> str:
    """16 hex digits of what was shown before confirming: days, prices, lateness. Other consequences, other digest."""
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()[:16]
