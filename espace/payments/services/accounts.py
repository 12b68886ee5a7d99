"""The row under whose lock money moves."""

from __future__ import annotations

from espace.payments.models import DebtorAccount


def lock_account(debtor_id: int, cash_office_id: int) -> DebtorAccount:
    """The debtor's account at an office, locked until the transaction ends: money moves under this lock (I28)."""
    DebtorAccount.objects.get_or_create(debtor_id=debtor_id, cash_office_id=cash_office_id)
    return DebtorAccount.objects.select_for_update().get(debtor_id=debtor_id, cash_office_id=cash_office_id)
