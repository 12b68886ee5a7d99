"""An extension of the deadlines in one act: what was asked late in it is in time, families are told."""

from __future__ import annotations

from typing import Any

from espace.activities import services as activities
from espace.activities.models import DeadlineExtension
from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.enums import CancelTiming
from espace.bookings.models import Booking
from espace.bookings.queries.extending import ExtensionPlan, Spared
from espace.kernel.actor import Actor
from espace.kernel.calendar import PARIS
from espace.kernel.db import bulk_insert, write_transaction
from espace.kernel.text import format_datetime_long


def extend(actor: Actor, *, plan: ExtensionPlan) -> DeadlineExtension | None:
    """Stores the extension and makes in time what its plan says: no longer late, cancelled for nothing. The rule of
    each keeps the reason and what it was. One journal row a household, one message an adult.

    The caller holds the months that change open and made the plan in the same transaction. None when the very same
    extension stands: nothing is done twice. Raises as `activities.services.record_extension`.
    """
    with write_transaction():
        extension, is_new = activities.record_extension(actor, plan.draft)
        if not is_new:
            return None
        rows = {
            b.pk: b for b in Booking.objects.filter(id__in=[one.id for one in plan.spared]).order_by("id")
        }
        for one in plan.spared:
            booking = rows[one.id]
            if one.is_cancelled:
                booking.cancel_timing = CancelTiming.IN_TIME
            else:
                booking.is_late, booking.rule_snapshot = False, _extended(one, extension)
        Booking.objects.bulk_update(
            rows.values(), ["is_late", "rule_snapshot", "cancel_timing"], batch_size=200
        )
        bulk_insert(
            [
                audit.prepared(
                    actor,
                    "bookings.extend_deadlines",
                    object_kind="extension",
                    object_id=extension.pk,
                    household_id=household_id,
                    payload={
                        "bookings": [one.id for one in ones if not one.is_cancelled],
                        "cancelled": [one.id for one in ones if one.is_cancelled],
                        "cents": sum(one.amount.cents for one in ones),
                    },
                    reason=plan.draft.reason,
                )
                for household_id, ones in plan.households.items()
            ]
        )
        notices.tell_extension(plan)
    return extension


def _extended(one: Spared, extension: DeadlineExtension) -> dict[str, Any]:
    """The rule as it decides now, with what it was (I13)."""
    until = extension.until.astimezone(PARIS)
    words = f"Réservé dans les délais, prolongés jusqu’au {format_datetime_long(until)} : {extension.reason}."
    return {
        **one.snapshot,
        "timing": "IN_TIME",
        "limit": until.isoformat(),
        "in_time_until": until.isoformat(),
        "words": words,
        "extension": extension.pk,
        "was": {key: one.snapshot.get(key) for key in ("timing", "limit", "in_time_until", "words")},
    }
