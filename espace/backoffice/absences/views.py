"""Who is away, site by site; proofs to read; what the town asks."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.attendance import queries, services
from espace.backoffice.absences import pages
from espace.backoffice.absences.forms import DecisionForm, PolicyForm
from espace.backoffice.desk import desk
from espace.documents.services import read_at_desk
from espace.kernel import clock
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, private_file, see_other, told


@agent(Permission.FAMILIES_READ)
@never_cache
@require_safe
def of_the_day(request: HttpRequest) -> HttpResponse:
    """« Absences du jour », site by site (`?jour=2026-11-24`)."""
    actor, today = desk(request), clock.today()
    day = pages.day_asked(request.GET.get("jour", ""), today)
    context = {"page": pages.day_of(actor, day, today), "tabs": pages.tabs(actor, "day")}
    return render(request, "backoffice/absences.html", context)


@agent(Permission.HEALTH)
@never_cache
@require_safe
def proofs(request: HttpRequest) -> HttpResponse:
    """The proofs not read yet, oldest first. Opening one is journaled."""
    actor = desk(request)
    cards = pages.proof_cards(queries.proofs_to_check_for(actor))
    return render(request, "backoffice/proofs.html", {"cards": cards, "tabs": pages.tabs(actor, "proofs")})


@agent(Permission.HEALTH)
@require_POST
def check(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """Accepts or refuses one."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return see_other("agent_proofs")
    try:
        with or_404():
            services.check_proof(desk(request), declaration_id=declaration_id, **form.cleaned_data)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        verb = "accepté" if form.cleaned_data["accept"] else "refusé"
        messages.success(request, f"Le justificatif est {verb}, la famille est prévenue.")
    return see_other("agent_proofs")


@agent(Permission.HEALTH)
@never_cache
@require_safe
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """A health document, to be read: the reading is journaled."""
    with or_404():
        given = read_at_desk(desk(request), document_id=document_id)
    return private_file(given.name, given.media_type, given.content)


@agent(Permission.ACTIVITIES)
@never_cache
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """What is asked for each activity, now and later."""
    actor = desk(request)
    rows = pages.policy_rows(queries.policies_for(actor, clock.today()))
    return render(
        request, "backoffice/absence_policies.html", {"rows": rows, "tabs": pages.tabs(actor, "rules")}
    )


@agent(Permission.ACTIVITIES)
@never_cache
def policy(request: HttpRequest, activity_id: int) -> HttpResponse:
    """What will be asked for one activity, from a day on."""
    actor, today = desk(request), clock.today()
    found = next((p for p in queries.policies_for(actor, today) if p.activity_id == activity_id), None)
    if found is None:
        raise Http404
    form = PolicyForm(
        request.POST if request.method == "POST" else None, initial=pages.initial_of(found, today)
    )
    if request.method == "POST" and form.is_valid():
        try:
            with or_404():
                services.set_policy(
                    actor, activity_id=activity_id, policy=form.policy(), start=form.cleaned_data["start"]
                )
        except Refusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, "La règle est enregistrée : les familles la lisent avant de confirmer.")
            return see_other("agent_absence_policies")
    return render(request, "backoffice/absence_policy.html", {"form": form, "activity": found.activity})
