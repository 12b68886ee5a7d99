"""What a collective event, or its undoing, does to the days of a household."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espace.activities.enums import EventEffect
from espace.activities.queries.events import EventEntry
from espace.bookings.notices.sending import line_of, listed, tell
from espace.bookings.queries.events import EventPlan
from espace.bookings.queries.undoing import UndoPlan
from espace.kernel.text import N_, normalise


def tell_event(event: EventEntry, plan: EventPlan) -> None:
    """A collective event, one message a household adult: what becomes of each booking, what is to be done, what it costs."""
    words = _words_of(event)
    cancelled = {b.id for b in plan.cancelled}
    bodies = {}
    for household_id, bookings in plan.households.items():
        lost = [b for b in bookings if b.id in cancelled and b.is_expected]
        ended = [b for b in bookings if b.id in cancelled and not b.is_expected]
        kept = [b for b in bookings if b.id not in cancelled]
        parts = [words["said"]]
        if kept:
            parts += [_(_KEPT[event.effect]) % words + "\n" + listed(kept)]
        if lost:
            parts += [_("Ces réservations sont annulées, rien n’est facturé :") + "\n" + listed(lost)]
        if ended:
            parts += [
                _("Ces demandes en liste d’attente s’arrêtent, rien n’est facturé :") + "\n" + listed(ended)
            ]
        if event.effect is EventEffect.FREE_ABSENCE:
            parts += [_("Sans annulation, votre enfant est attendu et la journée est facturée.")]
        bodies[household_id] = "\n\n".join(parts)
    tell(bodies, kind="bookings.event", subject=_(_SUBJECTS[event.effect]) % words)


def tell_undo(event: EventEntry, plan: UndoPlan) -> None:
    """An event that does not take place any more: what comes back, and what could not, with the reason."""
    words = _words_of(event)
    subject = _("N’a plus lieu : %(kind)s") % words
    bodies = {}
    for household_id in plan.households:
        parts = [_("Cet événement n’a plus lieu. %(said)s") % words]
        if back := [b for b in plan.back if b.household_id == household_id]:
            parts += [_("Ces réservations sont rétablies comme avant :") + "\n" + listed(back)]
        if missing := [(b, why) for b, why in plan.missing if b.household_id == household_id]:
            stays = _("Celles-ci restent dans l’autre lieu, %(venue)s :") % words
            gone = _("Celles-ci n’ont pas pu être rétablies, rien n’est facturé :")
            rows = "\n".join(f"{line_of(b)} ({_(why)})" for b, why in missing)
            parts += [(stays if event.effect is EventEffect.MOVED else gone) + "\n" + rows]
        if told := [b for b in plan.told if b.household_id == household_id]:
            parts += [_("Ces jours reprennent leurs règles habituelles :") + "\n" + listed(told)]
            if event.effect is EventEffect.FREE_ABSENCE:
                parts += [
                    _("Un jour que vous avez annulé le reste : réservez-le de nouveau si vous le souhaitez.")
                ]
        bodies[household_id] = "\n\n".join(parts)
    tell(bodies, kind="bookings.event_undone", subject=subject)


_SUBJECTS = {
    EventEffect.CLOSED: N_("Accueil fermé : vos réservations sont annulées sans frais"),
    EventEffect.FREE_ABSENCE: N_("%(kind)s : vous pouvez annuler sans frais"),
    EventEffect.PICNIC: N_("%(kind)s : pique-nique à la place du repas chaud"),
    EventEffect.MOVED: N_("%(kind)s : votre enfant est accueilli dans un autre lieu"),
}
_KEPT = {
    EventEffect.FREE_ABSENCE: N_(
        "Vous pouvez annuler ces réservations sans frais, quel que soit le délai, jusqu’au soir du jour même :"
    ),
    EventEffect.PICNIC: N_(
        "Ces repas seront des pique-niques. Vous n’avez rien à faire ; ils sont facturés comme d’habitude :"
    ),
    EventEffect.MOVED: N_(
        "Ces réservations ont lieu à une autre adresse : %(venue)s. Vous n’avez rien à faire ; le prix ne change pas :"
    ),
}


def _words_of(event: EventEntry) -> dict[str, str]:
    return {"kind": event.name, "said": said_once(event.name, event.reason), "venue": event.to_address}


def said_once(kind: str, reason: str) -> str:
    """« Grève : préavis national. »; the reason alone when it begins with the kind, as « Grève de l’enseignante »."""
    words = {"kind": kind, "reason": reason.rstrip(".")}
    if f"{normalise(reason)} ".startswith(f"{normalise(kind)} "):
        return _("%(reason)s.") % words
    return _("%(kind)s : %(reason)s.") % words
