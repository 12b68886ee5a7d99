"""Setting what the town asks to excuse an absence."""

from __future__ import annotations

from datetime import date

from espace.activities.models import Activity
from espace.attendance.errors import BadPolicy, LaterPolicy, PolicyInThePast
from espace.attendance.models import AbsencePolicy
from espace.attendance.rules import Policy, check_policy
from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.kernel.text import format_date_long


def set_policy(actor: Actor, *, activity_id: int, policy: Policy, start: date) -> AbsencePolicy:
    """The rule of an activity for the absences that begin from `start` on; the one before ends there, and still holds
    for those announced under it. The same start again corrects it.

    Needs ACTIVITIES (`NotFound` otherwise). `BadPolicy`, `PolicyInThePast` (the system, which restores or
    demonstrates, may), `LaterPolicy` when a later one is planned.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotFound
    if problems := check_policy(policy):
        raise BadPolicy(problems=" ".join(problems))
    if start < clock.today() and not actor.is_system:
        raise PolicyInThePast
    with write_transaction():
        activity = Activity.objects.select_for_update().filter(pk=activity_id).order_by("id").first()
        if activity is None:
            raise NotFound
        last = AbsencePolicy.objects.filter(activity=activity).order_by("-start", "-id").first()
        if last is not None and last.start > start:
            raise LaterPolicy(day=format_date_long(last.start))
        if last is not None and last.start < start and last.end is None:
            last.end = start
            last.save(update_fields=["end"])
        row = (
            last
            if last is not None and last.start == start
            else AbsencePolicy(activity=activity, start=start)
        )
        row.proof, row.unit, row.anchor = policy.proof, policy.unit, policy.anchor
        row.delay, row.refused_after = policy.delay, policy.refused_after
        row.carence_days, row.late_carence_days, row.end = policy.carence, policy.late_carence, None
        row.save()
        audit.record(
            actor,
            "attendance.set_policy",
            object_kind="absence_policy",
            object_id=row.pk,
            payload={"activity": activity.slug, "start": start.isoformat(), "delay": policy.delay},
        )
    return row
