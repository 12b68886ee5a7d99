"""Enrolments that wait for an agent; closures, counted before they are declared."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.activities.queries import closures_for
from espace.backoffice.activities.forms import ClosureForm, DecisionForm
from espace.backoffice.desk import desk
from espace.bookings import queries, services
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import plural_fr


@agent(Permission.ENROLMENTS)
@never_cache
@require_safe
def enrolments(request: HttpRequest) -> HttpResponse:
    """The requests waiting, oldest first."""
    return render(
        request, "backoffice/enrolments.html", {"waiting": queries.pending_enrolments_for(desk(request))}
    )


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
            request, f"L’inscription de {done.child.first_name} est {verb}, la famille est prévenue."
        )
    return see_other("agent_enrolments")


@agent(Permission.ACTIVITIES)
@never_cache
def closures(request: HttpRequest) -> HttpResponse:
    """The closures declared, and the form of a new one; by POST, what it would do, counted. Writes nothing."""
    form = ClosureForm(request.POST if request.method == "POST" else None)
    preview = None
    if request.method == "POST" and form.is_valid() and "modifier" not in request.POST:
        with or_404():
            preview = queries.closure_preview_for(desk(request), **form.closure())
        if not preview.slots:
            form.add_error(None, "Aucun accueil n’est ouvert à ces dates : il n’y a rien à fermer.")
            preview = None
    return _closures(request, form, preview)


@agent(Permission.ACTIVITIES)
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Declares it: days closed, bookings cancelled without charge, families told."""
    form = ClosureForm(request.POST)
    if not form.is_valid():
        return _closures(request, form)
    try:
        done = services.apply_closure(desk(request), reason=form.cleaned_data["reason"], **form.closure())
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        bookings = (
            f"{done.bookings} {plural_fr(done.bookings, 'réservation annulée', 'réservations annulées')}"
        )
        families = f"{done.households} {plural_fr(done.households, 'foyer prévenu', 'foyers prévenus')}"
        messages.success(request, f"Fermeture déclarée : {bookings} sans frais, {families}.")
    return see_other("agent_closures")


def _closures(
    request: HttpRequest, form: ClosureForm, preview: queries.ClosurePreview | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "preview": preview,
        "closures": closures_for(desk(request)),
        "back": reverse("agent_closures"),
    }
    return render(request, "backoffice/closures.html", context)
