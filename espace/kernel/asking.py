"""Questions whose SQL is made once for all their values, and answers that serve again while the database says the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from espace.kernel import clock
from espace.kernel.reading import Later, Rows, Statement

P = ParamSpec("P")
R = TypeVar("R")
MOST_SHAPES = 200
MOST_ANSWERS = 100
MOST_BUILT = 8
# What stands for an argument while its SQL is made: values that no query of ours holds.
_NUMBERS, _DAYS, _WORD = 1 << 52, date(1, 1, 1), "\ue000"


def asked_again(question: Callable[P, Any]) -> Callable[P, Any]:
    """The rows of a `values_list`, or of a tuple of them (`read_together`), or the models of a queryset, whose SQL is
    made once for all arguments: ids, days, words, lists of ids, given by position. Making it costs Django several times
    what the database needs to answer. 1 query, none when nothing can be found."""
    asked = _Question(question)

    @wraps(question)
    def asking(*args: P.args, **kwargs: P.kwargs) -> Any:
        statement, values, _ = asked.put(args)
        rows = statement.split(statement.fetch(values))
        return rows[0] if statement.alone else rows

    return asking


def read_again(lists: Callable[P, R]) -> Callable[P, R]:
    """The tuple of lists to read later that a function makes, read now by a statement made once for all arguments, as
    for `asked_again`. What the rows become is made for the arguments given. 1 query, none when nothing can be found."""
    asked = _Question(lambda *args: tuple(part.rows for part in _parts(lists(*args))))  # type: ignore[call-arg]

    @wraps(lists)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        found = lists(*args, **kwargs)
        statement, values, _ = asked.put(args)
        for part, rows in zip(_parts(found), statement.split(statement.fetch(values)), strict=True):
            part.take(rows)
        return found

    return reading


def asked_and_kept(question: Callable[P, Any]) -> Callable[P, Any]:
    """The same, for what changes seldom. The database is always asked; while it says the same to the same arguments
    the answer is the same object, so that what was built from it serves again (`built_once`): nobody may change it."""
    asked = _Question(question)
    answers: dict[Any, tuple[Rows, Any]] = {}

    @wraps(question)
    def asking(*args: P.args, **kwargs: P.kwargs) -> Any:
        statement, values, key = asked.put(args)
        raw = statement.fetch(values)
        known = answers.get(key)
        if known is None or known[0] != raw:
            if len(answers) >= MOST_ANSWERS:
                answers.clear()
            rows = statement.split(raw)
            known = answers[key] = (raw, rows[0] if statement.alone else rows)
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


class _Question:
    """A question and the statements already made for it, one for each shape of its arguments."""

    def __init__(self, question: Callable[..., Any]) -> None:
        self._question = question
        self._shapes: dict[Any, tuple[Statement, list[tuple[int, int, int | None]]]] = {}

    def put(self, args: Sequence[Any]) -> tuple[Statement, list[Any], Any]:
        """The statement, its values for these arguments, and what tells the question from any other."""
        plain = tuple(_plain(value) for value in args)
        # of the day: a question that reads it by itself is made again tomorrow
        shape = (connection.vendor, clock.today(), *map(_shape, plain))
        known = self._shapes.get(shape)
        if known is None:
            if len(self._shapes) >= MOST_SHAPES:
                self._shapes.clear()
            known = self._shapes[shape] = self._made(plain)
        statement, places = known
        values = list(statement.values)
        for at, argument, item in places:
            values[at] = _as_parameter(plain[argument] if item is None else plain[argument][item])
        return statement, values, (shape, plain)

    def _made(self, plain: Sequence[Any]) -> tuple[Statement, list[tuple[int, int, int | None]]]:
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
        statement = Statement(asked if isinstance(asked, tuple) else (asked,))
        places = [
            (at, *stand_ins[value])
            for at, value in enumerate(statement.values)
            if isinstance(value, int | str | date) and value in stand_ins
        ]
        kept = {(argument, item) for _, argument, item in places}
        if not statement.lacks_a_list and kept != set(stand_ins.values()):
            # computed with, it would be written in the SQL once and for all, as it was the first time
            raise ValueError("an argument of a question asked again has to be a value of its SQL, unchanged")
        return statement, places


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


def _parts(lists: Any) -> list[Later[Any]]:
    return [part for each in lists for part in each.parts]
