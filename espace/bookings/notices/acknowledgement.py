"""The acknowledgement of a submission: what was booked, cancelled, asked on a waiting list, with its calendar file."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from espace.bookings.notices.sending import hello
from espace.bookings.queries.submissions import Acknowledgement, DoneLine, calendar_file_of
from espace.families.queries import adults_to_notify
from espace.kernel.calendar import PARIS
from espace.kernel.money import Money
from espace.kernel.text import (
    NBSP,
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
    body = body_of(done, surcharges)
    attachment = Attachment(f"{done.reference}.ics", CALENDAR, calendar_file_of(done))
    adults = adults_to_notify([done.household_id], about=done.child_ids)
    for email, user_id, first_name in adults[done.household_id]:
        enqueue(
            recipient=email,
            user_id=user_id,
            household_id=done.household_id,
            kind="bookings.acknowledgement",
            subject=_("Vos réservations : accusé de réception %(reference)s") % {"reference": done.reference},
            body=hello(first_name) + body,
            attachment=attachment,
        )


def body_of(done: Acknowledgement, surcharges: Mapping[str, Money]) -> str:
    """What the message says, after its greeting."""
    return "\n".join([*_head(done), *_days(done, surcharges), *_skipped(done)])


def _head(done: Acknowledgement) -> list[str]:
    lines = [_("Nous avons bien enregistré votre demande %(reference)s.") % {"reference": done.reference}]
    if done.is_by_counter:
        lines.append(_("Demande enregistrée par le guichet."))
    if done.reason:
        lines.append(_("Motif : %(reason)s") % {"reason": done.reason})
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
    if line.is_add and line.is_booking and line.until is None:
        words += ", " + _("ne peut plus être annulé sans frais")
    if line.stays_due:
        words += ", " + _("annulé hors délai : reste dû")
    return words + ")"


def _skipped(done: Acknowledgement) -> list[str]:
    if not done.skipped:
        return []
    rows = [f"- {what}, {format_date_long(day)} : {why}" for day, what, why in done.skipped]
    return [_("Ces jours n’ont pas pu être enregistrés :"), *rows, ""]
