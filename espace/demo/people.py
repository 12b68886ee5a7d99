"""Names, streets and numbers of nobody: drawn by a seeded generator, so that the same town always comes out.

Telephones are of the range that the regulator keeps for fiction; mail goes to `exemple.fr`.
"""

from __future__ import annotations

from random import Random

from espace.kernel.text import normalise

WOMEN = (
    "Amandine", "Aïcha", "Anaïs", "Béatrice", "Carla", "Chloé", "Clémence", "Delphine", "Élodie", "Fatou", "Florence",
    "Gabriela", "Hélène", "Ikram", "Inès", "Joséphine", "Kadiatou", "Laure", "Linh", "Lucie", "Maëlle", "Malika",
    "Margaux", "Marie-Laure", "Mathilde", "Mélanie", "Milica", "Noémie", "Oumou", "Pauline", "Perrine", "Rachida",
    "Rosa", "Sabrina", "Samia", "Sandrine", "Solène", "Sophie", "Thi-Mai", "Vanessa", "Virginie", "Yasmine", "Zoé",
)  # fmt: skip
MEN = (
    "Abdoulaye", "Adrien", "Alexis", "Amadou", "Antoine", "Arnaud", "Bastien", "Benoît", "Bilal", "Cédric", "Damien",
    "David", "Dragan", "Emmanuel", "Étienne", "Fabrice", "Florian", "Guillaume", "Hakim", "Hugo", "Ibrahim", "Jérôme",
    "João", "Jonathan", "Julien", "Kévin", "Laurent", "Loïc", "Marc", "Mathieu", "Mehdi", "Mickaël", "Minh", "Nicolas",
    "Olivier", "Pierre-Yves", "Quentin", "Rachid", "Romain", "Sébastien", "Sofiane", "Thibault", "Vincent", "Xavier",
)  # fmt: skip
CHILDREN = (
    "Adam", "Alice", "Ambre", "Amine", "Anna", "Apolline", "Arthur", "Assia", "Axel", "Basile", "Camélia", "Céleste",
    "Chloé", "Clément", "Diego", "Éden", "Éléonore", "Élise", "Elliot", "Emma", "Enzo", "Éva", "Fanta", "Gabin",
    "Gaspard", "Gustave", "Hana", "Imran", "Inaya", "Iris", "Ismaël", "Jade", "Jean-Baptiste", "Jules", "Julia",
    "Kenza", "Léna", "Lila", "Lou", "Louis", "Lucas", "Lyna", "Maé", "Malo", "Marceau", "Margot", "Marius", "Mila",
    "Moussa", "Naël", "Nina", "Nino", "Noah", "Nour", "Octave", "Olivia", "Pablo", "Raphaël", "Robin", "Romane",
    "Rose", "Sacha", "Salomé", "Samuel", "Sarah", "Sixtine", "Soren", "Suzanne", "Thaïs", "Théo", "Timéo", "Tom",
    "Valentin", "Victor", "Wassim", "Yanis", "Youssef", "Zélie",
)  # fmt: skip
SURNAMES = (
    "Aubertin", "Bailleul", "Baptista", "Barbier", "Benali", "Bertholet", "Blanchard", "Bonnefoy", "Boudiaf", "Brasseur",
    "Camara", "Carlier", "Caron", "Chevalier", "Collignon", "Costa", "Courtois", "Da Silva", "Debruyne", "Delcourt",
    "Delvaux", "Dembélé", "Descamps", "D’Hondt", "Diarra", "Do", "Duchêne", "Dumortier", "El Amrani", "Fauvel", "Ferreira",
    "Fontaine", "Gauthier", "Gillet", "Grandjean", "Haddad", "Hamdi", "Hennequin", "Herbaut", "Jovanović", "Kaci",
    "Kowalczyk", "Lachaume", "Lambert", "Laurent-Morel", "Le Goff", "Lecomte", "Lefrançois", "Leroux", "Lopes", "Mahieu",
    "Maréchal", "Martinelli", "Mercier", "Mokrani", "Moulin", "Nguyen", "N’Diaye", "Noël", "Ouattara", "Pelletier",
    "Petitjean", "Pham", "Picard", "Poirier", "Prévost", "Quesnel", "Ribeiro", "Rolland", "Rousselle", "Saïdi",
    "Sauvage", "Simonet", "Sow", "Tessier", "Thibaut", "Touré", "Tran", "Vanneste", "Vasseur", "Verdier", "Viel", "Wagner",
    "Weber", "Yilmaz", "Zerrouki",
)  # fmt: skip
STREETS = (
    "rue des Tilleuls", "rue du Lavoir", "chemin du Petit-Bois", "allée des Glycines", "rue des Tanneurs",
    "quai de l’Aune", "rue de la Filature", "impasse des Lilas", "place du Marché", "rue des Vanniers",
    "chemin du Moulin", "route des Prés", "rue Haute", "rue Basse", "rue du Four-à-Chaux", "avenue de la Gare",
    "rue des Écluses", "sente des Vignes", "rue de l’Ancienne-Forge", "rue du Pont-Neuf", "allée des Érables",
    "rue de la Source",
)  # fmt: skip
EXTRAS = ("", "", "", "", "Appartement 12", "Bâtiment B", "Résidence des Saules", "2e étage")


class Register:
    """Hands out mailboxes, user names and telephones, each once."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._phones = 0

    def username(self, first: str, last: str) -> str:
        """ "camille.perrin", then "camille.perrin2"…"""
        base = ".".join(normalise(part).replace(" ", "") for part in (first, last))
        self._names[base] = self._names.get(base, 0) + 1
        number = self._names[base]
        return base if number == 1 else f"{base}{number}"

    def phone(self) -> str:
        """06 39 98 and four digits; a large town shares them, as there are only ten thousand."""
        number = (self._phones * 37 + 104) % 10_000
        self._phones += 1
        return f"06 39 98 {number // 100:02d} {number % 100:02d}"


def street(rng: Random) -> tuple[str, str]:
    """A street with its number, and perhaps a second line."""
    return f"{rng.randint(1, 89)}, {rng.choice(STREETS)}", rng.choice(EXTRAS)
