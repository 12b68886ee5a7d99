"""What the waiting list tells a family: a place offered, an answer that did not come, a list that ends."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from espace.bookings.notices.sending import tell
from espace.bookings.queries.queue import QueueEntry
from espace.kernel.money import Money
from espace.kernel.text import format_date_long, format_datetime_long, format_money


def tell_offer(household_id: int, entry: QueueEntry, until: datetime, price: Money | None) -> None:
    """A place is free for this family: the price, the last minute of the answer, and what happens after."""
    late = _(", hors délai comme lors de votre demande") if entry.is_late else ""
    cost = (
        _(" Prix : %(amount)s%(late)s.") % {"amount": format_money(price.cents), "late": late}
        if price
        else ""
    )
    body = _(
        "Une place s’est libérée pour %(child)s : %(formula)s, %(day)s, %(venue)s.%(cost)s\n\n"
        "Répondez avant le %(until)s : prenez la place ou laissez-la passer. Sans réponse à cette heure, elle est "
        "proposée à la famille suivante et votre demande s’arrête là. Rien n’est facturé tant que vous ne la prenez "
        "pas.\n\n%(url)s"
    ) % {
        **_of_request(entry), "cost": cost, "until": format_datetime_long(until),
        "url": f"{settings.PUBLIC_URL}/reserver/attente/{entry.id}/",
    }  # fmt: skip
    subject = _("Une place s’est libérée pour le %(day)s pour %(child)s") % _of_request(entry)
    tell({household_id: body}, kind="bookings.offer", subject=subject, about=[entry.child_id])


def tell_offer_over(household_id: int, entry: QueueEntry) -> None:
    """Nobody answered in time: the place is for the next family."""
    body = _(
        "La place proposée à %(child)s (%(formula)s, %(day)s) n’a pas reçu de réponse à temps : elle est proposée à la "
        "famille suivante. Votre demande s’arrête là, rien n’est facturé."
    ) % _of_request(entry)
    subject = _("La place du %(day)s est proposée à une autre famille") % _of_request(entry)
    tell({household_id: body}, kind="bookings.offer_over", subject=subject, about=[entry.child_id])


def tell_list_over(household_id: int, entry: QueueEntry) -> None:
    """The list of a day ends: no place was freed in time."""
    body = _(
        "Aucune place ne s’est libérée à temps pour %(child)s : %(formula)s, %(day)s. La liste d’attente de ce jour est "
        "terminée, rien n’est facturé."
    ) % _of_request(entry)
    subject = _("Liste d’attente terminée : %(day)s, %(child)s") % _of_request(entry)
    tell({household_id: body}, kind="bookings.list_over", subject=subject, about=[entry.child_id])


def _of_request(entry: QueueEntry) -> dict[str, str]:
    return {
        "child": entry.child,
        "formula": entry.formula,
        "day": format_date_long(entry.dated.day),
        "venue": entry.venue,
    }
