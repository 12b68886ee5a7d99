"""Who waits, in order; a place offered, places added; what counts for a child."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.waiting.forms import ChildCriterionForm, PlacesForm, ReasonForm
from espace.bookings import queries, services
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import plural_fr


@agent(Permission.ENROLMENTS)
@never_cache
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The lists of the days to come, those that need an agent first."""
    return render(request, "backoffice/waiting_lists.html", {"lines": queries.queues_for(desk(request))})


@agent(Permission.ENROLMENTS)
@never_cache
@require_safe
def one_list(request: HttpRequest, pool_id: str) -> HttpResponse:
    """One list: ranks, points, offers out."""
    return _list(request, int(pool_id))


@agent(Permission.ENROLMENTS)
@require_POST
def offer(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Offers a place to a family."""
    form = ReasonForm(request.POST)
    actor = desk(request)
    with or_404():
        pool_id = queries.list_of_for(actor, booking_id)
    if form.is_valid():
        try:
            services.offer_place(actor, booking_id=booking_id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            messages.error(request, told(refusal))
        else:
            messages.success(request, "La place est proposée, la famille est prévenue.")
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return see_other("agent_waiting_list", pool_id=pool_id)


@agent(Permission.ACTIVITIES)
@require_POST
def places(request: HttpRequest, pool_id: str) -> HttpResponse:
    """More places, or fewer; what is freed is offered at once."""
    form = PlacesForm(request.POST)
    if not form.is_valid():
        return _list(request, int(pool_id), form)
    try:
        with or_404():
            offered = services.set_places(desk(request), pool_id=int(pool_id), **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _list(request, int(pool_id), form)
    said = (
        f" {offered} {plural_fr(offered, 'place proposée', 'places proposées')} aussitôt." if offered else ""
    )
    messages.success(request, f"Les places de ce jour sont enregistrées.{said}")
    return see_other("agent_waiting_list", pool_id=pool_id)


@agent(Permission.ENROLMENTS)
@never_cache
def child(request: HttpRequest, child_id: int) -> HttpResponse:
    """What counts for a child, and what may be added with its proof."""
    with or_404():
        sheet = queries.child_sheet_for(desk(request), child_id)
    form = ChildCriterionForm(sheet.choices, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_criterion(desk(request), child_id=child_id, **form.arguments())
        except Refusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, "Le critère est enregistré : il compte pour les demandes à venir.")
            return see_other("agent_child_criteria", child_id=child_id)
    return render(request, "backoffice/child_criteria.html", {"sheet": sheet, "form": form})


@agent(Permission.ENROLMENTS)
@require_POST
def end_point(request: HttpRequest, point_id: int) -> HttpResponse:
    """A criterion that no longer holds for a child."""
    with or_404():
        child_id = services.end_criterion_of(desk(request), child_criterion_id=point_id)
    messages.success(request, "Ce critère ne compte plus pour les demandes à venir.")
    return see_other("agent_child_criteria", child_id=child_id)


def _list(request: HttpRequest, pool_id: int, form: PlacesForm | None = None) -> HttpResponse:
    actor = desk(request)
    with or_404():
        sheet = queries.queue_sheet_for(actor, pool_id)
    initial = {"capacity": sheet.line.capacity, "waitlist_capacity": sheet.waitlist_capacity}
    context = {
        "sheet": sheet,
        "form": form or PlacesForm(initial=initial),
        "may_set": actor.may(Permission.ACTIVITIES),
    }
    return render(request, "backoffice/waiting_list.html", context)
