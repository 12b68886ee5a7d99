"""The words of the administration, in one sentence each, for `{% definition %}`."""

from espace.kernel.text import N_

DEFINITIONS: dict[str, str] = {
    "quotient familial": N_(
        "Vos revenus et vos prestations du mois, divisés par le nombre de parts de votre foyer. "
        "La Caf ou la MSA le calcule ; il fixe votre tarif."
    ),
    "tranche": N_(
        "L’intervalle de quotients familiaux où se trouve le vôtre : toutes les familles d’une même "
        "tranche paient le même prix."
    ),
    "taux d’effort": N_(
        "La part de votre quotient familial que coûte une activité, entre un prix plancher et un "
        "prix plafond."
    ),
    "régie": N_(
        "La caisse de la Ville qui encaisse vos paiements pour le Trésor : cantine, accueil, mercredis, "
        "vacances."
    ),
    "régisseur": N_(
        "L’agent qui tient la caisse de la Ville et répond de son argent devant le comptable public."
    ),
    "comptable public": N_(
        "L’agent de l’État qui tient les comptes de la Ville et poursuit les factures restées impayées."
    ),
    "titre de recettes": N_(
        "Le document par lequel la Ville confie une facture impayée au comptable public, qui la recouvre."
    ),
    "avoir": N_(
        "Ce que la Ville vous doit après une annulation ou une erreur ; il se déduit de la facture suivante."
    ),
    "prélèvement": N_(
        "Vos factures sont réglées seules, à la date annoncée, depuis le compte que vous avez indiqué."
    ),
    "pai": N_(
        "Projet d’accueil individualisé : le document, signé avec le médecin scolaire, qui dit comment "
        "accueillir un enfant allergique ou malade."
    ),
    "clé enfance": N_(
        "Le code de huit caractères, reçu par courrier, qui rattache votre enfant à votre espace."
    ),
    "responsable légal": N_(
        "La personne qui exerce l’autorité parentale : elle inscrit l’enfant et décide pour lui."
    ),
    "périscolaire": N_(
        "L’accueil des enfants à l’école avant et après la classe, et pendant la pause de midi."
    ),
    "extrascolaire": N_("L’accueil des enfants les jours sans école : vacances, et parfois le samedi."),
    "liste d’attente": N_(
        "Votre rang pour la prochaine place libérée. Quand elle vient, nous vous écrivons et vous "
        "avez un délai pour la prendre."
    ),
    "hors délai": N_(
        "Après la date limite de réservation. L’ajout est possible s’il reste une place, à un prix majoré."
    ),
}
