"""Between our words and the web's: what was not found is a 404, a refusal is a sentence, a form done is a 303."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from espace.kernel.errors import NotFound, Refusal


@contextmanager
def or_404() -> Iterator[None]:
    """`with or_404(): child = child_for(actor, id)`: a stranger and a mistyped address read the same page."""
    try:
        yield
    except NotFound as error:
        raise Http404 from error


def told(refusal: Refusal) -> str:
    """A refusal's sentence, in the reader's language."""
    sentence = gettext(refusal.message)
    return sentence % refusal.params if refusal.params and "%(" in sentence else sentence


def see_other(name: str, query: str = "", **kwargs: object) -> HttpResponseRedirect:
    """To that page, by GET, whatever was sent here (303)."""
    response = HttpResponseRedirect(reverse(name, kwargs=kwargs or None) + (f"?{query}" if query else ""))
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def private_file(name: str, media_type: str, content: bytes) -> HttpResponse:
    """A file of somebody's, to be kept rather than shown: whatever it holds, a browser neither runs nor guesses it."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
