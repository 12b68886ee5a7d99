"""Changing tariffs: a plan is activated once, after the linter has read it."""

from __future__ import annotations

from espace.audit.services import record
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.pricing import rules
from espace.pricing.enums import PlanState
from espace.pricing.errors import PlanNotDraft, PlanOverlaps
from espace.pricing.models import TariffPlan
from espace.pricing.queries import dated_tariffs


def activate_plan(actor: Actor, plan_id: int) -> TariffPlan:
    """Puts a drafted plan in force from its first day; the plan in force until then ends on that day.

    Needs SETTINGS (`NotFound` otherwise). Refuses a plan with a hole, an overlap or no price (`PlanHasGap`, naming the
    quotients, I16), one that is not a draft, and one that would start before the plan in force.
    """
    if not actor.may(Permission.SETTINGS):
        raise NotFound
    with write_transaction():
        # Of itself first, then what is in force: two activations at once queue here.
        list(TariffPlan.objects.select_for_update().order_by("id").values_list("id"))
        asked = TariffPlan.objects.filter(pk=plan_id)
        plan = asked.order_by("id").first()
        if plan is None:
            raise NotFound
        if plan.state != PlanState.DRAFT:
            raise PlanNotDraft
        rules.check_plan(dated_tariffs(asked)[0].tariff)
        _end_before(plan)
        plan.state = PlanState.ACTIVE
        plan.save(update_fields=["state"])
        record(
            actor,
            "pricing.activate_plan",
            object_kind="tariff_plan",
            object_id=plan.pk,
            payload={"deliberation": plan.deliberation_ref, "from": plan.start.isoformat()},
        )
    return plan


def _end_before(plan: TariffPlan) -> None:
    """Ends the open plan on the new one's first day. One that starts in the future stays ACTIVE until then."""
    current = TariffPlan.objects.filter(state=PlanState.ACTIVE, end__isnull=True).order_by("id").first()
    if current is None:
        return
    if current.start >= plan.start:
        raise PlanOverlaps(name=current.name)
    current.end = plan.start
    if plan.start <= clock.today():
        current.state = PlanState.ENDED
    current.save(update_fields=["end", "state"])
