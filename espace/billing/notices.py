"""What families are told of their bills: an amount and a date, never what was bought nor for whom."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from espace.billing.models import Invoice
from espace.families.queries import adults_to_notify
from espace.kernel.text import NBSP, format_date_long, of_month
from espace.notifications.models import OutboxMessage
from espace.notifications.services import prepared
from espace.town.queries import identity

KIND = "billing.invoice"


def invoices_published(invoices: Sequence[Invoice]) -> list[OutboxMessage]:
    """One message for each adult who may see the bills of the household, ready to insert. 5 queries."""
    town = identity()
    adults = adults_to_notify({invoice.household_id for invoice in invoices}, for_bills=True)
    messages = []
    for invoice in invoices:
        for email, user_id, first_name in adults[invoice.household_id]:
            subject, body = _words(invoice, first_name, town.guichet_name, town.guichet_phone)
            messages.append(
                prepared(
                    recipient=email,
                    user_id=user_id,
                    household_id=invoice.household_id,
                    kind=KIND,
                    subject=subject,
                    body=body,
                )
            )
    return messages


def _words(invoice: Invoice, first_name: str, guichet: str, phone: str) -> tuple[str, str]:
    month = of_month(invoice.month)
    due = format_date_long(invoice.due_on) if invoice.due_on else ""
    to_pay = invoice.total.cents > 0
    found = (
        "Le détail, le PDF et le paiement par carte sont"
        if settings.ONLINE_PAYMENT
        else "Le détail et le PDF sont"
    )
    subject = f"Votre facture {month}{NBSP}: {invoice.total}"
    lines = [f"Bonjour {first_name},", "", f"Votre facture {month} est dans votre Espace Citoyens.", ""]
    lines.append(f"Numéro{NBSP}: {invoice.reference}")
    lines.append(f"Montant{NBSP}: {invoice.total}")
    lines.append(f"À régler au plus tard le {due}." if to_pay else "Vous n’avez rien à régler.")
    lines += [
        "",
        f"{found} sur cette page, une fois connecté(e){NBSP}:",
    ]
    lines.append(f"{settings.PUBLIC_URL}/factures/{invoice.reference}/")
    if guichet:
        help_line = f"Une question, une erreur{NBSP}? {guichet}"
        lines += ["", f"{help_line}{NBSP}: {phone}." if phone else f"{help_line}."]
    return subject, "\n".join(lines)
