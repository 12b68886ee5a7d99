"""What a request costs, as headers: the bench reads them where a browser would not look."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from espace.kernel import db


class CostMiddleware:
    """Adds `X-Sql-Queries` and `X-Cpu-Seconds` (of the whole process since it started); outermost, so that the
    session's own queries count too. A request with `X-Cold` finds nothing kept from the ones before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def tick(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            count += 1
            return execute(sql, params, many, context)

        if "X-Cold" in request.headers:
            db._kept.clear()
        with connection.execute_wrapper(tick):
            response = self.get_response(request)
        response["X-Sql-Queries"] = str(count)
        response["X-Cpu-Seconds"] = f"{time.process_time():.6f}"
        return response
