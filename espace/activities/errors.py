"""Why the offer says no: one class per reason, with the sentence the family reads."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class ActivityRefusal(Refusal):
    """The offer's refusals, to catch them all."""


class TooYoung(ActivityRefusal):
    message = N_("Cet enfant est trop jeune pour cette activité.")


class TooOld(ActivityRefusal):
    message = N_("Cet enfant est trop âgé pour cette activité.")


class PeriodNotOpenYet(ActivityRefusal):
    message = N_("Les réservations de cette période ne sont pas encore ouvertes.")


class PeriodClosed(ActivityRefusal):
    message = N_("Les réservations de cette période sont terminées.")


class SlotNotOpen(ActivityRefusal):
    message = N_("Ce jour n’est plus proposé.")


class AgentOnly(ActivityRefusal):
    message = N_("Le délai en ligne est passé : adressez-vous au guichet.")


class DeadlinePassed(ActivityRefusal):
    message = N_("Le délai est passé : ce jour ne peut plus être modifié.")


class MissingAnchor(ActivityRefusal):
    """A limit counted from the period was asked for without the period's dates."""

    message = N_("Le délai de cette activité ne peut pas être calculé : les dates de la période manquent.")


class BadDeadlines(ActivityRefusal):
    """`check_deadlines` found something; `problems` are its sentences."""

    message = N_("Les délais ne peuvent pas être enregistrés : %(problems)s")


class NotYoursToChange(ActivityRefusal):
    message = N_("Votre habilitation ne permet pas de modifier les activités.")


class PeriodWithoutDays(ActivityRefusal):
    message = N_("La fin doit être après le début.")


class NothingToClose(ActivityRefusal):
    message = N_("Aucun accueil n’est ouvert à ces dates : il n’y a rien à fermer.")


class ClosureInThePast(ActivityRefusal):
    """A day gone by may be billed already; a closed month always is in the past."""

    message = N_(
        "Une fermeture se déclare à partir d’aujourd’hui. Un jour passé ne peut plus être fermé ici\u00a0: "
        "il est peut-être déjà facturé, et la correction d’une facture émise n’est pas encore proposée."
    )
