"""The family's words for the acts of the journal. What is not here is not shown to it."""

from __future__ import annotations

from espace.bookings.enums import BookingState, CancelTiming
from espace.kernel.text import N_

# Told by the form itself, which says more.
BY_ITS_FORM = "bookings.change"
# Of one booking: « Zoé : Journée (…), mercredi 16 décembre 2026 » follows.
OF_A_DAY = {
    "bookings.offer_place": N_("Place proposée"),
    "bookings.accept_offer": N_("Place proposée acceptée"),
    "bookings.decline_offer": N_("Place proposée laissée passer"),
    "bookings.offer_expired": N_("Place proposée restée sans réponse"),
    "bookings.leave_list": N_("Liste d’attente quittée"),
    "bookings.list_closed": N_("Liste d’attente terminée, sans place"),
}
OF_AN_ENROLMENT = {
    "bookings.enrol": N_("Inscription demandée"),
    "bookings.accept_enrolment": N_("Inscription acceptée"),
    "bookings.refuse_enrolment": N_("Inscription refusée"),
}
OF_AN_EVENT = {
    "bookings.cancel_by_service": N_("Réservations annulées par la commune, sans frais"),
    "bookings.move_by_service": N_("Réservations déplacées dans un autre lieu"),
    "bookings.tell_event": N_("Événement annoncé, vos réservations tiennent"),
    "bookings.undo_event": N_("Événement qui n’a plus lieu"),
}
OF_AN_ABSENCE = {
    "attendance.declare_absence": N_("Absence annoncée"),
    "attendance.change_return": N_("Date de retour changée"),
    "attendance.withdraw_absence": N_("Absence retirée"),
    "attendance.send_proof": N_("Justificatif envoyé"),
    "attendance.sign_absence": N_("Déclaration sur l’honneur signée"),
    "attendance.accept_proof": N_("Justificatif accepté"),
    "attendance.refuse_proof": N_("Justificatif refusé"),
}
ALONE = {
    "bookings.remind": N_("Rappel d’une date limite envoyé par e-mail"),
    "bookings.record_criterion": N_("Critère de priorité enregistré"),
    "bookings.end_criterion": N_("Critère de priorité terminé"),
    "bookings.change_home": N_("Garde modifiée : des jours réservés changent de foyer"),
    "bookings.move_child": N_("Changement d’école, ou départ, enregistré"),
    "bookings.extend_deadlines": N_("Délais prolongés : des jours sont remis dans les délais"),
}
TITLES = {**OF_A_DAY, **OF_AN_ENROLMENT, **OF_AN_EVENT, **OF_AN_ABSENCE, **ALONE}
# What only an agent does, and what the town does by an agent or by itself.
ONLY_BY_AGENTS = frozenset({
    "bookings.accept_enrolment", "bookings.refuse_enrolment", *OF_AN_EVENT, "attendance.accept_proof",
    "attendance.refuse_proof", "bookings.record_criterion", "bookings.end_criterion", "bookings.change_home", "bookings.move_child",
    "bookings.extend_deadlines",
})  # fmt: skip
BY_AGENTS = frozenset({"bookings.offer_place", *ONLY_BY_AGENTS})
# Acts whose reason is written for the family. Any other is between agents, and may hold what is protected.
REASON_TOLD = frozenset({"bookings.refuse_enrolment", "bookings.offer_place"})
STANDS = {
    BookingState.CONFIRMED: N_("Réservé"),
    BookingState.PENDING_ENROLMENT: N_("Réservé, inscription à confirmer par le service"),
    BookingState.WAITLISTED: N_("En attente d’une place"),
    BookingState.OFFERED: N_("Place proposée, votre réponse est attendue"),
    BookingState.REFUSED: N_("Refusé avec l’inscription : rien n’est dû"),
}
CANCELLED = {
    CancelTiming.IN_TIME: N_("Annulé dans les délais : rien n’est dû."),
    CancelTiming.LATE: N_("Annulé hors délai : le jour reste dû."),
    CancelTiming.SERVICE: N_("Annulé par la commune : rien n’est dû."),
    CancelTiming.WAITING: N_("Plus en liste d’attente : rien n’est dû."),
    CancelTiming.ABSENCE: N_("Absence annoncée : la place a été rendue."),
}
