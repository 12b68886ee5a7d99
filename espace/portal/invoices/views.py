"""« Factures »: what is left to pay, each invoice with the why of each line, and its papers."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace.accounts.access import ActorRequest, citizen
from espace.billing.services import invoice_pdf as print_invoice
from espace.families.queries import is_linked
from espace.kernel.http import or_404
from espace.payments import queries
from espace.payments.services import receipt_pdf as print_receipt
from espace.portal.invoices import pages


@citizen
@never_cache
@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    """All the bills, what is left to pay first, and what was paid in excess. 6 queries of its own."""
    actor = cast(ActorRequest, request).actor
    bills = queries.bills_for(actor)
    context = {
        "bills": pages.rows(bills),
        "left": queries.left_to_pay(bills),
        "credit": queries.credit_for(actor),
        "linked": bool(bills) or is_linked(actor),
    }
    return render(request, "invoices/list.html", context)


@citizen
@never_cache
@require_safe
def invoice(request: HttpRequest, reference: str) -> HttpResponse:
    """One bill, line by line. 10 queries of its own."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        bill = queries.bill_for(actor, reference)
    response = render(request, "invoices/invoice.html", {"page": pages.invoice_page(bill)})
    if bill.is_open:
        response.redirects_to_bank = queries.bank_origin()  # type: ignore[attr-defined]
    return response


@citizen
@never_cache
@require_safe
def invoice_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The same on paper."""
    with or_404():
        content = print_invoice(cast(ActorRequest, request).actor, reference=reference)
    return _pdf(content, f"facture-{reference}.pdf")


@citizen
@never_cache
@require_safe
def receipt_pdf(request: HttpRequest, receipt: str) -> HttpResponse:
    """The receipt of a payment."""
    with or_404():
        content = print_receipt(cast(ActorRequest, request).actor, receipt=receipt)
    return _pdf(content, f"recu-{receipt}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
