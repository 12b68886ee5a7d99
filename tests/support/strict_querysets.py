"""A query without an order comes back reversed: what relied on the database's mood fails here, not in production.

Reversed rather than shuffled: two rows are enough to show the defect, and it shows every time.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def install() -> None:
    """Reverses the rows of every unordered queryset for the rest of the process."""
    fetch = QuerySet._fetch_all

    def fetch_all(self: Any) -> None:
        is_first = self._result_cache is None
        fetch(self)
        if is_first and len(self._result_cache) > 1 and not self.ordered:
            self._result_cache.reverse()

    QuerySet._fetch_all = fetch_all  # type: ignore[method-assign]
