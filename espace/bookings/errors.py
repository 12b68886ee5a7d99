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


class NothingToChange(BookingRefusal):
    message = N_("Rien ne change : vos réservations sont déjà ainsi.")


class BadToken(BookingRefusal):
    message = N_("Ce formulaire n’est plus valable. Rechargez la page : rien n’a été modifié.")


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
