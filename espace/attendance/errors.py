"""Why a month cannot be closed, an absence not declared, a proof not taken."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class AttendanceRefusal(Refusal):
    """The attendance refusals, to catch them all."""


class MonthNotOver(AttendanceRefusal):
    message = N_(
        "Le mois %(month)s n’est pas terminé\u00a0: il pourra être clôturé à partir du %(from_day)s."
    )


class MonthAlreadyClosed(AttendanceRefusal):
    message = N_("Le mois %(month)s est déjà clôturé. Rien n’a été changé.")


class MonthsClosed(AttendanceRefusal):
    """An extension would change what a closed month, billed or about to be, says."""

    message = N_(
        "Des réservations %(months)s changeraient, et ce mois est déjà clôturé pour être facturé\u00a0: "
        "rien n’a été fait. Choisissez une activité, ou une panne plus courte."
    )


class DayUnknown(AttendanceRefusal):
    """The calendar says nothing of a day of the month: it might have been a school day, or not."""

    message = N_(
        "Le calendrier ne dit pas ce qu’est le %(day)s. Complétez-le dans les réglages, puis clôturez le mois."
    )


# Absences -------------------------------------------------------------------------------------------------------


class NothingBooked(AttendanceRefusal):
    message = N_("Rien n’est réservé pour %(children)s à ces dates\u00a0: il n’y a rien à signaler.")


class AlreadyDeclared(AttendanceRefusal):
    """Declaring the same days twice is told, and changes nothing; `declaration_id` is the absence already there."""

    message = N_(
        "Une absence de %(child)s est déjà annoncée, %(days)s. Rien n’a été changé\u00a0: "
        "pour la prolonger, corrigez sa date de retour."
    )

    def __init__(self, *, declaration_id: int, **params: object) -> None:
        super().__init__(**params)
        self.declaration_id = declaration_id


class ReturnBeforeStart(AttendanceRefusal):
    message = N_("Le jour du retour doit venir après le premier jour d’absence.")


class AbsenceTooLong(AttendanceRefusal):
    message = N_("Une absence se déclare pour deux mois au plus. Vous pourrez la prolonger ensuite.")


class AbsenceTooEarly(AttendanceRefusal):
    message = N_(
        "Une absence se déclare deux semaines à l’avance au plus. Plus tôt, annulez simplement les jours "
        "dans le calendrier\u00a0: c’est sans frais."
    )


class AbsenceTooOld(AttendanceRefusal):
    message = N_("Cette absence est trop ancienne pour être déclarée ici\u00a0: adressez-vous au guichet.")


class ReturnInThePast(AttendanceRefusal):
    message = N_(
        "Le jour du retour ne peut plus être avancé avant aujourd’hui\u00a0: adressez-vous au guichet."
    )


class ProlongAnew(AttendanceRefusal):
    """A certificate says its own days: others need their own."""

    message = N_(
        "Le justificatif de cette absence est déjà envoyé\u00a0: pour les jours suivants, déclarez une nouvelle absence."
    )


class SameReturn(AttendanceRefusal):
    message = N_("Le jour du retour est déjà celui-là\u00a0: rien n’a été changé.")


class TooLateToWithdraw(AttendanceRefusal):
    message = N_(
        "Cette absence a déjà commencé\u00a0: elle ne peut plus être retirée. Avancez plutôt le jour du retour."
    )


class AbsenceChanged(AttendanceRefusal):
    """What would happen is no longer what was shown; `plan` is what it is now."""

    message = N_(
        "La situation a changé depuis que vous avez ouvert cette page\u00a0: voici ce qu’il en est maintenant."
    )

    def __init__(self, plan: object) -> None:
        super().__init__()
        self.plan = plan


class StampedTomorrow(AttendanceRefusal):
    message = N_("La demande ne peut pas avoir été reçue dans le futur.")


class ProofNotNeeded(AttendanceRefusal):
    """Nothing is kept that nobody asked for."""

    message = N_("Aucun justificatif n’est demandé pour cette absence\u00a0: ne nous envoyez rien.")


class ProofAlreadyAccepted(AttendanceRefusal):
    message = N_("Le justificatif de cette absence est déjà accepté\u00a0: il n’y a plus rien à envoyer.")


class AlreadySigned(AttendanceRefusal):
    message = N_("Cette déclaration est déjà signée.")


class NotSigned(AttendanceRefusal):
    message = N_("Cochez la case pour signer la déclaration sur l’honneur.")


class NothingToCheck(AttendanceRefusal):
    message = N_("Ce justificatif a déjà reçu sa réponse, ou a été remplacé.")


class RefusalNeedsReason(AttendanceRefusal):
    message = N_("Indiquez pourquoi\u00a0: la famille lira cette phrase.")


class BadPolicy(AttendanceRefusal):
    message = N_("Cette règle ne peut pas être enregistrée\u00a0: %(problems)s")


class PolicyInThePast(AttendanceRefusal):
    """Absences already announced were told another rule."""

    message = N_(
        "Une règle change à partir d’aujourd’hui au plus tôt\u00a0: les absences passées gardent la leur."
    )


class LaterPolicy(AttendanceRefusal):
    message = N_("Une règle est déjà prévue à partir du %(day)s. Choisissez cette date, ou une plus tardive.")
