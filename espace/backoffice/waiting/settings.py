"""How each list works, and what the town publishes as counting on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.activities import services
from espace.backoffice.desk import desk
from espace.backoffice.waiting.forms import CriterionForm, ListForm
from espace.bookings.queries import ListRules, published_lists
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told


@dataclass(frozen=True, slots=True)
class ListSettings:
    """An activity with its forms; the canteen has none to publish a criterion, ever."""

    rules: ListRules
    form: forms.Form
    criterion: forms.Form | None


@agent(Permission.ACTIVITIES)
@never_cache
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Every activity's list."""
    return _settings(request)


@agent(Permission.ACTIVITIES)
@require_POST
def one_list(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Keeps how a list works."""
    _known(activity_id)
    form = ListForm(request.POST, prefix=f"liste{activity_id}")
    if not form.is_valid():
        return _settings(request, activity_id, form)
    try:
        services.set_waiting_list(desk(request), activity_id=activity_id, **form.arguments())
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _settings(request, activity_id, form)
    messages.success(request, "Le réglage est enregistré. Les places déjà proposées gardent leur délai.")
    return see_other("agent_waiting_settings")


@agent(Permission.ACTIVITIES)
@require_POST
def publish(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Publishes a criterion from today on."""
    _known(activity_id)
    form = CriterionForm(request.POST, prefix=f"critere{activity_id}")
    if not form.is_valid():
        return _settings(request, activity_id, form)
    try:
        services.publish_criterion(desk(request), activity_id=activity_id, **form.arguments())
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, "Le critère est publié : il compte pour les demandes à venir.")
    return see_other("agent_waiting_settings")


@agent(Permission.ACTIVITIES)
@require_POST
def withdraw(request: HttpRequest, criterion_id: int) -> HttpResponse:
    """Withdraws a criterion from tomorrow on."""
    with or_404():
        services.withdraw_criterion(desk(request), criterion_id=criterion_id)
    messages.success(request, "Le critère ne comptera plus à partir de demain. Les rangs donnés sont gardés.")
    return see_other("agent_waiting_settings")


def _known(activity_id: int) -> None:
    """A 404 for an activity that is not there, before anything typed is read."""
    if activity_id not in {rules.activity_id for rules in published_lists()}:
        raise Http404


def _settings(
    request: HttpRequest, activity_id: int | None = None, sent: forms.Form | None = None
) -> HttpResponse:
    found = [_of(rules, sent if rules.activity_id == activity_id else None) for rules in published_lists()]
    return render(request, "backoffice/waiting_settings.html", {"found": found, "sent": sent})


def _of(rules: ListRules, sent: forms.Form | None) -> ListSettings:
    initial: dict[str, Any] = {
        "mode": rules.rule.mode.value,
        "offer_hours": rules.rule.offer_hours,
        "offers_stop_days": rules.rule.offers_stop_days,
    }
    form = (
        sent if isinstance(sent, ListForm) else ListForm(initial=initial, prefix=f"liste{rules.activity_id}")
    )
    criterion: forms.Form | None = None
    if rules.may_have_criteria:
        blank = CriterionForm(prefix=f"critere{rules.activity_id}")
        criterion = sent if isinstance(sent, CriterionForm) else blank
    return ListSettings(rules, form, criterion)
