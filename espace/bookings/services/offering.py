"""A freed place goes to the first who waits, in the transaction that frees it (I11)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from espace.activities.enums import WaitingMode
from espace.activities.queries import Catalogue, catalogue
from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.enums import BookingState
from espace.bookings.models import Booking
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.queries.pricing import price_of
from espace.bookings.queries.queue import QueueEntry, queue_of
from espace.bookings.rules import answer_deadline, runs
from espace.bookings.services.places import lock_pools, move_places, move_waiting
from espace.families.errors import FamilyRefusal
from espace.families.queries import family_facts
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.calendar import ONE_DAY


class Offers:
    """The lists' rules at this instant, over some days. Costs 4 queries when made."""

    def __init__(self, days: Collection[date]) -> None:
        self.now = clock.now()
        self.catalogue: Catalogue = catalogue()
        self.limits = Limits(self.catalogue, self.now, min(days), max(days) + ONE_DAY)

    def running(self, dated: Dated) -> bool:
        """Whether a place of that day may be offered now."""
        return runs(self.limits.offers_until(dated), self.now)

    def is_automatic(self, dated: Dated) -> bool:
        return self.catalogue.activities[dated.activity_id].waiting.mode is WaitingMode.AUTOMATIC

    def deadline(self, dated: Dated) -> datetime:
        """Until when a family asked now may answer."""
        ends = self.limits.booking_ends(dated)
        assert ends is not None  # noqa: S101 - a list that runs has a booking deadline
        return answer_deadline(self.catalogue.activities[dated.activity_id].waiting, self.now, ends)


def offer_freed(pool_ids: Collection[int]) -> int:
    """Offers the free places of these pools to who waits for them, one each, in order; how many were offered.

    To be called in the transaction that freed them, after the places were given back. Where an agent decides, nothing
    is offered: the place is kept for the queue. 1 query when nobody waits.
    """
    rooms = lock_pools(pool_ids) if pool_ids else {}
    queues = queue_of([pool for pool, room in rooms.items() if room.left > 0 and room.waiting > 0])
    if not queues:
        return 0
    offers = Offers([entry.dated.day for queue in queues.values() for entry in queue])
    done = 0
    for pool in sorted(queues):
        possible = [entry for entry in queues[pool] if offers.running(entry.dated)]
        for entry in possible[: rooms[pool].left]:
            if not offers.is_automatic(entry.dated):
                break  # the places left are the agents' to offer, in their order
            offer(SYSTEM, entry, offers)
            done += 1
    return done


def offer(actor: Actor, entry: QueueEntry, offers: Offers, *, reason: str = "") -> datetime:
    """Keeps a place for this request and asks its family; the last second of the answer. The pool is locked.

    The journal names the agent, or nobody: never the family that freed the place.
    """
    deadline = offers.deadline(entry.dated)
    changed = Booking.objects.filter(id=entry.id, state=BookingState.WAITLISTED).update(
        state=BookingState.OFFERED, offer_expires_at=deadline
    )
    if changed:
        move_places({entry.pool_id: 1})
        move_waiting({entry.pool_id: -1})
        household_id = household_of(entry)
        audit.record(
            actor,
            "bookings.offer_place",
            object_kind="booking",
            object_id=entry.id,
            household_id=household_id,
            payload={"child": entry.child_id, "slot": entry.slot_id, "answer_until": deadline.isoformat()},
            reason=reason,
        )
        if household_id is not None:
            notices.tell_offer(household_id, entry, deadline, price_of(entry, offers.catalogue))
    return deadline


def household_of(entry: QueueEntry) -> int | None:
    """The household that answers for the child that day: the only one that is asked, and told."""
    try:
        day = entry.dated.day
        return family_facts([entry.child_id], day, day + ONE_DAY).household_on(entry.child_id, day)
    except FamilyRefusal:
        return None
