"""« Historique »: the acts, page by page; and the story of one booking."""

from __future__ import annotations

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from espace.accounts.access import ActorRequest, citizen
from espace.bookings.queries import booking_story_for
from espace.kernel.http import or_404
from espace.portal.history import pages

PER_PAGE = 20


@citizen
@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """`?page=2`. 14 queries at most, however long the page."""
    actor = cast(ActorRequest, request).actor
    page = Paginator(pages.lines_for(actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "days": pages.days_of(actor, list(page.object_list))}
    return render(request, "history/history.html", context)


@citizen
@never_cache
@require_safe
def booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """What became of one booking, and the rule that decided when it was asked."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        story = booking_story_for(actor, booking_id)
    return render(request, "history/booking.html", pages.story_page(story))
