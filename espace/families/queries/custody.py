"""Who answers for a child: arrangements and exceptions as the rules read them, and the holidays they divide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import FilteredRelation, Q

from espace.families.enums import CustodyKind, HolidayRule
from espace.families.models import CustodyArrangement
from espace.families.models import CustodyException as CustodyExceptionRow
from espace.families.queries.dated import overlapping
from espace.families.rules import (
    ChildCustody,
    Custody,
    CustodyException,
    Holidays,
    HolidaySharing,
    holidays_of,
)
from espace.families.rules.holidays import AROUND
from espace.kernel.calendar import Calendar
from espace.kernel.reading import Later, Rows
from espace.town.queries import calendar, calendar_later

_COLUMNS = (
    "child_id", "id", "kind", "owners", "cycle_start", "holiday_rule", "holiday_first_id", "holiday_second_id",
    "start", "end",
)  # fmt: skip


def custodies_of(child_ids: Collection[int], start: date, end: date) -> dict[int, ChildCustody]:
    """The custody of these children over `[start, end)`. 1 query, whatever their number."""
    return custodies_later(child_ids, start, end).answer


def custodies_later(child_ids: Collection[int], start: date, end: date) -> Later[dict[int, ChildCustody]]:
    """The same, to read with other lists."""
    excepted = FilteredRelation(
        "child__custody_exceptions", condition=_days_of("child__custody_exceptions__", start, end)
    )
    rows = (
        CustodyArrangement.objects.filter(overlapping(start, end), child_id__in=list(child_ids))
        .annotate(excepted=excepted)
        .values_list(*_COLUMNS, "excepted__id", "excepted__start", "excepted__end", "excepted__household_id")
    )
    return Later(rows, _custodies)


def _custodies(rows: Rows) -> dict[int, ChildCustody]:
    """Each child's, the oldest first."""
    arrangements: dict[int, dict[int, Custody]] = {}
    exceptions: dict[int, dict[int, CustodyException]] = {}
    for *columns, exception_id, first, after, household in sorted(rows, key=_by_time):
        arrangements.setdefault(columns[0], {}).setdefault(columns[1], _custody(*columns[2:]))
        if exception_id is not None:
            of_child = exceptions.setdefault(columns[0], {})
            of_child[exception_id] = CustodyException(first, after, household)
    return {
        child: ChildCustody(tuple(found.values()), tuple(exceptions.get(child, {}).values()))
        for child, found in arrangements.items()
    }


def custody_of(row: CustodyArrangement) -> Custody:
    """The arrangement as the rules read it."""
    return _custody(
        row.kind, row.owners, row.cycle_start, row.holiday_rule, row.holiday_first_id, row.holiday_second_id,
        row.start, row.end,
    )  # fmt: skip


def exceptions_of(child_id: int, after: date) -> list[CustodyExceptionRow]:
    """The exceptions of a child that the caller was allowed to hold, not over on that day, in order. 1 query."""
    rows = CustodyExceptionRow.objects.filter(child_id=child_id, end__gt=after)
    return list(rows.select_related("household").order_by("start"))


def holidays_around(start: date, end: date) -> Holidays:
    """The school holidays of the days of `[start, end)`, whole. 1 query."""
    return holidays_of(calendar_around(start, end))


def calendar_around(start: date, end: date) -> Calendar:
    """The school calendar where the holidays of the days of `[start, end)` are whole. 1 query."""
    return calendar(*_around(start, end))


def holidays_later(start: date, end: date) -> Later[Holidays]:
    """The same, to read with other lists."""
    return calendar_later(*_around(start, end)).then(holidays_of)


def sharing_of(rule: str, first: int | None, second: int | None) -> HolidaySharing | None:
    """How the holidays are divided, from the columns that keep it."""
    if first is None or second is None:
        return None
    return HolidaySharing(HolidayRule(rule), first, second)


def _around(start: date, end: date) -> tuple[date, date]:
    return max(start, date.min + AROUND) - AROUND, min(end, date.max - AROUND) + AROUND


def _by_time(row: tuple[Any, ...]) -> tuple[date, int, date]:
    *columns, _, first, _, _ = row
    return columns[8], columns[1], first or date.min


def _custody(
    kind: str, owners: Sequence[int], cycle_start: date | None, rule: str, first: int | None, second: int | None,
    start: date, end: date | None,
) -> Custody:  # fmt: skip
    return Custody(
        kind=CustodyKind(kind),
        owners=tuple(owners),
        start=cycle_start,
        valid_from=start,
        valid_until=end,
        holidays=sharing_of(rule, first, second),
    )


def _days_of(prefix: str, start: date, end: date) -> Any:
    return Q(**{f"{prefix}start__lt": end, f"{prefix}end__gt": start})
