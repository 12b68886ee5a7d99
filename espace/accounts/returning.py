"""A session that ended while a page was open: sign in, be back at the page, and find what was chosen there.

What a form held is kept only for the views that ask for it (`keeps_choices`), in the visitor's own session, for half
an hour. It is offered again, never acted upon: the page that takes it back checks who may see it, as for anyone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from espace.kernel import clock
from espace.kernel.http import see_other

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
KEPT = "kept_choices"
KEPT_FOR = timedelta(minutes=30)
LONGEST_KEPT = 40_000  # characters: a month of six children ticked everywhere


def to_sign_in(request: HttpRequest, *, home: str, keep: bool = False) -> HttpResponse:
    """Leads a visitor to sign in, then to the page asked for; for a form, to the page it was on.

    A form's own address may answer POST only, so it is never where one comes back: without a page of ours to return
    to, `home` (a name of ours) is.
    """
    if request.method in SAFE_METHODS:
        return redirect_to_login(request.get_full_path())
    messages.warning(request, _("Votre session avait pris fin. Reconnectez-vous : rien n’a été enregistré."))
    if keep:
        _keep(request)
    return see_other("sign_in", urlencode({"next": page_of_form(request) or reverse(home)}, safe="/"))


def page_of_form(request: HttpRequest) -> str:
    """The path, on this site, of the page a form was sent from; "" when the browser does not say."""
    origin = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    if not origin.startswith(("http://", "https://")):
        return ""
    if not url_has_allowed_host_and_scheme(origin, hosts, require_https=request.is_secure()):
        return ""
    parts = urlsplit(origin)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def take_kept(request: HttpRequest) -> QueryDict | None:
    """What was chosen on this page, or on one under it, when the session ended; once."""
    kept = request.session.get(KEPT)
    if not kept or not kept["path"].startswith(request.path):
        return None
    del request.session[KEPT]
    if clock.now() - datetime.fromisoformat(kept["at"]) > KEPT_FOR:
        return None
    return QueryDict(kept["sent"])


def _keep(request: HttpRequest) -> None:
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    text = sent.urlencode()
    if len(text) <= LONGEST_KEPT:
        request.session[KEPT] = {"path": request.path, "sent": text, "at": clock.now().isoformat()}
