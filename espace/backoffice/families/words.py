"""The guichet's words for states and acts."""

from __future__ import annotations

from espace.families.enums import KeyState, QuotientSource, TariffCategory

KEY_STATES = {
    KeyState.READY: ("prête", "sun"),
    KeyState.USED: ("utilisée", "ok"),
    KeyState.EXPIRED: ("périmée", "dash"),
    KeyState.REVOKED: ("annulée", "dash"),
}
SOURCES: dict[str, str] = {
    QuotientSource.API: "de la Caf, en ligne",
    QuotientSource.CAF_NOTICE: "attestation Caf",
    QuotientSource.TAX: "avis d’imposition",
    QuotientSource.AGENT: "calcul du guichet",
    QuotientSource.CEILING: "inconnu : tarif le plus élevé",
}
CATEGORIES = {
    TariffCategory.RESIDENT: "commune",
    TariffCategory.NON_RESIDENT: "hors commune",
    TariffCategory.STAFF: "agent de la ville",
    TariffCategory.ULIS: "ULIS",
    TariffCategory.FOSTER: "accueil familial",
}
ACTIONS = {
    "families.create_household": "ouvre le dossier",
    "families.add_adult": "ajoute un adulte",
    "families.add_child": "ajoute un enfant",
    "families.set_quotient": "enregistre un quotient",
    "families.set_category": "change la catégorie de tarif",
    "families.set_schooling": "enregistre une école",
    "families.set_custody": "enregistre une garde",
    "families.add_custody_exception": "ajoute une exception de garde",
    "families.remove_custody_exception": "retire une exception de garde",
    "families.set_health_plan": "enregistre un PAI",
    "families.read_health_plan": "lit le détail d’un PAI",
    "families.issue_key": "fait une Clé Enfance",
    "families.make_key_letter": "imprime le courrier d’une clé",
    "families.revoke_key": "annule une clé",
    "families.redeem_key": "relie son compte avec la clé",
    "families.unlink_account": "détache un compte",
    "families.request_key": "demande une Clé Enfance",
    "families.answer_key_request": "répond à une demande de clé",
    "families.ask_record_change": "demande un changement",
    "families.apply_change": "applique un changement",
    "families.refuse_change": "refuse un changement",
    "families.start_acting": "agit pour la famille",
    "families.stop_acting": "n’agit plus pour la famille",
    "families.key_refused": "saisit une clé refusée",
    "bookings.enrol": "inscrit un enfant",
    "bookings.accept_enrolment": "accepte une inscription",
    "bookings.refuse_enrolment": "refuse une inscription",
    "bookings.change": "change des réservations",
    "bookings.move_child": "change l’école ou enregistre un départ",
    "bookings.change_home": "change le foyer de jours réservés",
    "bookings.cancel_by_service": "annule des réservations sans frais",
    "payments.start": "commence un paiement",
    "payments.paid": "apprend que la banque accepte le paiement",
    "payments.refused": "apprend que la banque refuse le paiement",
    "payments.cancelled": "apprend que le paiement est abandonné",
    "payments.receive": "enregistre un règlement",
    "payments.mismatch": "signale un paiement à vérifier",
}
