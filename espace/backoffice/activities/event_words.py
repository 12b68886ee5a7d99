"""The words of collective events on the agents' screens, and those of a draft."""

from __future__ import annotations

from espace.activities.enums import EventEffect

EFFECTS = {
    EventEffect.CLOSED: "Fermé, rien n’est facturé",
    EventEffect.FREE_ABSENCE: "Annulation gratuite",
    EventEffect.PICNIC: "Pique-nique",
    EventEffect.MOVED: "Accueil dans un autre lieu",
}
# What each effect does, said before the click.
EXPLAINED = {
    EventEffect.CLOSED: (
        "Les réservations sont annulées sans frais et les places rendues. Pour une classe, l’accueil reste ouvert "
        "aux autres enfants."
    ),
    EventEffect.FREE_ABSENCE: (
        "Les réservations restent. Les familles peuvent annuler sans frais, quel que soit le délai, jusqu’au soir "
        "du jour même."
    ),
    EventEffect.PICNIC: (
        "Les repas restent réservés et facturés. La cuisine prépare des pique-niques à la place des repas chauds."
    ),
    EventEffect.MOVED: (
        "Les enfants sont reçus dans un autre lieu, aux mêmes heures et au même prix, s’il y reste de la place."
    ),
}
