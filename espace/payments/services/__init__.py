"""Money received: started by a family, believed only when the bank says so."""

from espace.payments.services.checking import check_intent, poll_intents, receive_notification
from espace.payments.services.printing import receipt_pdf
from espace.payments.services.starting import start_payment

__all__ = ["check_intent", "poll_intents", "receipt_pdf", "receive_notification", "start_payment"]
