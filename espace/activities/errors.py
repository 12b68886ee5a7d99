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
    """`when`: the instant it opens for this family, in words."""

    message = N_("Les réservations de cette période ouvrent le %(when)s pour vous.")


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


class NotAdmitted(ActivityRefusal):
    """`who`: whom the activity is for, in words."""

    message = N_("Cette activité est réservée\u00a0: %(who)s.")


class CanteenIsForAll(ActivityRefusal):
    """L131-13 of the code de l'éducation."""

    message = N_(
        "La restauration scolaire est un droit pour tous les élèves\u00a0: seuls un âge ou une école peuvent être demandés."
    )


class AdmissionAsksNothing(ActivityRefusal):
    message = N_("Choisissez au moins une condition\u00a0: un âge, une école, une catégorie.")


class AgesOutOfOrder(ActivityRefusal):
    message = N_("L’âge le plus grand doit venir après le plus petit.")


class RatioTooSmall(ActivityRefusal):
    message = N_("Comptez au moins un enfant par adulte.")


class ExtensionOutOfOrder(ActivityRefusal):
    message = N_(
        "La panne doit finir après avoir commencé, et le délai être prolongé au moins jusqu’à sa fin."
    )


class ExtensionTooLong(ActivityRefusal):
    message = N_("Une prolongation dure un mois au plus, du début de la panne au nouveau délai.")


class OpeningAfterClosing(ActivityRefusal):
    message = N_("Les réservations doivent fermer après s’être ouvertes pour tous.")


class RuleReasonNeeded(ActivityRefusal):
    message = N_("Indiquez le motif : il est gardé au journal.")


class NoGeneralRule(ActivityRefusal):
    """A period's own rule is taken off only when the activity has one to fall back on."""

    message = N_("Cette activité n’a pas de règle générale : la période doit garder la sienne.")


class NotYoursToChange(ActivityRefusal):
    message = N_("Votre habilitation ne permet pas de modifier les activités.")


class PeriodWithoutDays(ActivityRefusal):
    message = N_("La fin doit être après le début.")


class CanteenHasNoCriterion(ActivityRefusal):
    """L131-13 of the code de l'éducation: a right of every pupil, whatever the parents' situation."""

    message = N_(
        "La restauration scolaire est un droit pour tous les élèves\u00a0: aucun critère de priorité ne s’y applique."
    )


class CriterionPublished(ActivityRefusal):
    message = N_("Ce critère est déjà publié pour cette activité.")


class CriterionWithoutPoints(ActivityRefusal):
    message = N_("Un critère vaut au moins un point.")


class OfferWithoutTime(ActivityRefusal):
    message = N_("Laissez au moins une heure aux familles pour répondre.")


class FamiliesWait(ActivityRefusal):
    """The list can't be turned off while families wait on it."""

    message = N_(
        "Des familles attendent une place\u00a0: la liste d’attente de cette activité ne peut pas être arrêtée maintenant."
    )


class NothingThere(ActivityRefusal):
    message = N_("Aucun accueil n’est ouvert à ces dates pour ce choix : il n’y a rien à changer.")


class EventInThePast(ActivityRefusal):
    """A day gone by may be billed already; a closed month always is in the past."""

    message = N_(
        "Un événement se déclare à partir d’aujourd’hui. Un jour passé ne peut plus être changé ici\u00a0: "
        "il est peut-être déjà facturé, et la correction d’une facture émise n’est pas encore proposée."
    )


class AlreadyDeclared(ActivityRefusal):
    message = N_("Un événement de même effet est déjà déclaré à ces dates : annulez-le d’abord.")


class PlaceToChoose(ActivityRefusal):
    message = N_("Choisissez le lieu où vont les enfants.")


class EventOver(ActivityRefusal):
    message = N_("Cet événement est passé : il ne peut plus être annulé.")


class EventUndone(ActivityRefusal):
    message = N_("Cet événement est déjà annulé : rien n’a été fait deux fois.")


class ClosedByEvent(ActivityRefusal):
    """An event closes that day to this very child; others may go."""

    message = N_("Ce jour est fermé pour cet enfant : %(reason)s.")


class MovedByEvent(ActivityRefusal):
    message = N_("Ce jour-là, cet accueil a lieu ailleurs : %(venue)s.")
