"""What becomes of a request of the waiting list: taken, passed on, left, or run out of time. Each act is done once."""

from __future__ import annotations

from django.db.models import Q

from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.enums import ACCEPTED_OFFER, EXPECTED, BookingState, CancelTiming
from espace.bookings.errors import OfferGone, PlaceOffered, StaleForm
from espace.bookings.models import Booking, Submission
from espace.bookings.queries.offers import offer_plan, own_request
from espace.bookings.queries.plan import Line
from espace.bookings.queries.queue import QueueEntry, entries
from espace.bookings.queries.submissions import acknowledgement, line_key
from espace.bookings.rules import is_past
from espace.bookings.services.offering import Offers, household_of, offer_freed
from espace.bookings.services.places import lock_children, lock_pools, move_places, move_waiting
from espace.bookings.services.submitting import new_submission
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.db import write_transaction
from espace.kernel.money import Money


def accept_offer(actor: Actor, *, booking_id: int, expected: str) -> Submission:
    """Takes the place that is kept: confirmed (or pending with its enrolment), late only if it was when asked.

    `expected` is the digest of the plan the family read. Taken already, the same acknowledgement. Raises `NotFound`,
    `OfferGone` once the delay is over, `StaleForm` when the price is another, and what forbids a booking (`Overlap`…).
    """
    with write_transaction():
        booking = _locked(actor, booking_id)
        if booking.state in EXPECTED and booking.submission is not None:
            return booking.submission
        if booking.state != BookingState.OFFERED or _is_over(booking):
            raise OfferGone
        desk, recap = offer_plan(actor, booking)
        (line,) = recap.lines
        if line.problem is not None:
            raise line.problem
        if expected != recap.digest or recap.household_id is None:
            raise StaleForm(recap)
        submission = new_submission(
            actor, desk, recap, recap.household_id, f"{ACCEPTED_OFFER}{booking.pk}-{desk.now:%s%f}"
        )
        booking.state = BookingState.PENDING_ENROLMENT if line.is_pending else BookingState.CONFIRMED
        booking.offer_expires_at, booking.submission = None, submission
        booking.save(update_fields=["state", "offer_expires_at", "submission"])
        _record(actor, "bookings.accept_offer", booking, recap.household_id, reference=submission.reference)
        notices.acknowledge(acknowledgement(submission), _surcharge(line))
    return submission


def decline_offer(actor: Actor, *, booking_id: int) -> None:
    """Lets the place pass: it is offered to the next family at once. Passed already, nothing. Raises `NotFound`,
    `OfferGone` when the place was taken, or not offered."""
    with write_transaction():
        booking = _locked(actor, booking_id)
        if booking.cancel_timing == CancelTiming.WAITING:
            return
        if booking.state != BookingState.OFFERED:
            raise OfferGone
        _end(booking, pinned=True)
        _record(actor, "bookings.decline_offer", booking, own_request(actor, booking_id).household_id)
        _give_back(booking)


def leave_list(actor: Actor, *, booking_id: int) -> None:
    """Leaves the waiting list; left already, nothing. Raises `NotFound`; `PlaceOffered` when a place was offered
    meanwhile, which is another question; `OfferGone` when the day is booked."""
    with write_transaction():
        booking = _locked(actor, booking_id)
        if booking.cancel_timing == CancelTiming.WAITING:
            return
        if booking.state == BookingState.OFFERED:
            raise PlaceOffered
        if booking.state != BookingState.WAITLISTED:
            raise OfferGone
        _end(booking, pinned=True)
        move_waiting({booking.slot.pool_id: -1})
        _record(actor, "bookings.leave_list", booking, own_request(actor, booking_id).household_id)


def expire_offer(*, booking_id: int) -> bool:
    """Ends an offer that nobody answered, and offers the place to the next; whether there was one to end."""
    with write_transaction():
        booking = _lock(booking_id)
        if booking is None or booking.state != BookingState.OFFERED or not _is_over(booking):
            return False
        entry = _entry(booking_id)
        _end(booking, pinned=False)
        household_id = household_of(entry) if entry else None
        _record(SYSTEM, "bookings.offer_expired", booking, household_id)
        if entry is not None and household_id is not None:
            notices.tell_offer_over(household_id, entry)
        _give_back(booking)
    return True


def expire_offers() -> int:
    """Every offer whose delay is over, each in its own transaction; how many. For the worker."""
    late = Booking.objects.filter(state=BookingState.OFFERED, offer_expires_at__lt=clock.now())
    return sum(expire_offer(booking_id=pk) for pk in late.order_by("id").values_list("id", flat=True))


def close_lists() -> int:
    """Ends the requests that no place can reach any more, and tells their families; how many. For the worker."""
    waiting = entries(Q(state=BookingState.WAITLISTED))
    if not waiting:
        return 0
    offers = Offers([entry.dated.day for entry in waiting])
    return sum(_close(entry) for entry in waiting if not offers.running(entry.dated))


def _close(entry: QueueEntry) -> bool:
    with write_transaction():
        booking = _lock(entry.id)
        if booking is None or booking.state != BookingState.WAITLISTED:
            return False
        _end(booking, pinned=False)
        move_waiting({entry.pool_id: -1})
        household_id = household_of(entry)
        _record(SYSTEM, "bookings.list_closed", booking, household_id)
        if household_id is not None:
            notices.tell_list_over(household_id, entry)
    return True


# Details --------------------------------------------------------------------------------------------------------


def _locked(actor: Actor, booking_id: int) -> Booking:
    """A request of the actor's own, its child then its pool locked, read again. `NotFound` for anyone else's."""
    own = own_request(actor, booking_id)
    lock_children([own.child_id])
    booking = _lock(booking_id)
    assert booking is not None  # noqa: S101 - a booking is never deleted
    return booking


def _lock(booking_id: int) -> Booking | None:
    """The booking as it is once its pool is locked: every change of a queue takes that lock."""
    pool = Booking.objects.filter(id=booking_id).values_list("slot__pool_id", flat=True).first()
    if pool is None:
        return None
    lock_pools([pool])
    return Booking.objects.select_related("slot", "submission", "enrolment").filter(id=booking_id).first()


def _is_over(booking: Booking) -> bool:
    return booking.offer_expires_at is not None and is_past(booking.offer_expires_at, clock.now())


def _end(booking: Booking, *, pinned: bool) -> None:
    """`pinned`: a person gave it up, so that no pattern asks for it again."""
    booking.state, booking.cancel_timing = BookingState.CANCELLED, CancelTiming.WAITING
    booking.cancelled_at, booking.offer_expires_at = clock.now(), None
    booking.pinned = booking.pinned or pinned
    booking.save(update_fields=["state", "cancel_timing", "cancelled_at", "offer_expires_at", "pinned"])


def _give_back(booking: Booking) -> None:
    move_places({booking.slot.pool_id: -1})
    offer_freed([booking.slot.pool_id])


def _entry(booking_id: int) -> QueueEntry | None:
    return next(iter(entries(Q(id=booking_id))), None)


def _record(actor: Actor, action: str, booking: Booking, household_id: int | None, **more: str) -> None:
    audit.record(
        actor,
        action,
        object_kind="booking",
        object_id=booking.pk,
        household_id=household_id,
        payload={"child": booking.child_id, "slot": booking.slot_id, "day": booking.date.isoformat(), **more},
    )


def _surcharge(line: Line) -> dict[str, Money]:
    return {line_key(line): line.surcharge} if line.is_late else {}
