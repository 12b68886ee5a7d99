"""The invoices of a household, for whoever was allowed to open its file."""

from __future__ import annotations

from django.db.models import QuerySet

from espace.billing.enums import InvoiceState
from espace.billing.models import Invoice


def invoices_of(household_id: int, *, most: int = 6) -> QuerySet[Invoice]:
    """The last published invoices of a household the caller was allowed to hold, latest first. 1 query."""
    rows = Invoice.objects.filter(household_id=household_id, state=InvoiceState.PUBLISHED)
    return rows.order_by("-month", "-id")[:most]
