"""The « mode d’emploi » and the rules of the régie: written once, read on the help page and on paper."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from espace.town.queries import Identity


@dataclass(frozen=True, slots=True)
class Section:
    """A title, sentences, and steps to follow in order."""

    anchor: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def guide(town: Identity, late_fee: str) -> list[Section]:
    """How to use the space, from the first visit to the paid invoice. `late_fee` is the surcharge in words."""
    return [
        Section(
            "creer",
            _("Créer mon espace"),
            [_("Il faut une adresse e-mail, n’importe laquelle, et cinq minutes.")],
            [
                _("Sur la page d’accueil, choisissez « Créer mon espace » et donnez votre adresse e-mail."),
                _("Recopiez le code à 6 chiffres que vous recevez aussitôt. Il vaut quinze minutes."),
                _("Indiquez votre identité, votre adresse et un numéro de téléphone."),
                _("Choisissez un nom d’utilisateur et un mot de passe. Votre espace est créé."),
            ],
            [
                _(
                    "Deux parents peuvent partager une adresse e-mail : chacun a alors son nom d’utilisateur et "
                    "son mot de passe."
                )
            ],
        ),
        Section(
            "cle",
            _("Saisir ma Clé Enfance"),
            [
                _(
                    "La Clé Enfance est un code personnel, reçu par courrier. Elle relie votre compte à votre "
                    "famille et ouvre les réservations. Elle sert une seule fois."
                )
            ],
            [
                _("Dans votre espace, choisissez « Clé Enfance »."),
                _("Recopiez la clé de la lettre, ou photographiez son code avec votre téléphone."),
                _("Vérifiez, puis appuyez sur « Relier ma famille »."),
            ],
            [
                _(
                    "Pas de clé, ou clé perdue ? Choisissez « Je n’ai pas de clé » : une lettre part à l’adresse "
                    "que la mairie connaît. Une clé n’est jamais donnée par téléphone."
                )
            ],
        ),
        Section(
            "inscrire",
            _("Inscrire mon enfant et réserver une semaine type"),
            [_("L’inscription donne le droit de réserver ; elle se fait une fois par an et par activité.")],
            [
                _("Dans « Ma famille », ouvrez la page de votre enfant, puis « Inscrire »."),
                _("Choisissez les activités : restauration, accueil du matin, du soir, mercredi."),
                _("Cochez les jours d’une semaine ordinaire : c’est la semaine type."),
                _(
                    "Relisez les dates, le prix de chaque jour et jusqu’à quand il peut être changé, puis validez."
                ),
            ],
            [_("Un accusé de réception part par e-mail, avec un fichier pour votre agenda.")],
        ),
        Section(
            "changer",
            _("Ajouter ou annuler un jour"),
            [],
            [
                _("Dans « Réserver », choisissez l’enfant et le mois."),
                _("Cochez un jour pour le réserver, décochez-le pour l’annuler."),
                _("La barre du bas dit ce qui change et ce que cela coûte. Vérifiez, puis validez."),
            ],
            [
                _(
                    "Hors délai, la demande n’est pas refusée sans le dire : la majoration de %(fee)s est "
                    "annoncée avant de valider. Quand la cuisine a passé commande, seul le guichet peut encore agir."
                )
                % {"fee": late_fee}
            ],
        ),
        Section(
            "payer",
            _("Lire et payer mes factures"),
            [
                _(
                    "Une facture arrive chaque mois. Chaque ligne s’explique : votre quotient familial, la "
                    "tranche, le prix, la majoration s’il y en a une."
                )
            ],
            [
                _("Dans « Factures », ouvrez la facture, puis « Payer »."),
                _("Vous payez sur le site de la banque, par carte. La mairie ne voit jamais votre carte."),
                _("Votre reçu numéroté est prêt aussitôt, à garder ou à imprimer."),
            ],
            [_("Espèces et chèques se règlent au guichet.")],
        ),
        Section(
            "sans",
            _("Pas d’adresse e-mail, pas d’ordinateur ?"),
            [
                _(
                    "Le guichet unique fait la démarche avec vous : mêmes délais, mêmes tarifs. %(place)s, "
                    "%(street)s, téléphone %(phone)s."
                )
                % {"place": town.guichet_place, "street": town.guichet_street, "phone": town.guichet_phone}
            ],
        ),
    ]


def payment_rules(creditor: str, acte: str, days: int, late_fee: str) -> list[Section]:
    """The rules of the régie, beside its delays."""
    return [
        Section(
            "objet",
            _("1. Objet"),
            [
                _(
                    "La régie de recettes (%(creditor)s, %(acte)s) encaisse le prix de la restauration scolaire "
                    "et des activités périscolaires et extrascolaires."
                )
                % {"acte": acte[:1].lower() + acte[1:], "creditor": creditor}
            ],
        ),
        Section(
            "reserver",
            _("2. Réserver et annuler"),
            [
                _("Toute présence se réserve. Les délais ci-dessous sont comptés en jours du calendrier, "
                  "ou en jours ouvrés (du lundi au vendredi, hors jours fériés) quand c’est écrit."),
                _("Ce qui compte est l’instant de votre demande, sur le portail ou au guichet, jamais celui "
                  "où un agent la traite."),
            ],
        ),
        Section(
            "majoration",
            _("3. Majoration"),
            [
                _("Une réservation hors délai est majorée de %(fee)s, une fois par réservation. La majoration "
                  "est annoncée avant la validation.") % {"fee": late_fee},
                _("Un jour annulé hors délai reste dû. Un jour que la commune annule (fermeture, grève) n’est "
                  "jamais facturé."),
            ],
        ),
        Section(
            "prix",
            _("4. Prix"),
            [
                _("Le prix dépend du quotient familial valable le jour de la présence. Sans quotient connu, "
                  "la tranche la plus élevée s’applique, jusqu’à ce que vous le communiquiez."),
                _("Un quotient de 0 est un quotient : il donne la première tranche."),
                _("En résidence alternée, chaque jour est facturé au foyer qui a la garde ce jour-là, à son "
                  "propre quotient."),
            ],
        ),
        Section(
            "payer",
            _("5. Facturer et payer"),
            [
                _("Une facture par mois et par foyer, payable sous %(days)s jours : en ligne par carte, ou au "
                  "guichet.") % {"days": days},
                _("Après l’échéance : un rappel, puis un dernier rappel avant transmission au comptable "
                  "public. Une dette n’empêche jamais un enfant de manger à la cantine."),
                _("Un désaccord ? Écrivez au guichet : la facture est vérifiée avec vous."),
            ],
        ),
    ]  # fmt: skip
