"""Changes to the record: the old value and the new one side by side, applied or refused."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.tasks.forms import DecisionForm
from espace.backoffice.tasks.pages import change_views
from espace.families import queries, services
from espace.families.errors import FamilyRefusal
from espace.kernel.actor import Permission
from espace.kernel.http import or_404, see_other, told


@agent(Permission.FAMILIES_WRITE)
@never_cache
def tasks(request: HttpRequest) -> HttpResponse:
    """The changes waiting, oldest first; `?foyer=12` keeps those of one household."""
    groups = queries.pending_changes_for(desk(request))
    only = request.GET.get("foyer", "")
    if only:
        groups = [g for g in groups if str(g.first.household_id) == only]
    return render(request, "backoffice/tasks.html", {"changes": change_views(groups), "only": only})


@agent(Permission.FAMILIES_WRITE)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Applies or refuses the changes of one card."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return see_other("agent_tasks")
    try:
        with or_404():
            services.decide_record_change(desk(request), **form.cleaned_data)
    except FamilyRefusal as refusal:
        messages.error(request, told(refusal))
    else:
        done = "Le dossier est à jour" if form.cleaned_data["apply"] else "Le changement est refusé"
        messages.success(request, f"{done}, la famille est prévenue.")
    return see_other("agent_tasks")
