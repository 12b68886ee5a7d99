"""What a visitor sees without an account."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache

from espace.accounts.access import ActorRequest, citizen, public
from espace.families.queries import is_linked
from espace.kernel import clock
from espace.portal.home import documents, pages
from espace.town import queries as town_queries
from espace.ui.colours import town_stylesheet

DAY = 60 * 60 * 24


@public
def home(request: HttpRequest) -> HttpResponse:
    """What the portal is for, hours, dates, menus, documents. 7 queries."""
    return render(request, "home/home.html", {"page": pages.home(clock.now())})


@public
def simulator(request: HttpRequest) -> HttpResponse:
    """What a usual week costs, in the address itself: nothing is kept. 5 queries."""
    page = pages.simulator(request.GET, clock.now())
    status = HTTPStatus.OK if page.is_answered or not page.asked else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "home/simulator.html", {"page": page}, status=status)


@public
@cache_control(public=True, max_age=300)
def public_document(request: HttpRequest, slug: str) -> HttpResponse:
    """A public document as a PDF, made from today's data."""
    found = documents.public_pdf(slug, clock.now())
    if found is None:
        raise Http404
    _title, content = found
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{slug}.pdf"'},
    )


@public
def help_page(request: HttpRequest) -> HttpResponse:
    """The guide, on a page."""
    return render(request, "home/help.html", pages.help_page(clock.now()))


@citizen
@never_cache
def menu(request: HttpRequest) -> HttpResponse:
    """What a phone's bar has no room for: « Plus ». 2 queries."""
    actor = cast(ActorRequest, request).actor
    context = {"linked": is_linked(actor), "documents": town_queries.public_documents()}
    return render(request, "home/menu.html", context)


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "home/accessibility.html")


@public
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "home/legal.html")


@public
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "home/privacy.html")


@public
def site_map(request: HttpRequest) -> HttpResponse:
    return render(request, "home/site_map.html", {"documents": town_queries.public_documents()})


@public
@cache_control(public=True, max_age=DAY * 365, immutable=True)
def town_css(request: HttpRequest) -> HttpResponse:
    """The town's colour. Its address names the colour, so that it may be kept for ever."""
    return HttpResponse(
        town_stylesheet(town_queries.identity().colour), content_type="text/css; charset=utf-8"
    )
