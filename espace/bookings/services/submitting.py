"""Confirming a plan: one submission, its bookings and cancellations, its places, its journal, its message."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

from django.db.models import QuerySet

from espace.activities.errors import SlotNotOpen
from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.enums import EXPECTED, BookingOrigin, BookingState, CancelTiming
from espace.bookings.errors import (
    BadToken,
    BookingGone,
    NothingToChange,
    ReasonNeeded,
    SomeRefused,
    StaleForm,
    StampReasonNeeded,
)
from espace.bookings.models import Booking, Submission
from espace.bookings.queries.desk import Desk
from espace.bookings.queries.fitting import fit
from espace.bookings.queries.happenings import happenings
from espace.bookings.queries.limits import snapshot
from espace.bookings.queries.objections import why_barred
from espace.bookings.queries.plan import Line, Recap
from espace.bookings.queries.queue import Points, points_of, waiting_ranks
from espace.bookings.queries.submissions import acknowledgement, line_key, line_key_of, summary_of
from espace.bookings.rules import priority_of
from espace.bookings.services.offering import offer_freed
from espace.bookings.services.places import lock_pools, move_places, move_waiting, open_slots
from espace.kernel.actor import Actor
from espace.kernel.asking import asked_again
from espace.kernel.calendar import ONE_DAY
from espace.kernel.codes import reference
from espace.kernel.db import bulk_insert
from espace.kernel.errors import Refusal

TOKEN_LENGTHS = range(16, 65)


def already_answered(actor: Actor, token: str) -> Submission | None:
    """The submission that this token made, if it did: a double submit finds the first answer."""
    if len(token) not in TOKEN_LENGTHS or not token.isascii():
        raise BadToken
    found = next(iter(_made_by(token)), None)
    if found is not None and found.user_id != actor.user_id:
        raise BadToken
    return found


@asked_again
def _made_by(token: str) -> QuerySet[Submission]:
    return Submission.objects.filter(token=token).select_related("household").order_by("id")[:1]


def confirm(
    actor: Actor, desk: Desk, recap: Recap, *, token: str, origin: BookingOrigin, expected: str, what_is_free: bool,
    reason: str, wait: bool = False,
) -> Submission:  # fmt: skip
    """Does what the plan says, in the caller's transaction, the children being locked. With `wait`, the full days are
    asked on their waiting list. A place that this frees goes to the first who waits for it (I11).

    Raises `StaleForm` when the plan is no longer the one that was shown, `SomeRefused` when a line can't be done and
    all-or-nothing was asked for, `NothingToChange`, `ReasonNeeded`, `NoPlaceLeft`.
    """
    recap = _under_locks(recap, desk)
    if recap.stale or expected != recap.digest:
        raise StaleForm(recap)
    if wait:
        recap = recap.with_waiting()
    if recap.refused and not what_is_free:
        raise SomeRefused(recap)
    if not recap.fine or recap.household_id is None:
        raise NothingToChange
    if recap.is_stamped and not reason.strip():
        raise StampReasonNeeded
    if recap.needs_reason and not reason.strip():
        raise ReasonNeeded
    submission = new_submission(
        actor, desk, recap, recap.household_id, token, "" if recap.is_stamped else reason.strip()
    )
    _cancel(desk, recap, submission, origin)
    freed = _move(recap)
    _insert(desk, recap, submission, origin)
    _tell_ranks(submission, recap)
    audit.record(
        actor,
        "bookings.change",
        object_kind="submission",
        object_id=submission.pk,
        household_id=submission.household_id,
        payload={
            "reference": submission.reference,
            **({"asked_at": desk.stamped_at.isoformat()} if desk.stamped_at else {}),
            "booked": [[line.child_id, line.slot_id] for line in recap.booked],
            "cancelled": [line.booking_id for line in recap.cancelled],
            "waiting": [[line.child_id, line.slot_id] for line in recap.waiting],
            "left": [line.booking_id for line in recap.left],
            "late": len(recap.late),
            "total": recap.total.cents,
        },
        reason=reason,
    )
    notices.acknowledge(acknowledgement(submission), {line_key(line): line.surcharge for line in recap.late})
    offer_freed(freed)
    return submission


def _under_locks(recap: Recap, desk: Desk) -> Recap:
    """The plan with places, openings and events as they are once the pools are locked."""
    rooms = lock_pools({line.pool_id for line in recap.fine} | {line.pool_id for line in recap.full})
    booked = [line for line in recap.lines if line.is_add and line.is_fine]
    if not booked:
        return replace(recap, lines=fit(recap.lines, rooms, desk.now))
    still_open = open_slots({line.slot_id for line in booked})
    days = [line.day for line in booked]
    events = happenings({line.child_id for line in booked}, min(days), max(days) + ONE_DAY)

    def why_not(line: Line) -> Refusal | None:
        venue = still_open.get(line.slot_id)
        if venue is None:
            return SlotNotOpen()
        return why_barred(events.bar(line.child_id, line.dated.activity_id, venue, line.day))

    lines = [
        replace(line, problem=why_not(line)) if line.is_add and line.is_fine else line for line in recap.lines
    ]
    return replace(recap, lines=fit(lines, rooms, desk.now))


def new_submission(
    actor: Actor, desk: Desk, recap: Recap, household_id: int, token: str, told: str = ""
) -> Submission:
    """The row of what a plan did, with its reference. `told`: an agent's reason for the family to read; why a request
    is keyed afterwards is for the journal alone."""
    submission = Submission.objects.create(
        reference=f"…{token[:16]}",
        token=token,
        household_id=household_id,
        user_id=actor.user_id,
        actor_label=actor.label,
        at=desk.now,
        stamped_at=desk.stamped_at,
        booked=len(recap.booked),
        cancelled=len(recap.cancelled),
        late=len(recap.late),
        waiting=len(recap.waiting),
        total=recap.total,
        summary=summary_of(recap)
        | ({"counter": True, "reason": told} if actor.on_behalf_of is not None else {}),
    )
    submission.reference = reference("RES", submission.pk)
    submission.save(update_fields=["reference"])
    return submission


def _move(recap: Recap) -> set[int]:
    """Takes and gives back places, and the turns of the queues; the pools where a place is freed."""
    deltas = Counter(line.pool_id for line in recap.booked)
    deltas.subtract(line.pool_id for line in recap.cancelled)
    move_places(deltas)
    queues = Counter(line.pool_id for line in recap.waiting)
    queues.subtract(line.pool_id for line in recap.left)
    move_waiting(queues)
    return {pool for pool, number in deltas.items() if number < 0}


def _insert(desk: Desk, recap: Recap, submission: Submission, origin: BookingOrigin) -> None:
    """The bookings, and the requests of the waiting list with the priority of the day they were asked, frozen."""
    waiting = recap.waiting
    points = points_of({line.child_id for line in waiting}, desk.asked_at.date()) if waiting else {}
    bulk_insert(
        [
            _booking(desk, line, submission, _origin_of(recap, line, origin), _state_of(line))
            for line in recap.booked
        ]
        + [
            _booking(
                desk, line, submission, _origin_of(recap, line, origin), BookingState.WAITLISTED,
                points.get((line.child_id, line.dated.activity_id), []),
            )
            for line in waiting
        ]
    )  # fmt: skip


def _origin_of(recap: Recap, line: Line, origin: BookingOrigin) -> BookingOrigin:
    """A day that a copied week asks for was not chosen by itself: a later copy or pattern may change it."""
    return BookingOrigin.PATTERN if (line.child_id, line.slot_id) in recap.copied else origin


def _state_of(line: Line) -> BookingState:
    return BookingState.PENDING_ENROLMENT if line.is_pending else BookingState.CONFIRMED


def _booking(
    desk: Desk,
    line: Line,
    submission: Submission,
    origin: BookingOrigin,
    state: BookingState,
    points: Points | None = None,
) -> Booking:
    return Booking(
        child_id=line.child_id,
        slot_id=line.slot_id,
        enrolment_id=line.enrolment_id,
        date=line.day,
        state=state,
        origin=origin,
        pinned=origin is not BookingOrigin.PATTERN,
        requested_at=desk.asked_at,
        is_late=line.is_late,
        rule_snapshot=snapshot(line.dated, desk.limits),
        submission_id=submission.pk,
        priority=priority_of([number for _, number in points or ()]),
        priority_detail=[list(point) for point in points or ()],
    )


def _cancel(desk: Desk, recap: Recap, submission: Submission, origin: BookingOrigin) -> None:
    """What a person cancels that very day is pinned, so that no pattern books it again; not what a rule cancels."""
    kinds = (
        ([li for li in recap.cancelled if not li.stays_due], EXPECTED, CancelTiming.IN_TIME),
        ([li for li in recap.cancelled if li.stays_due], EXPECTED, CancelTiming.LATE),
        (recap.left, (BookingState.WAITLISTED,), CancelTiming.WAITING),
    )
    for (lines, states, timing), pinned in product(kinds, (True, False)):
        asked = [
            line
            for line in lines
            if line.booking_id and (_origin_of(recap, line, origin) is not BookingOrigin.PATTERN) is pinned
        ]
        if not asked:
            continue
        # In the very slot whose pool is locked: an event may have moved the booking since the plan was made.
        ids, slots = {line.booking_id or 0 for line in asked}, {line.slot_id for line in asked}
        changed = Booking.objects.filter(id__in=ids, slot_id__in=slots, state__in=states).update(
            state=BookingState.CANCELLED,
            cancelled_at=desk.now,
            cancel_timing=timing,
            cancel_submission=submission,
            pinned=pinned,
        )
        if changed != len(ids):
            raise BookingGone


def _tell_ranks(submission: Submission, recap: Recap) -> None:
    """Writes in the acknowledgement the rank that each request of the waiting list has just now."""
    if not recap.waiting:
        return
    found = waiting_ranks({line.pool_id for line in recap.waiting})
    rows = Booking.objects.filter(submission=submission, state=BookingState.WAITLISTED).order_by("id")
    by_key = {
        line_key_of(child, slot): found[pk]
        for pk, child, slot in rows.values_list("id", "child_id", "slot_id")
    }
    for line in submission.summary["lines"]:
        if line["waiting"]:
            line["rank"] = by_key[line["key"]]
    submission.save(update_fields=["summary"])
