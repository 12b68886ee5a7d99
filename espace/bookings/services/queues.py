"""What agents do to a waiting list: offer a place by hand, add places, write down what counts for a child."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from espace.activities.models import CapacityPool, PriorityCriterion
from espace.audit import services as audit
from espace.bookings.enums import BookingState
from espace.bookings.errors import (
    BadCapacity,
    CriterionDates,
    CriterionKnown,
    CriterionNotPublished,
    EvidenceNeeded,
    NoPlaceLeft,
    NotAllowed,
    OfferGone,
    ReasonNeeded,
    WaitingListClosed,
)
from espace.bookings.models import Booking, ChildCriterion
from espace.bookings.queries.queue import queue_of
from espace.bookings.services.offering import Offers, offer, offer_freed
from espace.bookings.services.places import lock_pools
from espace.families.errors import FamilyRefusal
from espace.families.models import Person
from espace.families.queries import family_facts
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound


def offer_place(actor: Actor, *, booking_id: int, reason: str = "") -> None:
    """An agent offers a free place to a request; out of its turn, with a reason that the family can read.

    Offered already, nothing. Raises `NotAllowed`, `NotFound`, `OfferGone` (no longer waits), `WaitingListClosed`,
    `NoPlaceLeft`, `ReasonNeeded`.
    """
    if not actor.may(Permission.ENROLMENTS):
        raise NotAllowed
    reason = reason.strip()
    with write_transaction():
        pool = Booking.objects.filter(id=booking_id).values_list("slot__pool_id", flat=True).first()
        if pool is None:
            raise NotFound
        room = lock_pools([pool])[pool]
        if Booking.objects.filter(id=booking_id, state=BookingState.OFFERED).exists():
            return
        queue = queue_of([pool]).get(pool, [])
        entry = next((entry for entry in queue if entry.id == booking_id), None)
        if entry is None:
            raise OfferGone
        if room.left <= 0:
            raise NoPlaceLeft
        offers = Offers([entry.dated.day])
        if not offers.running(entry.dated):
            raise WaitingListClosed
        if entry is not queue[0] and not reason:
            raise ReasonNeeded
        offer(actor, entry, offers, reason=reason)


def set_places(actor: Actor, *, pool_id: int, capacity: int, waitlist_capacity: int | None) -> int:
    """The places of a pool, and how many families may wait (None: no limit). What is freed is offered at once; how
    many offers were made. Raises `NotAllowed`, `NotFound`, `BadCapacity` under what is taken or waits already."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotAllowed
    with write_transaction():
        lock_pools([pool_id])
        pool = CapacityPool.objects.filter(id=pool_id).first()
        if pool is None:
            raise NotFound
        too_short = waitlist_capacity is not None and waitlist_capacity < pool.waiting
        if capacity < pool.taken or too_short:
            raise BadCapacity(taken=pool.taken, waiting=pool.waiting)
        before = [pool.capacity, pool.waitlist_capacity]
        if before == [capacity, waitlist_capacity]:
            return 0
        pool.capacity, pool.waitlist_capacity = capacity, waitlist_capacity
        pool.save(update_fields=["capacity", "waitlist_capacity"])
        audit.record(
            actor,
            "activities.set_places",
            object_kind="pool",
            object_id=pool_id,
            payload={"before": before, "after": [capacity, waitlist_capacity]},
        )
        return offer_freed([pool_id])


def record_criterion(
    actor: Actor, *, child_id: int, criterion_id: int, start: date, end: date, evidence: str
) -> ChildCriterion:
    """Writes down that a child answers a published criterion over `[start, end)`, and the proof that was seen.

    It counts for what is asked from then on; what was asked keeps its rank. Raises `NotAllowed`, `NotFound`,
    `EvidenceNeeded`, `CriterionDates`, `CriterionNotPublished`, `CriterionKnown` when it is already written.
    """
    if not actor.may(Permission.ENROLMENTS):
        raise NotAllowed
    evidence = evidence.strip()
    if not evidence:
        raise EvidenceNeeded
    if start >= end:
        raise CriterionDates
    with write_transaction():
        child = Person.objects.select_for_update(no_key=True).filter(id=child_id).first()
        if child is None:
            raise NotFound
        published = Q(start__lt=end) & (Q(end__isnull=True) | Q(end__gt=start))
        criterion = PriorityCriterion.objects.filter(published, id=criterion_id).first()
        if criterion is None:
            raise CriterionNotPublished
        known = ChildCriterion.objects.filter(child=child, criterion=criterion, start__lt=end, end__gt=start)
        if known.exists():
            raise CriterionKnown
        row = ChildCriterion.objects.create(
            child=child, criterion=criterion, start=start, end=end, evidence=evidence, recorded_at=clock.now(),
            recorded_by=actor.label,
        )  # fmt: skip
        _record(actor, "bookings.record_criterion", row)
    return row


def end_criterion_of(actor: Actor, *, child_criterion_id: int) -> int:
    """It no longer counts from today on; one that had not begun is taken off. Ended already, nothing. The child's id.

    Raises `NotAllowed`, `NotFound`.
    """
    if not actor.may(Permission.ENROLMENTS):
        raise NotAllowed
    today = clock.today()
    with write_transaction():
        row = (
            ChildCriterion.objects.select_for_update(of=("self",))
            .select_related("criterion")
            .filter(id=child_criterion_id)
            .first()
        )
        if row is None:
            raise NotFound
        if row.end <= today:
            return row.child_id
        _record(actor, "bookings.end_criterion", row)
        if row.start >= today:
            row.delete()
            return row.child_id
        row.end = today
        row.save(update_fields=["end"])
    return row.child_id


def _record(actor: Actor, action: str, row: ChildCriterion) -> None:
    """In the journal of every household of the child: the criterion, never the situation that proves it."""
    today = clock.today()
    try:
        household_id = family_facts([row.child_id], today, today + ONE_DAY).household_on(row.child_id, today)
    except FamilyRefusal:
        household_id = None
    audit.record(
        actor,
        action,
        object_kind="person",
        object_id=row.child_id,
        household_id=household_id,
        payload={"criterion": row.criterion_id, "start": row.start.isoformat(), "end": row.end.isoformat()},
    )
