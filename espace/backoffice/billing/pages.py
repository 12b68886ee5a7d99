"""What the pages of months, runs and invoices show, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from espace.billing import queries
from espace.billing.enums import AnomalyKind, InvoiceState, RunState
from espace.billing.queries import AnomalyView, ChildLines, MonthRow, RunCounts
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import month_bounds
from espace.kernel.errors import NotFound
from espace.kernel.text import format_date_long, format_date_short, format_month, of_month, plural_fr
from espace.payments.enums import BillStatus
from espace.payments.queries import Bill, bills_of

if TYPE_CHECKING:
    from espace.billing.models import BillingRun, Invoice
    from espace.town.models import CashOffice

STEPS = ["Calculer", "Vérifier et valider", "Émettre", "Émise"]
STEP_OF = {
    RunState.OPEN: 1,
    RunState.COMPUTED: 2,
    RunState.REVIEWED: 3,
    RunState.ISSUING: 3,
    RunState.ISSUED: 4,
    RunState.CANCELLED: 1,
}
RUN_WORDS = {
    RunState.OPEN: ("à calculer", "sun"),
    RunState.COMPUTED: ("à vérifier", "sun"),
    RunState.REVIEWED: ("à émettre", "sun"),
    RunState.ISSUING: ("émission interrompue", "err"),
    RunState.ISSUED: ("émise", "ok"),
    RunState.CANCELLED: ("abandonnée", "dash"),
}
ANOMALIES = {
    AnomalyKind.NO_DEBTOR: ("Personne à qui facturer", "Ce foyer n’a ni adulte ni payeur."),
    AnomalyKind.NO_TARIFF: ("Pas de tarif", ""),
    AnomalyKind.NO_CUSTODY: ("Garde inconnue", ""),
    AnomalyKind.PENDING_ENROLMENT: (
        "Inscription sans réponse",
        "Ces jours attendent encore l’accord du service\u00a0: acceptez ou refusez l’inscription, puis recalculez.",
    ),
    AnomalyKind.ABSENCE_PENDING: (
        "Absence à justifier",
        "Un justificatif peut encore arriver, ou attend d’être lu\u00a0: vérifiez-le, puis recalculez. "
        "Passer outre facture ces jours comme ils sont aujourd’hui.",
    ),
    AnomalyKind.NEGATIVE_TOTAL: ("Total négatif", "Une facture ne peut pas rendre de l’argent."),
    AnomalyKind.MISSING_QUOTIENT: ("Quotient inconnu", "Le tarif le plus élevé a été appliqué."),
}
STATUS = {
    BillStatus.TO_PAY: ("à régler", "sun"),
    BillStatus.OVERDUE: ("en retard", "err"),
    BillStatus.IN_PROGRESS: ("paiement en cours", "tint"),
    BillStatus.PAID: ("réglée", "ok"),
    BillStatus.NOTHING: ("rien à régler", ""),
}


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month, its state in words and what this agent may do with it."""

    row: MonthRow
    label: str
    state: str
    badge: str
    closed: str
    run_words: str
    run_badge: str
    may_close: bool
    may_bill: bool


def month_views(actor: Actor, rows: Iterable[MonthRow]) -> list[MonthView]:
    return [_month(actor, row) for row in rows]


def _month(actor: Actor, row: MonthRow) -> MonthView:
    scope = ("CASH_OFFICE", row.office.pk)
    state, badge = (
        ("clôturé", "ok") if row.closing else ("à clôturer", "sun") if row.is_over else ("en cours", "")
    )
    closed = ""
    if row.closing:
        closed = f"le {format_date_long(row.closing.closed_at.date())}, par {row.closing.closed_by}"
    elif not row.is_over:
        closed = f"à clôturer à partir du {format_date_long(month_bounds(row.month)[1])}"
    words, run_badge = RUN_WORDS[RunState(row.run.state)] if row.run else ("", "")
    return MonthView(
        row,
        format_month(row.month),
        state,
        badge,
        closed,
        words,
        run_badge,
        row.can_close and actor.may(Permission.MONTH_CLOSE, *scope),
        row.can_bill and actor.may(Permission.BILLING_COMPUTE, *scope),
    )


def office_of(actor: Actor, office_id: int) -> CashOffice:
    """The office whose month is closed, or `NotFound`. 1 query."""
    for office in queries.offices_for(actor):
        if office.pk == office_id and actor.may(Permission.MONTH_CLOSE, "CASH_OFFICE", office_id):
            return office
    raise NotFound


