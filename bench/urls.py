"""Every address of the project, and `/reference/`: a signed-in page with its whole layout and nothing in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from config.urls import urlpatterns as project_urls
from espace.accounts.access import citizen


@citizen
def reference(request: HttpRequest) -> HttpResponse:
    """What the least page of this stack costs."""
    return render(request, "bench/reference.html")


urlpatterns = [*project_urls, path("reference/", reference, name="reference")]
