"""What this app tells families: an acknowledgement, an answer to an enrolment, a closure. One message an address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from espace.bookings.queries.custody import CustodyPreview, MovedDay
from espace.bookings.queries.moving import MovePreview
from espace.bookings.queries.submissions import Acknowledgement, DoneLine, calendar_file_of
from espace.families.queries import adults_to_notify
from espace.kernel.money import Money
from espace.kernel.text import (
    NBSP,
    format_date_long,
    format_date_short,
    format_money,
    format_month,
    plural_fr,
)
from espace.notifications.services import Attachment, enqueue
from espace.town.queries import Identity, identity


def acknowledge(done: Acknowledgement, surcharges: Mapping[str, Money]) -> None:
    """The acknowledgement of a submission to the adults of its household, with its calendar file.

    `surcharges`: by the key of its line, what each day booked late costs more.
    """
    town = identity()
    body = "\n".join([*_head(done), *_days(done, surcharges), *_skipped(done), *_foot(town)])
    attachment = Attachment(f"{done.reference}.ics", "text/calendar", calendar_file_of(done))
    adults = adults_to_notify([done.household_id], about=done.child_ids)
    for email, user_id, first_name in adults[done.household_id]:
        enqueue(
            recipient=email,
            user_id=user_id,
            household_id=done.household_id,
            kind="bookings.acknowledgement",
            subject=_("Vos réservations : accusé de réception %(reference)s") % {"reference": done.reference},
            body=_hello(first_name) + body,
            attachment=attachment,
        )


def answer_enrolment(
    household_ids: Iterable[int], *, child_id: int, child: str, activity: str, accepted: bool, reason: str
) -> None:
    """The town's answer to a request of enrolment, to every household that answers for the child."""
    town = identity()
    if accepted:
        subject = _("Inscription acceptée : %(activity)s") % {"activity": activity}
        sentence = _(
            "L’inscription de %(child)s à « %(activity)s » est acceptée. Les jours déjà demandés sont confirmés."
        )
    else:
        subject = _("Inscription refusée : %(activity)s") % {"activity": activity}
        sentence = _(
            "L’inscription de %(child)s à « %(activity)s » n’a pas pu être acceptée. "
            "Les jours demandés sont annulés, rien n’est facturé."
        )
    body = sentence % {"child": child, "activity": activity}
    if reason:
        body += "\n\n" + _("Motif : %(reason)s") % {"reason": reason}
    _tell(household_ids, kind="bookings.enrolment", subject=subject, body=body, town=town, about=[child_id])


def tell_closure(days: Mapping[int, Sequence[tuple[str, date, str]]], *, reason: str) -> None:
    """A closure, one message a household adult. `days`: household id -> (child, day, formula) cancelled."""
    town = identity()
    for household_id, rows in days.items():
        listed = "\n".join(
            f"- {child} : {formula}, {format_date_long(day)}"
            for child, day, formula in sorted(rows, key=lambda row: (row[1], row[0], row[2]))
        )
        body = _("Un accueil est fermé : %(reason)s.") % {"reason": reason.rstrip(".")}
        body += "\n\n" + _("Ces réservations sont annulées, rien n’est facturé :") + f"\n{listed}"
        subject = _("Accueil fermé : vos réservations sont annulées sans frais")
        _tell([household_id], kind="bookings.closure", subject=subject, body=body, town=town)


def tell_custody(preview: CustodyPreview, *, cancelled: bool) -> None:
    """Another calendar of custody, to each home: what of its booked days comes, goes or is given up. Neither home
    reads anything of the other."""
    town, name = identity(), preview.child.first_name
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
        _tell(
            [household_id],
            kind="bookings.custody",
            subject=subject,
            body=body,
            town=town,
            about=[preview.child.pk],
        )


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
    _tell(
        household_ids,
        kind="bookings.move",
        subject=subject,
        body=body,
        town=identity(),
        about=[preview.child.pk],
    )


def _listed(days: Sequence[MovedDay]) -> str:
    return "".join(f"\n- {d.formula}, {format_date_long(d.day)}" for d in days)


def _tell(
    household_ids: Iterable[int], *, kind: str, subject: str, body: str, town: Identity,
    about: Collection[int] | None = None,
) -> None:  # fmt: skip
    """`about` as `adults_to_notify` says: without it, nobody from whom a child of the home is protected is told."""
    for household_id, adults in adults_to_notify(list(household_ids), about=about).items():
        for email, user_id, first_name in adults:
            enqueue(
                recipient=email,
                user_id=user_id,
                household_id=household_id,
                kind=kind,
                subject=subject,
                body="\n".join([_hello(first_name) + body, *_foot(town)]),
            )


def _hello(first_name: str) -> str:
    return _("Bonjour %(name)s,") % {"name": first_name} + "\n\n"


def _head(done: Acknowledgement) -> list[str]:
    lines = [_("Nous avons bien enregistré votre demande %(reference)s.") % {"reference": done.reference}, ""]
    booked = plural_fr(done.booked, "réservation", "réservations")
    cancelled = plural_fr(done.cancelled, "annulation", "annulations")
    if done.booked:
        lines.append(f"{done.booked}{NBSP}{booked}")
    if done.cancelled:
        lines.append(f"{done.cancelled}{NBSP}{cancelled}")
    if done.is_pending:
        lines.append(_("L’inscription attend l’accord du service : la place est gardée jusqu’à sa réponse."))
    sign = "+" if done.total.cents > 0 else ""
    lines.append(
        _("Effet sur vos prochaines factures : %(amount)s")
        % {"amount": sign + format_money(done.total.cents)}
    )
    return [*lines, ""]


def _days(done: Acknowledgement, surcharges: Mapping[str, Money]) -> list[str]:
    text: list[str] = []
    for month in done.months:
        text.append(format_month(month.first).capitalize())
        groups: dict[tuple[str, str, str], list[DoneLine]] = {}
        for line in month.lines:
            verb = _("réservé") if line.is_add else _("annulé")
            groups.setdefault((line.child, line.formula, verb), []).append(line)
        for (child, formula, verb), lines in groups.items():
            days = ", ".join(_day(line, surcharges.get(line.key)) for line in lines)
            text.append(f"- {child}, {formula}, {verb} : {days}")
        text.append("")
    return text


def _day(line: DoneLine, surcharge: Money | None) -> str:
    words = f"{format_date_short(line.day)} ({format_money(line.price.cents)}"
    if line.is_late and surcharge and surcharge.cents:
        words += ", " + _("hors délai : + %(amount)s compris") % {"amount": format_money(surcharge.cents)}
    elif line.is_late:
        words += ", " + _("hors délai")
    if line.stays_due:
        words += ", " + _("annulé hors délai : reste dû")
    return words + ")"


def _skipped(done: Acknowledgement) -> list[str]:
    if not done.skipped:
        return []
    rows = [f"- {what}, {format_date_long(day)} : {why}" for day, what, why in done.skipped]
    return [_("Ces jours n’ont pas pu être enregistrés :"), *rows, ""]


def _foot(town: Identity) -> list[str]:
    contact = (
        f"{town.guichet_name}, {town.guichet_phone}, {town.guichet_email}"
        if town.guichet_name
        else town.email
    )
    return ["", _("Une question ? %(contact)s") % {"contact": contact}, town.name]
