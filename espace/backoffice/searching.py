"""What an agent looks for: a name is never in an address, which browsers, proxies and journals keep.

A search is sent by POST; its words stay in the agent's session and the page that lists what was found is opened by a
plain address, so that Back and reload find it again.
"""

from __future__ import annotations

from django.http import HttpRequest

from espace.kernel.text import has_forbidden_characters

KEPT = "searches"
MOST_KEPT = 8  # pages one may have searched from; the oldest is forgotten


def keep_words(request: HttpRequest, longest: int) -> str:
    """Keeps, for this page, the words just sent; returns them."""
    sent = request.POST.get("q", "")
    words = "".join(sign for sign in sent if not has_forbidden_characters(sign))[:longest].strip()
    others = [(page, said) for page, said in request.session.get(KEPT, {}).items() if page != request.path]
    request.session[KEPT] = dict([*others, (request.path, words)][-MOST_KEPT:])
    return words


def words_of(request: HttpRequest) -> str:
    """The words last looked for from this page; "" when there are none."""
    return str(request.session.get(KEPT, {}).get(request.path, ""))
