"""« Tableau de bord »: is everything in order?"""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from espace.accounts.access import ActorRequest, citizen
from espace.families import queries as families
from espace.kernel import clock
from espace.portal.dashboard import pages
from espace.portal.dashboard.unlinked import unlinked


@citizen
@never_cache
def dashboard(request: HttpRequest) -> HttpResponse:
    """What is left to do, the next days, what comes. An agent who acts for nobody has their own face."""
    actor = cast(ActorRequest, request).actor
    if actor.is_agent and actor.on_behalf_of is None and not families.is_linked(actor):
        return redirect("agent_home")
    households = families.households_for(actor)
    if not households:
        request_made = families.latest_request_for(actor)
        return render(
            request, "dashboard/unlinked.html", {"page": unlinked(actor, request_made, clock.now())}
        )
    return render(request, "dashboard/dashboard.html", {"page": pages.dashboard(actor, clock.now())})
