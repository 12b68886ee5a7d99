"""The payments of a plan, as rows; the bills themselves come from their services, which already write in bulk."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings

from espace.billing.models import Invoice
from espace.demo import events as told
from espace.demo.bulk_homes import Kin
from espace.kernel.actor import SYSTEM
from espace.kernel.money import Money
from espace.payments.enums import IntentState, PaymentMethod
from espace.payments.models import Allocation, DebtorAccount, Payment, PaymentIntent, ReceiptCounter
from espace.payments.providers import provider
from espace.payments.rules import receipt_reference

Bill = tuple[int, int, Money]  # (invoice, debtor, total)


@dataclass(eq=False)
class Till:
    """Pays bills on line, in the order of the plan."""

    kin: Kin
    bills: dict[tuple[int, date], Bill] = field(default_factory=dict)
    paid: set[int] = field(default_factory=set)
    accounts: dict[int, DebtorAccount] = field(default_factory=dict)
    receipts: dict[int, int] = field(default_factory=dict)  # year -> last number

    def learn(self, month: date) -> None:
        """Reads the invoices just issued."""
        rows = Invoice.objects.filter(month=month).order_by("-id")
        for pk, household, debtor, total in rows.values_list("id", "household_id", "debtor_id", "total"):
            self.bills[household, month] = (pk, debtor, total)

    def pay(self, event: told.Pay) -> None:
        bill = self.bills.get((self.kin.households[event.household].pk, event.month))
        if bill is None or bill[0] in self.paid or bill[2] <= Money.ZERO:
            return
        invoice, debtor, amount = bill
        account = self.accounts.get(debtor)
        if account is None:
            account = self.kin.store.add(
                DebtorAccount(debtor_id=debtor, cash_office_id=self.kin.town.office.pk)
            )
            self.accounts[debtor] = account
        ref = secrets.token_urlsafe(12)
        intent = self.kin.store.add(
            PaymentIntent(
                account_id=account.pk, invoice_id=invoice, provider=provider().name,
                order_id=secrets.token_hex(16), provider_ref=ref,
                redirect_url=f"{settings.BANK_URL}/payer/{ref}", amount=amount,
                state=IntentState.PAID if event.accepted else IntentState.REFUSED,
                user_id=self.kin.user_of(event.adult).pk, created_at=event.at, checked_at=event.at,
                ended_at=event.at,
            )
        )  # fmt: skip
        if event.accepted:
            self._receive(account, intent, event.at)

    def _receive(self, account: DebtorAccount, intent: PaymentIntent, when: datetime) -> None:
        self.paid.add(intent.invoice_id)
        self.receipts[when.year] = self.receipts.get(when.year, 0) + 1
        prefix = self.kin.town.office.invoice_prefix
        payment = self.kin.store.add(
            Payment(
                account_id=account.pk, intent_id=intent.pk, method=PaymentMethod.CARD_ONLINE,
                amount=intent.amount, received_at=when, entered_by=SYSTEM.label,
                receipt=receipt_reference(prefix, when.year, self.receipts[when.year]),
            )
        )  # fmt: skip
        self.kin.store.add(
            Allocation(payment_id=payment.pk, invoice_id=intent.invoice_id, amount=intent.amount, at=when)
        )

    def count(self) -> None:
        """Leaves the counters where the receipts stopped."""
        for year, last in sorted(self.receipts.items()):
            self.kin.store.add(ReceiptCounter(cash_office_id=self.kin.town.office.pk, year=year, last=last))
