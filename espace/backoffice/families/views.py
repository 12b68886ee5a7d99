"""A family on one page, and acting for it on the portal."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import ACTING_FOR, ActorRequest, agent
from espace.backoffice.desk import desk
from espace.backoffice.families import pages
from espace.families import queries, services
from espace.kernel.actor import Permission
from espace.kernel.http import or_404, see_other


@agent(Permission.FAMILIES_READ)
@never_cache
@require_safe
def family(request: HttpRequest, household_id: int) -> HttpResponse:
    """The whole file: each reading is journaled."""
    actor = desk(request)
    with or_404():
        household = services.read_file(actor, household_id=household_id)
    file, offer = pages.family_page(actor, household)
    return render(request, "backoffice/family.html", {"file": file, "offer": offer})


@agent(Permission.FAMILIES_ACT)
@require_POST
def act(request: HttpRequest, household_id: int) -> HttpResponse:
    """Opens the portal for this family, until the agent says it is over."""
    actor = desk(request)
    with or_404():
        household = queries.household_for(actor, household_id)
        services.start_acting(actor, household=household)
    request.session[ACTING_FOR] = household.pk
    return see_other("family")


@agent()
@require_POST
def stop_acting(request: HttpRequest) -> HttpResponse:
    """Back to the desk."""
    acting_for = cast(ActorRequest, request).actor.on_behalf_of
    request.session.pop(ACTING_FOR, None)
    if acting_for is None:
        return see_other("agent_home")
    services.stop_acting(desk(request), household_id=acting_for)
    messages.success(request, "Vous n’agissez plus pour cette famille.")
    return see_other("agent_family", household_id=acting_for)


@agent(Permission.HEALTH)
@never_cache
@require_safe
def health(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """What a PAI says: each reading is journaled."""
    actor = desk(request)
    with or_404():
        household = queries.household_for(actor, household_id)
        child = pages.child_of(household, child_id)
        detail = services.read_health_detail(actor, child_id=child_id)
    return render(
        request, "backoffice/health.html", {"household": household, "child": child, "detail": detail}
    )
