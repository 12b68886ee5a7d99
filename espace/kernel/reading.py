"""Reading several lists of values in one statement: a page waits once for what it needs of several tables."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Rows = list[tuple[Any, ...]]


def read_together(*lists: QuerySet[Any, Any]) -> tuple[Rows, ...]:
    """The rows of several `values_list`, each as it would come alone but in no order. 1 query, none when nothing can
    be found.

    Each list has columns of its own, laid side by side in one UNION ALL: no column is shared, so none has to suit
    two types. Worth it for small lists that a page always needs together; a list that may be long is read alone.
    """
    compilers = [rows.order_by().query.get_compiler(connection=connection) for rows in lists]
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
