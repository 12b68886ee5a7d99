"""The calendar of a month, and its correction: counted before it is made."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.backoffice.calendar import pages
from espace.backoffice.calendar.forms import CorrectionForm
from espace.backoffice.desk import desk
from espace.bookings import queries
from espace.kernel import clock
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import plural_fr
from espace.town import services


@agent(Permission.ACTIVITIES)
@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """A month, each day with what it is and where that comes from; by POST, what a correction would do. Writes nothing."""
    if request.method != "POST":
        day = pages.day_asked(request.GET.get("jour", ""))
        form = CorrectionForm(initial={"first": day, "last": day})
        return _calendar(request, form)
    form = CorrectionForm(request.POST)
    if "modifier" in request.POST or not form.is_valid():
        return _calendar(request, form)
    asked = form.correction()
    try:
        services.check_correction(desk(request), asked["wanted"], form.cleaned_data["reason"])
        with or_404():
            preview = queries.calendar_preview_for(desk(request), **asked)
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _calendar(request, form)
    return _calendar(request, form, preview)


@agent(Permission.ACTIVITIES)
@require_POST
def correct(request: HttpRequest) -> HttpResponse:
    """Makes it so."""
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _calendar(request, form)
    try:
        changed = services.correct_days(
            desk(request), reason=form.cleaned_data["reason"], **form.correction()
        )
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _calendar(request, form)
    n = len(changed)
    messages.success(
        request, f"{n} {plural_fr(n, 'jour corrigé', 'jours corrigés')} : les délais à venir suivent."
    )
    return see_other("agent_calendar", query=f"mois={changed[0].day:%Y-%m}")


def _calendar(
    request: HttpRequest, form: CorrectionForm, preview: queries.CalendarPreview | None = None
) -> HttpResponse:
    typed = getattr(form, "cleaned_data", {}).get("first")
    asked = f"{typed:%Y-%m}" if typed else request.GET.get("mois", "")
    context = {
        **pages.month_page(desk(request), pages.month_asked(asked, clock.today())),
        "form": form,
        "preview": preview,
        "moved": pages.moved_rows(preview) if preview else [],
        "becomes": pages.becomes(preview) if preview else "",
        "more": max(0, len(preview.moved) - pages.SHOWN) if preview else 0,
    }
    return render(request, "backoffice/calendar.html", context)
