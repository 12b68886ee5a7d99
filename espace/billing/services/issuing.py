"""Issuing a run: numbers without gaps, in batches that hold or leave no trace (I24, I25)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from django.db import connection

from espace.audit.services import record
from espace.billing.enums import InvoiceState, RunState
from espace.billing.errors import NothingToIssue, NotReviewed
from espace.billing.models import BillingRun, Invoice, InvoiceCounter
from espace.billing.notices import invoices_published
from espace.billing.queries.runs import locked_run
from espace.billing.rules import reference_of
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import bulk_insert, write_transaction

BATCH = 1000  # the most invoices that one transaction numbers (I24)
ISSUABLE = (RunState.REVIEWED, RunState.ISSUING)


def issue_run(
    actor: Actor, *, run_id: int, batch: int = BATCH, told: Callable[[int], None] | None = None
) -> BillingRun:
    """Numbers, dates, publishes and announces the drafts of a reviewed run, batch by batch.

    Needs BILLING_ISSUE. Each batch is one transaction that holds the numbers, the publication, the journal and the
    messages: killed in the middle, the run stays ISSUING and issuing again goes on where it stopped, without a gap.
    `told` is called with the number of invoices of each batch. `NotReviewed`, `NothingToIssue`.
    """
    _start(actor, run_id)
    while issued := _issue_batch(actor, run_id, min(batch, BATCH)):
        if told is not None:
            told(issued)
    return _finish(actor, run_id)


def _start(actor: Actor, run_id: int) -> None:
    with write_transaction():
        run = locked_run(actor, run_id, Permission.BILLING_ISSUE)
        if run.state not in ISSUABLE:
            raise NotReviewed
        if run.state == RunState.REVIEWED and not Invoice.objects.filter(run=run).exists():
            raise NothingToIssue
        run.state = RunState.ISSUING
        run.save(update_fields=["state"])


def _issue_batch(actor: Actor, run_id: int, size: int) -> int:
    """Issues the next `size` drafts; returns how many, 0 when none is left. 14 statements whatever the size."""
    with write_transaction():
        run = locked_run(actor, run_id, Permission.BILLING_ISSUE)
        drafts = list(Invoice.objects.filter(run=run, state=InvoiceState.DRAFT).order_by("id")[:size])
        if run.state != RunState.ISSUING or not drafts:
            return 0
        today = clock.today()
        due = today + timedelta(days=run.cash_office.payment_days)
        first = _take_numbers(run.cash_office_id, today.year, len(drafts))
        for number, invoice in enumerate(drafts, start=first):
            invoice.number, invoice.year = number, today.year
            invoice.reference = reference_of(run.cash_office.invoice_prefix, today.year, number)
            invoice.issued_on, invoice.due_on = today, due
        _write(drafts, today, due)
        bulk_insert(invoices_published(drafts))
        record(
            actor,
            "billing.issue_batch",
            object_kind="billing_run",
            object_id=run.pk,
            payload={"first": drafts[0].reference, "last": drafts[-1].reference, "count": len(drafts)},
        )
    return len(drafts)


def _take_numbers(cash_office_id: int, year: int, count: int) -> int:
    """The first of `count` consecutive numbers, under the lock of the counter's row: given back if the batch fails."""
    InvoiceCounter.objects.get_or_create(cash_office_id=cash_office_id, year=year)
    counter = InvoiceCounter.objects.select_for_update().get(cash_office_id=cash_office_id, year=year)
    first = counter.last + 1
    counter.last += count
    counter.save(update_fields=["last"])
    return first


def _write(drafts: Sequence[Invoice], today: date, due: date) -> None:
    """One prepared statement for the whole batch; each row must still be a draft."""
    issued_on, due_on = (connection.ops.adapt_datefield_value(day) for day in (today, due))
    now = connection.ops.adapt_datetimefield_value(clock.now())
    state = InvoiceState.PUBLISHED.value
    rows = [(i.number, i.year, i.reference, issued_on, due_on, now, state, i.pk) for i in drafts]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE billing_invoice SET number = %s, year = %s, reference = %s, issued_on = %s, due_on = %s,"
            " published_at = %s, state = %s WHERE id = %s AND state = 'DRAFT'",
            rows,
        )
        if cursor.rowcount != len(rows):
            raise RuntimeError("a draft changed while it was being issued")


def _finish(actor: Actor, run_id: int) -> BillingRun:
    with write_transaction():
        run = locked_run(actor, run_id, Permission.BILLING_ISSUE)
        if run.state == RunState.ISSUING:
            run.state, run.issued_at = RunState.ISSUED, clock.now()
            run.save(update_fields=["state", "issued_at"])
            record(actor, "billing.issue_run", object_kind="billing_run", object_id=run.pk)
    return run
