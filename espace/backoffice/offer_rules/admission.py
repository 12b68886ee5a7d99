"""Who may enrol: published, withdrawn."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.activities import services
from espace.backoffice.desk import desk
from espace.backoffice.offer_rules import pages
from espace.backoffice.offer_rules.admission_form import AdmissionForm
from espace.backoffice.offer_rules.views import activity_page
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told


@agent(Permission.ACTIVITIES)
@require_POST
def publish(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Publishes a condition from today on."""
    with or_404():
        activity = pages.activity_of(activity_id)
    form = AdmissionForm(activity, request.POST)
    if not form.is_valid():
        return activity_page(request, activity, form)
    try:
        with or_404():
            services.publish_admission(desk(request), activity_id=activity_id, rule=form.rule())
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return activity_page(request, activity, form)
    messages.success(request, "La condition est publiée. Les inscriptions déjà faites sont gardées.")
    return see_other("agent_rules_activity", activity_id=activity_id)


@agent(Permission.ACTIVITIES)
@require_POST
def withdraw(request: HttpRequest, rule_id: int) -> HttpResponse:
    """It asks nothing any more."""
    with or_404():
        activity_id = services.withdraw_admission(desk(request), rule_id=rule_id)
    messages.success(request, "La condition est retirée.")
    return see_other("agent_rules_activity", activity_id=activity_id)
