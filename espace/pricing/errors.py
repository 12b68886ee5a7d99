"""Why a price cannot be given: it is better to stop than to make a family pay the wrong price."""

from espace.kernel.errors import Refusal
from espace.kernel.text import N_


class PricingRefusal(Refusal):
    """The pricing refusals, to catch them all."""


class NoTariff(PricingRefusal):
    message = N_("Aucun tarif n’est en vigueur pour « %(unit_code)s ».")


class NoBracket(PricingRefusal):
    """No bracket holds this quotient: only possible in a plan that the linter would refuse."""

    message = N_("Aucune tranche ne contient le quotient %(quotient)s.")


class NoCeiling(PricingRefusal):
    """The quotient is unknown and the rule has no highest price to fall back on."""

    message = N_("Le quotient est inconnu et ce tarif n’a pas de prix plafond.")


class BadQuotient(PricingRefusal):
    message = N_("Un quotient familial ne peut pas être négatif.")


class PlanHasGap(PricingRefusal):
    message = N_("Cette grille ne peut pas être activée : %(problems)s")


class PlanNotDraft(PricingRefusal):
    message = N_("Seule une grille en préparation peut être modifiée.")


class PlanOverlaps(PricingRefusal):
    """The plan in force starts with, or after, the one to activate: the council's newest decision would be lost."""

    message = N_(
        "La grille « %(name)s » est déjà en vigueur à cette date ou après : changez la date de début."
    )
