"""Closing a month: from then on it can be billed."""

from __future__ import annotations

from datetime import date, timedelta

from espace.attendance.errors import DayUnknown, MonthAlreadyClosed, MonthNotOver
from espace.attendance.models import MonthClosing
from espace.audit.services import record
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import UnknownDay, date_range, month_bounds
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.kernel.text import format_date_long, of_month
from espace.town.models import CashOffice
from espace.town.queries import calendar


def close_month(actor: Actor, *, cash_office_id: int, month: date) -> MonthClosing:
    """Closes the month holding this day, for one cash office.

    Needs MONTH_CLOSE (`NotFound` otherwise). Refuses a month that is not over (`MonthNotOver`), one with a day the
    calendar does not know (`DayUnknown`) and one already closed (`MonthAlreadyClosed`), also when two agents close
    it at once.
    """
    if not actor.may(Permission.MONTH_CLOSE, "CASH_OFFICE", cash_office_id):
        raise NotFound
    start, end = month_bounds(month)
    with write_transaction():
        office = CashOffice.objects.select_for_update().filter(pk=cash_office_id).order_by("id").first()
        if office is None:
            raise NotFound
        if clock.today() < end:
            raise MonthNotOver(month=of_month(start), from_day=format_date_long(end))
        if MonthClosing.objects.filter(cash_office=office, month=start).exists():
            raise MonthAlreadyClosed(month=of_month(start))
        _check_days(start, end)
        closing = MonthClosing.objects.create(
            cash_office=office, month=start, closed_at=clock.now(), closed_by=actor.label
        )
        record(
            actor,
            "attendance.close_month",
            object_kind="month_closing",
            object_id=closing.pk,
            payload={"month": start.isoformat(), "cash_office": office.pk},
        )
    return closing


def _check_days(start: date, end: date) -> None:
    known = calendar(start, end + timedelta(days=1))
    for day in date_range(start, end):
        try:
            known.kind(day)
        except UnknownDay as unknown:
            raise DayUnknown(day=format_date_long(day)) from unknown
