"""Protection measures of a home: recorded, ended, and what proves them, read under the journal's eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.protection.forms import EndForm, MeasureForm
from espace.families import queries, services
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told

if TYPE_CHECKING:
    from espace.families.models import Household


@agent(Permission.PROTECTION)
@never_cache
def protection(request: HttpRequest, household_id: int) -> HttpResponse:
    """The measures that protect the people of a home, and the form of another."""
    household = _household(request, household_id)
    people, others = queries.people_around(household)
    form = MeasureForm(people, others, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            with or_404():
                services.record_protection(
                    desk(request),
                    protected_ids=[int(pk) for pk in typed["protected"]],
                    hidden_from_id=int(typed["hidden_from"]),
                    evidence=typed["evidence"],
                    end=typed["end"],
                )
        except Refusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, "La mesure s’applique dès maintenant. Personne n’en est prévenu.")
            return see_other("agent_protection", household_id=household.pk)
    context = {
        "household": household,
        "form": form,
        "measures": queries.measures_for(desk(request), household),
    }
    return render(request, "backoffice/protection.html", context)


@agent(Permission.PROTECTION)
@require_POST
def protection_end(request: HttpRequest, household_id: int, measure_id: int) -> HttpResponse:
    """A measure no longer holds."""
    household = _household(request, household_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return see_other("agent_protection", household_id=household.pk)
    with or_404():
        queries.measure_for(desk(request), measure_id, household)
        services.end_protection(desk(request), measure_id=measure_id, reason=form.cleaned_data["reason"])
    messages.success(request, "La mesure a pris fin.")
    return see_other("agent_protection", household_id=household.pk)


@agent(Permission.PROTECTION)
@never_cache
@require_safe
def protection_evidence(request: HttpRequest, household_id: int, measure_id: int) -> HttpResponse:
    """What proves a measure: each reading is journaled."""
    household = _household(request, household_id)
    with or_404():
        measure = queries.measure_for(desk(request), measure_id, household)
        evidence = services.read_evidence(desk(request), measure_id=measure_id)
    context = {"household": household, "measure": measure, "evidence": evidence}
    return render(request, "backoffice/protection_evidence.html", context)


def _household(request: HttpRequest, household_id: int) -> Household:
    """The file, for an agent who reads families too."""
    with or_404():
        if not desk(request).may(Permission.FAMILIES_READ):
            raise queries.NotFound
        return queries.household_for(desk(request), household_id)
