"""Reading values: several lists in one statement, and questions whose SQL is made once for all their values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

P = ParamSpec("P")
R = TypeVar("R")
Rows = list[tuple[Any, ...]]
MOST_SHAPES = 200
MOST_ANSWERS = 100
MOST_BUILT = 8
# What stands for an argument while its SQL is made: values that no query of ours holds.
_NUMBERS, _DAYS, _WORD = 1 << 52, date(1, 1, 1), "\ue000"


def read_together(*lists: QuerySet[Any, Any]) -> tuple[Rows, ...]:
    """The rows of several `values_list`, each as it would come alone but in no order. 1 query, none when nothing can
    be found.

    Each list has columns of its own, laid side by side in one UNION ALL: no column is shared, so none has to suit
    two types. Worth it for small lists that a page always needs together; a list that may be long is read alone.
    """
    together = _Together(lists)
    return together.split(together.fetch(together.values))


def asked_again(question: Callable[P, Any]) -> Callable[P, Any]:
    """The rows of a `values_list`, or of a tuple of them (`read_together`), or the models of a queryset, whose SQL is
    made once for all arguments: ids, days, words, lists of ids, given by position. Making it costs Django several times
    what the database needs to answer. 1 query, none when nothing can be found."""
    asked = _Question(question)

    @wraps(question)
    def asking(*args: P.args, **kwargs: P.kwargs) -> Any:
        together, values, _ = asked.put(args)
        rows = together.split(together.fetch(values))
        return rows[0] if together.alone else rows

    return asking


def asked_and_kept(question: Callable[P, Any]) -> Callable[P, Any]:
    """The same, for what changes seldom. The database is always asked; while it says the same to the same arguments
    the answer is the same object, so that what was built from it serves again (`built_once`): nobody may change it."""
    asked = _Question(question)
    answers: dict[Any, tuple[Rows, Any]] = {}

    @wraps(question)
    def asking(*args: P.args, **kwargs: P.kwargs) -> Any:
        together, values, key = asked.put(args)
        raw = together.fetch(values)
        known = answers.get(key)
        if known is None or known[0] != raw:
            if len(answers) >= MOST_ANSWERS:
                answers.clear()
            rows = together.split(raw)
            known = answers[key] = (raw, rows[0] if together.alone else rows)
        return known[1]

    return asking


def built_once(build: Callable[P, R]) -> Callable[P, R]:
    """What is built from the answers of `asked_and_kept`, kept while they are the same objects: the last ones."""
    last: list[tuple[tuple[Any, ...], R]] = []

    @wraps(build)
    def building(*args: P.args, **kwargs: P.kwargs) -> R:
        for known, built in last[:]:
            if len(known) == len(args) and all(a is b for a, b in zip(known, args, strict=True)):
                return built
        built = build(*args, **kwargs)
        last.append((args, built))
        del last[:-MOST_BUILT]
        return built

    return building


class _Together:
    """Lists compiled into one statement: its SQL, its values, and how its rows come apart."""

    def __init__(self, lists: Sequence[QuerySet[Any, Any]]) -> None:
        alone = len(lists) == 1
        self.compilers = [
            (rows if alone else rows.order_by()).query.get_compiler(connection=connection) for rows in lists
        ]
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
        """What `ModelIterable` makes of rows, `select_related` included."""
        select, info, alias = self.compilers[0].select, self.compilers[0].klass_info, connection.alias
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column.target.attname for column, _, _ in select[first:last]]
        related = get_related_populators(info, select, alias)  # type: ignore[call-arg]
        made = []
        for row in rows:
            made.append(info["model"].from_db(alias, names, row[first:last]))
            for populator in related:
                populator.populate(row, made[-1])
        return made


class _Question:
    """A question and the statements already made for it, one for each shape of its arguments."""

    def __init__(self, question: Callable[..., Any]) -> None:
        self._question = question
        self._shapes: dict[Any, tuple[_Together, list[tuple[int, int, int | None]]]] = {}

    def put(self, args: Sequence[Any]) -> tuple[_Together, list[Any], Any]:
        """The statement, its values for these arguments, and what tells the question from any other."""
        plain = tuple(_plain(value) for value in args)
        shape = (connection.vendor, *map(_shape, plain))
        if shape not in self._shapes:
            if len(self._shapes) >= MOST_SHAPES:
                self._shapes.clear()
            self._shapes[shape] = self._made(plain)
        together, places = self._shapes[shape]
        values = list(together.values)
        for at, argument, item in places:
            values[at] = _as_parameter(plain[argument] if item is None else plain[argument][item])
        return together, values, (shape, plain)

    def _made(self, plain: Sequence[Any]) -> tuple[_Together, list[tuple[int, int, int | None]]]:
        """The statement, and for each of its values that is an argument: (place, argument, item of it)."""
        stand_ins: dict[Any, tuple[int, int | None]] = {}

        def stand_in(value: Any, argument: int, item: int | None) -> Any:
            if value is None or isinstance(value, bool):
                return value  # of the shape: the question itself may depend on it
            number = len(stand_ins)
            chosen: Any = _NUMBERS + number
            if isinstance(value, date):
                chosen = _DAYS + timedelta(days=number)
            elif isinstance(value, str):
                chosen = f"{_WORD}{number}"
            stand_ins[_as_parameter(chosen)] = (argument, item)
            return chosen

        asked = self._question(
            *(
                [stand_in(v, n, i) for i, v in enumerate(value)]
                if isinstance(value, tuple)
                else stand_in(value, n, None)
                for n, value in enumerate(plain)
            )
        )
        together = _Together(asked if isinstance(asked, tuple) else (asked,))
        return together, [
            (at, *stand_ins[value])
            for at, value in enumerate(together.values)
            if isinstance(value, int | str | date) and value in stand_ins
        ]


def _shape(value: Any) -> Any:
    """What the SQL depends on: how many ids, the type of a value, whether there is one."""
    if isinstance(value, tuple):
        return len(value)
    return value if value is None or isinstance(value, bool) else type(value)


def _plain(value: Any) -> Any:
    """An id, a day, a word, or the ids of a list in order."""
    if isinstance(value, Collection) and not isinstance(value, str):
        return tuple(sorted(set(value)))
    return value


def _as_parameter(value: Any) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


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
