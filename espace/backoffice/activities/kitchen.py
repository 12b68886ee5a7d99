"""The kitchen's week, to read and to print."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace.accounts.access import agent
from espace.backoffice.activities.pages import kitchen_page, monday_asked
from espace.backoffice.desk import desk
from espace.bookings import queries
from espace.kernel import clock
from espace.kernel.actor import Permission
from espace.kernel.http import or_404


@agent(Permission.ACTIVITIES)
@never_cache
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Hot meals, packed lunches and picnics of each place, from Monday to Friday."""
    today = clock.today()
    with or_404():
        found = queries.kitchen_week_for(desk(request), monday_asked(request.GET.get("semaine", ""), today))
    return render(request, "backoffice/kitchen.html", kitchen_page(found, today))
