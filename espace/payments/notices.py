"""What families are told of their payments."""

from __future__ import annotations

from django.conf import settings

from espace.families.queries import adults_to_notify
from espace.kernel.money import Money
from espace.kernel.text import NBSP
from espace.notifications.services import enqueue
from espace.payments.models import Payment, PaymentIntent

KIND = "payments.receipt"


def payment_received(payment: Payment, intent: PaymentIntent, *, left: Money, credit: Money) -> None:
    """Tells who paid, else every adult who may see the bills, that the money came. 4 queries and one per message."""
    household_id = intent.invoice.household_id
    adults = adults_to_notify([household_id], for_bills=True)[household_id]
    payer = [adult for adult in adults if intent.user_id is not None and adult[1] == intent.user_id]
    for email, user_id, first_name in payer or adults:
        lines = [
            f"Bonjour {first_name},",
            "",
            f"Nous avons bien reçu votre paiement de {payment.amount} par carte.",
            "",
            f"Reçu n°{NBSP}{payment.receipt}",
            f"Facture n°{NBSP}{intent.invoice.reference}",
        ]
        lines.append(
            "Vous n’avez plus rien à régler sur cette facture."
            if not left
            else f"Reste à régler{NBSP}: {left}"
        )
        if credit:
            lines.append(
                f"{credit} de trop sont gardés à votre crédit{NBSP}: le guichet vous les rend ou les déduit."
            )
        lines += [
            "",
            f"Le reçu en PDF, une fois connecté(e){NBSP}: {settings.PUBLIC_URL}/recus/{payment.receipt}.pdf",
            f"La facture{NBSP}: {settings.PUBLIC_URL}/factures/{intent.invoice.reference}/",
        ]
        enqueue(
            recipient=email,
            kind=KIND,
            subject=f"Paiement reçu{NBSP}: {payment.amount}",
            body="\n".join(lines),
            user_id=user_id,
            household_id=household_id,
        )
