"""Collective events: what there is, what a new one would do, counted before it is declared; undoing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.activities.queries.events import event_lists_for
from espace.backoffice.activities.event_form import EventForm
from espace.backoffice.activities.pages import preview_page, said_declared, said_undone, sections, undo_page
from espace.backoffice.desk import desk
from espace.bookings import queries, services
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told


@agent(Permission.ACTIVITIES)
@never_cache
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The events to come, gone by and undone."""
    return render(request, "backoffice/events.html", {"sections": sections(event_lists_for(desk(request)))})


@agent(Permission.ACTIVITIES)
@never_cache
def declare(request: HttpRequest) -> HttpResponse:
    """The form of a new event; by POST, what it would do, counted. Writes nothing."""
    form = EventForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid() or "modifier" in request.POST:
        return _form(request, form)
    with or_404():
        preview = queries.event_preview_for(desk(request), form.draft())
    if not preview.days:
        form.add_error(
            None, "Aucun accueil n’est ouvert à ces dates pour ce choix : il n’y a rien à changer."
        )
        return _form(request, form)
    return render(request, "backoffice/event_preview.html", preview_page(form, preview))


@agent(Permission.ACTIVITIES)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Declares it: bookings, places, kitchen and bill corrected, families told."""
    form = EventForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    try:
        with or_404():
            done = services.declare_event(
                desk(request),
                draft=form.draft(),
                cancel_left_out=form.cleaned_data["cancel_left_out"],
            )
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _form(request, form)
    messages.success(request, said_declared(done))
    return see_other("agent_events")


@agent(Permission.ACTIVITIES)
@never_cache
def undo(request: HttpRequest, event_id: int) -> HttpResponse:
    """What undoing an event would give back; by POST, done."""
    if request.method != "POST":
        with or_404():
            preview = queries.undo_preview_for(desk(request), event_id)
        return render(request, "backoffice/event_undo.html", undo_page(preview))
    try:
        with or_404():
            done = services.undo_event(desk(request), event_id=event_id)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, said_undone(done))
    return see_other("agent_events")


def _form(request: HttpRequest, form: EventForm) -> HttpResponse:
    context = {"form": form, "hints": EventForm.effect_hints, "back": reverse("agent_events")}
    return render(request, "backoffice/event_declare.html", context)
