"""What is received (I28-I33)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from espace.billing.models import Invoice
from espace.families.models import Party
from espace.kernel.fields import MoneyField, choices_of, one_of
from espace.payments.enums import IntentState, PaymentMethod, PaymentState
from espace.town.models import CashOffice


class DebtorAccount(models.Model):
    """One debtor at one cash office: the row locked before money is allocated (I28)."""

    debtor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="accounts")
    cash_office = models.ForeignKey(CashOffice, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["debtor", "cash_office"], name="payments_one_account")]

    def __str__(self) -> str:
        return f"{self.debtor_id}"


class PaymentIntent(models.Model):
    """A payment being made at a provider for one invoice. `order_id` is ours, unique, given to the bank (I30)."""

    account = models.ForeignKey(DebtorAccount, on_delete=models.PROTECT, related_name="intents")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="intents")
    provider = models.CharField(max_length=20)
    order_id = models.CharField(max_length=40, unique=True)
    provider_ref = models.CharField(max_length=80, blank=True)
    redirect_url = models.CharField(max_length=300, blank=True)
    amount = MoneyField()
    state = models.CharField(max_length=9, choices=choices_of(IntentState), default=IntentState.WAITING)
    user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of(IntentState, "state", "payments_intent_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_intent_positive"),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state="WAITING"),
                name="payments_one_live_intent_an_invoice",
                violation_error_message="Un paiement de cette facture est déjà en cours.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"


class ProviderEvent(models.Model):
    """Each thing a provider told us, once (I30); it proves nothing: it only makes us ask (I33)."""

    provider = models.CharField(max_length=20)
    event_key = models.CharField(max_length=120)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_key"], name="payments_event_once")]

    def __str__(self) -> str:
        return self.event_key


class ReceiptCounter(models.Model):
    cash_office = models.ForeignKey(CashOffice, on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cash_office", "year"], name="payments_one_counter_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class Payment(models.Model):
    """Money received, with its numbered receipt; one per intent (I31)."""

    account = models.ForeignKey(DebtorAccount, on_delete=models.PROTECT, related_name="payments")
    intent = models.OneToOneField(PaymentIntent, on_delete=models.PROTECT, null=True)
    method = models.CharField(max_length=12, choices=choices_of(PaymentMethod))
    state = models.CharField(max_length=8, choices=choices_of(PaymentState), default=PaymentState.RECEIVED)
    amount = MoneyField()
    received_at = models.DateTimeField()
    receipt = models.CharField(max_length=30, unique=True)
    entered_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            one_of(PaymentMethod, "method", "payments_method_known"),
            one_of(PaymentState, "state", "payments_payment_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_payment_positive"),
        ]

    def __str__(self) -> str:
        return self.receipt


class Allocation(models.Model):
    """A part of a payment given to an invoice (I28); never deleted, reversed by its date."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount = MoneyField()
    at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_allocation_positive"),
            models.UniqueConstraint(
                fields=["payment", "invoice"],
                condition=Q(reversed_at__isnull=True),
                name="payments_allocation_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} → {self.invoice_id}"
