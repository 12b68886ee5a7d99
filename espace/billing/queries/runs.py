"""Runs and months as agents see them. A stranger, or an agent without the permission, is told they do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from espace.activities.models import Activity, Slot
from espace.attendance.models import MonthClosing
from espace.attendance.queries import READERS, closings_for
from espace.billing.enums import BLOCKING, AnomalyKind, InvoiceState, RunState
from espace.billing.models import BillingRun, Invoice
from espace.families.models import Household, Person
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY, month_bounds
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.town.models import CashOffice

BILLING = (Permission.BILLING_COMPUTE, Permission.BILLING_ISSUE)
MOST_MONTHS = 12


def offices_for(actor: Actor) -> list[CashOffice]:
    """The cash offices whose months the actor may close, or bill. 1 query."""
    offices = CashOffice.objects.order_by("name", "id")
    return [o for o in offices if any(actor.may(p, "CASH_OFFICE", o.pk) for p in READERS)]


def locked_run(actor: Actor, run_id: int, permission: Permission) -> BillingRun:
    """The run, locked until the transaction ends; `NotFound` without this very permission on its office. 1 query."""
    rows = BillingRun.objects.select_for_update(of=("self",)).select_related("cash_office")
    run = rows.filter(pk=run_id).order_by("id").first()
    if run is None or not actor.may(permission, "CASH_OFFICE", run.cash_office_id):
        raise NotFound
    return run


def run_for(actor: Actor, run_id: int) -> BillingRun:
    """A run, for who may compute or issue it; `NotFound` otherwise. 1 query."""
    run = BillingRun.objects.select_related("cash_office").filter(pk=run_id).order_by("id").first()
    if run is None or not any(actor.may(p, "CASH_OFFICE", run.cash_office_id) for p in BILLING):
        raise NotFound
    return run


def runs_for(actor: Actor) -> QuerySet[BillingRun]:
    """The runs of the offices the actor bills, latest month first."""
    offices = [o.pk for o in offices_for(actor) if any(actor.may(p, "CASH_OFFICE", o.pk) for p in BILLING)]
    return (
        BillingRun.objects.filter(cash_office_id__in=offices)
        .select_related("cash_office")
        .order_by("-month", "-id")
    )


def invoices_of_run_for(actor: Actor, run_id: int) -> QuerySet[Invoice]:
    """The invoices of a run, drafts included, by number then by family."""
    run = run_for(actor, run_id)
    return (
        Invoice.objects.filter(run=run)
        .select_related("household")
        .order_by("number", "household__name", "id")
    )


@dataclass(frozen=True, slots=True)
class RunCounts:
    """Where a run stands: invoices made, those that bear a number, their sums, and how many families are told."""

    invoices: int
    numbered: int
    total: Money
    first: str = ""
    last: str = ""

    @property
    def left(self) -> int:
        return self.invoices - self.numbered


def counts_of(runs: Iterable[BillingRun]) -> dict[int, RunCounts]:
    """Counts and sum of runs the caller was allowed to hold, by run. 1 query, whatever their number.

    References of one office are as long as one another: their order as words is the order of their numbers.
    """
    asked = [run.pk for run in runs]
    issued = ~Q(state=InvoiceState.DRAFT)
    rows = (
        Invoice.objects.filter(run_id__in=asked)
        .order_by("run_id")
        .values("run_id")
        .annotate(
            invoices=Count("id"),
            numbered=Count("id", filter=issued),
            sum=Sum("total"),
            first=Min("reference", filter=issued),
            last=Max("reference", filter=issued),
        )
        .values_list("run_id", "invoices", "numbered", "sum", "first", "last")
    )
    found = {
        pk: RunCounts(made, given, amount, first or "", last or "")
        for pk, made, given, amount, first, last in rows
    }
    return {pk: found.get(pk, RunCounts(0, 0, Money.ZERO)) for pk in asked}


@dataclass(frozen=True, slots=True)
class AnomalyView:
    """An anomaly as an agent reads it: what it is about, its days, whether it blocks."""

    kind: AnomalyKind
    subject: str
    household_id: int | None
    reason: str
    count: int
    first: date
    last: date

    @property
    def is_blocking(self) -> bool:
        return self.kind in BLOCKING


def anomalies_of(run: BillingRun) -> list[AnomalyView]:
    """The anomalies of a run with their names, blocking ones first. 3 queries at most."""
    rows = run.anomalies
    households = Household.objects.filter(pk__in={r["household"] for r in rows if r["household"]})
    children = Person.objects.filter(pk__in={r["child"] for r in rows if r["child"]})
    activities = Activity.objects.filter(pk__in={r["activity"] for r in rows if r["activity"]})
    names = {
        "household": {h.pk: h.name for h in households.order_by("id")},
        "child": {p.pk: str(p) for p in children.order_by("id")},
        "activity": {a.pk: a.name for a in activities.order_by("id")},
    }
    found = [
        AnomalyView(
            AnomalyKind(r["kind"]),
            ", ".join(names[of].get(r[of], "") for of in ("household", "child", "activity") if r[of]),
            r["household"],
            r["reason"],
            r["count"],
            date.fromisoformat(r["first"]),
            date.fromisoformat(r["last"]),
        )
        for r in rows
    ]
    return sorted(found, key=lambda a: (not a.is_blocking, a.kind, a.subject))


def blocking_count(run: BillingRun) -> int:
    return sum(1 for row in run.anomalies if AnomalyKind(row["kind"]) in BLOCKING)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of an office: closed or not, billed or not."""

    office: CashOffice
    month: date
    is_over: bool
    closing: MonthClosing | None
    run: BillingRun | None

    @property
    def can_close(self) -> bool:
        return self.is_over and self.closing is None

    @property
    def can_bill(self) -> bool:
        return self.closing is not None and self.run is None


def months_for(actor: Actor, office: CashOffice) -> list[MonthRow]:
    """The months in which the office's activities took place, latest first, up to the current one. 3 queries."""
    today = clock.today()
    slots = Slot.objects.filter(activity__cash_office=office, date__lte=today).order_by()
    first = slots.order_by("date").values_list("date", flat=True).first()
    if first is None:
        return []
    closings = closings_for(actor, office.pk)
    live = BillingRun.objects.filter(cash_office=office).exclude(state=RunState.CANCELLED).order_by("month")
    runs = {run.month: run for run in live}
    rows: list[MonthRow] = []
    month, _ = month_bounds(today)
    while month >= month_bounds(first)[0] and len(rows) < MOST_MONTHS:
        _, end = month_bounds(month)
        rows.append(MonthRow(office, month, today >= end, closings.get(month), runs.get(month)))
        month = (month - ONE_DAY).replace(day=1)
    return rows
