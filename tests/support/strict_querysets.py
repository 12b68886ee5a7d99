"""A query without an order comes back shuffled: what relied on the database's mood fails here, not in production.

Whole querysets, prefetches, `iterator()`; and a slice of what has no order fails outright, for which rows it holds is
the database's mood too. The same shuffle each time for as many rows, and never the order they came in: a failure shows
every time, with two rows already.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.query import MAX_GET_RESULTS


class UnorderedSlice(AssertionError):
    """`rows[0]` or `rows[:5]` of a queryset that says no order."""


def shuffled(rows: list[Any]) -> list[Any]:
    """The same rows, in another order when there are two of them or more."""
    places = list(range(len(rows)))
    random.Random(len(rows)).shuffle(places)
    if places == sorted(places):
        places.reverse()
    return [rows[place] for place in places]


def install() -> None:
    """Shuffles the rows of every unordered queryset for the rest of the process."""
    fetch, iterate = QuerySet._fetch_all, QuerySet._iterator  # type: ignore[attr-defined]

    def fetch_all(self: Any) -> None:
        is_first = self._result_cache is None
        if is_first:
            _refuse_slice(self)
        fetch(self)
        if is_first and not self.ordered:
            self._result_cache = shuffled(self._result_cache)

    def iterator(self: Any, use_chunked_fetch: bool, chunk_size: int | None) -> Iterator[Any]:
        _refuse_slice(self)
        rows = iterate(self, use_chunked_fetch, chunk_size)
        yield from rows if self.ordered else shuffled(list(rows))

    QuerySet._fetch_all = fetch_all  # type: ignore[method-assign]
    QuerySet._iterator = iterator  # type: ignore[attr-defined]


def _refuse_slice(rows: Any) -> None:
    """`get()` looks at a few rows to say that there are too many: no order is meant there."""
    query = rows.query
    is_get = query.low_mark == 0 and query.high_mark == MAX_GET_RESULTS
    if query.is_sliced and not rows.ordered and not is_get:
        raise UnorderedSlice(f"{rows.model.__name__}[{query.low_mark}:{query.high_mark}]")
