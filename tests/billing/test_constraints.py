"""What cannot be stored, and what, once issued, cannot be changed: by the models, then by the database itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from espace.billing.enums import InvoiceState
from espace.billing.errors import IssuedIsFrozen
from espace.billing.models import BillingRun, Charge, Invoice, InvoiceLine
from espace.billing.services import maintenance
from espace.bookings.models import Booking
from espace.demo.town import Reference
from espace.kernel.actor import SYSTEM
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from tests.support.bills import OCTOBER, Month, compute
from tests.support.cast import Character

FROZEN = [
    ("total", {"total": 1}),
    ("number", {"number": 99}),
    ("reference", {"reference": "X"}),
    ("due date", {"due_on": "2030-01-01"}),
    ("year", {"year": 2030}),
    ("debtor's name", {"snapshot": {"name": "Autre"}}),
    ("draft again", {"state": "DRAFT", "number": None}),
]


def test_an_issued_invoice_refuses_to_be_saved(billed: Month) -> None:
    """I26, by the model."""
    invoice = Invoice.objects.get(pk=billed.invoices[0].pk)
    invoice.total = Money(1)
    with pytest.raises(IssuedIsFrozen):
        invoice.save()
    with pytest.raises(IssuedIsFrozen):
        invoice.save(update_fields=["total"])
    invoice.state = InvoiceState.DRAFT
    with pytest.raises(IssuedIsFrozen):
        invoice.save()
    with pytest.raises(IssuedIsFrozen):
        invoice.delete()


def test_its_listed_columns_still_move(billed: Month) -> None:
    invoice = Invoice.objects.get(pk=billed.invoices[0].pk)
    invoice.published_at = None
    invoice.save(update_fields=["published_at"])


def test_lines_and_charges_of_an_issued_invoice_refuse_too(billed: Month) -> None:
    """I20, I26, by the model."""
    line = InvoiceLine.objects.order_by("id").first()
    charge = Charge.objects.order_by("id").first()
    assert line is not None
    assert charge is not None
    for row in (line, charge):
        with pytest.raises(IssuedIsFrozen):
            row.save()
        with pytest.raises(IssuedIsFrozen):
            row.delete()


@pytest.mark.parametrize(("what", "change"), FROZEN)
def test_the_database_refuses_it_too(billed: Month, what: str, change: dict[str, Any]) -> None:
    """I26, by the trigger: whoever goes round the model."""
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Invoice.objects.filter(pk=billed.invoices[0].pk).update(**change)


@pytest.mark.parametrize("table", ["billing_invoice", "billing_invoiceline", "billing_charge"])
def test_the_database_refuses_to_remove(billed: Month, table: str) -> None:
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_the_database_refuses_another_line_or_amount(billed: Month) -> None:
    """I20, I26."""
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        InvoiceLine.objects.update(amount=F("amount") + 1)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Charge.objects.update(amount=F("amount") + 1)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_invoiceline (invoice_id, position, activity_id, label, detail, kind,"
            " accounting_code, quantity, unit_price, amount, steps)"
            " SELECT invoice_id, 999, activity_id, label, detail, kind, accounting_code, quantity, unit_price,"
            " amount, steps FROM billing_invoiceline WHERE position = 1"
        )


@pytest.mark.django_db
def test_every_wall_stands_after_the_migrations() -> None:
    """SQLite drops the triggers of a table that Django remakes: see migration 0002."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'billing_%_frozen_%'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_frozen_%'")
        found = {row[0] for row in cursor.fetchall()}
    expected = {
        f"billing_{table}_frozen_{event}"
        for table in ("invoiceline", "charge")
        for event in ("insert", "update", "delete")
    }
    assert found == expected | {"billing_invoice_frozen_update", "billing_invoice_frozen_delete"}


def test_drafts_are_not_frozen(town: Reference, consumed: dict[str, Booking], remi: Character) -> None:
    compute(remi, office_id=town.office.pk)
    draft = Invoice.objects.get()
    draft.total = Money(1)
    draft.save()
    Invoice.objects.filter(pk=draft.pk).update(total=2)


def test_the_one_switch_opens_for_one_transaction_and_is_journaled(billed: Month, remi: Character) -> None:
    with maintenance(SYSTEM, reason="purge légale"):
        Invoice.objects.filter(pk=billed.invoices[0].pk).update(snapshot={"name": ""})
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Invoice.objects.filter(pk=billed.invoices[0].pk).update(snapshot={"name": "x"})
    with pytest.raises(NotFound), maintenance(remi.actor, reason="essai"):
        pass


def test_one_live_run_a_month(town: Reference, consumed: dict[str, Booking], remi: Character) -> None:
    """I22."""
    run = compute(remi, office_id=town.office.pk)
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        BillingRun.objects.create(cash_office=town.office, month=OCTOBER, created_at=run.created_at)


def test_a_number_is_given_once(billed: Month) -> None:
    """I25."""
    first = billed.invoices[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(
            cash_office=first.cash_office, run=first.run, debtor=first.debtor, household_id=first.household_id,
            snapshot={}, year=first.year, number=first.number, reference="AUTRE", month=first.month,
            state=InvoiceState.ISSUED, issued_on=first.issued_on, due_on=first.due_on, total=Money.ZERO,
        )  # fmt: skip


def test_a_charge_revision_is_stored_once(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    """I18."""
    compute(remi, office_id=town.office.pk)
    charge = Charge.objects.order_by("id").first()
    assert charge is not None
    charge.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        charge.save(force_insert=True)