@dataclass(frozen=True, slots=True)
class RunRow:
    id: int
    label: str
    office: str
    counts: RunCounts
    state: str
    badge: str


def run_rows(runs: Sequence[BillingRun]) -> list[RunRow]:
    """Runs with their counts, in the order given. 1 query."""
    counts = queries.counts_of(runs)
    return [
        RunRow(r.pk, format_month(r.month), r.cash_office.name, counts[r.pk], *RUN_WORDS[RunState(r.state)])
        for r in runs
    ]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """An anomaly in a sentence: what, of whom, when, why."""

    title: str
    subject: str
    text: str
    when: str
    household_id: int | None
    is_blocking: bool


@dataclass(frozen=True, slots=True)
class RunView:
    """Everything the page of a run shows, and what this agent may do next."""

    id: int
    label: str
    of_month: str
    office: str
    state: str
    badge: str
    step: int
    steps: list[str]
    counts: RunCounts
    blocking: list[Anomaly]
    informations: list[Anomaly]
    waived_reason: str
    due_days: int
    may_compute: bool
    may_review: bool
    is_empty: bool
    may_issue: bool
    may_cancel: bool
    is_resumed: bool
    is_cancelled: bool
    is_issued: bool


def run_view(actor: Actor, run: BillingRun) -> RunView:
    state = RunState(run.state)
    words, badge = RUN_WORDS[state]
    scope = ("CASH_OFFICE", run.cash_office_id)
    computes = actor.may(Permission.BILLING_COMPUTE, *scope)
    issues = actor.may(Permission.BILLING_ISSUE, *scope)
    found = [_anomaly(a) for a in queries.anomalies_of(run)]
    counts = queries.counts_of([run])[run.pk]
    early = state in (RunState.OPEN, RunState.COMPUTED, RunState.REVIEWED)
    return RunView(
        id=run.pk,
        label=format_month(run.month),
        of_month=of_month(run.month),
        office=run.cash_office.name,
        state=words,
        badge=badge,
        step=STEP_OF[state],
        steps=STEPS,
        counts=counts,
        blocking=[a for a in found if a.is_blocking],
        informations=[a for a in found if not a.is_blocking],
        waived_reason=run.waived_reason,
        due_days=run.cash_office.payment_days,
        may_compute=computes and early,
        may_review=computes and bool(counts.invoices) and state is RunState.COMPUTED,
        is_empty=not counts.invoices and state in (RunState.COMPUTED, RunState.REVIEWED),
        may_issue=issues and bool(counts.invoices) and state in (RunState.REVIEWED, RunState.ISSUING),
        may_cancel=computes and early,
        is_resumed=state is RunState.ISSUING,
        is_cancelled=state is RunState.CANCELLED,
        is_issued=state is RunState.ISSUED,
    )


def _anomaly(a: AnomalyView) -> Anomaly:
    title, text = ANOMALIES[a.kind]
    days = f"{a.count} {plural_fr(a.count, 'prestation', 'prestations')}"
    return Anomaly(
        title,
        a.subject,
        a.reason or text,
        f"{days}, {_between(a.first, a.last)}",
        a.household_id,
        a.is_blocking,
    )


def _between(first: date, last: date) -> str:
    if first == last:
        return f"le {format_date_short(first)}"
    return f"du {format_date_short(first)} au {format_date_short(last)}"


@dataclass(frozen=True, slots=True)
class BillRow:
    bill: Bill
    family: str
    month: str
    state: str
    badge: str


def bill_rows(invoices: list[Invoice]) -> list[BillRow]:
    """Invoices with their balance, in the order given. 2 queries."""
    return [
        BillRow(bill, bill.invoice.household.name, format_month(bill.invoice.month), *STATUS[bill.status])
        for bill in bills_of(invoices)
    ]


@dataclass(frozen=True, slots=True)
class InvoiceView:
    invoice: Invoice
    title: str
    family: str
    is_draft: bool
    children: list[ChildLines]
    address: list[str]
    row: BillRow | None


def invoice_view(invoice: Invoice) -> InvoiceView:
    is_draft = invoice.state == InvoiceState.DRAFT
    return InvoiceView(
        invoice,
        f"Brouillon, {format_month(invoice.month)}" if is_draft else f"Facture {invoice.reference}",
        invoice.household.name,
        is_draft,
        queries.detail_of(invoice),
        queries.address_of(invoice),
        None if is_draft else bill_rows([invoice])[0],
    )
