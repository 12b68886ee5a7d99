"""Rows on their way to the database: explicit primary keys, written in batches, what is referred to first."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol, TypeVar, cast

from django.db import models

from espace.kernel.db import bulk_insert, write_transaction

BATCH = 20_000


class Insertable(Protocol):
    """A model, or something lighter with the columns of one."""

    pk: Any

    @property
    def _meta(self) -> Any: ...


R = TypeVar("R", bound=Insertable)


class Store:
    """Numbers rows from the last one of their table on, and inserts them `BATCH` at a time."""

    def __init__(self) -> None:
        self._rows: dict[type[models.Model], list[Insertable]] = defaultdict(list)
        self._last: dict[type[models.Model], int] = {}
        self._waiting = 0

    def number(self, model: type[models.Model]) -> int:
        """The next primary key of a table."""
        if model not in self._last:
            self._last[model] = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self._last[model] += 1
        return self._last[model]

    def add(self, row: R) -> R:
        """Takes a row, giving it a primary key unless it has one; it may still change until the next flush."""
        model = row._meta.model
        if row.pk is None:
            row.pk = self.number(model)
        self._rows[model].append(row)
        self._waiting += 1
        return row

    @property
    def is_full(self) -> bool:
        return self._waiting >= BATCH

    def flush(self) -> None:
        """Writes what waits in one transaction, table by table in the order in which each was first used."""
        with write_transaction():
            for rows in self._rows.values():
                bulk_insert(cast(Any, rows))
        for rows in self._rows.values():
            rows.clear()
        self._waiting = 0
