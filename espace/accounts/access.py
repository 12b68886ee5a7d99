"""Who asks, and who may ask: the actor of a request, and the audience every view declares.

`@public` anyone; `@citizen` a signed-in account, or an agent acting for a family; `@agent(permission)` an agent
whose second factor was given in this session; `@calendar_holder` whoever holds a calendar's secret address. A view
without one fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from allauth.core.internal.httpkit import get_client_ip
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from espace.accounts.enums import AttemptKind
from espace.accounts.queries import grants_of, holder_of
from espace.accounts.returning import to_sign_in
from espace.accounts.services.attempts import note_attempt, too_many_attempts
from espace.kernel.actor import VISITOR, Actor, Channel, Permission
from espace.kernel.db import journaled_read

View = Callable[..., HttpResponse]
ACTING_FOR = "acting_for"
METHODS = "account_authentication_methods"
# A telephone asks every quarter of an hour at most; an address shared by a town hall or a provider tries few wrong ones.
READINGS, WRONG_ADDRESSES, HOUR = 30, 60, timedelta(hours=1)


class ActorRequest(HttpRequest):
    """What our views receive: a request whose actor is known."""

    actor: Actor


class ActorMiddleware:
    """Sets `request.actor`; an agent who acts for a family (session) gets it in `on_behalf_of`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cast(ActorRequest, request).actor = actor_of(request)
        return self.get_response(request)


def actor_of(request: HttpRequest) -> Actor:
    """The actor of this request. Grants count only once the second factor was given. 1 query beyond the user."""
    account = request.user
    if not account.is_authenticated:
        return VISITOR
    grants = grants_of(account) if second_factor_given(request) else ()
    household = request.session.get(ACTING_FOR)
    acting = household if household and any(g.permission == Permission.FAMILIES_ACT for g in grants) else None
    return Actor(
        user_id=account.pk,
        label=str(account),
        channel=Channel.COUNTER if acting else Channel.PORTAL,
        on_behalf_of=acting,
        grants=grants,
    )


def second_factor_given(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor (allauth records each method it accepted)."""
    return any(m.get("method") == "mfa" for m in request.session.get(METHODS, []))


def public(view: View) -> View:
    """Anyone may see it."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def citizen(view: View) -> View:
    """A signed-in account; others are sent to sign in and come back, with their choices if it `keeps_choices`."""
    keep = getattr(view, "keeps_choices", False)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request, home="dashboard", keep=keep)
        return view(request, *args, **kwargs)

    guarded.audience = "citizen"  # type: ignore[attr-defined]
    return guarded


def keeps_choices(view: View) -> View:
    """Under `@citizen`: what is sent to it by someone whose session ended is offered again (`take_kept`)."""
    view.keeps_choices = True  # type: ignore[attr-defined]
    return view


def agent(*permissions: Permission) -> Callable[[View], View]:
    """An agent with one of the permissions (any grant when none is named); to anyone else the page is not there.

    An agent who has not given the second factor yet is sent to give it, or to set it up.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request, home="agent_home")
            if not second_factor_given(request):
                if not grants_of(request.user):
                    raise Http404
                return redirect("agent_second_factor")
            actor = cast(ActorRequest, request).actor
            if not actor.is_agent or (permissions and not any(actor.may(p) for p in permissions)):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.audience = "agent"  # type: ignore[attr-defined]
        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def calendar_holder(view: View) -> View:
    """Whoever holds the secret address of a calendar, without a session: `view(request, holder)`.

    An address unknown, revoked or of a closed account leads nowhere; one read too often waits (429). What answers is
    for that telephone alone: no search engine, no shared cache, and no site hears of the address by a link.
    """

    @wraps(view)
    def guarded(request: HttpRequest, secret: str) -> HttpResponse:
        holder = holder_of(secret)
        subject = f"address:{holder.address_id}" if holder else f"ip:{get_client_ip(request)}"
        limit = READINGS if holder else WRONG_ADDRESSES
        if too_many_attempts(AttemptKind.CALENDAR, subject, limit=limit, within=HOUR):
            response = HttpResponse("Trop de lectures. Réessayez dans une heure.", status=429)
            response["Content-Type"], response["Retry-After"] = "text/plain; charset=utf-8", "3600"
        else:
            with journaled_read():
                note_attempt(AttemptKind.CALENDAR, subject)
            if holder is None:
                raise Http404
            response = view(request, holder)
        response["Cache-Control"] = "private, no-cache"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    guarded.audience = "calendar_holder"  # type: ignore[attr-defined]
    return guarded
