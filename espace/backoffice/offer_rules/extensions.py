"""The portal was down: deadlines put back in one act, counted before it is done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.attendance import services
from espace.backoffice.desk import desk
from espace.backoffice.offer_rules import pages
from espace.backoffice.offer_rules.extension_form import ExtensionForm
from espace.bookings.queries import ExtensionPlan
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import plural_fr


@agent(Permission.ACTIVITIES)
@never_cache
def extension(request: HttpRequest) -> HttpResponse:
    """The form, with what was extended before; by POST, what it would do. Writes nothing."""
    if request.method != "POST":
        return _page(request, ExtensionForm())
    form = ExtensionForm(request.POST)
    if "modifier" in request.POST or not form.is_valid():
        return _page(request, form)
    try:
        with or_404():
            plan = services.preview_extension(desk(request), form.draft())
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _page(request, form)
    return _page(request, form, plan)


@agent(Permission.ACTIVITIES)
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Makes it so."""
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        with or_404():
            plan, done = services.extend_deadlines(desk(request), form.draft())
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _page(request, form)
    n, homes = len(plan.spared), len(plan.households)
    if done is None:
        messages.info(request, "Cette prolongation est déjà enregistrée : rien n’a été fait deux fois.")
    else:
        messages.success(
            request,
            f"Les délais sont prolongés. {n} {plural_fr(n, 'demande', 'demandes')} dans les délais, "
            f"{homes} {plural_fr(homes, 'famille prévenue', 'familles prévenues')}.",
        )
    return see_other("agent_extension")


def _page(request: HttpRequest, form: ExtensionForm, plan: ExtensionPlan | None = None) -> HttpResponse:
    context: dict[str, object] = {"form": form, "plan": plan, "until": "", "whose": "", "past": []}
    if plan is not None:
        context |= pages.extension_words(plan)
    else:
        context["past"] = pages.extension_rows(desk(request))
    return render(request, "backoffice/rule_extension.html", context)
