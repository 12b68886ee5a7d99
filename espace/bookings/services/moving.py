"""A child changes school, class, or leaves: enrolments, patterns and booked days follow, free of any late fee."""

from __future__ import annotations

from collections import Counter
from datetime import date

from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.enums import EnrolmentState, MoveKind
from espace.bookings.errors import StaleForm
from espace.bookings.models import Booking, Enrolment, PatternDay, WeeklyPattern
from espace.bookings.queries.enrolments import households_of_child
from espace.bookings.queries.moving import (
    Departure,
    EnrolmentMove,
    MovePreview,
    SchoolChange,
    move_preview_for,
)
from espace.bookings.services.giving_up import give_up
from espace.bookings.services.offering import offer_freed
from espace.bookings.services.places import lock_children, lock_pools, move_places
from espace.families import services as families
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.db import write_transaction


def move_child(
    actor: Actor, *, child_id: int, change: SchoolChange, expected: str, reason: str = ""
) -> MovePreview:
    """Does what `move_preview_for` showed. A day that follows keeps when it was asked for and whether it was late
    (I13); one that can't is given up free of charge, and its family told.

    `StaleForm` when what was shown (`expected`) is no longer what would happen; what `families` refuses.
    """
    with write_transaction():
        lock_children([child_id])
        lock_pools(move_preview_for(actor, child_id, change).pools)
        preview = move_preview_for(actor, child_id, change)
        if preview.digest != expected:
            raise StaleForm(preview)
        if isinstance(change, Departure):
            families.end_schooling(actor, child=preview.child, end=change.start)
        else:
            families.move_to_school(
                actor,
                child=preview.child,
                school_id=change.school_id,
                class_id=change.class_id,
                start=change.start,
            )
        followed = {m.enrolment_id: _follow(m, preview.start, child_id) for m in preview.enrolments}
        _move_days(preview, followed)
        give_up([d.booking_id for d in preview.kept_out])
        households = households_of_child(child_id, preview.start)
        for household_id in households:
            _journal(actor, preview, household_id, reason)
        notices.tell_move(households, preview, is_departure=isinstance(change, Departure))
        offer_freed({d.pool_id for d in preview.moved})
    return preview


def _follow(move: EnrolmentMove, start: date, child_id: int) -> int | None:
    """Ends the enrolment on that day and, for a move, opens the next one at the new venue; its id."""
    if move.kind is MoveKind.STAY:
        return None
    old = Enrolment.objects.get(pk=move.enrolment_id)
    asked, decided, state = old.requested_at, old.decided_at, old.state
    if old.start < start:
        old.end = start
    if old.start >= start or (start <= clock.today() and state == EnrolmentState.ACCEPTED):
        old.state = EnrolmentState.ENDED
    old.save(update_fields=["end", "state"])
    new = None
    if move.to is not None:
        new = Enrolment.objects.create(
            child_id=child_id, activity_id=old.activity_id, period_id=old.period_id, venue_id=move.to.id, state=state,
            requested_at=asked, decided_at=decided, start=max(start, move.start), end=move.end,
        )  # fmt: skip
    _follow_patterns(old.pk, new, start)
    return new.pk if new else None


def _follow_patterns(old_id: int, new: Enrolment | None, start: date) -> None:
    """The patterns end with their enrolment; the next one goes on with the same weeks."""
    for pattern in WeeklyPattern.objects.filter(enrolment_id=old_id, end__gt=start).order_by("id"):
        days = list(PatternDay.objects.filter(pattern=pattern).order_by("id"))
        if new is not None:
            copy = WeeklyPattern.objects.create(
                enrolment=new, household_id=pattern.household_id, week_rule=pattern.week_rule,
                start=max(pattern.start, new.start), end=pattern.end, created_at=clock.now(),
            )  # fmt: skip
            PatternDay.objects.bulk_create(
                PatternDay(pattern=copy, weekday=day.weekday, formula_id=day.formula_id) for day in days
            )
        if pattern.start < start:
            pattern.end = start
            pattern.save(update_fields=["end"])
        else:
            pattern.delete()


def _move_days(preview: MovePreview, followed: dict[int, int | None]) -> None:
    """The same bookings in other slots: their places are taken there and given back here (I10). Where an event had
    moved one is no longer where it comes from."""
    deltas: Counter[int] = Counter()
    moves = {d.booking_id: d for d in preview.moved}
    rows = list(Booking.objects.filter(pk__in=moves).order_by("id"))
    for row in rows:
        move = moves[row.pk]
        assert move.slot is not None  # noqa: S101 - what moves has somewhere to go
        deltas[move.pool_id] -= 1
        deltas[move.slot.pool_id] += 1
        row.slot_id, row.enrolment_id = move.slot.id, followed[move.enrolment_id] or row.enrolment_id
        row.moved_by, row.moved_from = None, None
    move_places(deltas)
    Booking.objects.bulk_update(rows, ["slot", "enrolment", "moved_by", "moved_from"], batch_size=100)


def _journal(actor: Actor, preview: MovePreview, household_id: int, reason: str) -> None:
    audit.record(
        actor,
        "bookings.move_child",
        object_kind="person",
        object_id=preview.child.pk,
        household_id=household_id,
        payload={
            "from": preview.start.isoformat(),
            "enrolments": [[m.enrolment_id, m.kind] for m in preview.enrolments],
            "moved": [[d.booking_id, d.slot.id] for d in preview.moved if d.slot],
            "given_up": [d.booking_id for d in preview.kept_out],
        },
        reason=reason,
    )
