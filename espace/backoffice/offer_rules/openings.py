"""When a period opens, and to whom first; when it closes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from espace.accounts.access import agent
from espace.activities import services
from espace.backoffice.desk import desk
from espace.backoffice.offer_rules import pages
from espace.backoffice.offer_rules.opening_form import OpeningForm, opening_from
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told


@agent(Permission.ACTIVITIES)
@never_cache
def openings(request: HttpRequest, period_id: int) -> HttpResponse:
    """The opening of a period, changed in one form."""
    with or_404():
        period = pages.period(period_id)
    form = (
        OpeningForm(request.POST) if request.method == "POST" else OpeningForm(initial=opening_from(period))
    )
    if request.method == "POST" and form.is_valid():
        try:
            with or_404():
                services.set_openings(desk(request), period_id=period_id, **form.arguments())
        except Refusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, "L’ouverture est enregistrée : les familles la lisent.")
            return see_other("agent_rules_activity", activity_id=period.activity_id)
    context = {"period": period, "activity": pages.activity_of(period.activity_id), "form": form}
    return render(request, "backoffice/rule_openings.html", context)
