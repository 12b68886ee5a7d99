"""The waiting list: wait for a full day, answer when a place is offered, leave; and how places are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace.accounts.access import ActorRequest, citizen, public
from espace.bookings import queries, services
from espace.bookings.errors import SomeRefused, StaleForm
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.portal.bookings import waiting_pages as pages
from espace.portal.bookings.forms import BROKEN, AnswerForm, JoinForm


@citizen
@never_cache
def join(request: HttpRequest, child_id: str, slot_id: str) -> HttpResponse:
    """What waiting means for that day, its price, what else is possible; by POST, waits, or books if a place is free."""
    actor = cast(ActorRequest, request).actor
    child, slot = int(child_id), int(slot_id)
    error, form = "", JoinForm(request.POST)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            with or_404():
                done = services.apply_changes(
                    actor, child_id=child, add=[slot], remove=[], wait=True, token=sent["jeton"],
                    expected=sent["empreinte"],
                )  # fmt: skip
        except SomeRefused:
            pass  # the page says why
        except Refusal as refusal:
            error = told(refusal)
        else:
            return see_other("book_done", reference=done.reference)
    with or_404():
        sheet = queries.join_sheet_for(actor, child, slot)
    return render(request, "bookings/wait_join.html", pages.join_page(sheet, error))


@citizen
@never_cache
def request_page(request: HttpRequest, booking_id: int) -> HttpResponse:
    """A request, its rank and its history; when a place is offered, the price and the answer."""
    actor = cast(ActorRequest, request).actor
    error, form = "", AnswerForm(request.POST)
    if request.method == "POST" and not form.is_valid():
        error = str(BROKEN)
    elif request.method == "POST":
        answers: dict[str, Callable[[], HttpResponse]] = {
            "prendre": lambda: _take(request, booking_id, form.cleaned_data["empreinte"]),
            "passer": lambda: _pass(request, booking_id),
            "quitter": lambda: _leave(request, booking_id),
        }
        try:
            with or_404():
                return answers[form.cleaned_data["reponse"]]()
        except StaleForm:
            error = _(
                "Le prix a changé depuis que vous avez ouvert cette page : le voici. Rien n’a été enregistré."
            )
        except Refusal as refusal:
            error = told(refusal)
    with or_404():
        sheet = queries.request_for(actor, booking_id)
    return render(request, "bookings/wait_request.html", pages.request_page(sheet, error))


@public
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """What each list gives its places by, for anyone to read."""
    return render(
        request, "bookings/waiting_rules.html", {"lists": pages.published(queries.published_lists())}
    )


def _take(request: HttpRequest, booking_id: int, expected: str) -> HttpResponse:
    done = services.accept_offer(cast(ActorRequest, request).actor, booking_id=booking_id, expected=expected)
    return see_other("book_done", reference=done.reference)


def _pass(request: HttpRequest, booking_id: int) -> HttpResponse:
    services.decline_offer(cast(ActorRequest, request).actor, booking_id=booking_id)
    messages.success(request, _("Vous laissez passer cette place : elle est proposée à la famille suivante."))
    return see_other("dashboard")


def _leave(request: HttpRequest, booking_id: int) -> HttpResponse:
    services.leave_list(cast(ActorRequest, request).actor, booking_id=booking_id)
    messages.success(request, _("Vous n’attendez plus de place ce jour-là. Rien n’est facturé."))
    return see_other("wait_request", booking_id=booking_id)
