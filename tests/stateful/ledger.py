"""What the families were told, kept in a dictionary: the independent model that the database must agree with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from espace.kernel.calendar import ONE_DAY, PARIS
from tests.stateful.seen import HOLDING, BookingSeen, SlotSeen, by_key
from tests.stateful.small_town import LISTS

BOOKED, WAITS, OFFERED = "BOOKED", "WAITS", "OFFERED"
NOON, END_OF_DAY, MONDAY = time(12), time(23, 59, 59), 0
Key = tuple[int, int]  # (child, slot)
AS_STORED = {"CONFIRMED": BOOKED, "PENDING_ENROLMENT": BOOKED, "OFFERED": OFFERED, "WAITLISTED": WAITS}


class Ledger:
    """Who is where: (child, slot) -> booked, waits, or is offered a place, with the last second of the answer.

    It knows the slots and the places, nothing of the services. It offers freed places itself (I11): the most points
    first, then who asked first; until the list of that day ends.
    """

    def __init__(self, slots: Mapping[int, SlotSeen], capacity: dict[int, int], automatic: set[str]) -> None:
        self.slots, self.capacity, self.automatic = slots, capacity, automatic
        self.standing: dict[Key, str] = {}
        self.until: dict[Key, datetime] = {}

    def put(self, key: Key, state: str) -> None:
        self.standing[key] = state
        self.until.pop(key, None)

    def drop(self, *keys: Key) -> None:
        for key in keys:
            self.standing.pop(key, None)
            self.until.pop(key, None)

    def move(self, key: Key, slot: int) -> None:
        """The same booking in another slot; a place offered stays so."""
        state, until = self.standing.pop(key), self.until.pop(key, None)
        self.standing[key[0], slot] = state
        if until is not None:
            self.until[key[0], slot] = until

    def adopt(self, bookings: Iterable[BookingSeen]) -> None:
        """Takes what is stored for true: after two users at once, when only the invariants can tell."""
        rows = by_key(bookings)
        self.standing = {key: AS_STORED[row.state] for key, row in rows.items()}
        self.until = {key: row.offer_until for key, row in rows.items() if row.offer_until is not None}

    def settle(self, rows: Mapping[Key, BookingSeen], now: datetime) -> None:
        """Offers what is free to who waits, in order."""
        for pool, capacity in self.capacity.items():
            queue = [k for k, s in self.standing.items() if s == WAITS and self.slots[k[1]].pool == pool]
            free = capacity - self.taken(pool)
            possible = sorted(
                (k for k in queue if self.offers(k[1], now) and k in rows), key=lambda k: rows[k].order
            )
            for key in possible[: max(free, 0)]:
                self.standing[key], self.until[key] = OFFERED, self.answer_until(key[1], now)

    def taken(self, pool: int) -> int:
        return sum(s != WAITS for k, s in self.standing.items() if self.slots[k[1]].pool == pool)

    def waiting(self, pool: int) -> int:
        return sum(s == WAITS for k, s in self.standing.items() if self.slots[k[1]].pool == pool)

    def offers(self, slot: int, now: datetime) -> bool:
        """Whether a place freed now is offered by itself."""
        return self.slots[slot].activity in self.automatic and self.runs(slot, now)

    def runs(self, slot: int, now: datetime) -> bool:
        """Whether the list of that day goes on: so many days before, and never past noon of the working day before."""
        seen = self.slots[slot]
        stop = datetime.combine(seen.day - timedelta(days=LISTS[seen.activity][1]), END_OF_DAY, PARIS)
        return now < min(stop, noon_before(seen.day)) + timedelta(seconds=1)

    def answer_until(self, slot: int, now: datetime) -> datetime:
        """A day later, the minute being whole, and never past the end of bookings."""
        day_later = (now.astimezone(UTC) + ONE_DAY).replace(second=59, microsecond=0)
        return min(day_later, noon_before(self.slots[slot].day)).astimezone(PARIS)

    def over(self, now: datetime) -> list[Key]:
        """The offers whose answer is past due."""
        return [key for key, until in self.until.items() if now >= until + timedelta(seconds=1)]

    def ended(self, now: datetime) -> list[Key]:
        """Those who wait for a day whose list is over."""
        return [k for k, s in self.standing.items() if s == WAITS and not self.runs(k[1], now)]


def noon_before(day: date) -> datetime:
    """Noon of the working day before; none of the machine's days follows a public holiday."""
    back = ONE_DAY * (3 if day.weekday() == MONDAY else 1)
    return datetime.combine(day - back, NOON, PARIS)


def stored_as(rows: Iterable[BookingSeen]) -> dict[Key, str]:
    """What the database says, in the ledger's words."""
    return {key: AS_STORED[row.state] for key, row in by_key(rows).items()}


def holds(row: BookingSeen) -> bool:
    """Whether a place is counted for it."""
    return row.state in HOLDING
