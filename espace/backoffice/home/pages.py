"""What the agents' home shows, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from espace.attendance.queries import proofs_to_check_count_for
from espace.bookings.queries import waiting_enrolments_for
from espace.families.queries import desk_counts_for
from espace.kernel.actor import Actor, Permission
from espace.kernel.reading import read_now
from espace.kernel.text import format_date_short, plural_fr
from espace.notifications.queries import failed_count_for


@dataclass(frozen=True, slots=True)
class Queue:
    """A pile of work: how many, what, since when."""

    count: int
    label: str
    note: str
    url: str


def queues(actor: Actor) -> list[Queue]:
    """The piles this agent works on, those that wait first. 2 queries, 3 for an agent of health."""
    desk, enrolments = desk_counts_for(actor), waiting_enrolments_for(actor)
    read_now(desk, enrolments)
    counts = desk.answer
    piles = []
    if actor.may(Permission.KEYS):
        n = counts.key_requests
        label = plural_fr(n, "demande de Clé Enfance", "demandes de Clé Enfance")
        piles.append(Queue(n, label, _since(counts.oldest), f"{reverse('agent_keys')}#demandes"))
        n = counts.letters
        label = plural_fr(n, "courrier de clé à imprimer", "courriers de clé à imprimer")
        piles.append(Queue(n, label, "", f"{reverse('agent_keys')}#courriers"))
    if actor.may(Permission.FAMILIES_WRITE):
        n = counts.changes
        label = plural_fr(n, "changement de dossier à vérifier", "changements de dossier à vérifier")
        piles.append(Queue(n, label, "", reverse("agent_tasks")))
        n = failed_count_for(actor)
        piles.append(
            Queue(n, plural_fr(n, "courriel non remis", "courriels non remis"), "", reverse("agent_mail"))
        )
    if actor.may(Permission.ENROLMENTS):
        n, oldest = enrolments.answer
        label = plural_fr(n, "inscription à décider", "inscriptions à décider")
        piles.append(Queue(n, label, _since(oldest), reverse("agent_enrolments")))
    if actor.may(Permission.HEALTH):
        n = proofs_to_check_count_for(actor)
        label = plural_fr(n, "justificatif d’absence à lire", "justificatifs d’absence à lire")
        piles.append(Queue(n, label, "", reverse("agent_proofs")))
    return sorted(piles, key=lambda pile: not pile.count)


def _since(oldest: datetime | None) -> str:
    return f", depuis {format_date_short(oldest)}" if oldest else ""
