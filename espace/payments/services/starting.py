"""Starting a payment: one live intent an invoice, whatever the number of tabs (I32)."""

from __future__ import annotations

import secrets

from django.conf import settings

from espace.audit.services import record
from espace.billing.models import Invoice
from espace.billing.queries import invoices_for
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.payments.enums import IntentState
from espace.payments.errors import BankUnavailable, NothingToPay, NotOnline
from espace.payments.models import PaymentIntent
from espace.payments.providers import provider
from espace.payments.providers.base import ProviderUnavailable
from espace.payments.queries import balances, pays_online
from espace.payments.services.accounts import lock_account
from espace.payments.services.checking import check_intent

TRIES = 3  # each time another tab closes the payment that this one was opening


def start_payment(actor: Actor, *, invoice_id: int) -> PaymentIntent:
    """A payment of what is left on an invoice the actor may see: send the payer to its `redirect_url`.

    A live intent is given back, not doubled (I32). The amount is ours, never the browser's (defect 7). `NotFound`,
    `NothingToPay`, `NotOnline`, or `BankUnavailable` when no page of payment could be opened (nothing was taken).
    """
    invoice = invoices_for(actor).filter(pk=invoice_id).first()
    if invoice is None:
        raise NotFound
    if not pays_online():
        raise NotOnline
    _settle_live(invoice)
    for _ in range(TRIES):
        with write_transaction():
            intent = _live_or_new(actor, invoice)
        if intent.redirect_url or _open_at_provider(intent):
            return intent
    raise BankUnavailable


def _settle_live(invoice: Invoice) -> None:
    """Asks first what became of the live intent: who was refused and came back must not be sent to a dead page."""
    live = PaymentIntent.objects.filter(invoice=invoice, state=IntentState.WAITING).exclude(provider_ref="")
    for order_id in live.order_by("id").values_list("order_id", flat=True):
        check_intent(SYSTEM, order_id=order_id)


def _live_or_new(actor: Actor, invoice: Invoice) -> PaymentIntent:
    account = lock_account(invoice.debtor_id, invoice.cash_office_id)
    live = PaymentIntent.objects.filter(invoice=invoice, state=IntentState.WAITING).order_by("id").first()
    if live is not None:
        return live
    balance = balances([invoice.pk])[invoice.pk]
    if balance.cents <= 0:
        raise NothingToPay
    intent = PaymentIntent.objects.create(
        account=account,
        invoice=invoice,
        provider=provider().name,
        order_id=secrets.token_hex(16),
        amount=balance,
        user_id=actor.user_id,
        created_at=clock.now(),
    )
    record(
        actor,
        "payments.start",
        object_kind="payment_intent",
        object_id=intent.pk,
        household_id=invoice.household_id,
        payload={"invoice": invoice.reference, "cents": balance.cents},
    )
    return intent


def _open_at_provider(intent: PaymentIntent) -> bool:
    """Asks the provider for a page, outside any transaction: the bank may be slow, and the town must not wait.

    Two tabs at once ask for the same order and get the same payment. If it fails, the intent is closed: nobody was
    sent anywhere. False when another tab closed it meanwhile: nobody must pay an order that ended, another is to be
    opened. Killed here, the intent waits without a page, and the next try asks again.
    """
    here = settings.PUBLIC_URL
    live = PaymentIntent.objects.filter(pk=intent.pk, state=IntentState.WAITING)
    try:
        opened = provider(intent.provider).create(
            order_id=intent.order_id,
            amount=intent.amount,
            return_url=f"{here}/paiement/retour/{intent.order_id}/",
            notify_url=f"{here}/paiement/notification/",
        )
    except ProviderUnavailable as silence:
        with write_transaction():
            live.filter(redirect_url="").update(state=IntentState.CANCELLED, ended_at=clock.now())
        raise BankUnavailable from silence
    with write_transaction():
        stored = live.update(provider_ref=opened.provider_ref, redirect_url=opened.redirect_url)
    intent.provider_ref, intent.redirect_url = opened.provider_ref, opened.redirect_url
    return stored == 1
