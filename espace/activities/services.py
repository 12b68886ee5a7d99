"""Changing the offer: a closure. Its bookings are cancelled one floor up (`bookings.services.apply_closure`)."""

from __future__ import annotations

from datetime import date

from espace.activities.enums import SlotState
from espace.activities.errors import ClosureInThePast, NothingToClose, NotYoursToChange, PeriodWithoutDays
from espace.activities.models import Closure, Slot
from espace.activities.queries import slots_to_close
from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction


def declare_closure(
    actor: Actor, *, activity_id: int | None, venue_id: int | None, start: date, end: date, reason: str
) -> list[int]:
    """Closes the open slots of `[start, end)`; returns their ids. 1 closure, 1 event of the journal.

    Raises `NotYoursToChange`, `PeriodWithoutDays`, `ClosureInThePast` (a day gone by may be billed already, a closed
    month always is gone by), `NothingToClose`. Families are told by the caller, which alone
    knows who had booked.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if start >= end:
        raise PeriodWithoutDays
    if start < clock.today():
        raise ClosureInThePast
    with write_transaction():
        slots = slots_to_close(activity_id, venue_id, start, end)
        ids = list(slots.order_by("id").values_list("id", flat=True))
        if not ids:
            raise NothingToClose
        closure = Closure.objects.create(
            activity_id=activity_id,
            venue_id=venue_id,
            start=start,
            end=end,
            reason=reason,
            declared_at=clock.now(),
            declared_by=actor.user_id,
        )
        Slot.objects.filter(id__in=ids).update(state=SlotState.CLOSED, closed_reason=reason)
        audit.record(
            actor,
            "activities.close",
            object_kind="closure",
            object_id=closure.pk,
            payload={"start": start.isoformat(), "end": end.isoformat(), "slots": len(ids)},
            reason=reason,
        )
    return ids
