"""Booking and cancelling days one by one: a preview that says everything, then the act."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from espace.activities.queries import SlotEntry, slots_by_id
from espace.bookings.enums import BookingOrigin
from espace.bookings.errors import BookingGone, NothingToChange, UnknownSlot
from espace.bookings.models import Booking, Submission
from espace.bookings.queries.desk import Desk, open_desk
from espace.bookings.queries.plan import Recap, StaleLine, plan
from espace.bookings.rules import stale_difference
from espace.bookings.services.places import lock_children
from espace.bookings.services.submitting import already_answered, confirm
from espace.families.queries import child_for
from espace.kernel.actor import Actor, Channel
from espace.kernel.db import write_transaction

ONE_DAY = timedelta(days=1)
Window = tuple[date, date]


def preview_changes(
    actor: Actor,
    *,
    child_id: int,
    add: Collection[int],
    remove: Collection[int],
    seen: Mapping[int, int] | None = None,
    window: Window | None = None,
    stamped_at: datetime | None = None,
) -> Recap:
    """What booking the slots `add` and cancelling the bookings `remove` would do; writes nothing.

    `seen` {slot id: booking id} is the state the form was made from, over `window` `[start, end)`: what changed since
    is in `recap.stale`, and what was asked for is applied to today's state. `stamped_at` is when the family asked, for
    an agent who keys a request left at the counter: lateness is judged then. Raises `NotFound`, `UnknownSlot`,
    `BookingGone`, `NothingToChange`, `StampRefusal`, and the refusals of pricing.
    """
    slots = slots_by_id(sorted(set(add)))
    if set(add) - slots.keys():
        raise UnknownSlot
    desk = _desk(actor, child_id, slots, remove, window, stamped_at)
    return _recap(desk, child_id, slots, add, remove, seen, window)


def apply_changes(
    actor: Actor,
    *,
    child_id: int,
    add: Collection[int],
    remove: Collection[int],
    token: str,
    expected: str,
    seen: Mapping[int, int] | None = None,
    window: Window | None = None,
    stamped_at: datetime | None = None,
    what_is_free: bool = False,
    wait: bool = False,
    reason: str = "",
) -> Submission:
    """Does what `preview_changes` said, whole or not at all; with `what_is_free`, the lines that can be done;
    with `wait`, the full days are asked on their waiting list.

    `expected` is the digest of the recap the person agreed to. The same `token` again gives the same submission and
    does nothing. Raises as the preview does, and `StaleForm`, `SomeRefused`, `ReasonNeeded`, `BadToken`.
    """
    child_for(actor, child_id, to_book=True)
    with write_transaction():
        lock_children([child_id])
        if answered := already_answered(actor, token):
            return answered
        slots = slots_by_id(sorted(set(add)))
        if set(add) - slots.keys():
            raise UnknownSlot
        desk = _desk(actor, child_id, slots, remove, window, stamped_at)
        recap = _recap(desk, child_id, slots, add, remove, seen, window)
        return confirm(
            actor,
            desk,
            recap,
            token=token,
            origin=BookingOrigin.AGENT if actor.channel is Channel.COUNTER else BookingOrigin.UNIT,
            expected=expected,
            what_is_free=what_is_free,
            wait=wait,
            reason=reason,
        )


def _desk(
    actor: Actor,
    child_id: int,
    slots: Mapping[int, SlotEntry],
    remove: Collection[int],
    window: Window | None,
    stamped_at: datetime | None,
) -> Desk:
    days = [slot.day for slot in slots.values()]
    if remove:
        own = Booking.objects.filter(id__in=sorted(set(remove)), child_id=child_id).order_by("id")
        days += own.values_list("date", flat=True)
    if window:
        days += [window[0], window[1] - ONE_DAY]
    if not days:
        raise BookingGone if remove else NothingToChange
    return open_desk(actor, min(days), max(days) + ONE_DAY, child_ids=[child_id], stamped_at=stamped_at)


def _recap(
    desk: Desk,
    child_id: int,
    slots: Mapping[int, SlotEntry],
    add: Collection[int],
    remove: Collection[int],
    seen: Mapping[int, int] | None,
    window: Window | None,
) -> Recap:
    known = {b.id: b for b in desk.bookings}
    # What a page showed are this child's bookings: a form that names others was never ours.
    if {*remove, *(seen or {}).values()} - known.keys():
        raise BookingGone
    stale: tuple[StaleLine, ...] = ()
    standing: dict[int, int] = {}
    if seen is not None and window is not None:
        standing = {
            b.slot_id: b.id
            for b in desk.bookings
            if b.is_booked and window[0] <= b.day < window[1] and desk.is_own_day(child_id, b.day)
        }
        stale = _stale(desk, seen, standing)
        # Someone did it already, or undid it: what was asked for is no longer to be done.
        add = [slot for slot in add if (child_id, slot) not in desk.held]
        by_slot = {b.slot_id: b.id for b in desk.bookings if b.is_booked}
        remove = [by_slot[known[pk].slot_id] for pk in remove if known[pk].slot_id in by_slot]
    if not add and not remove and not stale:
        raise NothingToChange
    recap = plan(desk, slots, [(child_id, slot) for slot in add], remove)
    return replace(recap, stale=stale, standing=standing)


def _stale(desk: Desk, seen: Mapping[int, int], now: Mapping[int, int]) -> tuple[StaleLine, ...]:
    by_slot = {b.slot_id: b for b in desk.bookings}
    lines = []
    for change in stale_difference(seen, now):
        booking = by_slot.get(change.slot_id)
        if booking is None:
            continue  # an id the family never saw: nothing to say about it
        label = desk.catalogue.formulas[booking.formula_id].label
        lines.append(StaleLine(booking.day, label, change.appeared))
    return tuple(sorted(lines, key=lambda line: (line.day, line.formula)))
