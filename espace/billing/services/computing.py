"""Computing a run: the draft invoices of a month, made again from nothing each time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from espace.audit.services import record
from espace.billing.enums import AnomalyKind, ChargeKind, InvoiceState, RunState
from espace.billing.errors import AlreadyIssuing
from espace.billing.models import BillingRun, Charge, Invoice, InvoiceLine
from espace.billing.queries.runs import locked_run
from espace.billing.queries.wanted import Anomaly, Wanted, existing_charges, wanted_charges
from espace.billing.rules import Charge as ChargeRow
from espace.billing.rules import LineDraft, days_text, diff, group_lines
from espace.families.queries import debtor_snapshots
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import month_bounds
from espace.kernel.db import bulk_insert, write_transaction
from espace.kernel.money import total
from espace.kernel.text import NBSP

COMPUTABLE = (RunState.OPEN, RunState.COMPUTED, RunState.REVIEWED)
DETAIL = 500  # characters of a line's detail

Payer = tuple[int, int]  # (household, debtor)


def compute_run(actor: Actor, *, run_id: int) -> BillingRun:
    """Makes the draft invoices of the run: what should be charged less what is already on issued documents (I23).

    Needs BILLING_COMPUTE (`NotFound` otherwise). Run again, it gives the same drafts; the anomalies it lists must be
    mended or waived by `review_run`. `AlreadyIssuing` once a number was given. The number of queries does not depend
    on the number of families.
    """
    with write_transaction():
        run = locked_run(actor, run_id, Permission.BILLING_COMPUTE)
        if run.state not in COMPUTABLE:
            raise AlreadyIssuing
        drop_drafts(run)
        start, end = month_bounds(run.month)
        wanted = wanted_charges(run.cash_office_id, start, end)
        existing = existing_charges(run.cash_office_id, start, end, but_run=run.pk)
        ids = {(charge.source_key, charge.revision): pk for pk, charge in existing}
        added = diff(wanted.charges, (charge for _, charge in existing))
        invoices = _store(run, added, wanted, ids)
        run.state, run.computed_at = RunState.COMPUTED, clock.now()
        run.reviewed_at, run.waived_reason = None, ""
        run.anomalies = _anomalies_json(wanted)
        run.save()
        record(
            actor,
            "billing.compute_run",
            object_kind="billing_run",
            object_id=run.pk,
            payload={"invoices": invoices, "charges": len(added), "anomalies": len(run.anomalies)},
        )
    return run


def drop_drafts(run: BillingRun) -> None:
    """Forgets the drafts of a run; what is issued is not touched (and could not be). 3 statements."""
    drafts = Invoice.objects.filter(run=run, state=InvoiceState.DRAFT)
    Charge.objects.filter(run=run, invoice_line__invoice__in=drafts)._raw_delete(using="default")
    InvoiceLine.objects.filter(invoice__in=drafts)._raw_delete(using="default")
    drafts._raw_delete(using="default")


def _store(
    run: BillingRun, added: Iterable[ChargeRow], wanted: Wanted, ids: Mapping[tuple[str, int], int]
) -> int:
    """Writes drafts, lines and charges in bulk; returns how many invoices. 6 statements and 2 to name debtors."""
    by_payer: dict[Payer, list[ChargeRow]] = defaultdict(list)
    for charge in added:
        by_payer[charge.content.household, charge.content.debtor].append(charge)
    snapshots = _snapshots(by_payer)
    payers = sorted(by_payer)
    for payer in payers:
        if total(charge.content.amount for charge in by_payer[payer]).cents < 0:
            wanted.found(Anomaly(AnomalyKind.NEGATIVE_TOTAL, household=payer[0]), run.month)
    bulk_insert([_invoice(run, payer, by_payer[payer], snapshots[payer]) for payer in payers])
    rows = Invoice.objects.filter(run=run).order_by("id").values_list("id", "household_id", "debtor_id")
    invoice_ids = {(household, debtor): pk for pk, household, debtor in rows}
    drafts = {
        (invoice_ids[payer], position): line
        for payer in payers
        for position, line in enumerate(group_lines(by_payer[payer]), start=1)
    }
    bulk_insert([_line(invoice, position, line, wanted) for (invoice, position), line in drafts.items()])
    placed = InvoiceLine.objects.filter(invoice__run=run).order_by("id")
    line_ids = {(inv, pos): pk for pk, inv, pos in placed.values_list("id", "invoice_id", "position")}
    bulk_insert(
        [_charge(run, c, line_ids[at], wanted, ids) for at, line in drafts.items() for c in line.charges]
    )
    return len(payers)


def _snapshots(payers: Iterable[Payer]) -> dict[Payer, dict[str, Any]]:
    """Names and addresses as they will be printed. A household with an old debtor to correct asks twice."""
    found: dict[Payer, dict[str, Any]] = {}
    left = sorted(payers)
    while left:
        asked = dict(left)
        found |= {(h, asked[h]): snapshot for h, snapshot in debtor_snapshots(asked).items()}
        left = [payer for payer in left if payer not in found]
    return found


def _invoice(run: BillingRun, payer: Payer, charges: list[ChargeRow], snapshot: dict[str, Any]) -> Invoice:
    household, debtor = payer
    return Invoice(
        cash_office_id=run.cash_office_id,
        run=run,
        debtor_id=debtor,
        household_id=household,
        snapshot=snapshot,
        year=run.month.year,
        month=run.month,
        total=total(charge.content.amount for charge in charges),
    )


def _line(invoice_id: int, position: int, line: LineDraft, wanted: Wanted) -> InvoiceLine:
    return InvoiceLine(
        invoice_id=invoice_id,
        position=position,
        person_id=line.person,
        activity_id=line.activity,
        label=_label_of(line, wanted),
        detail=_detail_of(line, wanted),
        kind=line.kind,
        accounting_code=line.accounting_code,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.total,
        steps=json.loads(line.steps or "[]"),
    )


def _label_of(line: LineDraft, wanted: Wanted) -> str:
    if line.kind is ChargeKind.REVERSAL:
        told = wanted.labels.get((line.activity, line.unit, ChargeKind.CONSUMPTION), line.unit)
        return f"Rectification{NBSP}: {told}"[:150]
    return wanted.labels.get((line.activity, line.unit, line.kind), line.unit)[:150]


def _detail_of(line: LineDraft, wanted: Wanted) -> str:
    """The days, and what is to be said of them; for a surcharge, why, day by day, as long as it can be read."""
    days = days_text(line.days)
    notes = [wanted.notes.get(charge.source_key, "") for charge in line.charges]
    if line.kind is ChargeKind.SURCHARGE:
        why = " · ".join(notes)
        return why if len(notes) <= 3 and len(why) <= DETAIL else days
    same = notes[0] if len(set(notes)) == 1 else ""
    return f"{days}, {same}" if same else days


def _charge(
    run: BillingRun, charge: ChargeRow, line_id: int, wanted: Wanted, ids: Mapping[tuple[str, int], int]
) -> Charge:
    c = charge.content
    return Charge(
        source_key=charge.source_key,
        revision=charge.revision,
        run=run,
        debtor_id=c.debtor,
        household_id=c.household,
        person_id=c.person,
        activity_id=c.activity,
        unit_code=c.unit,
        date=c.day,
        kind=c.kind,
        label=wanted.labels.get((c.activity, c.unit, c.kind), c.unit)[:150],
        accounting_code=c.accounting_code,
        quantity=c.quantity,
        unit_price=c.unit_price,
        amount=c.amount,
        steps=json.loads(c.steps or "[]"),
        reverses_id=ids[charge.source_key, charge.reverses] if charge.reverses is not None else None,
        invoice_line_id=line_id,
    )


def _anomalies_json(wanted: Wanted) -> list[dict[str, Any]]:
    return [
        {
            "kind": anomaly.kind.value,
            "household": anomaly.household or None,
            "child": anomaly.child or None,
            "activity": anomaly.activity or None,
            "reason": anomaly.reason,
            "count": len(days),
            "first": min(days).isoformat(),
            "last": max(days).isoformat(),
        }
        for anomaly, days in sorted(wanted.anomalies.items())
    ]
