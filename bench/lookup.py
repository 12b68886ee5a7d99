"""What a bench needs and no page shows: `code ADDRESS`, `paiement USERNAME`. Prints one word a line."""

from __future__ import annotations

import re
import sys

import django

django.setup()

from espace.notifications.models import OutboxMessage  # noqa: E402
from espace.payments.enums import IntentState  # noqa: E402
from espace.payments.models import Payment  # noqa: E402


def code(address: str) -> list[str]:
    """The last code sent to an address, which the bench's worker-less town never sends."""
    message = OutboxMessage.objects.filter(recipient=address, lane="CODE").order_by("-id").first()
    digits = re.search(r"\b(\d{3}) (\d{3})\b", message.body) if message else None
    assert digits is not None, f"aucun code pour {address}"
    return ["".join(digits.groups())]


def paiement(username: str) -> list[str]:
    """A payment made on line in the household of an account: its order and its receipt."""
    paid = Payment.objects.filter(
        intent__state=IntentState.PAID, intent__invoice__household__members__person__user__username=username
    )
    payment = paid.select_related("intent").order_by("-id").first()
    assert payment is not None, f"aucun paiement de {username}"
    assert payment.intent is not None
    return [payment.intent.order_id, payment.receipt]


if __name__ == "__main__":
    print("\n".join({"code": code, "paiement": paiement}[sys.argv[1]](sys.argv[2])))
