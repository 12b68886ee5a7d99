"""A change of custody and what becomes of the days already booked, in one act."""

from __future__ import annotations

from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.errors import StaleForm
from espace.bookings.queries.custody import CustodyPreview, custody_preview_for
from espace.bookings.services.giving_up import give_up
from espace.bookings.services.places import lock_children
from espace.families import services as families
from espace.families.rules import CustodyChange, NewArrangement, NewException
from espace.kernel.actor import Actor
from espace.kernel.db import write_transaction


def change_custody(
    actor: Actor, *, child_id: int, change: CustodyChange, expected: str, cancel: bool, reason: str = ""
) -> CustodyPreview:
    """Does what `custody_preview_for` showed: the days that change home stay booked, the other home answering for them
    and owing them, or (`cancel`) are given up free of charge. Both homes are told.

    `StaleForm` when what was shown (`expected`) is no longer what would happen; and what `families` refuses.
    """
    with write_transaction():
        lock_children([child_id])
        preview = custody_preview_for(actor, child_id, change)
        if preview.digest != expected:
            raise StaleForm(preview)
        if isinstance(change, NewArrangement):
            families.set_custody(
                actor, child=preview.child, custody=change.custody, start=change.start, reason=reason
            )
        elif isinstance(change, NewException):
            wanted = change.exception
            families.add_custody_exception(
                actor, child=preview.child, household_id=wanted.household, start=wanted.start, end=wanted.end,
                reason=reason,
            )  # fmt: skip
        else:
            families.remove_custody_exception(actor, child=preview.child, exception_id=change.exception_id)
        if preview.moved and cancel:
            give_up([m.booking_id for m in preview.moved])
        _journal(actor, preview, cancelled=cancel)
        notices.tell_custody(preview, cancelled=cancel)
    return preview


def _journal(actor: Actor, preview: CustodyPreview, *, cancelled: bool) -> None:
    for household_id, (gained, lost) in preview.by_home.items():
        audit.record(
            actor,
            "bookings.change_home",
            object_kind="person",
            object_id=preview.child.pk,
            household_id=household_id,
            payload={
                "gained": [m.booking_id for m in gained],
                "lost": [m.booking_id for m in lost],
                "cancelled": cancelled,
            },
        )
