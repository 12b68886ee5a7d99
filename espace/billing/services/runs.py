"""The life of a run before its numbers: opened on a closed month, reviewed, or given up."""

from __future__ import annotations

from datetime import date

from espace.attendance.queries import is_closed
from espace.audit.services import record
from espace.billing.enums import RunState
from espace.billing.errors import (
    AlreadyIssuing,
    AnomaliesLeft,
    MonthNotClosed,
    NotComputed,
    ReasonTooShort,
    RunExists,
)
from espace.billing.models import BillingRun
from espace.billing.queries.runs import blocking_count, locked_run
from espace.billing.services.computing import COMPUTABLE, drop_drafts
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import month_bounds
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.kernel.text import clean_line, of_month
from espace.town.models import CashOffice

SHORTEST_REASON = 10
LONGEST_REASON = 500


def open_run(actor: Actor, *, cash_office_id: int, month: date) -> BillingRun:
    """Opens the billing of a closed month for one office; it is empty until computed.

    Needs BILLING_COMPUTE. `MonthNotClosed`, or `RunExists` when one is live, also when two agents open at once (I22).
    """
    if not actor.may(Permission.BILLING_COMPUTE, "CASH_OFFICE", cash_office_id):
        raise NotFound
    start, _ = month_bounds(month)
    with write_transaction():
        office = CashOffice.objects.select_for_update().filter(pk=cash_office_id).order_by("id").first()
        if office is None:
            raise NotFound
        if not is_closed(office.pk, start):
            raise MonthNotClosed(month=of_month(start))
        if (
            BillingRun.objects.filter(cash_office=office, month=start)
            .exclude(state=RunState.CANCELLED)
            .exists()
        ):
            raise RunExists(month=of_month(start))
        run = BillingRun.objects.create(cash_office=office, month=start, created_at=clock.now())
        record(
            actor,
            "billing.open_run",
            object_kind="billing_run",
            object_id=run.pk,
            payload={"month": start.isoformat(), "cash_office": office.pk},
        )
    return run


def review_run(actor: Actor, *, run_id: int, waived_reason: str = "") -> BillingRun:
    """Says that the drafts were looked at: from then on they can be issued, as they are.

    Needs BILLING_COMPUTE. `NotComputed`; `AnomaliesLeft` while one blocks, unless a reason of ten characters or more
    says why to go on, which the run and the journal keep (`ReasonTooShort`).
    """
    reason = clean_line(waived_reason)[:LONGEST_REASON]
    with write_transaction():
        run = locked_run(actor, run_id, Permission.BILLING_COMPUTE)
        if run.state != RunState.COMPUTED:
            raise NotComputed
        blocking = blocking_count(run)
        if blocking and not reason:
            raise AnomaliesLeft(count=blocking)
        if blocking and len(reason) < SHORTEST_REASON:
            raise ReasonTooShort
        run.state, run.reviewed_at = RunState.REVIEWED, clock.now()
        run.waived_reason = reason if blocking else ""
        run.save(update_fields=["state", "reviewed_at", "waived_reason"])
        record(
            actor,
            "billing.review_run",
            object_kind="billing_run",
            object_id=run.pk,
            payload={"waived": blocking},
            reason=run.waived_reason,
        )
    return run


def cancel_run(actor: Actor, *, run_id: int) -> BillingRun:
    """Gives a run up before any number was given; its drafts are forgotten and the month can be billed again."""
    with write_transaction():
        run = locked_run(actor, run_id, Permission.BILLING_COMPUTE)
        if run.state not in COMPUTABLE:
            raise AlreadyIssuing
        drop_drafts(run)
        run.state = RunState.CANCELLED
        run.save(update_fields=["state"])
        record(actor, "billing.cancel_run", object_kind="billing_run", object_id=run.pk)
    return run
