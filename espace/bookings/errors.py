"""Why a booking is refused: one class per reason, with the sentence the family reads."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class BookingRefusal(Refusal):
    """The booking refusals, to catch them all."""


class NotAllowed(BookingRefusal):
    message = N_("Votre habilitation ne permet pas cette action.")


class WrongVenue(BookingRefusal):
    message = N_("Cette activité n’est pas proposée dans ce lieu pour cet enfant.")


class NoSchool(BookingRefusal):
    message = N_("L’école de cet enfant n’est pas connue pour cette année : adressez-vous au guichet.")


class AlreadyDecided(BookingRefusal):
    message = N_("Une réponse a déjà été donnée à cette demande.")


class ReasonNeeded(BookingRefusal):
    message = N_("Indiquez le motif : il sera communiqué à la famille et gardé au journal.")


class StampReasonNeeded(ReasonNeeded):
    message = N_("Indiquez pourquoi cette demande est saisie après coup : ce motif est gardé au journal.")


class StampRefusal(BookingRefusal):
    """The date of a request left at the counter can't be taken."""


class NotAtTheCounter(StampRefusal):
    message = N_("Seul un agent, au guichet, peut indiquer la date d’une demande.")


class AskedInTheFuture(StampRefusal):
    message = N_("La date de la demande est à venir : indiquez celle du tampon.")


class AskedTooLongAgo(StampRefusal):
    message = N_("La demande date de plus de 60 jours : vérifiez la date du tampon.")


class NotEnrolled(BookingRefusal):
    message = N_("L’enfant n’est pas inscrit à cette activité.")


class NotYourDay(BookingRefusal):
    message = N_("Ce jour-là, l’enfant est chez son autre parent, qui réserve pour lui.")


class UnknownSlot(BookingRefusal):
    message = N_("Ce jour n’est pas proposé pour cet enfant.")


class AlreadyBooked(BookingRefusal):
    message = N_("Ce jour est déjà réservé.")


class BookingGone(BookingRefusal):
    message = N_("Cette réservation n’existe plus.")


class Overlap(BookingRefusal):
    message = N_("Cet enfant est déjà attendu ailleurs à la même heure.")


class NoPlaceLeft(BookingRefusal):
    message = N_("Il n’y a plus de place.")


class AlreadyWaiting(BookingRefusal):
    message = N_("Vous êtes déjà sur la liste d’attente de ce jour.")


class WaitsElsewhere(BookingRefusal):
    message = N_("Cet enfant attend déjà une autre place à la même heure ce jour-là.")


class NoWaitingList(BookingRefusal):
    message = N_("Il n’y a pas de liste d’attente pour cette activité.")


class WaitingListFull(BookingRefusal):
    message = N_("La liste d’attente de ce jour est complète.")


class WaitingListClosed(BookingRefusal):
    message = N_("Il est trop tard pour la liste d’attente de ce jour.")


class OfferGone(BookingRefusal):
    message = N_(
        "Cette place ne vous est plus proposée : le délai de réponse est passé, ou vous avez déjà répondu."
    )


class PlaceOffered(BookingRefusal):
    message = N_("Une place vous est proposée ce jour-là : répondez d’abord, prenez-la ou laissez-la passer.")


class NothingOpen(BookingRefusal):
    message = N_("Aucun accueil n’est prévu dans ce lieu à ces dates, à partir d’aujourd’hui.")


class CapacityUnderTaken(BookingRefusal):
    """`day` has `taken` places booked already."""

    message = N_("Le %(day)s, enfants déjà inscrits\u00a0: %(taken)s. Rien n’a été changé.")


class BadCapacity(BookingRefusal):
    message = N_(
        "Ces nombres ne tiennent pas : %(taken)s places sont prises et %(waiting)s demandes attendent."
    )


class EvidenceNeeded(BookingRefusal):
    message = N_("Indiquez le justificatif que vous avez vu.")


class CriterionDates(BookingRefusal):
    message = N_("Le dernier jour est avant le premier.")


class CriterionKnown(BookingRefusal):
    message = N_("Ce critère est déjà enregistré pour cet enfant à ces dates.")


class CriterionNotPublished(BookingRefusal):
    message = N_("Ce critère n’est pas publié à cette date.")


class NothingToChange(BookingRefusal):
    message = N_("Rien ne change : vos réservations sont déjà ainsi.")


class BadToken(BookingRefusal):
    message = N_("Ce formulaire n’est plus valable. Rechargez la page : rien n’a été modifié.")


class SomeCannotMove(BookingRefusal):
    """The event moves children, and some have no place at the other venue: the agent says what becomes of them."""

    message = N_(
        "Certains enfants n’ont pas de place dans l’autre lieu : rien n’a été fait. "
        "Choisissez d’annuler leurs réservations sans frais, ou un autre lieu."
    )


class SomeRefused(BookingRefusal):
    """All-or-nothing was asked for and some lines can't be done; `recap` is the plan that says which."""

    message = N_("Certains jours ne peuvent pas être modifiés : rien n’a été enregistré.")

    def __init__(self, recap: object) -> None:
        super().__init__()
        self.recap = recap


class StaleForm(BookingRefusal):
    """The state behind the form changed; `recap` is the plan on today's state, with the difference."""

    message = N_(
        "Les réservations ont changé depuis que vous avez ouvert cette page : rien n’a été enregistré."
    )

    def __init__(self, recap: object) -> None:
        super().__init__()
        self.recap = recap
