"""What changes around a child: the answer to an enrolment, another custody, another school, a departure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from espace.bookings.notices.sending import tell
from espace.bookings.queries.custody import CustodyPreview, MovedDay
from espace.bookings.queries.moving import MovePreview
from espace.kernel.text import de_nom, format_date_long


def answer_enrolment(
    household_ids: Iterable[int], *, child_id: int, child: str, activity: str, accepted: bool, reason: str
) -> None:
    """The town's answer to a request of enrolment, to every household that answers for the child."""
    if accepted:
        subject = _("Inscription acceptée : %(activity)s") % {"activity": activity}
        sentence = _(
            "L’inscription %(of_child)s à « %(activity)s » est acceptée. Les jours déjà demandés sont confirmés."
        )
    else:
        subject = _("Inscription refusée : %(activity)s") % {"activity": activity}
        sentence = _(
            "L’inscription %(of_child)s à « %(activity)s » n’a pas pu être acceptée. "
            "Les jours demandés sont annulés, rien n’est facturé."
        )
    body = sentence % {"of_child": de_nom(child), "activity": activity}
    if reason:
        body += "\n\n" + _("Motif : %(reason)s") % {"reason": reason}
    tell(dict.fromkeys(household_ids, body), kind="bookings.enrolment", subject=subject, about=[child_id])


def tell_custody(preview: CustodyPreview, *, cancelled: bool) -> None:
    """Another calendar of custody, to each home: what of its booked days comes, goes or is given up. Neither home
    reads anything of the other."""
    name = preview.child.first_name
    subject = _("La garde de %(child)s change") % {"child": name}
    for household_id in preview.homes:
        gained, lost = preview.by_home.get(household_id, ([], []))
        body = _("Le calendrier de garde de %(child)s change à partir du %(day)s.") % {
            "child": name, "day": format_date_long(preview.start),
        }  # fmt: skip
        if cancelled and (gained or lost):
            body += (
                "\n\n" + _("Ces jours réservés sont annulés, rien n’est facturé :") + _listed(gained or lost)
            )
        elif gained:
            body += (
                "\n\n" + _("Ces jours réservés passent dans votre foyer, qui les paiera :") + _listed(gained)
            )
        if lost and not cancelled:
            body += "\n\n" + _("Ces jours réservés ne sont plus à vous, et ne vous seront pas facturés :")
            body += _listed(lost)
        body += "\n\n" + _("Le calendrier : %(url)s") % {
            "url": f"{settings.PUBLIC_URL}/ma-famille/{preview.child.pk}/"
        }
        body += "\n" + _(
            "Si votre semaine type suit vos semaines de garde, ouvrez-la : vos nouveaux jours y sont proposés."
        )
        tell({household_id: body}, kind="bookings.custody", subject=subject, about=[preview.child.pk])


def tell_move(household_ids: Iterable[int], preview: MovePreview, *, is_departure: bool) -> None:
    """A change of school or a departure: what follows the child, what ends, what could not follow."""
    name, since = preview.child.first_name, format_date_long(preview.start)
    if is_departure:
        body = _("Les inscriptions de %(child)s prennent fin le %(day)s.") % {"child": name, "day": since}
        subject = _("Le départ de %(child)s est enregistré") % {"child": name}
    else:
        body = _("%(child)s change d’école à partir du %(day)s.") % {"child": name, "day": since}
        subject = _("L’école de %(child)s change") % {"child": name}
    for move in preview.enrolments:
        if move.to is not None:
            body += "\n- " + _("%(activity)s : désormais à %(venue)s") % {
                "activity": move.activity, "venue": move.to.name,
            }  # fmt: skip
    if preview.moved:
        body += "\n\n" + _("Vos jours réservés suivent, sans rien changer à leur prix ni à leurs délais.")
    if preview.kept_out:
        listed = "".join(f"\n- {d.formula}, {format_date_long(d.day)}" for d in preview.kept_out)
        body += "\n\n" + _("Ces jours sont annulés, rien n’est facturé :") + listed
    tell(dict.fromkeys(household_ids, body), kind="bookings.move", subject=subject, about=[preview.child.pk])


def _listed(days: Sequence[MovedDay]) -> str:
    return "".join(f"\n- {d.formula}, {format_date_long(d.day)}" for d in days)
