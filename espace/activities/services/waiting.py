"""How the waiting list of an activity works, and what counts on it."""

from __future__ import annotations

from espace.activities.enums import ActivityKind, PriorityCode, WaitingMode
from espace.activities.errors import (
    CanteenHasNoCriterion,
    CriterionPublished,
    CriterionWithoutPoints,
    FamiliesWait,
    NotYoursToChange,
    OfferWithoutTime,
)
from espace.activities.models import CapacityPool, PriorityCriterion
from espace.activities.services.common import locked_activity
from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound


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
        activity = locked_activity(activity_id)
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
        activity = locked_activity(activity_id)
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
