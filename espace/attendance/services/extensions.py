"""Deadlines extended in one act, while every month it changes is still open: a closed one may be billed."""

from __future__ import annotations

from espace.activities import services as activities
from espace.activities.models import DeadlineExtension
from espace.activities.rules import ExtensionDraft
from espace.attendance.errors import MonthsClosed
from espace.attendance.models import MonthClosing
from espace.bookings.queries.extending import ExtensionPlan, plan_extension
from espace.bookings.services import extend
from espace.kernel.actor import Actor
from espace.kernel.db import write_transaction
from espace.kernel.text import join_fr, of_month
from espace.town.models import CashOffice


def preview_extension(actor: Actor, draft: ExtensionDraft) -> ExtensionPlan:
    """What the extension would do; nothing is written. Raises as `extend_deadlines`."""
    activities.check_extending(actor, draft)
    plan = plan_extension(draft)
    _check_months(plan)
    return plan


def extend_deadlines(actor: Actor, draft: ExtensionDraft) -> tuple[ExtensionPlan, DeadlineExtension | None]:
    """The portal was down: limits that fell then are put back, what was asked late since is in time, families are told.
    The plan as it was done; the extension, None when the very same one stands already and nothing was done.

    Raises as `activities.services.check_extending`, and `MonthsClosed` when a booking of a closed month would change.
    """
    activities.check_extending(actor, draft)
    with write_transaction():
        # As whoever closes a month does: none of them closes while its bookings change.
        list(CashOffice.objects.select_for_update().order_by("id"))
        plan = plan_extension(draft)
        _check_months(plan)
        return plan, extend(actor, plan=plan)


def _check_months(plan: ExtensionPlan) -> None:
    closed = set(MonthClosing.objects.order_by("month").values_list("cash_office_id", "month"))
    if touched := sorted({month for office, month in plan.months if (office, month) in closed}):
        raise MonthsClosed(months=join_fr(of_month(month) for month in touched))
