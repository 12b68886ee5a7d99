"""Why an account can't be made, changed or entered, in the words the person reads."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class AccountRefusal(Refusal):
    """Any refusal of this app."""


class InvalidEmail(AccountRefusal):
    message = N_("Écrivez votre adresse e-mail en entier, par exemple nom@exemple.fr.")


class TooManyAttempts(AccountRefusal):
    message = N_("Trop d’essais. Attendez quelques minutes, puis réessayez.")


class TooManyCodes(AccountRefusal):
    message = N_("Trop de codes ont été demandés. Réessayez dans une heure, ou appelez le guichet unique.")


class CodeTooSoon(AccountRefusal):
    message = N_(
        "Un code vient de vous être envoyé. Vous pourrez en demander un autre dans %(seconds)s secondes."
    )


class WrongCode(AccountRefusal):
    message = N_("Ce code n’est pas le bon. Vérifiez les six chiffres du dernier message reçu.")


class CodeExpired(AccountRefusal):
    message = N_("Ce code n’est plus valable : il servait pendant 15 minutes. Demandez-en un autre.")


class CodeUsedUp(AccountRefusal):
    message = N_("Ce code a été essayé cinq fois : il ne sert plus. Demandez-en un autre.")


class DraftMissing(AccountRefusal):
    message = N_("Votre saisie n’est plus là. Recommencez depuis votre adresse e-mail.")


class StepMissing(AccountRefusal):
    """A step before the one asked for is not done yet; `step` names it."""

    message = N_("Il manque une étape avant celle-ci.")


class UsernameInvalid(AccountRefusal):
    message = N_(
        "Un nom d’utilisateur a de 3 à 60 caractères : des lettres sans accent, des chiffres, le point, "
        "le tiret, le tiret bas. Il commence par une lettre ou un chiffre."
    )


class UsernameTaken(AccountRefusal):
    message = N_("Ce nom d’utilisateur est déjà pris.")


class WeakPassword(AccountRefusal):
    """The password is refused; `reasons` (a list of French sentences) says why."""

    message = N_("Ce mot de passe n’est pas assez solide.")

    @property
    def reasons(self) -> list[str]:
        found = self.params.get("reasons")
        return [str(reason) for reason in found] if isinstance(found, list) else []


class WrongPassword(AccountRefusal):
    message = N_("Ce n’est pas votre mot de passe actuel.")


class LinkDead(AccountRefusal):
    message = N_(
        "Ce lien ne sert plus : il a déjà servi, ou il date de plus d’une heure. Demandez-en un autre."
    )


class NotAllowed(AccountRefusal):
    message = N_("Vous n’avez pas le droit de faire cela.")


class GrantExists(AccountRefusal):
    message = N_("Cette habilitation est déjà donnée.")


class WrongFactorCode(AccountRefusal):
    message = N_("Ce code n’est pas le bon. Attendez le suivant, puis réessayez.")


class FactorAlreadySet(AccountRefusal):
    message = N_("Le second facteur est déjà en place.")
