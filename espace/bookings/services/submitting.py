"""Confirming a plan: one submission, its bookings and cancellations, its places, its journal, its message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from espace.activities.errors import SlotNotOpen
from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.enums import HOLDING_A_PLACE, BookingOrigin, BookingState, CancelTiming
from espace.bookings.errors import (
    BadToken,
    BookingGone,
    NothingToChange,
    ReasonNeeded,
    SomeRefused,
    StaleForm,
)
from espace.bookings.models import Booking, Submission
from espace.bookings.queries.desk import Desk
from espace.bookings.queries.happenings import happenings
from espace.bookings.queries.limits import snapshot
from espace.bookings.queries.plan import Line, Recap, fit, why_barred
from espace.bookings.queries.submissions import acknowledgement, line_key, summary_of
from espace.bookings.services.places import lock_pools, move_places, open_slots
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY
from espace.kernel.codes import reference
from espace.kernel.db import bulk_insert
from espace.kernel.errors import Refusal

TOKEN_LENGTHS = range(16, 65)


def already_answered(actor: Actor, token: str) -> Submission | None:
    """The submission that this token made, if it did: a double submit finds the first answer."""
    if len(token) not in TOKEN_LENGTHS or not token.isascii():
        raise BadToken
    found = Submission.objects.filter(token=token).select_related("household").order_by("id").first()
    if found is not None and found.user_id != actor.user_id:
        raise BadToken
    return found


def confirm(
    actor: Actor, desk: Desk, recap: Recap, *, token: str, origin: BookingOrigin, expected: str, what_is_free: bool,
    reason: str,
) -> Submission:  # fmt: skip
    """Does what the plan says, in the caller's transaction, the children being locked.

    Raises `StaleForm` when the plan is no longer the one that was shown, `SomeRefused` when a line can't be done and
    all-or-nothing was asked for, `NothingToChange`, `ReasonNeeded`, `NoPlaceLeft`.
    """
    recap = _under_locks(recap)
    if recap.stale or expected != recap.digest:
        raise StaleForm(recap)
    if recap.refused and not what_is_free:
        raise SomeRefused(recap)
    if not recap.fine or recap.household_id is None:
        raise NothingToChange
    if recap.needs_reason and not reason.strip():
        raise ReasonNeeded
    submission = _submission(actor, desk, recap, recap.household_id, token)
    _cancel(desk, recap.cancelled, submission, pinned=origin is not BookingOrigin.PATTERN)
    _move(recap)
    _insert(desk, recap.booked, submission, origin, actor)
    audit.record(
        actor,
        "bookings.change",
        object_kind="submission",
        object_id=submission.pk,
        household_id=submission.household_id,
        payload={
            "reference": submission.reference,
            "booked": [[line.child_id, line.slot_id] for line in recap.booked],
            "cancelled": [line.booking_id for line in recap.cancelled],
            "late": len(recap.late),
            "total": recap.total.cents,
        },
        reason=reason,
    )
    notices.acknowledge(acknowledgement(submission), {line_key(line): line.surcharge for line in recap.late})
    return submission


def _under_locks(recap: Recap) -> Recap:
    """The plan with places, openings and events as they are once the pools are locked."""
    lefts = lock_pools({line.pool_id for line in recap.fine} | {line.pool_id for line in recap.full})
    booked = [line for line in recap.lines if line.is_add and line.is_fine]
    if not booked:
        return replace(recap, lines=fit(recap.lines, lefts))
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
    return replace(recap, lines=fit(lines, lefts))


def _submission(actor: Actor, desk: Desk, recap: Recap, household_id: int, token: str) -> Submission:
    submission = Submission.objects.create(
        reference=f"…{token[:16]}",
        token=token,
        household_id=household_id,
        user_id=actor.user_id,
        actor_label=actor.label,
        at=desk.now,
        booked=len(recap.booked),
        cancelled=len(recap.cancelled),
        late=len(recap.late),
        total=recap.total,
        summary=summary_of(recap),
    )
    submission.reference = reference("RES", submission.pk)
    submission.save(update_fields=["reference"])
    return submission


def _move(recap: Recap) -> None:
    deltas = Counter(line.pool_id for line in recap.booked)
    deltas.subtract(line.pool_id for line in recap.cancelled)
    move_places(deltas)


def _insert(
    desk: Desk, lines: Collection[Line], submission: Submission, origin: BookingOrigin, actor: Actor
) -> None:
    bulk_insert(
        [
            Booking(
                child_id=line.child_id,
                slot_id=line.slot_id,
                enrolment_id=line.enrolment_id,
                date=line.day,
                state=BookingState.PENDING_ENROLMENT if line.is_pending else BookingState.CONFIRMED,
                origin=origin,
                pinned=origin is not BookingOrigin.PATTERN,
                requested_at=desk.now,
                is_late=line.is_late,
                rule_snapshot=snapshot(line.dated, desk.limits),
                submission_id=submission.pk,
            )
            for line in lines
        ]
    )


def _cancel(desk: Desk, lines: Collection[Line], submission: Submission, *, pinned: bool) -> None:
    """`pinned`: a person cancelled that very day, so that no pattern books it again."""
    for stays_due, timing in ((False, CancelTiming.IN_TIME), (True, CancelTiming.LATE)):
        asked = [line for line in lines if line.stays_due is stays_due and line.booking_id]
        if not asked:
            continue
        # In the very slot whose pool is locked: an event may have moved the booking since the plan was made.
        ids, slots = {line.booking_id or 0 for line in asked}, {line.slot_id for line in asked}
        changed = Booking.objects.filter(id__in=ids, slot_id__in=slots, state__in=HOLDING_A_PLACE).update(
            state=BookingState.CANCELLED,
            cancelled_at=desk.now,
            cancel_timing=timing,
            cancel_submission=submission,
            pinned=pinned,
        )
        if changed != len(ids):
            raise BookingGone
