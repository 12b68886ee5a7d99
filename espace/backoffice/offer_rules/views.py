"""The activities, and the rules of each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace.accounts.access import agent
from espace.activities.enums import ActivityKind
from espace.activities.queries import ActivityEntry
from espace.backoffice.offer_rules import pages
from espace.backoffice.offer_rules.admission_form import AdmissionForm
from espace.kernel.actor import Permission
from espace.kernel.http import or_404


@agent(Permission.ACTIVITIES)
@never_cache
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every activity."""
    return render(request, "backoffice/rules.html", pages.rules_page())


@agent(Permission.ACTIVITIES)
@never_cache
@require_safe
def activity(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The rules of one activity."""
    with or_404():
        found = pages.activity_of(activity_id)
    return activity_page(request, found, AdmissionForm(found))


def activity_page(request: HttpRequest, found: ActivityEntry, form: AdmissionForm) -> HttpResponse:
    """The page of an activity, with the form of its admissions as it was typed."""
    activity_id = found.id
    context = {
        "activity": found,
        "admissions": pages.admission_rows(activity_id),
        "form": form,
        "is_canteen": found.kind is ActivityKind.CANTEEN,
        "groups": pages.rule_groups(activity_id),
        "openings": pages.opening_rows(activity_id),
    }
    return render(request, "backoffice/rules_activity.html", context)
