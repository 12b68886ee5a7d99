"""What a citizen reads when a request can't be taken."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open for too long, or cookies are refused: nothing was done, and it says what to do."""
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request cut short, too large, or for a name that is not ours: nothing of it was read."""
    if not hasattr(request, "user"):  # refused before anyone could be known: no page of ours can be drawn
        text = "Nous n’avons pas pu lire votre envoi. Rien n’a été changé."
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    return render(request, "400.html", status=400)


class WrongMethodMiddleware:
    """A page, in words, where Django would answer an empty 405: a link to an address that only a button may open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method not in ("GET", "POST"):
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page
