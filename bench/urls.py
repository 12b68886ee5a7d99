"""Every address of the project, and the reference pages: signed in, with their whole layout and nothing in it."""

import os

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from bench.floor import book_by_hand
from bench.unguarded import remove_the_guard
from config.urls import urlpatterns as project_urls
from espace.accounts.access import agent, citizen

if os.environ.get("BENCH_WITHOUT_GUARD"):
    remove_the_guard()


@citizen
def reference(request: HttpRequest) -> HttpResponse:
    """What the least page of this stack costs."""
    return render(request, "bench/reference.html")


@agent()
def agent_reference(request: HttpRequest) -> HttpResponse:
    """The same for an agent, whose layout has a search and counts what waits."""
    return render(request, "bench/agent_reference.html")


urlpatterns = [
    *project_urls,
    path("reference/", reference, name="reference"),
    path("plancher/<int:child_id>/<str:month>/confirmer/", book_by_hand),
    path("agents/reference/", agent_reference, name="agent_reference"),
]
