"""« Facturation »: compute, look, review, issue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.backoffice.billing import pages
from espace.backoffice.billing.forms import ReviewForm
from espace.backoffice.desk import desk
from espace.billing import queries, services
from espace.billing.errors import BillingRefusal
from espace.kernel.actor import Actor, Permission
from espace.kernel.http import or_404, see_other, told

PER_PAGE = 50
BILLING = (Permission.BILLING_COMPUTE, Permission.BILLING_ISSUE)


@agent(*BILLING)
@never_cache
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Every run, latest month first. 4 queries of its own."""
    page = Paginator(queries.runs_for(desk(request)), 12).get_page(request.GET.get("page"))
    return render(request, "backoffice/runs.html", {"page": page, "runs": pages.run_rows(list(page))})


@agent(*BILLING)
@never_cache
@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Where a run stands, what stands in its way, its invoices. 9 queries of its own."""
    return _show(request, run_id, ReviewForm())


@agent(Permission.BILLING_COMPUTE)
@require_POST
def compute(request: HttpRequest, run_id: int) -> HttpResponse:
    """Makes the drafts again."""
    return _do(request, run_id, services.compute_run, "Les factures sont recalculées.")


@agent(Permission.BILLING_COMPUTE)
def review(request: HttpRequest, run_id: int) -> HttpResponse:
    """Says that the drafts were looked at, and why anomalies are passed over."""
    if request.method != "POST":
        return see_other("agent_run", run_id=run_id)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _show(request, run_id, form)
    try:
        with or_404():
            services.review_run(desk(request), run_id=run_id, waived_reason=form.cleaned_data["reason"])
    except BillingRefusal as refusal:
        form.add_error("reason", told(refusal))
        return _show(request, run_id, form)
    messages.success(request, "La facturation est validée. Les factures peuvent être émises.")
    return see_other("agent_run", run_id=run_id)


@agent(Permission.BILLING_ISSUE)
@require_POST
def issue(request: HttpRequest, run_id: int) -> HttpResponse:
    """Numbers, publishes and announces; started again, goes on where it stopped."""
    return _do(request, run_id, services.issue_run, "Les factures sont émises et les familles prévenues.")


@agent(Permission.BILLING_COMPUTE)
@require_POST
def cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Gives the run up while nothing bears a number."""
    return _do(request, run_id, services.cancel_run, "La facturation est abandonnée. Rien n’a été émis.")


def _do(request: HttpRequest, run_id: int, service: Callable[..., Any], done: str) -> HttpResponse:
    actor: Actor = desk(request)
    try:
        with or_404():
            service(actor, run_id=run_id)
    except BillingRefusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, done)
    return see_other("agent_run", run_id=run_id)


def _show(request: HttpRequest, run_id: int, form: ReviewForm) -> HttpResponse:
    actor = desk(request)
    with or_404():
        view = pages.run_view(actor, queries.run_for(actor, run_id))
        invoices = Paginator(queries.invoices_of_run_for(actor, run_id), PER_PAGE)
    page = invoices.get_page(request.GET.get("page"))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "backoffice/run.html", {"view": view, "form": form, "page": page}, status=status)
