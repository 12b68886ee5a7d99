"""The invoice on paper: the same content as its page, tagged and archivable."""

from __future__ import annotations

from django.conf import settings

from espace.billing.models import Invoice
from espace.billing.queries import ChildLines, address_of, detail_of, printable_for
from espace.kernel.actor import Actor
from espace.kernel.text import format_date_long, of_month
from espace.paper.services import letterhead, render
from espace.town.queries import identity


def invoice_pdf(actor: Actor, *, reference: str) -> bytes:
    """The PDF of an invoice the actor may see, or `NotFound`. Written from the frozen rows: the same each time, but
    for the town's own identity. 8 queries at most."""
    invoice = printable_for(actor, reference)
    title = f"Facture {of_month(invoice.month)}"
    return render("facture", invoice_data(invoice), title=title)


def invoice_data(invoice: Invoice) -> dict[str, object]:
    """What the template prints, as plain JSON."""
    office = invoice.cash_office
    children = detail_of(invoice)
    return {
        "town": letterhead(identity()),
        "reference": invoice.reference,
        "address": address_of(invoice),
        "household": invoice.snapshot.get("household", ""),
        "household_number": invoice.snapshot.get("number", ""),
        "issued_on": format_date_long(invoice.issued_on) if invoice.issued_on else "",
        "due_on": format_date_long(invoice.due_on) if invoice.due_on and invoice.total.cents > 0 else "",
        "total": str(invoice.total),
        "children": [_child(child) for child in children],
        "page": settings.PUBLIC_URL.partition("://")[2] if settings.ONLINE_PAYMENT else "",
        "creditor": office.creditor,
        "siret": office.siret,
        "cash_office": office.name,
        "act": office.acte_ref,
        "year": str(invoice.year),
        "of_month": of_month(invoice.month),
        "codes": sorted({code for child in children for code in child.accounting_codes}),
    }


def _child(child: ChildLines) -> dict[str, object]:
    lines = [
        {
            "label": line.label,
            "detail": line.detail,
            "count": line.count,
            "amount": str(line.amount),
            "why": line.sentence,
        }
        for line in child.lines
    ]
    return {"name": child.name, "total": str(child.total), "lines": lines}
