"""Emptying the database between two transactional tests, although issued rows do not let themselves be removed."""

from __future__ import annotations

from django.db import connection, transaction
from django.test import TransactionTestCase


def install() -> None:
    """Opens the maintenance switch of billing for the flush. PostgreSQL truncates, which no row trigger sees."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flush_with_the_switch(self: TransactionTestCase) -> None:
        from espace.billing.services.maintenance import open_switch

        if connection.vendor != "sqlite":
            flush(self)
            return
        with transaction.atomic(), open_switch("tests"):
            flush(self)

    TransactionTestCase._fixture_teardown = flush_with_the_switch  # type: ignore[attr-defined]
