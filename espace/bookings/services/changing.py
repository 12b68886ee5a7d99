"""Changing days one by one, for one child or several: the preview says everything, then the act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from espace.activities.queries import SlotEntry, slots_by_id
from espace.bookings.enums import BookingOrigin
from espace.bookings.errors import BookingGone, NothingToChange, UnknownSlot
from espace.bookings.models import Booking, Submission
from espace.bookings.queries.desk import BookingEntry, Desk, open_desk
from espace.bookings.queries.plan import Recap, StaleLine, plan
from espace.bookings.rules import stale_difference
from espace.bookings.services.copying import Copy, last_day, lay_over, out_of_time
from espace.bookings.services.places import lock_children
from espace.bookings.services.submitting import already_answered, confirm
from espace.families.queries import children_for
from espace.kernel.actor import Actor, Channel
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound

ONE_DAY = timedelta(days=1)
Window = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for a child: slots to book, bookings to cancel; `seen` {slot id: booking id} is the state that the
    form was made from, None when there was no form."""

    child_id: int
    add: Collection[int] = ()
    remove: Collection[int] = ()
    seen: Mapping[int, int] | None = None


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
    """The preview of one child's days: `preview_wishes` with a single wish."""
    wishes = [Wish(child_id, add, remove, seen)]
    return preview_wishes(actor, wishes=wishes, window=window, stamped_at=stamped_at)


def preview_wishes(
    actor: Actor,
    *,
    wishes: Sequence[Wish],
    window: Window | None = None,
    copy: Copy | None = None,
    stamped_at: datetime | None = None,
) -> Recap:
    """What booking and cancelling these days would do, one wish a child; writes nothing.

    What changed over `window` `[start, end)` since a wish's `seen` is in `recap.stale`, and what was asked for is
    applied to today's state. `copy` repeats a week, these wishes granted, over the weeks after it. `stamped_at` is
    when the family asked, for an agent who keys a request left at the counter: lateness is judged then. Raises
    `NotFound`, `UnknownSlot`, `BookingGone`, `NothingToChange`, `StampRefusal`, and the refusals of pricing.
    """
    slots = _slots(wishes)
    return _recap(_desk(actor, wishes, slots, window, copy, stamped_at), wishes, slots, window, copy)


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
    """Does what `preview_changes` said of one child: `apply_wishes` with a single wish."""
    return apply_wishes(
        actor,
        wishes=[Wish(child_id, add, remove, seen)],
        window=window,
        stamped_at=stamped_at,
        token=token,
        expected=expected,
        what_is_free=what_is_free,
        wait=wait,
        reason=reason,
    )


def apply_wishes(
    actor: Actor,
    *,
    wishes: Sequence[Wish],
    token: str,
    expected: str,
    window: Window | None = None,
    copy: Copy | None = None,
    stamped_at: datetime | None = None,
    what_is_free: bool = False,
    wait: bool = False,
    reason: str = "",
) -> Submission:
    """Does what `preview_wishes` said, whole or not at all, in one submission whatever the number of children; with
    `what_is_free`, the lines that can be done; with `wait`, the full days are asked on their waiting list.

    `expected` is the digest of the recap the person agreed to. The same `token` again gives the same submission and
    does nothing. Raises as the preview does, and `StaleForm`, `SomeRefused`, `ReasonNeeded`, `BadToken`.
    """
    asked = {wish.child_id for wish in wishes}
    if asked - {child.pk for child in children_for(actor, to_book=True)}:
        raise NotFound
    with write_transaction():
        lock_children(sorted(asked))
        if answered := already_answered(actor, token):
            return answered
        slots = _slots(wishes)
        desk = _desk(actor, wishes, slots, window, copy, stamped_at)
        return confirm(
            actor,
            desk,
            _recap(desk, wishes, slots, window, copy),
            token=token,
            origin=BookingOrigin.AGENT if actor.channel is Channel.COUNTER else BookingOrigin.UNIT,
            expected=expected,
            what_is_free=what_is_free,
            wait=wait,
            reason=reason,
        )


def _slots(wishes: Sequence[Wish]) -> dict[int, SlotEntry]:
    asked = {slot for wish in wishes for slot in wish.add}
    slots = slots_by_id(sorted(asked))
    if asked - slots.keys():
        raise UnknownSlot
    return slots


