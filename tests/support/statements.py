"""How many statements pages cost, with nothing kept from an earlier page (`REFERENCE_SECONDS` is 0 in tests)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.pages import StrictClient

MOST = 15


def too_costly(client: StrictClient, urls: Iterable[str]) -> dict[str, list[str]]:
    """The pages that ask more than `MOST` statements, with what they ask. One that is not shown fails."""
    found = {}
    for url in urls:
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(url)
        assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.get('Location', '')}"
        if len(asked) > MOST:
            found[url] = [f"{n} {q['sql'][:160]}" for n, q in enumerate(asked, 1)]
    return found
