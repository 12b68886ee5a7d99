"""Deadlines extended in one act: what is no longer late, and no longer owed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espace.bookings.notices.sending import listed, tell
from espace.bookings.queries.extending import ExtensionPlan
from espace.kernel.calendar import PARIS
from espace.kernel.money import total
from espace.kernel.text import format_datetime_long, format_money


def tell_extension(plan: ExtensionPlan) -> None:
    """Deadlines extended: which days are no longer late, and what the family no longer owes. One message an adult."""
    until = format_datetime_long(plan.draft.extension.until.astimezone(PARIS))
    words = {"until": until, "reason": plan.draft.reason.rstrip(".")}
    bodies = {}
    for household_id, ones in plan.households.items():
        parts = [_("%(reason)s. Les délais qui finissaient alors sont prolongés jusqu’au %(until)s.") % words]
        if booked := [one for one in ones if not one.is_cancelled]:
            parts += [_("Ces réservations sont dans les délais, sans majoration :") + "\n" + listed(booked)]
        if cancelled := [one for one in ones if one.is_cancelled]:
            parts += [
                _("Ces annulations sont dans les délais, rien n’est facturé :") + "\n" + listed(cancelled)
            ]
        if spared := total(one.amount for one in ones):
            parts += [
                _("Votre prochaine facture compte %(amount)s de moins.")
                % {"amount": format_money(spared.cents)}
            ]
        bodies[household_id] = "\n\n".join(parts)
    tell(bodies, kind="bookings.extension", subject=_("Délais prolongés : vos réservations"))