def _desk(
    actor: Actor,
    wishes: Sequence[Wish],
    slots: Mapping[int, SlotEntry],
    window: Window | None,
    copy: Copy | None,
    stamped_at: datetime | None,
) -> Desk:
    child_ids = [wish.child_id for wish in wishes]
    days = [slot.day for slot in slots.values()]
    if remove := sorted({booking for wish in wishes for booking in wish.remove}):
        own = Booking.objects.filter(id__in=remove, child_id__in=child_ids).order_by("id")
        days += own.values_list("date", flat=True)
    if window:
        days += [window[0], window[1] - ONE_DAY]
    if copy:
        days += [copy.monday, last_day(copy, child_ids)]
    if not days:
        raise BookingGone if remove else NothingToChange
    return open_desk(actor, min(days), max(days) + ONE_DAY, child_ids=child_ids, stamped_at=stamped_at)


def _recap(
    desk: Desk,
    wishes: Sequence[Wish],
    slots: Mapping[int, SlotEntry],
    window: Window | None,
    copy: Copy | None,
) -> Recap:
    bookings: dict[int, list[BookingEntry]] = defaultdict(list)
    for booking in desk.bookings:
        bookings[booking.child_id].append(booking)
    stale: list[StaleLine] = []
    standing: dict[tuple[int, int], int] = {}
    add: list[tuple[int, int]] = []
    remove: list[int] = []
    for wish in wishes:
        child, mine = wish.child_id, bookings[wish.child_id]
        known = {b.id: b for b in mine}
        # What a page showed are this child's bookings: a form that names others was never ours.
        if {*wish.remove, *(wish.seen or {}).values()} - known.keys():
            raise BookingGone
        if wish.seen is None or window is None:
            add += [(child, slot) for slot in wish.add]
            remove += wish.remove
            continue
        now = {
            b.slot_id: b.id
            for b in mine
            if b.is_booked and window[0] <= b.day < window[1] and desk.is_own_day(child, b.day)
        }
        standing |= {(child, slot): booking for slot, booking in now.items()}
        stale += _stale(desk, mine, wish.seen, now)
        # Someone did it already, or undid it: what was asked for is no longer to be done.
        add += [(child, slot) for slot in wish.add if (child, slot) not in desk.held]
        by_slot = {b.slot_id: b.id for b in mine if b.is_booked}
        remove += [by_slot[known[pk].slot_id] for pk in wish.remove if known[pk].slot_id in by_slot]
    if copy is not None:
        return _with_copy(desk, copy, slots, add, remove, stale, standing)
    if not add and not remove and not stale:
        raise NothingToChange
    return replace(plan(desk, slots, add, remove), stale=_ordered(stale), standing=standing)


def _with_copy(
    desk: Desk,
    copy: Copy,
    slots: Mapping[int, SlotEntry],
    add: list[tuple[int, int]],
    remove: list[int],
    stale: list[StaleLine],
    standing: Mapping[tuple[int, int], int],
) -> Recap:
    found = lay_over(desk, copy, add, remove)
    if not (add or remove or stale or found.add or found.remove):
        raise NothingToChange
    by_id = {b.id: b for b in desk.bookings}
    dropped = {(by_id[pk].child_id, by_id[pk].slot_id) for pk in found.remove}
    recap = plan(desk, {**found.slots, **slots}, [*add, *found.add], [*remove, *found.remove])
    recap = replace(
        recap,
        stale=_ordered(stale),
        standing=standing,
        copied=frozenset(found.add) | dropped,
        left_alone=tuple(sorted(found.left_alone)),
    )
    late = out_of_time(recap)
    if len(late) == len(recap.lines):
        return recap
    days = tuple(sorted({line.day for line in late}))
    return replace(recap, lines=tuple(li for li in recap.lines if li not in late), out_of_time=days)


def _stale(
    desk: Desk, mine: Sequence[BookingEntry], seen: Mapping[int, int], now: Mapping[int, int]
) -> list[StaleLine]:
    by_slot = {b.slot_id: b for b in mine}
    lines = []
    for change in stale_difference(seen, now):
        booking = by_slot.get(change.slot_id)
        if booking is None:
            continue  # an id the family never saw: nothing to say about it
        label = desk.catalogue.formulas[booking.formula_id].label
        name = desk.children[booking.child_id].first_name
        lines.append(StaleLine(booking.day, label, change.appeared, name))
    return lines


def _ordered(lines: list[StaleLine]) -> tuple[StaleLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.day, line.child_name, line.formula)))
