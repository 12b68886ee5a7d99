"""« Mon agenda dans mon téléphone »: making the secret address, ending it, and what is read there."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts import queries, services
from espace.accounts.access import ActorRequest, calendar_holder, citizen
from espace.families.queries import is_linked
from espace.kernel.http import or_404, see_other
from espace.portal.feed.calendar import calendar_of
from espace.portal.feed.forms import LimitsForm
from espace.portal.feed.pages import addresses_of


@citizen
@never_cache
@require_safe
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Whether there is an address, since when; an agent who acts for a family has none to make."""
    actor = cast(ActorRequest, request).actor
    own = queries.own_calendar_for(actor) if actor.on_behalf_of is None else None
    context = {
        "own": own,
        "may_make": actor.on_behalf_of is None and is_linked(actor),
        "form": LimitsForm(initial={"limites": own.with_limits} if own else None),
    }
    return render(request, "feed/calendar.html", context)


@citizen
@never_cache
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """The new address, in the answer itself: kept nowhere, it can't be shown again."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        secret = services.make_calendar_address(actor, with_limits=_limits_wanted(request))
    response = render(request, "feed/made.html", addresses_of(secret))
    response["Referrer-Policy"] = "no-referrer"
    return response


@citizen
@never_cache
@require_POST
def limits(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    with or_404():
        services.choose_calendar_limits(actor, with_limits=_limits_wanted(request))
    messages.success(request, _("C’est noté. Votre téléphone le saura à sa prochaine lecture."))
    return see_other("my_calendar")


@citizen
@never_cache
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    with or_404():
        services.revoke_calendar_address(actor)
    messages.success(request, _("L’adresse ne sert plus. Vous pouvez retirer l’agenda de votre téléphone."))
    return see_other("my_calendar")


@calendar_holder
@require_safe
def calendar(request: HttpRequest, holder: queries.CalendarHolder) -> HttpResponse:
    """The calendar itself; nothing but « unchanged » for a telephone that already holds it."""
    own = calendar_of(holder)
    response = get_conditional_response(request, etag=own.etag)
    if response is None:
        response = HttpResponse(own.as_file(), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="agenda.ics"'
    response["ETag"] = own.etag
    return response


def _limits_wanted(request: HttpRequest) -> bool:
    form = LimitsForm(request.POST)
    return form.is_valid() and bool(form.cleaned_data["limites"])
