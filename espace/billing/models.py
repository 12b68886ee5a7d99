"""What is owed (I18-I26). An issued row changes only in its listed columns: refused here, and by triggers that hold
whoever goes round the models (migration 0002; `services.maintenance` is their one switch)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models import Q

from espace.activities.models import Activity
from espace.billing.enums import ChargeKind, InvoiceState, RunState
from espace.billing.errors import IssuedIsFrozen
from espace.families.models import Household, Party, Person
from espace.kernel.fields import MoneyField, choices_of, one_of
from espace.town.models import CashOffice

MUTABLE_WHEN_ISSUED = frozenset({"state", "published_at"})


class BillingRun(models.Model):
    """One month of one cash office; at most one live (I22)."""

    cash_office = models.ForeignKey(CashOffice, on_delete=models.PROTECT)
    month = models.DateField()
    state = models.CharField(max_length=9, choices=choices_of(RunState), default=RunState.OPEN)
    created_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    anomalies = models.JSONField(default=list)
    waived_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            one_of(RunState, "state", "billing_run_state_known"),
            models.UniqueConstraint(
                fields=["cash_office", "month"],
                condition=~Q(state="CANCELLED"),
                name="billing_one_live_run_a_month",
                violation_error_message="La facturation de ce mois est déjà ouverte.",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="billing_run_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.state}"


class InvoiceCounter(models.Model):
    """The last number given in a series: taken under its row's lock, so that numbers have no gap (I25)."""

    cash_office = models.ForeignKey(CashOffice, on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cash_office", "year"], name="billing_one_counter_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class Invoice(models.Model):
    """A numbered document to one debtor. `snapshot` holds names and address as issued."""

    cash_office = models.ForeignKey(CashOffice, on_delete=models.PROTECT)
    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="invoices")
    debtor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="invoices")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="invoices")
    snapshot = models.JSONField()
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(null=True)
    reference = models.CharField(max_length=30, blank=True)
    month = models.DateField()
    state = models.CharField(max_length=9, choices=choices_of(InvoiceState), default=InvoiceState.DRAFT)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)
    total = MoneyField()

    _stored_state: str = InvoiceState.DRAFT

    class Meta:
        constraints = [
            one_of(InvoiceState, "state", "billing_invoice_state_known"),
            models.UniqueConstraint(
                fields=["cash_office", "year", "number"],
                condition=Q(number__isnull=False),
                name="billing_number_once",
            ),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="billing_reference_once"
            ),
            models.UniqueConstraint(
                fields=["run", "debtor", "household"], name="billing_one_invoice_a_debtor"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT", number__isnull=True)
                | (
                    ~Q(state="DRAFT") & Q(number__isnull=False, issued_on__isnull=False, due_on__isnull=False)
                ),
                name="billing_issued_has_number_and_dates",
            ),
        ]
        indexes = [models.Index(fields=["household", "-month"], name="billing_by_household")]

    def __str__(self) -> str:
        return self.reference or f"brouillon {self.pk}"

    def save(self, **options: Any) -> None:
        """Refuses what would change an issued document beyond its mutable columns (I26)."""
        changed = options.get("update_fields")
        if self.is_frozen and (changed is None or not set(changed) <= MUTABLE_WHEN_ISSUED):
            raise IssuedIsFrozen
        super().save(**options)
        self._stored_state = self.state

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        """Remembers whether the stored row was issued: changing `state` in memory does not unlock it."""
        invoice = super().from_db(db, field_names, values, **options)
        invoice._stored_state = invoice.state if "state" in field_names else InvoiceState.ISSUED
        return invoice

    @property
    def is_frozen(self) -> bool:
        return self._stored_state != InvoiceState.DRAFT

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        if self.is_frozen:
            raise IssuedIsFrozen
        return super().delete(*args, **options)


class InvoiceLine(models.Model):
    """Charges of one child, unit and price together. Quantity in hundredths, unit price in ten-thousandths."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT)
    label = models.CharField(max_length=150)
    detail = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=11, choices=choices_of(ChargeKind))
    accounting_code = models.CharField(max_length=20)
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    amount = MoneyField()
    steps = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="billing_line_position_once"),
            one_of(ChargeKind, "kind", "billing_line_kind_known"),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, **options: Any) -> None:
        """Refuses to touch, or to add, a line of an issued document (I26)."""
        if self.invoice.is_frozen:
            raise IssuedIsFrozen
        super().save(**options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        if self.invoice.is_frozen:
            raise IssuedIsFrozen
        return super().delete(*args, **options)


class Charge(models.Model):
    """A billable fact with its revision (I18-I21). `source_key` names booking, unit and debtor."""

    source_key = models.CharField(max_length=80)
    revision = models.PositiveSmallIntegerField(default=1)
    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="charges")
    debtor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="charges")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="charges")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT)
    unit_code = models.CharField(max_length=30)
    date = models.DateField()
    kind = models.CharField(max_length=11, choices=choices_of(ChargeKind))
    label = models.CharField(max_length=150)
    accounting_code = models.CharField(max_length=20)
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    amount = MoneyField()
    steps = models.JSONField()
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    invoice_line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, null=True, related_name="charges")

    class Meta:
        constraints = [
            one_of(ChargeKind, "kind", "billing_charge_kind_known"),
            models.UniqueConstraint(fields=["source_key", "revision"], name="billing_charge_revision_once"),
            models.CheckConstraint(
                condition=(Q(kind="REVERSAL") & Q(reverses__isnull=False))
                | (~Q(kind="REVERSAL") & Q(reverses__isnull=True)),
                name="billing_reversal_names_its_charge",
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="billing_charge_revision_from_one"),
        ]
        indexes = [models.Index(fields=["run", "household"], name="billing_charges_of_run")]

    def __str__(self) -> str:
        return f"{self.source_key} r{self.revision}"

    def save(self, **options: Any) -> None:
        """Refuses to touch a charge that stands on an issued document (I20)."""
        if self.is_frozen:
            raise IssuedIsFrozen
        super().save(**options)

    @property
    def is_frozen(self) -> bool:
        return self.invoice_line is not None and self.invoice_line.invoice.is_frozen

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        if self.is_frozen:
            raise IssuedIsFrozen
        return super().delete(*args, **options)
