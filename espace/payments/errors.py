"""Why a payment does not start."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class PaymentRefusal(Refusal):
    """The payment refusals, to catch them all."""


class NothingToPay(PaymentRefusal):
    message = N_("Il n’y a plus rien à régler sur cette facture.")


class NotOnline(PaymentRefusal):
    """The town takes no payment on line."""

    message = N_("Le paiement en ligne n’est pas ouvert\u00a0: cette facture se règle au guichet.")


class BankUnavailable(PaymentRefusal):
    """The provider did not answer, or nonsense: no payment was opened, nothing was taken."""

    message = N_("La banque ne répond pas. Rien n’a été débité\u00a0: réessayez dans quelques minutes.")
