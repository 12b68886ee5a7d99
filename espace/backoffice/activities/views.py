"""Enrolments that wait for an agent."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.backoffice.activities.forms import DecisionForm
from espace.backoffice.desk import desk
from espace.bookings import queries, services
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import de_nom

PER_PAGE = 20


@agent(Permission.ENROLMENTS)
@never_cache
@require_safe
def enrolments(request: HttpRequest) -> HttpResponse:
    """The requests waiting, oldest first: in a large town hundreds, a page at a time. 3 queries of its own."""
    waiting = Paginator(queries.pending_enrolments_for(desk(request)), PER_PAGE)
    page = waiting.get_page(request.GET.get("page"))
    waiting_lines = queries.pending_lines(list(page))
    return render(request, "backoffice/enrolments.html", {"page": page, "waiting": waiting_lines})


@agent(Permission.ENROLMENTS)
@require_POST
def decide(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Accepts or refuses one."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return see_other("agent_enrolments")
    try:
        with or_404():
            done = services.decide_enrolment(desk(request), enrolment_id=enrolment_id, **form.cleaned_data)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        verb = "acceptée" if form.cleaned_data["accept"] else "refusée"
        messages.success(
            request, f"L’inscription {de_nom(done.child.first_name)} est {verb}, la famille est prévenue."
        )
    return see_other("agent_enrolments")
