"""Reading several lists of values in one statement: a page waits once for what it needs of several tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

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
    statement = Statement(lists)
    return statement.split(statement.fetch(statement.values))


class Statement:
    """Lists compiled into one statement: its SQL, its values, and how its rows come apart."""

    def __init__(self, lists: Sequence[QuerySet[Any, Any]]) -> None:
        alone = len(lists) == 1
        ordered = (rows if alone or rows.query.is_sliced else rows.order_by() for rows in lists)
        self.compilers = [rows.query.get_compiler(connection=connection) for rows in ordered]
        asked = []
        for n, compiler in enumerate(self.compilers):
            try:
                asked.append((n, *compiler.as_sql()))
            except EmptyResultSet:  # such as `id__in=[]`
                continue
        self.columns = {n: [column for column, _, _ in self.compilers[n].select] for n, _, _ in asked}
        self.converters = {
            n: self.compilers[n].get_converters([column for column, _, _ in self.compilers[n].select])
            for n in self.columns
        }
        self.values: list[Any] = [value for _, _, values in asked for value in values]
        self.alone = alone
        self.lacks_a_list = len(asked) < len(lists)
        self._models = alone and issubclass(lists[0]._iterable_class, ModelIterable)
        if alone:
            self.sql = asked[0][1] if asked else ""
        else:
            parts = [_part(n, sql, self.columns, is_first=n == asked[0][0]) for n, sql, _ in asked]
            self.sql = " UNION ALL ".join(parts)

    def fetch(self, values: Sequence[Any]) -> Rows:
        """As the driver gives them."""
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            rows: Rows = cursor.fetchall()
            return rows

    def split(self, raw: Rows) -> tuple[Rows, ...]:
        """Each list with its own rows, in the types of its fields."""
        found: list[Rows] = [[] for _ in self.compilers]
        start = 0 if self.alone else 1
        for n, own in self.columns.items():
            end = start + len(own)
            mine = [row[start:end] for row in raw if self.alone or row[0] == n]
            found[n] = self._converted(n, mine)
            start = end
        return (self._instances(found[0]),) if self._models and raw else tuple(found)

    def _converted(self, n: int, rows: Rows) -> Rows:
        """What `results_iter` makes of rows, what to convert being known once for all of them."""
        compiler, converters = self.compilers[n], self.converters[n]
        return list(map(tuple, compiler.apply_converters(rows, converters))) if converters and rows else rows

    def _instances(self, rows: Rows) -> list[Any]:
        """What `ModelIterable` makes of rows, `select_related` and annotations included."""
        select, info, alias = self.compilers[0].select, self.compilers[0].klass_info, connection.alias
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column.target.attname for column, _, _ in select[first:last]]
        related = get_related_populators(info, select, alias)  # type: ignore[call-arg]
        added = self.compilers[0].annotation_col_map
        made = []
        for row in rows:
            found = info["model"].from_db(alias, names, row[first:last])
            for populator in related:
                populator.populate(row, found)
            for name, place in added.items():
                setattr(found, name, row[place])
            made.append(found)
        return made


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
