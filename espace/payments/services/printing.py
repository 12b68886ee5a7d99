"""The receipt on paper."""

from __future__ import annotations

from espace.billing.queries import address_of
from espace.kernel.actor import Actor
from espace.kernel.calendar import PARIS
from espace.kernel.money import Money, total
from espace.kernel.text import NBSP, format_date_long, format_datetime_long
from espace.paper.services import letterhead, render
from espace.payments.enums import PaymentMethod
from espace.payments.models import Payment
from espace.payments.queries import allocations_of, payment_for
from espace.town.queries import identity

METHODS = {
    PaymentMethod.CARD_ONLINE: "carte bancaire, en ligne",
    PaymentMethod.CARD: "carte bancaire, au guichet",
    PaymentMethod.CASH: "espèces",
    PaymentMethod.CHEQUE: "chèque",
}


def receipt_pdf(actor: Actor, *, receipt: str) -> bytes:
    """The PDF of a receipt the actor may see, or `NotFound`. 9 queries at most."""
    payment = payment_for(actor, receipt)
    return render("recu", receipt_data(payment), title=f"Reçu de paiement n°{NBSP}{payment.receipt}")


def receipt_data(payment: Payment) -> dict[str, object]:
    """What the template prints, as plain JSON."""
    office = payment.account.cash_office
    allocations = allocations_of(payment)
    invoice = allocations[0].invoice if allocations else payment.intent.invoice if payment.intent else None
    at = payment.received_at.astimezone(PARIS)
    credit = payment.amount - total(a.amount for a in allocations)
    return {
        "town": letterhead(identity()),
        "receipt": payment.receipt,
        "amount": str(payment.amount),
        "received_on": format_date_long(at.date()),
        "received_at": format_datetime_long(at),
        "method": METHODS[PaymentMethod(payment.method)],
        "address": address_of(invoice) if invoice else [],
        "debtor": invoice.snapshot.get("name", "") if invoice else "",
        "invoices": [
            {
                "reference": a.invoice.reference,
                "amount": str(a.amount),
                "left": "réglée entièrement" if a.amount == a.invoice.total else f"sur {a.invoice.total}",
            }
            for a in allocations
        ],
        "credit": str(credit) if credit > Money.ZERO else "",
        "cash_office": office.name,
        "creditor": office.creditor,
        "siret": office.siret,
        "act": office.acte_ref,
    }
