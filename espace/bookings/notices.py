"""What this app tells families: an acknowledgement, an answer to an enrolment, a closure. One message an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from espace.bookings.queries.queue import QueueEntry
from espace.bookings.queries.submissions import Acknowledgement, DoneLine, calendar_file_of
from espace.families.queries import adults_to_notify
from espace.kernel.calendar import PARIS
from espace.kernel.money import Money
from espace.kernel.text import (
    NBSP,
    de_nom,
    format_date_long,
    format_date_short,
    format_datetime_long,
    format_money,
    format_month,
    plural_fr,
)
from espace.notifications.services import Attachment, enqueue

# What a calendar needs to take the days in by itself: the words' encoding, and that they are told, not proposed.
CALENDAR = "text/calendar; charset=utf-8; method=PUBLISH"


def acknowledge(done: Acknowledgement, surcharges: Mapping[str, Money]) -> None:
    """The acknowledgement of a submission to the adults of its household, with its calendar file.

    `surcharges`: by the key of its line, what each day booked late costs more.
    """
    body = "\n".join([*_head(done), *_days(done, surcharges), *_skipped(done)])
    attachment = Attachment(f"{done.reference}.ics", CALENDAR, calendar_file_of(done))
    for email, user_id, first_name in adults_to_notify([done.household_id])[done.household_id]:
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
    household_ids: Iterable[int], *, child: str, activity: str, accepted: bool, reason: str
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
    _tell(household_ids, kind="bookings.enrolment", subject=subject, body=body)


def tell_closure(days: Mapping[int, Sequence[tuple[str, date, str]]], *, reason: str) -> None:
    """A closure, one message a household adult. `days`: household id -> (child, day, formula) cancelled."""
    for household_id, rows in days.items():
        listed = "\n".join(
            f"- {child} : {formula}, {format_date_long(day)}"
            for child, day, formula in sorted(rows, key=lambda row: (row[1], row[0], row[2]))
        )
        body = _("Un accueil est fermé : %(reason)s.") % {"reason": reason.rstrip(".")}
        body += "\n\n" + _("Ces réservations sont annulées, rien n’est facturé :") + f"\n{listed}"
        subject = _("Accueil fermé : vos réservations sont annulées sans frais")
        _tell([household_id], kind="bookings.closure", subject=subject, body=body)


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
    subject = _("Une place s’est libérée le %(day)s pour %(child)s") % _of_request(entry)
    _tell([household_id], kind="bookings.offer", subject=subject, body=body)


def tell_offer_over(household_id: int, entry: QueueEntry) -> None:
    """Nobody answered in time: the place is for the next family."""
    body = _(
        "La place proposée à %(child)s (%(formula)s, %(day)s) n’a pas reçu de réponse à temps : elle est proposée à la "
        "famille suivante. Votre demande s’arrête là, rien n’est facturé."
    ) % _of_request(entry)
    subject = _("La place du %(day)s est proposée à une autre famille") % _of_request(entry)
    _tell([household_id], kind="bookings.offer_over", subject=subject, body=body)


def tell_list_over(household_id: int, entry: QueueEntry) -> None:
    """The list of a day ends: no place was freed in time."""
    body = _(
        "Aucune place ne s’est libérée à temps pour %(child)s : %(formula)s, %(day)s. La liste d’attente de ce jour est "
        "terminée, rien n’est facturé."
    ) % _of_request(entry)
    subject = _("Liste d’attente terminée : %(day)s, %(child)s") % _of_request(entry)
    _tell([household_id], kind="bookings.list_over", subject=subject, body=body)


def _of_request(entry: QueueEntry) -> dict[str, str]:
    return {
        "child": entry.child,
        "formula": entry.formula,
        "day": format_date_long(entry.dated.day),
        "venue": entry.venue,
    }


def _tell(household_ids: Iterable[int], *, kind: str, subject: str, body: str) -> None:
    for household_id, adults in adults_to_notify(list(household_ids)).items():
        for email, user_id, first_name in adults:
            enqueue(
                recipient=email,
                user_id=user_id,
                household_id=household_id,
                kind=kind,
                subject=subject,
                body=_hello(first_name) + body,
            )


def _hello(first_name: str) -> str:
    return _("Bonjour %(name)s,") % {"name": first_name} + "\n\n"


def _head(done: Acknowledgement) -> list[str]:
    lines = [_("Nous avons bien enregistré votre demande %(reference)s.") % {"reference": done.reference}]
    if done.stamped_at:
        when = format_datetime_long(done.stamped_at.astimezone(PARIS))
        lines.append(_("Elle compte à la date de votre dépôt au guichet : %(when)s.") % {"when": when})
    lines.append("")
    booked = plural_fr(done.booked, "réservation", "réservations")
    cancelled = plural_fr(done.cancelled, "annulation", "annulations")
    if done.booked:
        lines.append(f"{done.booked}{NBSP}{booked}")
    if done.cancelled:
        lines.append(f"{done.cancelled}{NBSP}{cancelled}")
    if done.waiting:
        waiting = plural_fr(done.waiting, "demande en liste d’attente", "demandes en liste d’attente")
        lines.append(f"{done.waiting}{NBSP}{waiting}")
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
            verb = _verb(line)
            groups.setdefault((line.child, line.formula, verb), []).append(line)
        for (child, formula, verb), lines in groups.items():
            days = ", ".join(_day(line, surcharges.get(line.key)) for line in lines)
            text.append(f"- {child}, {formula}, {verb} : {days}")
        text.append("")
    return text


def _verb(line: DoneLine) -> str:
    if line.is_waiting:
        return _("en attente d’une place, rang %(rank)s") % {"rank": line.rank}
    if line.is_leave:
        return _("liste d’attente quittée")
    return _("réservé") if line.is_add else _("annulé")


def _day(line: DoneLine, surcharge: Money | None) -> str:
    words = f"{format_date_short(line.day)} ({format_money(line.shown.cents)}"
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
