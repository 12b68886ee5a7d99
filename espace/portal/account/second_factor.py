"""The agents' second factor: set up once with a telephone, typed at each sign-in, rescued by codes on paper."""

from __future__ import annotations

import base64
import io
from typing import cast

import segno
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from espace.accounts import errors, queries, services
from espace.accounts.access import ActorRequest, citizen, second_factor_given
from espace.kernel.actor import Actor
from espace.kernel.http import see_other, told
from espace.portal.account.forms import CodeForm, SetUpFactorForm

SECRET = "second_factor_secret"  # noqa: S105 - a key of the session
TO_NOTE = "recovery_codes_to_note"
BARE: dict[str, object] = {"nav": (), "agent_search_url": ""}  # nothing else to do before the second factor


@citizen
@never_cache
@sensitive_post_parameters("current", "code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Leads an agent to what is missing: setting up, typing a code, or nothing."""
    actor = _agent(request)
    if second_factor_given(request):
        return see_other("agent_home")
    return _ask(request, actor) if queries.has_second_factor(actor) else _set_up(request, actor)


def _set_up(request: HttpRequest, actor: Actor) -> HttpResponse:
    secret = request.session.setdefault(SECRET, generate_totp_secret())
    form = SetUpFactorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.refuse_wrong_password(actor, typed["current"])
            given = services.set_up_second_factor(actor, secret=secret, code=typed["code"])
        except errors.WrongFactorCode as refusal:
            form.add_error("code", told(refusal))
        except errors.AccountRefusal as refusal:
            form.add_error("current", told(refusal))
        else:
            del request.session[SECRET]
            request.session[TO_NOTE] = True
            _record(request, given)
            return see_other("agent_recovery_codes")
    address = get_adapter().build_totp_url(request.user, secret)
    spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    context = {"form": form, "qr": _drawn(address), "secret": spaced, **BARE}
    return render(request, "account/second_factor/set_up.html", context)


def _ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            given = services.give_second_factor(actor, code=form.cleaned_data["code"])
        except errors.AccountRefusal as refusal:
            form.add_error("code", told(refusal))
        else:
            _record(request, given)
            return see_other("agent_home")
    return render(request, "account/second_factor/ask.html", {"form": form, "signing_in": False, **BARE})


@citizen
@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes, shown until the agent says they are noted; renewed on demand. Each serves once."""
    actor = _agent(request)
    if not second_factor_given(request):
        return see_other("agent_second_factor")
    if request.method == "POST":
        if "renew" in request.POST:
            services.renew_recovery_codes(actor)
            request.session[TO_NOTE] = True
            return see_other("agent_recovery_codes")
        request.session.pop(TO_NOTE, None)
        return see_other("agent_home")
    codes = queries.unused_recovery_codes(actor)
    shown = [f"{code[:4]} {code[4:]}" for code in codes] if request.session.get(TO_NOTE) else []
    context = {"codes": shown, "left": len(codes)}
    return render(request, "account/second_factor/codes.html", context)


def _agent(request: HttpRequest) -> Actor:
    """The signed-in agent, second factor given or not; to anyone else the page is not there."""
    actor = cast(ActorRequest, request).actor
    if actor.user_id is None or not queries.has_grants(actor.user_id):
        raise Http404
    return actor


def _record(request: HttpRequest, given: services.FactorGiven) -> None:
    """What `access.second_factor_given` will read; the session gets a new name, as at any rise of its powers."""
    record_authentication(request, request.user, "mfa", id=given.authenticator_id, type=given.kind)
    request.session.cycle_key()


def _drawn(address: str) -> str:
    """A QR code as a data address, which the content policy allows to images."""
    drawing = io.BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", scale=5, border=4, dark="#000", light="#fff")
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.getvalue()).decode()
