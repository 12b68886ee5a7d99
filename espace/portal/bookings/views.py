"""Réserver: the month, the recap, the confirmation. Nothing is written before the recap was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace.accounts.access import ActorRequest, citizen, keeps_choices
from espace.accounts.returning import take_kept
from espace.bookings import queries, services
from espace.bookings.errors import ReasonNeeded, SomeRefused, StaleForm
from espace.bookings.queries import Grid, Recap
from espace.families.queries import children_for, is_linked
from espace.kernel import clock
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.portal.bookings import copying, pages
from espace.portal.bookings.forms import BROKEN, OFFERED_AGAIN, GridForm
from espace.portal.bookings.places import Place
from espace.portal.bookings.stamp import StampForm

Wanted = Mapping[int, frozenset[int]]


@citizen
@never_cache
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """For whom? Straight to the month when there is only one child."""
    actor = cast(ActorRequest, request).actor
    children = children_for(actor, to_book=True)
    if len(children) == 1:
        return redirect("book_now", child_id=children[0].pk)
    context = {
        "children": pages.choices(children),
        "together_url": reverse("book_all", args=[pages.month_now(clock.today())]),
        "linked": is_linked(actor),
    }
    return render(request, "bookings/children.html", context)


@citizen
@never_cache
@require_safe
def book_now(request: HttpRequest, child_id: str) -> HttpResponse:
    """The month to book now: this one, or the next when its last school week is over."""
    return redirect("book_child", child_id=child_id, month=pages.month_now(clock.today()))


@citizen
@keeps_choices
@never_cache
def book_child(request: HttpRequest, month: str, child_id: str = "") -> HttpResponse:
    """The calendar of a month, of one child or of all. By POST (from the recap), the same with the boxes as ticked."""
    actor, place = cast(ActorRequest, request).actor, Place.of(child_id, month)
    sent = request.POST if request.method == "POST" else take_kept(request)
    form, stamp = _form(place, sent) if sent is not None else None, StampForm(actor, sent)
    is_read = form is not None and form.is_valid()
    week = form.week if form is not None and is_read else pages.day_of(request.GET.get("semaine", ""))
    if sent is not request.POST and is_read:
        messages.info(request, OFFERED_AGAIN)
    error = str(BROKEN) if sent is request.POST and not is_read else ""
    return _month(request, place, stamp, form.wanted if form is not None and is_read else {}, week, error)


@citizen
@keeps_choices
@never_cache
def book_copy(request: HttpRequest, month: str, child_id: str = "") -> HttpResponse:
    """A week to copy over the weeks after it: what it holds, and until when. Writes nothing."""
    place = Place.of(child_id, month)
    if request.method != "POST":
        return redirect(place.url())
    form = _form(place, request.POST)
    can_be_shown = form.is_valid() or set(form.errors) == {"jusque"}
    if not can_be_shown or form.copy is None:
        return _back(request, place, form, str(BROKEN))
    return _copy(request, place, form)


@citizen
@keeps_choices
@never_cache
def book_recap(request: HttpRequest, month: str, child_id: str = "") -> HttpResponse:
    """What would happen, line by line, with a button to do it. Writes nothing."""
    place = Place.of(child_id, month)
    if request.method != "POST":
        return redirect(place.url())
    form = _form(place, request.POST)
    if not form.is_valid():
        if set(form.errors) == {"jusque"} and form.copy:
            return _copy(request, place, form)
        return _back(request, place, form, str(BROKEN))
    return _preview(request, place, form)


@citizen
@keeps_choices
@never_cache
def book_confirm(request: HttpRequest, month: str, child_id: str = "") -> HttpResponse:
    """Does what the recap said, once; or shows the recap again with what changed. Opened by its address: the month."""
    actor, place = cast(ActorRequest, request).actor, Place.of(child_id, month)
    if request.method != "POST":
        return redirect(place.url())
    form = _form(place, request.POST)
    if not form.is_valid():
        return _back(request, place, form, str(BROKEN))
    sent, stamp = form.cleaned_data, StampForm(actor, request.POST)
    if stamp.has_moved:
        return _preview(request, place, form)
    try:
        with or_404():
            done = services.apply_wishes(
                actor,
                wishes=form.wishes,
                window=queries.window_of(place.month),
                copy=form.copy,
                stamped_at=stamp.stamped_at,
                token=sent["jeton"],
                expected=sent["empreinte"],
                what_is_free=sent["partiel"] or sent["attente"],
                wait=sent["attente"],
                reason=sent["motif"],
            )
    except (StaleForm, SomeRefused) as refusal:
        return _recap(request, place, form, cast(Recap, refusal.recap), stamp, told(refusal))
    except ReasonNeeded as refusal:
        return _preview(request, place, form, told(refusal))
    except Refusal as refusal:
        return _back(request, place, form, told(refusal))
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


def _form(place: Place, sent: QueryDict) -> GridForm:
    return GridForm(sent, month=place.month, child_id=place.child_id)


def _preview(request: HttpRequest, place: Place, form: GridForm, error: str = "") -> HttpResponse:
    """The recap of what the form asks, judged at the date that an agent gives, if one does."""
    actor = cast(ActorRequest, request).actor
    stamp = StampForm(actor, request.POST)
    look = partial(
        services.preview_wishes,
        actor,
        wishes=form.wishes,
        window=queries.window_of(place.month),
        copy=form.copy,
    )
    try:
        with or_404():
            recap = stamp.judged(look)
    except Refusal as refusal:
        return _back(request, place, form, told(refusal))
    return _recap(request, place, form, recap, stamp, error)


def _recap(
    request: HttpRequest, place: Place, form: GridForm, recap: Recap, stamp: StampForm, error: str = ""
) -> HttpResponse:
    return render(request, "bookings/recap.html", pages.recap_page(recap, stamp, place, form, error=error))


def _copy(request: HttpRequest, place: Place, form: GridForm) -> HttpResponse:
    stamp = StampForm(cast(ActorRequest, request).actor, request.POST)
    grids = _grids(request, place, stamp, form.wanted, form.week)
    if not grids:
        return redirect("book")
    return render(request, "bookings/copy.html", copying.copy_page(grids, place, form, stamp))


def _back(request: HttpRequest, place: Place, form: GridForm, error: str) -> HttpResponse:
    """The month again, boxes as they were ticked when they can be read, with the reason on top."""
    stamp = StampForm(cast(ActorRequest, request).actor, request.POST)
    return _month(request, place, stamp, form.wanted if form.is_valid() else {}, form.week, error)


def _month(
    request: HttpRequest, place: Place, stamp: StampForm, wanted: Wanted, week: date | None, error: str = ""
) -> HttpResponse:
    grids = _grids(request, place, stamp, wanted, week)
    if not grids:
        return redirect("book")
    context = pages.month_page(grids, place, stamp, clock.today(), error)
    return render(request, "bookings/month.html", context)


def _grids(
    request: HttpRequest, place: Place, stamp: StampForm, wanted: Wanted, week: date | None
) -> list[Grid]:
    actor = cast(ActorRequest, request).actor
    child_ids = None if place.child_id is None else [place.child_id]
    with or_404():
        return stamp.judged(
            partial(queries.grids_for, actor, place.month, child_ids, week=week, wanted=wanted)
        )
