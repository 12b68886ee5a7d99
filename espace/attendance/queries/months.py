"""Which months are closed."""

from __future__ import annotations

from datetime import date

from espace.attendance.models import MonthClosing
from espace.kernel.actor import Actor, Permission

# Who may know which months are closed: those who close them, and those who bill what was closed.
READERS = (Permission.MONTH_CLOSE, Permission.BILLING_COMPUTE, Permission.BILLING_ISSUE)


def closings_for(actor: Actor, cash_office_id: int) -> dict[date, MonthClosing]:
    """The closed months of an office, by their first day; none for who may neither close nor bill. 1 query."""
    if not any(actor.may(p, "CASH_OFFICE", cash_office_id) for p in READERS):
        return {}
    rows = MonthClosing.objects.filter(cash_office_id=cash_office_id).order_by("month")
    return {row.month: row for row in rows}


def is_closed(cash_office_id: int, month: date) -> bool:
    """Whether nothing of that month changes any more for billing. 1 query."""
    return MonthClosing.objects.filter(cash_office_id=cash_office_id, month=month).exists()
