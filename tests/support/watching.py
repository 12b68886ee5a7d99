"""What a test watches in the database: every row, in a digest, and which tables were written to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

# Tables that a refusal may write: sessions, rate limits and counted tries.
TRACES = {"django_session", "django_cache", "accounts_attempt"}
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|COPY)\s+"?(\w+)"?', re.IGNORECASE)


def digest(tables: set[str] | None = None) -> dict[str, tuple[int, str]]:
    """Rows and their digest, table by table; all tables but the traces when none is named."""
    known = {m._meta.db_table: m for m in apps.get_models(include_auto_created=True)}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted((set(known) if tables is None else tables & set(known)) - TRACES):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            rows = cursor.fetchall()
            found[table] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found


@contextmanager
def writes() -> Iterator[set[str]]:
    """The tables that were written to, whether or not it was undone."""
    tables: set[str] = set()

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if written := WRITES.match(sql):
            tables.add(written[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables
