"""What every request passes before a view: an id, a strict content policy, and a database that a GET cannot write."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from config.logs import request_id
from espace.kernel.db import read_only

Handler = Callable[[HttpRequest], HttpResponse]
access_log = logging.getLogger("espace.access")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'{bank}"
)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class RequestIdMiddleware:
    """Names each request, in its logs and in `X-Request-Id`, so that a family's call can be followed."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(uuid.uuid4().hex[:16])
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            match = request.resolver_match
            access_log.info(
                "request",
                extra={
                    "route": match.view_name if match else "-",
                    "status": response.status_code,
                    "duration_ms": round((time.perf_counter() - started) * 1000),
                },
            )
            return response
        finally:
            request_id.reset(token)


class NoNulMiddleware:
    """An address with a NUL leads nowhere: PostgreSQL would refuse it as text, and no link of ours holds one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or any("\x00" in value for value in request.GET.values()):
            raise Http404
        return self.get_response(request)


class ContentSecurityPolicyMiddleware:
    """No inline script, no inline style, no foreign origin; a page that pays may post to the bank it redirects to."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        bank = getattr(response, "redirects_to_bank", "")
        response.headers.setdefault("Content-Security-Policy", POLICY.format(bank=f" {bank}" if bank else ""))
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        if request.user.is_authenticated if hasattr(request, "user") else False:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class ReadOnlyGetMiddleware:
    """A GET view cannot write: the database wrapper refuses anything but a read (decision 9)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            with read_only():
                return self.get_response(request)
        return self.get_response(request)
