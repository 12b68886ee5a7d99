"""Reads of what is owed. `…_for(actor)` decide who may see what; the others are given what was allowed before."""

from espace.billing.queries.invoices import (
    ChildLines,
    LineView,
    address_of,
    detail_of,
    invoice_for,
    invoices_for,
    office_invoice_for,
    office_invoices_for,
    printable_for,
)
from espace.billing.queries.proof import preuve
from espace.billing.queries.runs import (
    AnomalyView,
    MonthRow,
    RunCounts,
    anomalies_of,
    blocking_count,
    counts_of,
    invoices_of_run_for,
    months_for,
    offices_for,
    run_for,
    runs_for,
)

__all__ = [
    "AnomalyView",
    "ChildLines",
    "LineView",
    "MonthRow",
    "RunCounts",
    "address_of",
    "anomalies_of",
    "blocking_count",
    "counts_of",
    "detail_of",
    "invoice_for",
    "invoices_for",
    "invoices_of_run_for",
    "months_for",
    "office_invoice_for",
    "office_invoices_for",
    "offices_for",
    "preuve",
    "printable_for",
    "run_for",
    "runs_for",
]
