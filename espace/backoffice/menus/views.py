"""The menus of a week: read, typed, and at once on the families' agendas and the public home page."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.menus.forms import SCHOOL_DAYS, MenusForm
from espace.kernel import clock
from espace.kernel.actor import Permission
from espace.kernel.calendar import monday_of
from espace.kernel.errors import Refusal
from espace.kernel.http import see_other, told
from espace.kernel.text import format_date_long, plural_fr
from espace.town import queries, services

WEEK = timedelta(weeks=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@agent(Permission.ACTIVITIES)
@never_cache
def menus(request: HttpRequest) -> HttpResponse:
    """A week (`?semaine=2026-11-23`), Monday to Friday; by POST, kept, and the next week is shown. 3 queries."""
    monday = _monday(request.GET.get("semaine", ""))
    if request.method != "POST":
        known = queries.menus(monday, monday + timedelta(days=SCHOOL_DAYS))
        shown = {f"j{(day - monday).days}": "\n".join(lines) for day, lines in known.items()}
        return _week(request, monday, MenusForm(monday, initial=shown))
    form = MenusForm(monday, request.POST)
    if not form.is_valid():
        return _week(request, monday, form)
    try:
        changed = services.set_menus(desk(request), monday=monday, texts=form.texts())
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _week(request, monday, form)
    n = len(changed)
    said = f"{n} {plural_fr(n, 'menu enregistré', 'menus enregistrés')} : les familles les lisent déjà."
    messages.success(request, said if n else "Rien n’a changé.")
    return see_other("agent_menus", query=f"semaine={monday.isoformat()}")


def _monday(text: str) -> date:
    """The Monday of the day an address names; this week's when it names none that can be shown."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        asked = clock.today()
    return monday_of(asked if FIRST_YEAR <= asked.year <= LAST_YEAR else clock.today())


def _week(request: HttpRequest, monday: date, form: MenusForm) -> HttpResponse:
    here = reverse("agent_menus")
    context = {
        "form": form,
        "words": format_date_long(monday),
        "previous": f"{here}?semaine={(monday - WEEK).isoformat()}",
        "following": f"{here}?semaine={(monday + WEEK).isoformat()}",
    }
    return render(request, "backoffice/menus.html", context)
