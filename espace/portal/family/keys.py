"""The Clé Enfance: typed by its adult, or asked for."""

from __future__ import annotations

from typing import cast

from allauth.core.internal.httpkit import get_client_ip
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from espace.accounts.access import ActorRequest, citizen, public
from espace.families import queries, services
from espace.families.errors import AlreadyLinked, FamilyRefusal, RequestAlreadyOpen
from espace.kernel.http import or_404, see_other, told
from espace.portal.family import pages
from espace.portal.family.forms import KeyForm, NoKeyForm


@public
@never_cache
@sensitive_post_parameters("typed")
def family_key(request: HttpRequest) -> HttpResponse:
    """Anyone who scans a letter lands here; signed in, they type (or find already typed) their key."""
    actor = cast(ActorRequest, request).actor
    if actor.user_id is None:
        return render(request, "family/key_welcome.html")
    if queries.is_linked(actor):
        return redirect("family") if request.method == "GET" else see_other("family")
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with or_404():
                services.redeem_key(actor, typed=form.cleaned_data["typed"], network=get_client_ip(request))
        except AlreadyLinked:
            return see_other("family")
        except FamilyRefusal as refusal:
            form.add_error("typed", f"{told(refusal)} {pages.guichet_sentence()}".strip())
        else:
            messages.success(request, _("Votre compte est relié à votre famille. Tout est ouvert."))
            return see_other("family")
    return render(request, "family/key.html", {"form": form, "asked": queries.latest_request_for(actor)})


@citizen
@never_cache
def no_key(request: HttpRequest) -> HttpResponse:
    """Asks for a key, and shows where the request stands."""
    actor = cast(ActorRequest, request).actor
    if queries.is_linked(actor):
        return redirect("family") if request.method == "GET" else see_other("family")
    form = NoKeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        typed["already_known"] = typed["already_known"] == "oui"
        try:
            with or_404():
                services.request_key(actor, **typed)
        except RequestAlreadyOpen:
            return see_other("no_key")
        except FamilyRefusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, _("Votre demande est chez nous."))
            return see_other("no_key")
    asked = queries.latest_request_for(actor)
    waiting = asked is not None and asked.state == "OPEN"
    return render(
        request,
        "family/no_key.html",
        {"form": form, "asked": asked, "waiting": waiting, "timeline": pages.request_timeline(asked)},
    )
