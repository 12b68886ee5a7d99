"""Billing, step by step: open -> compute -> review -> issue; nothing that bears a number changes afterwards."""

from espace.billing.services.computing import compute_run
from espace.billing.services.issuing import issue_run
from espace.billing.services.maintenance import maintenance
from espace.billing.services.printing import invoice_pdf
from espace.billing.services.runs import cancel_run, open_run, review_run

__all__ = ["cancel_run", "compute_run", "invoice_pdf", "issue_run", "maintenance", "open_run", "review_run"]
