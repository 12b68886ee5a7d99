"""Who may enrol, and how many adults the children need."""

from __future__ import annotations

from espace.activities.enums import ActivityKind
from espace.activities.errors import (
    AdmissionAsksNothing,
    AgesOutOfOrder,
    CanteenIsForAll,
    NotYoursToChange,
    RatioTooSmall,
)
from espace.activities.models import AdmissionRule, StaffingRatio
from espace.activities.rules import Admission, Ratio
from espace.activities.services.common import locked_activity
from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import forget_kept, write_transaction
from espace.kernel.errors import NotFound
from espace.town.models import School


def publish_admission(actor: Actor, *, activity_id: int, rule: Admission) -> AdmissionRule:
    """Who may enrol from today on; the same rule again is found. Enrolments that stand are kept.

    Raises `NotYoursToChange`, `AdmissionAsksNothing`, `AgesOutOfOrder`, `NotFound`, and `CanteenIsForAll` for anything
    but an age or a school asked of the canteen.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if rule == Admission():
        raise AdmissionAsksNothing
    if rule.min_age is not None and rule.max_age is not None and rule.min_age > rule.max_age:
        raise AgesOutOfOrder
    if rule.school_id is not None and not School.objects.filter(pk=rule.school_id).exists():
        raise NotFound
    with write_transaction():
        activity = locked_activity(activity_id)
        if activity.kind == ActivityKind.CANTEEN and rule.category is not None:
            raise CanteenIsForAll
        asked = {
            "min_age": rule.min_age,
            "max_age": rule.max_age,
            "school": rule.school_id,
            "category": rule.category.value if rule.category else "",
        }
        if standing := AdmissionRule.objects.filter(activity=activity, end__isnull=True, **asked).first():
            return standing
        row = AdmissionRule.objects.create(
            activity=activity, activity_kind=activity.kind, min_age=rule.min_age, max_age=rule.max_age,
            school_id=rule.school_id, category=rule.category or "", start=clock.today(),
        )  # fmt: skip
        audit.record(
            actor,
            "activities.publish_admission",
            object_kind="admission",
            object_id=row.pk,
            payload={"activity": activity_id, **asked},
        )
        forget_kept()
    return row


def withdraw_admission(actor: Actor, *, rule_id: int) -> int:
    """It asks nothing any more from today on; one published today never did. Withdrawn already, nothing. The activity's
    id. Raises `NotYoursToChange`, `NotFound`."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    with write_transaction():
        row = AdmissionRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
        if row is None:
            raise NotFound
        if row.end is not None:
            return row.activity_id
        audit.record(
            actor, "activities.withdraw_admission", object_kind="admission", object_id=rule_id,
            payload={"activity": row.activity_id},
        )  # fmt: skip
        if row.start >= clock.today():
            row.delete()
        else:
            row.end = clock.today()
            row.save(update_fields=["end"])
        forget_kept()
        return row.activity_id


def set_ratio(actor: Actor, *, activity_id: int, ratio: Ratio) -> None:
    """Children for one adult, as this town reads the law for this activity.

    Raises `NotYoursToChange`, `RatioTooSmall`, `NotFound`."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if min(ratio.under_six, ratio.from_six) < 1:
        raise RatioTooSmall
    after = [ratio.under_six, ratio.from_six]
    with write_transaction():
        activity = locked_activity(activity_id)
        row = StaffingRatio.objects.filter(activity=activity).first() or StaffingRatio(activity=activity)
        before = [row.under_six, row.from_six] if row.pk else None
        if before == after:
            return
        row.under_six, row.from_six = after
        row.save()
        audit.record(
            actor, "activities.set_ratio", object_kind="activity", object_id=activity_id,
            payload={"before": before, "after": after},
        )  # fmt: skip
