"""« Semaine type »: choose, see every date, confirm."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from espace.accounts.access import ActorRequest, citizen, keeps_choices
from espace.accounts.returning import take_kept
from espace.bookings import queries, services
from espace.bookings.errors import ReasonNeeded, SomeRefused, StaleForm
from espace.bookings.queries import PatternSheet, Recap
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.portal.bookings import pages
from espace.portal.bookings.forms import LATE, OFFERED_AGAIN, PatternForm, week_choices
from espace.portal.bookings.stamp import StampForm


@citizen
@keeps_choices
@never_cache
def pattern(request: HttpRequest, child_id: int) -> HttpResponse:
    """The week as boxes; by POST, every date it makes (or the boxes again, with `modifier`). Writes nothing."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        sheet = queries.pattern_sheet_for(actor, child_id)
    if request.method != "POST":
        kept = PatternForm(sheet, take_kept(request))
        if kept.is_valid():
            messages.info(request, OFFERED_AGAIN)
            return _sheet(request, sheet, kept)
        form = PatternForm(
            sheet,
            initial={"depuis": sheet.first_in_time, "j": sheet.chosen, "semaines": sheet.week_rule.value},
        )
        return _sheet(request, sheet, form)
    form = PatternForm(sheet, request.POST)
    if "modifier" in request.POST or not form.is_valid():
        return _sheet(request, sheet, form)
    return _preview(request, sheet, form)


@citizen
@keeps_choices
@never_cache
def pattern_confirm(request: HttpRequest, child_id: int) -> HttpResponse:
    """Keeps the week and books its days, once; or shows the recap again with what changed. By its address: the week."""
    if request.method != "POST":
        return redirect("pattern", child_id=child_id)
    actor = cast(ActorRequest, request).actor
    with or_404():
        sheet = queries.pattern_sheet_for(actor, child_id)
    form = PatternForm(sheet, request.POST)
    if not form.is_valid():
        return _sheet(request, sheet, form)
    sent, stamp = form.cleaned_data, StampForm(actor, request.POST)
    if stamp.has_moved:
        return _preview(request, sheet, form)
    try:
        done = services.apply_pattern(
            actor,
            enrolment_ids=sheet.enrolment_ids,
            days=form.days,
            from_day=sent["depuis"],
            stamped_at=stamp.stamped_at,
            week_rule=form.week_rule,
            token=sent["jeton"],
            expected=sent["empreinte"],
            what_is_free=sent["partiel"] or sent["attente"],
            wait=sent["attente"],
            reason=sent["motif"],
        )
    except (StaleForm, SomeRefused) as refusal:
        return _recap(request, sheet, form, cast(Recap, refusal.recap), stamp, told(refusal))
    except ReasonNeeded as refusal:
        return _preview(request, sheet, form, told(refusal))
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _sheet(request, sheet, form)
    return see_other("book_done", reference=done.reference)


def _sheet(request: HttpRequest, sheet: PatternSheet, form: PatternForm) -> HttpResponse:
    stamp = StampForm(cast(ActorRequest, request).actor, request.POST if request.method == "POST" else None)
    context = {
        "sheet": sheet,
        "form": form,
        "chosen": set(form["j"].value() or ()),
        "weeks": form["semaines"].value() or sheet.week_rule.value,
        "week_choices": week_choices(sheet.is_shared),
        "stamp": stamp,
        "steps": pages.steps(),
    }
    return render(request, "bookings/pattern.html", context)


def _preview(request: HttpRequest, sheet: PatternSheet, form: PatternForm, error: str = "") -> HttpResponse:
    """Every date that the week makes, judged at the date that an agent gives, if one does; late, in two ways."""
    actor = cast(ActorRequest, request).actor
    stamp = StampForm(actor, request.POST)
    try:
        ways = stamp.judged(
            partial(
                services.preview_pattern_ways,
                actor,
                enrolment_ids=sheet.enrolment_ids,
                days=form.days,
                from_day=form.cleaned_data["depuis"],
                soonest=form.soonest,
                week_rule=form.week_rule,
            )
        )
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return _sheet(request, sheet, form)
    chosen = ways[-1] if form.cleaned_data["voie"] == LATE else ways[0]
    return _recap(request, sheet, form, chosen.recap, stamp, error, since=chosen.from_day, ways=ways)


def _recap(
    request: HttpRequest,
    sheet: PatternSheet,
    form: PatternForm,
    recap: Recap,
    stamp: StampForm,
    error: str = "",
    *,
    since: date | None = None,
    ways: tuple[services.Way, ...] = (),
) -> HttpResponse:
    asked: date = form.cleaned_data["depuis"]
    context = {
        "sheet": sheet,
        **pages.said_of(recap, stamp, error),
        "again_url": reverse("pattern", args=[sheet.child.pk]),
        "steps": pages.steps(),
        "chosen": form.cleaned_data["j"],
        "weeks": form.week_rule.value,
        "asked": asked,
        "since": since or asked,
        "ways": pages.ways(ways, recap) if len(ways) > 1 else [],
    }
    return render(request, "bookings/pattern_recap.html", context)
