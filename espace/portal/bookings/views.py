"""Réserver: the month, the recap, the confirmation. Nothing is written before the recap was read."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace.accounts.access import ActorRequest, citizen, keeps_choices
from espace.accounts.returning import take_kept
from espace.bookings import queries, services
from espace.bookings.errors import ReasonNeeded, SomeRefused, StaleForm
from espace.bookings.queries import Recap
from espace.families.queries import children_for, is_linked
from espace.kernel import clock
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.portal.bookings import pages
from espace.portal.bookings.forms import BROKEN, OFFERED_AGAIN, GridForm
from espace.portal.bookings.stamp import StampForm


@citizen
@never_cache
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """For whom? Straight to the month when there is only one child."""
    actor = cast(ActorRequest, request).actor
    children = children_for(actor, to_book=True)
    if len(children) == 1:
        return redirect("book_now", child_id=children[0].pk)
    return render(
        request, "bookings/children.html", {"children": pages.choices(children), "linked": is_linked(actor)}
    )


@citizen
@never_cache
@require_safe
def book_now(request: HttpRequest, child_id: str) -> HttpResponse:
    """The month to book now: this one, or the next when its last school week is over."""
    return redirect("book_child", child_id=child_id, month=pages.month_now(clock.today()))


@citizen
@keeps_choices
@never_cache
def book_child(request: HttpRequest, child_id: str, month: str) -> HttpResponse:
    """The calendar of a month. By POST (from the recap), the same with the boxes as they were ticked."""
    actor = cast(ActorRequest, request).actor
    first = pages.month_of(month)
    sent = request.POST if request.method == "POST" else take_kept(request)
    form, stamp = GridForm(sent) if sent is not None else None, StampForm(actor, sent)
    wanted = form.asked().wanted if form is not None and form.is_valid() else None
    week = form.week if form is not None and form.is_valid() else pages.day_of(request.GET.get("semaine", ""))
    with or_404():
        grid = stamp.judged(partial(queries.grid_for, actor, int(child_id), first, week=week, wanted=wanted))
    if sent is not request.POST and wanted is not None:
        messages.info(request, OFFERED_AGAIN)
    error = str(BROKEN) if sent is request.POST and wanted is None else ""
    return render(request, "bookings/month.html", pages.month_page(grid, stamp, clock.today(), error))


@citizen
@keeps_choices
@never_cache
def book_recap(request: HttpRequest, child_id: str, month: str) -> HttpResponse:
    """What would happen, line by line, with a button to do it. Writes nothing."""
    if request.method != "POST":
        return redirect("book_child", child_id=child_id, month=month)
    first, form = pages.month_of(month), GridForm(request.POST)
    if not form.is_valid():
        return _back(request, int(child_id), first, form, str(BROKEN))
    return _preview(request, int(child_id), first, form)


@citizen
@keeps_choices
@never_cache
def book_confirm(request: HttpRequest, child_id: str, month: str) -> HttpResponse:
    """Does what the recap said, once; or shows the recap again with what changed. Opened by its address: the month."""
    if request.method != "POST":
        return redirect("book_child", child_id=child_id, month=month)
    actor = cast(ActorRequest, request).actor
    first, form = pages.month_of(month), GridForm(request.POST)
    if not form.is_valid():
        return _back(request, int(child_id), first, form, str(BROKEN))
    asked, sent, stamp = form.asked(), form.cleaned_data, StampForm(actor, request.POST)
    if stamp.has_moved:
        return _preview(request, int(child_id), first, form)
    try:
        with or_404():
            done = services.apply_changes(
                actor,
                child_id=int(child_id),
                add=asked.add,
                remove=asked.remove,
                seen=asked.seen,
                window=queries.window_of(first),
                stamped_at=stamp.stamped_at,
                token=sent["jeton"],
                expected=sent["empreinte"],
                what_is_free=sent["partiel"] or sent["attente"],
                wait=sent["attente"],
                reason=sent["motif"],
            )
    except (StaleForm, SomeRefused) as refusal:
        return _recap(request, int(child_id), first, form, cast(Recap, refusal.recap), stamp, told(refusal))
    except ReasonNeeded as refusal:
        return _preview(request, int(child_id), first, form, told(refusal))
    except Refusal as refusal:
        return _back(request, int(child_id), first, form, told(refusal))
    return see_other("book_done", reference=done.reference)


@citizen
@never_cache
@require_safe
def book_done(request: HttpRequest, reference: str) -> HttpResponse:
    """The acknowledgement of a submission."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        done = queries.submission_for(actor, reference)
    return render(request, "bookings/done.html", pages.done_page(done))


@citizen
@never_cache
@require_safe
def book_calendar(request: HttpRequest, reference: str) -> HttpResponse:
    """The same as a calendar file."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        done = queries.submission_for(actor, reference)
    response = HttpResponse(queries.calendar_file_of(done), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{done.reference}.ics"'
    return response


def _preview(
    request: HttpRequest, child_id: int, month: date, form: GridForm, error: str = ""
) -> HttpResponse:
    """The recap of what the form asks, judged at the date that an agent gives, if one does."""
    actor = cast(ActorRequest, request).actor
    asked, stamp = form.asked(), StampForm(actor, request.POST)
    try:
        with or_404():
            recap = stamp.judged(
                partial(
                    services.preview_changes,
                    actor,
                    child_id=child_id,
                    add=asked.add,
                    remove=asked.remove,
                    seen=asked.seen,
                    window=queries.window_of(month),
                )
            )
    except Refusal as refusal:
        return _back(request, child_id, month, form, told(refusal))
    return _recap(request, child_id, month, form, recap, stamp, error)


def _recap(
    request: HttpRequest,
    child_id: int,
    month: date,
    form: GridForm,
    recap: Recap,
    stamp: StampForm,
    error: str = "",
) -> HttpResponse:
    context = pages.recap_page(recap, stamp, child_id=child_id, month=month, week=form.week, error=error)
    return render(request, "bookings/recap.html", context)


def _back(request: HttpRequest, child_id: int, month: date, form: GridForm, error: str) -> HttpResponse:
    """The month again, boxes as they were ticked when they can be read, with the reason on top."""
    actor = cast(ActorRequest, request).actor
    wanted, stamp = form.asked().wanted if form.is_valid() else None, StampForm(actor, request.POST)
    with or_404():
        grid = stamp.judged(partial(queries.grid_for, actor, child_id, month, week=form.week, wanted=wanted))
    return render(request, "bookings/month.html", pages.month_page(grid, stamp, clock.today(), error))
