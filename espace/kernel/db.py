"""Writing to the database: one transaction helper, one bulk insert, one wall against writes in a GET."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

P = ParamSpec("P")
R = TypeVar("R")
_threads = threading.Lock()
_read_only: ContextVar[bool] = ContextVar("read_only", default=False)
_known: ContextVar[dict[object, object] | None] = ContextVar("known", default=None)
_reads = (
    "SELECT",
    "WITH",
    "EXPLAIN",
    "PRAGMA",
    "SAVEPOINT",
    "RELEASE",
    "ROLLBACK",
    "BEGIN",
    "COMMIT",
    "DECLARE",
    "SET",
)
# What a GET may touch: the session, and the cache that holds the rate limits of all workers.
_own_tables = ('"django_session"', '"django_cache"')


# What `kept_a_moment` keeps: until when, and the answer.
_kept: dict[tuple[Any, ...], tuple[float, Any]] = {}
MOST_KEPT = 500


class WriteInGet(RuntimeError):
    """A view answered to GET tried to write: a defect of ours, never something a user did."""


@contextmanager
def write_transaction() -> Iterator[None]:
    """Opens the one transaction of a service.

    On SQLite the writers of all processes queue on a file lock first: its own busy handler is unfair (p99 of
    790 ms against 54 ms with 16 writers) while PostgreSQL needs none. Inside another one it only nests.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _threads, open(settings.DATA_DIR / "ecriture.lock", "w") as lock:  # noqa: PTH123
        fcntl.flock(lock, fcntl.LOCK_EX)
        with transaction.atomic():
            yield


@contextmanager
def read_only() -> Iterator[None]:
    """Within it, a statement that writes raises `WriteInGet`, unless inside `journaled_read()`."""
    token = _read_only.set(True)
    known = _known.set({})
    try:
        with connection.execute_wrapper(_refuse_writes):
            yield
    finally:
        _known.reset(known)
        _read_only.reset(token)


def read_once(function: Callable[P, R]) -> Callable[P, R]:
    """Within `read_only()`, the same question asked twice is answered once: nothing can change in between.

    For reads of reference data and rights, that several parts of a page ask for. Arguments are hashable; a list is
    handed over as a copy. Elsewhere, and inside `journaled_read()`, the function is simply called.
    """

    @wraps(function)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        known = _known.get()
        if known is None or not _read_only.get():
            return function(*args, **kwargs)
        key = (function.__module__, function.__qualname__, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = function(*args, **kwargs)
        answer: Any = known[key]
        return cast(R, list(answer)) if isinstance(answer, list) else cast(R, answer)

    return reading


def kept_a_moment(function: Callable[P, R]) -> Callable[P, R]:
    """Within `read_only()`, the answer is kept `settings.REFERENCE_SECONDS` by this process, for all who ask.

    For what the town sets and families only read (offer, tariffs, calendar), which a page of a month needs whole. A
    page may then show a price a few seconds old; what writes always reads again, and shows what changed before it
    acts. The answer is shared between threads: it must be immutable.
    """

    @wraps(function)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        if not settings.REFERENCE_SECONDS or not _read_only.get():
            return function(*args, **kwargs)
        key = (function.__module__, function.__qualname__, args, tuple(sorted(kwargs.items())))
        until, answer = _kept.get(key, (0.0, None))
        if time.monotonic() >= until:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            answer = function(*args, **kwargs)
            _kept[key] = (time.monotonic() + settings.REFERENCE_SECONDS, answer)
        return cast(R, answer)

    return reading


def forget_kept() -> None:
    """Once this transaction is kept, this process asks again for what `kept_a_moment` holds; the others within
    `settings.REFERENCE_SECONDS`. For who changes what the town sets."""
    transaction.on_commit(_kept.clear)


@contextmanager
def journaled_read() -> Iterator[None]:
    """Lets a reading leave its trace (the journal, a read mark, a counted try) although the request is a GET."""
    token = _read_only.set(False)
    try:
        yield
    finally:
        _read_only.reset(token)


def _refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if (
        _read_only.get()
        and not sql.lstrip(" \n(").upper().startswith(_reads)
        and not any(t in sql for t in _own_tables)
    ):
        raise WriteInGet(sql[:120])
    return execute(sql, params, many, context)


def bulk_insert(rows: Sequence[models.Model], *, chunk: int = 5000) -> int:
    """Inserts rows of one model without reading them back; returns how many.

    executemany on SQLite, COPY on PostgreSQL: `bulk_create` is ten times slower and capped at 999 parameters.
    Rows keep the primary keys they have; a row without one gets the database's (and does not learn it).
    Constraints hold as ever; `save()` and signals are not called. Within a transaction a failure undoes all of it.
    """
    if not rows:
        return 0
    meta = rows[0]._meta
    with_pk = rows[0].pk is not None
    fields = [f for f in meta.concrete_fields if with_pk or not f.primary_key]
    columns = ", ".join(connection.ops.quote_name(f.column or f.name) for f in fields)
    table = connection.ops.quote_name(meta.db_table)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for start in range(0, len(rows), chunk):
            part = rows[start : start + chunk]
            values = list(zip(*(_column(field, part) for field in fields), strict=True))
            if connection.vendor == "postgresql":
                _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", values)
            else:
                marks = ", ".join(["%s"] * len(fields))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608
        if with_pk and connection.vendor == "postgresql":
            for statement in connection.ops.sequence_reset_sql(no_style(), [meta.model]):
                cursor.execute(statement)
    return len(rows)


def _column(field: Any, rows: Sequence[models.Model]) -> list[Any]:
    """The values of one column as the driver takes them, as `save()` would prepare them.

    Column by column, for most values need no preparing, and those that do often come back (a day, a state, the same
    JSON): five times faster than row by row.
    """
    own = connections[DEFAULT_DB_ALIAS]
    dates_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    if dates_itself or type(field).pre_save not in _PLAIN_PRE_SAVE:
        values = [field.pre_save(row, True) for row in rows]
    else:
        values = list(map(attrgetter(field.attname), rows))
    as_they_are = {type(None)} if isinstance(field, _PREPARED) else {type(None), int, str, bool}
    ready: dict[int, Any] = {}  # by identity: `values` keeps them alive
    column = []
    for value in values:
        if type(value) in as_they_are:
            column.append(value)
            continue
        if id(value) not in ready:
            ready[id(value)] = field.get_db_prep_save(value, own)
        column.append(ready[id(value)])
    return column


_PREPARED = (
    models.JSONField,
    models.DateField,
    models.TimeField,
    models.BinaryField,
    models.DecimalField,
    models.UUIDField,
)
_PLAIN_PRE_SAVE = {
    models.Field.pre_save,
    models.DateField.pre_save,
    models.DateTimeField.pre_save,
    models.TimeField.pre_save,
}


def _copy(cursor: Any, statement: str, values: Sequence[tuple[Any, ...]]) -> None:
    with connection.wrap_database_errors, cast(Any, cursor.cursor).copy(statement) as copy:
        for row in values:
            copy.write_row(row)
