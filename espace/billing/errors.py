"""Why a run, or an issued document, does not move."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class BillingRefusal(Refusal):
    """The billing refusals, to catch them all."""


class MonthNotClosed(BillingRefusal):
    message = N_("Le mois %(month)s n’est pas clôturé\u00a0: clôturez-le avant de le facturer.")


class RunExists(BillingRefusal):
    """One live run per cash office and month (I22)."""

    message = N_(
        "Une facturation %(month)s existe déjà : reprenez-la, ou annulez-la avant d’en ouvrir une autre."
    )


class NotComputed(BillingRefusal):
    message = N_("Cette facturation n’est pas calculée, ou a changé depuis\u00a0: calculez-la d’abord.")


class NotReviewed(BillingRefusal):
    message = N_("Cette facturation n’est pas validée\u00a0: validez-la avant d’émettre les factures.")


class AlreadyIssuing(BillingRefusal):
    """Numbers were given: nothing that bears a number is computed again or cancelled (I20)."""

    message = N_("L’émission a commencé\u00a0: des factures portent déjà leur numéro. Rien n’a été changé.")


class AnomaliesLeft(BillingRefusal):
    message = N_(
        "%(count)s anomalie(s) bloquent la facturation. Corrigez-les et recalculez, ou dites pourquoi passer outre."
    )


class ReasonTooShort(BillingRefusal):
    message = N_(
        "Dites en une phrase pourquoi passer outre ces anomalies\u00a0: la raison est gardée au journal."
    )


class NothingToIssue(BillingRefusal):
    message = N_("Il n’y a aucune facture à émettre pour ce mois.")


class IssuedIsFrozen(BillingRefusal):
    """An issued document changes only in its listed columns (I20, I26)."""

    message = N_(
        "Ce document est émis\u00a0: il ne change plus. Une correction se fait par un nouveau document."
    )
