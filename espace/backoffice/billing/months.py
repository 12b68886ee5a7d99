"""« Mois »: closed once, then billed."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.attendance.errors import AttendanceRefusal
from espace.attendance.services import close_month
from espace.backoffice.billing import pages
from espace.backoffice.desk import desk
from espace.billing import queries, services
from espace.billing.errors import BillingRefusal
from espace.kernel.actor import Permission
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import format_month, of_month


@agent(Permission.MONTH_CLOSE, Permission.BILLING_COMPUTE, Permission.BILLING_ISSUE)
@never_cache
@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """The last twelve months of each cash office. 1 query and 3 an office."""
    actor = desk(request)
    offices = [
        (o, pages.month_views(actor, queries.months_for(actor, o))) for o in queries.offices_for(actor)
    ]
    return render(request, "backoffice/months.html", {"offices": offices})


@agent(Permission.MONTH_CLOSE)
@never_cache
def close(request: HttpRequest, office_id: int, year: int, month: int) -> HttpResponse:
    """Says what closing does (GET), then does it (POST)."""
    actor = desk(request)
    day = _month(year, month)
    with or_404():
        office = pages.office_of(actor, office_id)
    if request.method == "POST":
        try:
            with or_404():
                close_month(actor, cash_office_id=office_id, month=day)
        except AttendanceRefusal as refusal:
            messages.error(request, told(refusal))
        else:
            messages.success(request, f"Le mois {of_month(day)} est clôturé. Vous pouvez le facturer.")
        return see_other("agent_months")
    return render(request, "backoffice/month_close.html", {"office": office, "month": format_month(day)})


@agent(Permission.BILLING_COMPUTE)
@require_POST
def open_billing(request: HttpRequest, office_id: int, year: int, month: int) -> HttpResponse:
    """Opens the billing of a closed month, and computes it at once."""
    actor = desk(request)
    try:
        with or_404():
            run = services.open_run(actor, cash_office_id=office_id, month=_month(year, month))
            services.compute_run(actor, run_id=run.pk)
    except BillingRefusal as refusal:
        messages.error(request, told(refusal))
        return see_other("agent_months")
    return see_other("agent_run", run_id=run.pk)


def _month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except (ValueError, OverflowError) as impossible:
        raise Http404 from impossible
