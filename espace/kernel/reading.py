"""Reading several lists of values in one statement: a page waits once for what it needs of several tables."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

Rows = list[tuple[Any, ...]]
T = TypeVar("T")
U = TypeVar("U")
M = TypeVar("M", bound=Model)


class Later(Generic[T]):
    """A `values_list` that is not read yet, and what its rows become, whatever their order: `answer`.

    A page that needs several reads them with `read_now`, 1 query for all; one that nobody read so is read alone, once.
    """

    def __init__(self, rows: QuerySet[Any, Any], made: Callable[[Rows], T]) -> None:
        self.rows = rows
        self._made = made
        self._answer: list[T] = []

    @property
    def parts(self) -> tuple[Later[Any], ...]:
        return (self,)

    @property
    def is_read(self) -> bool:
        return bool(self._answer)

    def take(self, rows: Rows) -> None:
        """Makes the answer of what was read."""
        self._answer = [self._made(rows)]

    def then(self, made: Callable[[T], U]) -> Later[U]:
        """The same list, and what its answer becomes."""
        return Later(self.rows, lambda rows: made(self._made(rows)))

    @property
    def answer(self) -> T:
        if not self._answer:
            read_now(self)
        return self._answer[0]


class Together(Generic[T]):
    """Several lists that make one answer: `made` takes the answer of each."""

    def __init__(self, made: Callable[..., T], *lists: Later[Any] | Together[Any]) -> None:
        self.parts: tuple[Later[Any], ...] = tuple(part for each in lists for part in each.parts)
        self._made = made
        self._lists = lists

    @cached_property
    def answer(self) -> T:
        read_now(self)
        return self._made(*(each.answer for each in self._lists))


def rows_later(rows: QuerySet[M], *, without: Collection[str] = ()) -> Later[list[M]]:
    """The rows of a table themselves with their annotations, in no order; `without` are columns left in the database."""
    names = [field.attname for field in rows.model._meta.concrete_fields if field.attname not in without]
    added = list(rows.query.annotation_select)

    def made(row: tuple[Any, ...]) -> M:
        found = rows.model.from_db(connection.alias, names, row[: len(names)])
        for name, value in zip(added, row[len(names) :], strict=True):
            setattr(found, name, value)
        return found

    return Later(rows.values_list(*names, *added), lambda found: [made(row) for row in found])


def read_now(*lists: Later[Any] | Together[Any]) -> None:
    """Reads them together, those that are not read yet. 1 query, none when nothing can be found."""
    parts = list(dict.fromkeys(part for each in lists for part in each.parts if not part.is_read))
    for part, rows in zip(parts, read_together(*(part.rows for part in parts)), strict=True):
        part.take(rows)


def read_together(*lists: QuerySet[Any, Any]) -> tuple[Rows, ...]:
    """The rows of several `values_list`, each as it would come alone but in no order. 1 query, none when nothing can
    be found.

    Each list has columns of its own, laid side by side in one UNION ALL: no column is shared, so none has to suit
    two types. Worth it for small lists that a page always needs together; a list that may be long is read alone.
    Of a list cut short (`[:n]`) the order says which rows come.
    """
    ordered = (rows if rows.query.is_sliced else rows.order_by() for rows in lists)
    compilers = [rows.query.get_compiler(connection=connection) for rows in ordered]
    asked = []
    for n, compiler in enumerate(compilers):
        try:
            asked.append((n, *compiler.as_sql()))
        except EmptyResultSet:  # such as `id__in=[]`
            continue
    found: list[Rows] = [[] for _ in lists]
    if not asked:
        return tuple(found)
    columns = {n: [column for column, _, _ in compilers[n].select] for n, _, _ in asked}
    parts = [_part(n, sql, columns, is_first=n == asked[0][0]) for n, sql, _ in asked]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [value for _, _, values in asked for value in values])
        rows = cursor.fetchall()
    start = 1
    for n, own in columns.items():
        end = start + len(own)
        mine = [row[start:end] for row in rows if row[0] == n]
        found[n] = list(compilers[n].results_iter(results=[mine], tuple_expected=True))
        start = end
    return tuple(found)


def _part(number: int, sql: str, columns: dict[int, list[Any]], *, is_first: bool) -> str:
    """One list with its number in front, and nothing in the columns of the others.

    Only the first has to say of which type nothing is: the others take theirs from it.
    """
    cells = [str(number)]
    for n, own in columns.items():
        if n == number:
            cells.append("part.*")
        elif is_first:
            cells += [f"CAST(NULL AS {column.output_field.cast_db_type(connection)})" for column in own]
        else:
            cells += ["NULL"] * len(own)
    return f"SELECT {', '.join(cells)} FROM ({sql}) AS part"  # noqa: S608 - every value is a parameter
