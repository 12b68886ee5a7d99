"""Paying: to the bank, back from it, and what it tells us meanwhile. Only its answer to our question counts (I33)."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import ActorRequest, citizen, public
from espace.kernel.db import journaled_read
from espace.kernel.http import or_404, see_other, told
from espace.payments import queries, services
from espace.payments.errors import PaymentRefusal
from espace.portal.invoices import pages

LONGEST_NOTIFICATION = 10_000  # bytes


@citizen
@require_POST
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """To the bank's page, for what is left: the amount is ours, nothing of it comes from the browser."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        bill = queries.bill_for(actor, reference)
        try:
            intent = services.start_payment(actor, invoice_id=bill.invoice.pk)
        except PaymentRefusal as refusal:
            messages.error(request, told(refusal))
            return see_other("invoice", reference=reference)
    return HttpResponseRedirect(intent.redirect_url, status=303)


@citizen
@never_cache
@require_safe
def payment_return(request: HttpRequest, order_id: str) -> HttpResponse:
    """What happened, as the bank tells it now; the page can be reloaded as long as it waits.

    A bank comes back by GET: what is written here is its answer, never what the address says.
    """
    actor = cast(ActorRequest, request).actor
    with or_404(), journaled_read():
        intent = services.check_intent(actor, order_id=order_id)
    page = pages.return_page(intent, queries.bills_of([intent.invoice])[0])
    response = render(request, "invoices/return.html", {"page": page})
    response.redirects_to_bank = queries.bank_origin()  # type: ignore[attr-defined]
    return response


@csrf_exempt
@public
@require_POST
def payment_notify(request: HttpRequest) -> HttpResponse:
    """The bank's notification: it makes us ask. An unknown order gets the answer of any address that isn't there."""
    size = request.headers.get("Content-Length", "")
    raw = request.body if size.isdigit() and int(size) <= LONGEST_NOTIFICATION else b""
    known = services.receive_notification(settings.PAYMENT_PROVIDER, raw)
    return HttpResponse(status=204 if known else 404)
