"""Changing the offer: a closure, a waiting list, what counts on it. Bookings are changed one floor up
(`bookings.services`)."""

from __future__ import annotations

from datetime import date

from espace.activities.enums import ActivityKind, PriorityCode, SlotState, WaitingMode
from espace.activities.errors import (
    CanteenHasNoCriterion,
    ClosureInThePast,
    CriterionPublished,
    CriterionWithoutPoints,
    FamiliesWait,
    NothingToClose,
    NotYoursToChange,
    OfferWithoutTime,
    PeriodWithoutDays,
)
from espace.activities.models import Activity, CapacityPool, Closure, PriorityCriterion, Slot
from espace.activities.queries import slots_to_close
from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound


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


def set_waiting_list(
    actor: Actor, *, activity_id: int, mode: WaitingMode, offer_hours: int, offers_stop_days: int
) -> None:
    """How the waiting list of an activity works. What was offered keeps the delay it was given.

    Raises `NotYoursToChange`, `NotFound`, `OfferWithoutTime`; `FamiliesWait` when it would be turned off under them.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if offer_hours < 1:
        raise OfferWithoutTime
    with write_transaction():
        activity = _activity(activity_id)
        if mode is WaitingMode.OFF:
            waiting = CapacityPool.objects.filter(
                slot__activity=activity, waiting__gt=0, date__gte=clock.today()
            )
            if waiting.exists():
                raise FamiliesWait
        before = [activity.waiting_list, activity.offer_hours, activity.offers_stop_days]
        after = [mode.value, offer_hours, offers_stop_days]
        if before == after:
            return
        activity.waiting_list, activity.offer_hours, activity.offers_stop_days = (
            mode,
            offer_hours,
            offers_stop_days,
        )
        activity.save(update_fields=["waiting_list", "offer_hours", "offers_stop_days"])
        audit.record(
            actor,
            "activities.set_waiting_list",
            object_kind="activity",
            object_id=activity_id,
            payload={"before": before, "after": after},
        )


def publish_criterion(
    actor: Actor, *, activity_id: int, code: PriorityCode, label: str, points: int
) -> PriorityCriterion:
    """Publishes from today on what counts for the list of an activity, never for the canteen.

    Raises `NotYoursToChange`, `NotFound`, `CanteenHasNoCriterion`, `CriterionWithoutPoints`, `CriterionPublished`.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if points < 1:
        raise CriterionWithoutPoints
    with write_transaction():
        activity = _activity(activity_id)
        if activity.kind == ActivityKind.CANTEEN:
            raise CanteenHasNoCriterion
        criteria = PriorityCriterion.objects.filter(activity=activity)
        if criteria.filter(code=code, end__isnull=True).exists():
            raise CriterionPublished
        criterion = PriorityCriterion.objects.create(
            activity=activity,
            activity_kind=activity.kind,
            code=code,
            label=label,
            points=points,
            position=criteria.count() + 1,
            start=clock.today(),
        )
        audit.record(
            actor,
            "activities.publish_criterion",
            object_kind="criterion",
            object_id=criterion.pk,
            payload={"activity": activity_id, "code": code.value, "points": points},
        )
    return criterion


def withdraw_criterion(actor: Actor, *, criterion_id: int) -> None:
    """It counts no more from tomorrow on: what was asked keeps its rank. Withdrawn already, nothing."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    with write_transaction():
        criterion = PriorityCriterion.objects.select_for_update().filter(id=criterion_id).first()
        if criterion is None:
            raise NotFound
        if criterion.end is not None:
            return
        criterion.end = clock.today() + ONE_DAY
        criterion.save(update_fields=["end"])
        audit.record(actor, "activities.withdraw_criterion", object_kind="criterion", object_id=criterion_id)


def _activity(activity_id: int) -> Activity:
    activity = Activity.objects.select_for_update(no_key=True).filter(id=activity_id).first()
    if activity is None:
        raise NotFound
    return activity
