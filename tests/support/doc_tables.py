"""The vectors of docs/rules/*.md: a table that follows `<!-- vecteurs : nom -->` is read by the tests.

So that the numbers an agent reads and the numbers a test proves are the same ones.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path

from espace.kernel.calendar import PARIS
from espace.kernel.money import Money
from espace.kernel.text import DAYS

RULES = Path(__file__).resolve().parents[2] / "docs" / "rules"
_MARK = re.compile(r"<!-- vecteurs : (?P<name>[a-z0-9-]+) -->\n+(?P<table>(?:\|.*\n)+)")
_DATE = re.compile(r"(?:(?P<weekday>[a-zé]+)\.? )?(?P<d>\d\d)/(?P<m>\d\d)/(?P<y>\d{4})")
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?")

Row = dict[str, str]


def tables_of(document: str) -> dict[str, list[Row]]:
    """The marked tables of docs/rules/<document>, as rows of cells by heading."""
    text = (RULES / document).read_text(encoding="utf-8")
    return {match["name"]: _rows(match["table"]) for match in _MARK.finditer(text)}


def day_of(cell: str) -> date:
    """Reads "jeu. 01/10/2026" as a date; the weekday written must be the true one."""
    match = _DATE.search(cell)
    assert match, f"no date in {cell!r}"
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    if match["weekday"]:
        assert DAYS[day.weekday()].startswith(match["weekday"]), f"{cell}: wrong day of the week"
    return day


def time_of(cell: str) -> time:
    """Reads "12:00" or "23:59:59"; the end of the day when the cell has no time."""
    match = _TIME.search(cell)
    return time(int(match[1]), int(match[2]), int(match[3] or 0)) if match else time(23, 59, 59)


def instant_of(cell: str) -> datetime:
    return datetime.combine(day_of(cell), time_of(cell), PARIS)


def hundredths_of(cell: str) -> int:
    """Reads "1 899,99" as 189999."""
    return Money.parse(cell).cents


def _rows(table: str) -> list[Row]:
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()]
    headings, _rule, *body = lines
    return [dict(zip(headings, cells, strict=True)) for cells in body]
