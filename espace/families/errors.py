"""Why a family's request is refused: one class per reason."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class FamilyRefusal(Refusal):
    """The family app's refusals, to catch them all."""


class NoCustody(FamilyRefusal):
    message = N_("Aucun foyer n’est responsable de cet enfant à cette date.")


class CustodyOverlap(FamilyRefusal):
    message = N_("Deux foyers sont déclarés responsables de cet enfant à la même date.")


class BadCustody(FamilyRefusal):
    """The pattern cannot be read: wrong number of homes, or a cycle they do not divide."""

    message = N_("Ce rythme de garde n’est pas possible.")


class HolidaysUnknown(FamilyRefusal):
    message = N_(
        "Les vacances scolaires de cette date ne sont pas encore publiées : nous ne savons pas dans quel foyer "
        "sera l’enfant."
    )


class ExceptionOverlap(FamilyRefusal):
    message = N_("Une autre exception couvre déjà une partie de ces jours : retirez-la d’abord.")


class ExceptionChangesNothing(FamilyRefusal):
    message = N_("L’enfant est déjà dans ce foyer ces jours-là : il n’y a rien à changer.")


class NobodyToProtect(FamilyRefusal):
    message = N_("Choisissez qui est protégé, de quelle autre personne, et une fin qui n’est pas passée.")


class AlreadyProtected(FamilyRefusal):
    message = N_("Cette mesure est déjà enregistrée.")


class NotBornYet(FamilyRefusal):
    message = N_("La date de naissance est postérieure à cette date.")


class KeyRefused(FamilyRefusal):
    """One clear sentence whatever is wrong with a key: unknown, used, out of date, revoked, of someone else.

    Someone who guesses learns nothing, not even that a key exists; the subclasses are for the journal.
    """

    message = N_(
        "Cette Clé Enfance n’est pas reconnue, ou n’est plus valable : une clé sert une seule fois, pendant 90 jours. "
        "Vérifiez-la sur votre courrier, ou demandez-en une autre au guichet."
    )


class KeyMistyped(KeyRefused):
    """Wrong length, character or check character: known without looking at any key."""

    message = N_(
        "Cette Clé Enfance contient une faute de frappe. Une clé a douze caractères, comme sur votre courrier : "
        "vérifiez-les un par un."
    )


class KeyUsed(KeyRefused):
    """It has served."""


class KeyExpired(KeyRefused):
    """Its 90 days are over."""


class KeyRevoked(KeyRefused):
    """The guichet cancelled it."""


class TooManyTries(FamilyRefusal):
    message = N_("Trop d’essais. Réessayez plus tard ou adressez-vous au guichet.")


class AlreadyLinked(FamilyRefusal):
    message = N_("Votre compte est déjà relié à une famille. Pour en changer, adressez-vous au guichet.")


class AdultAlreadyLinked(FamilyRefusal):
    message = N_("Cette personne a déjà un compte relié : une clé ne lui servirait à rien.")


class NotAnAdultHere(FamilyRefusal):
    message = N_("Une Clé Enfance se donne à un adulte de ce foyer.")


class LetterAlreadyMade(FamilyRefusal):
    message = N_("Le courrier de cette clé est déjà fait, et la clé est effacée. Faites une nouvelle clé.")


class KeyNotReady(FamilyRefusal):
    message = N_("Cette clé ne sert plus. Faites-en une nouvelle.")


class RequestAlreadyOpen(FamilyRefusal):
    message = N_("Votre demande est déjà chez nous. Vous voyez ici où elle en est.")


class RequestAlreadyAnswered(FamilyRefusal):
    message = N_("Cette demande a déjà reçu sa réponse.")


class ChangeAlreadyDecided(FamilyRefusal):
    message = N_("Cette demande de changement est déjà traitée.")


class NothingToChange(FamilyRefusal):
    message = N_("Rien n’a changé : c’est déjà ce que nous connaissons.")


class ReasonRequired(FamilyRefusal):
    message = N_("Expliquez votre décision : la famille lira cette phrase.")


class PeriodOverlap(FamilyRefusal):
    message = N_("Une valeur plus récente est déjà enregistrée. Choisissez une date plus tardive.")


class RetroactiveNeedsReason(FamilyRefusal):
    message = N_("Cette date est passée : écrivez pourquoi la valeur est rétroactive.")


class AuthorityRequired(FamilyRefusal):
    """I1."""

    message = N_("Un enfant a au moins un responsable légal.")


class AlreadyMember(FamilyRefusal):
    message = N_("Cette personne est déjà dans ce foyer.")


class AlreadyOpen(FamilyRefusal):
    message = N_(
        "Cette personne a déjà un dossier à cette adresse\u00a0: le %(number)s. Rien n’a été enregistré."
    )
