"""Places by venue and days, children expected, and the adults they need."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.activities import services as offer
from espace.activities.queries import ActivityEntry
from espace.backoffice.desk import desk
from espace.backoffice.offer_rules import pages
from espace.backoffice.offer_rules.admission_form import PlacesForm, RatioForm
from espace.bookings import queries, services
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import plural_fr


@agent(Permission.ACTIVITIES)
@never_cache
def places(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Two weeks, the places set by POST over many days."""
    with or_404():
        activity = pages.activity_of(activity_id)
    if request.method != "POST":
        return _page(request, activity)
    form = PlacesForm(pages.venues_of(activity_id), request.POST)
    if not form.is_valid():
        return _page(request, activity, form)
    try:
        changed, offered = services.set_places_between(
            desk(request), activity_id=activity_id, **form.arguments()
        )
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _page(request, activity, form)
    said = (
        f" {offered} {plural_fr(offered, 'place proposée', 'places proposées')} aussitôt." if offered else ""
    )
    messages.success(request, f"{changed} {plural_fr(changed, 'accueil changé', 'accueils changés')}.{said}")
    return see_other("agent_places", activity_id=activity_id)


@agent(Permission.ACTIVITIES)
@require_POST
def ratio(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Children for one adult."""
    with or_404():
        activity = pages.activity_of(activity_id)
    form = RatioForm(request.POST)
    if not form.is_valid():
        return _page(request, activity, form)
    try:
        offer.set_ratio(desk(request), activity_id=activity_id, ratio=form.ratio())
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _page(request, activity, form)
    messages.success(request, "Le taux d’encadrement est enregistré.")
    return see_other("agent_places", activity_id=activity_id)


def _page(request: HttpRequest, activity: ActivityEntry, sent: forms.Form | None = None) -> HttpResponse:
    staffing = queries.staffing_for(desk(request), activity.id)
    known = staffing.ratio
    blank = RatioForm(initial={"under_six": known.under_six, "from_six": known.from_six} if known else {})
    context = {
        "activity": activity,
        "staffing": staffing,
        "places": sent if isinstance(sent, PlacesForm) else PlacesForm(pages.venues_of(activity.id)),
        "ratio": sent if isinstance(sent, RatioForm) else blank,
        "sent": sent,
    }
    return render(request, "backoffice/rule_places.html", context)
