"""« Factures »: found by number or family, seen with what is left to pay."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace.accounts.access import agent
from espace.backoffice.billing import pages
from espace.backoffice.desk import desk
from espace.backoffice.searching import keep_words, words_of
from espace.billing import queries
from espace.billing.services import invoice_pdf as print_invoice
from espace.kernel.actor import Permission
from espace.kernel.http import or_404, see_other

READERS = (Permission.BILLING_COMPUTE, Permission.BILLING_ISSUE, Permission.PAYMENTS)
LONGEST_SEARCH = 60


@agent(*READERS)
@never_cache
def invoices(request: HttpRequest) -> HttpResponse:
    """The issued invoices, latest first. 4 queries of its own."""
    if request.method == "POST":
        keep_words(request, LONGEST_SEARCH)
        return see_other("agent_invoices")
    search = words_of(request)
    found = queries.office_invoices_for(desk(request), search=search)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {"page": page, "bills": pages.bill_rows(list(page)), "search": search}
    return render(request, "backoffice/invoices.html", context)


@agent(*READERS)
@never_cache
@require_safe
def invoice(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """An invoice or a draft, line by line, as the family will read it. 5 queries of its own."""
    with or_404():
        found = queries.office_invoice_for(desk(request), invoice_id)
    return render(request, "backoffice/invoice.html", {"view": pages.invoice_view(found)})


@agent(*READERS)
@never_cache
@require_safe
def invoice_pdf(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The very paper the family has."""
    actor = desk(request)
    with or_404():
        reference = queries.office_invoice_for(actor, invoice_id).reference
        content = print_invoice(actor, reference=reference)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="facture-{reference}.pdf"'
    return response
