"""What this app tells families: an acknowledgement, an answer to an enrolment, an event. One message an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from espace.activities.enums import EventEffect
from espace.activities.queries.events import EventEntry
from espace.bookings.enums import ReminderKind
from espace.bookings.queries.events import EventPlan
from espace.bookings.queries.queue import QueueEntry
from espace.bookings.queries.reminders import DueReminder
from espace.bookings.queries.submissions import Acknowledgement, DoneLine, calendar_file_of
from espace.bookings.queries.undoing import UndoPlan
from espace.bookings.rules import span_of
from espace.families.queries import adults_to_notify
from espace.kernel.calendar import PARIS
from espace.kernel.db import bulk_insert
from espace.kernel.money import Money
from espace.kernel.text import (
    DAYS,
    N_,
    NBSP,
    de_nom,
    format_date_long,
    format_date_short,
    format_datetime_long,
    format_money,
    format_month,
    format_time,
    plural_fr,
)
from espace.notifications.services import Attachment, enqueue, prepared

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
    _tell(dict.fromkeys(household_ids, body), kind="bookings.enrolment", subject=subject)


def tell_event(event: EventEntry, plan: EventPlan) -> None:
    """A collective event, one message a household adult: what becomes of each booking, what is to be done, what it costs."""
    words = _words_of(event)
    cancelled = {b.id for b in plan.cancelled}
    bodies = {}
    for household_id, bookings in plan.households.items():
        lost = [b for b in bookings if b.id in cancelled and b.is_expected]
        ended = [b for b in bookings if b.id in cancelled and not b.is_expected]
        kept = [b for b in bookings if b.id not in cancelled]
        parts = [_("%(kind)s : %(reason)s.") % words]
        if kept:
            parts += [_(_KEPT[event.effect]) % words + "\n" + _listed(kept)]
        if lost:
            parts += [_("Ces réservations sont annulées, rien n’est facturé :") + "\n" + _listed(lost)]
        if ended:
            parts += [
                _("Ces demandes en liste d’attente s’arrêtent, rien n’est facturé :") + "\n" + _listed(ended)
            ]
        if event.effect is EventEffect.FREE_ABSENCE:
            parts += [_("Sans annulation, votre enfant est attendu et la journée est facturée.")]
        bodies[household_id] = "\n\n".join(parts)
    _tell(bodies, kind="bookings.event", subject=_(_SUBJECTS[event.effect]) % words)


def tell_undo(event: EventEntry, plan: UndoPlan) -> None:
    """An event that does not take place any more: what comes back, and what could not, with the reason."""
    words = _words_of(event)
    subject = _("N’a plus lieu : %(kind)s") % words
    bodies = {}
    for household_id in plan.households:
        parts = [_("Cet événement n’a plus lieu. %(kind)s : %(reason)s.") % words]
        if back := [b for b in plan.back if b.household_id == household_id]:
            parts += [_("Ces réservations sont rétablies comme avant :") + "\n" + _listed(back)]
        if missing := [(b, why) for b, why in plan.missing if b.household_id == household_id]:
            stays = _("Celles-ci restent dans l’autre lieu, %(venue)s :") % words
            gone = _("Celles-ci n’ont pas pu être rétablies, rien n’est facturé :")
            rows = "\n".join(f"{_line(b)} ({_(why)})" for b, why in missing)
            parts += [(stays if event.effect is EventEffect.MOVED else gone) + "\n" + rows]
        if told := [b for b in plan.told if b.household_id == household_id]:
            parts += [_("Ces jours reprennent leurs règles habituelles :") + "\n" + _listed(told)]
            if event.effect is EventEffect.FREE_ABSENCE:
                parts += [
                    _("Un jour que vous avez annulé le reste : réservez-le de nouveau si vous le souhaitez.")
                ]
        bodies[household_id] = "\n\n".join(parts)
    _tell(bodies, kind="bookings.event_undone", subject=subject)


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


class _Told(Protocol):
    """A booking as a message names it."""

    @property
    def first_name(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def formula(self) -> str: ...


def _words_of(event: EventEntry) -> dict[str, str]:
    return {"kind": event.name, "reason": event.reason.rstrip("."), "venue": event.to_address}


def _listed(bookings: Iterable[_Told]) -> str:
    return "\n".join(_line(b) for b in sorted(bookings, key=lambda b: (b.day, b.first_name, b.formula)))


def _line(booking: _Told) -> str:
    return f"- {booking.first_name} : {booking.formula}, {format_date_long(booking.day)}"


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
    _tell({household_id: body}, kind="bookings.offer", subject=subject)


def tell_offer_over(household_id: int, entry: QueueEntry) -> None:
    """Nobody answered in time: the place is for the next family."""
    body = _(
        "La place proposée à %(child)s (%(formula)s, %(day)s) n’a pas reçu de réponse à temps : elle est proposée à la "
        "famille suivante. Votre demande s’arrête là, rien n’est facturé."
    ) % _of_request(entry)
    subject = _("La place du %(day)s est proposée à une autre famille") % _of_request(entry)
    _tell({household_id: body}, kind="bookings.offer_over", subject=subject)


def tell_list_over(household_id: int, entry: QueueEntry) -> None:
    """The list of a day ends: no place was freed in time."""
    body = _(
        "Aucune place ne s’est libérée à temps pour %(child)s : %(formula)s, %(day)s. La liste d’attente de ce jour est "
        "terminée, rien n’est facturé."
    ) % _of_request(entry)
    subject = _("Liste d’attente terminée : %(day)s, %(child)s") % _of_request(entry)
    _tell({household_id: body}, kind="bookings.list_over", subject=subject)


def _of_request(entry: QueueEntry) -> dict[str, str]:
    return {
        "child": entry.child,
        "formula": entry.formula,
        "day": format_date_long(entry.dated.day),
        "venue": entry.venue,
    }


def remind(household_id: int, adults: Iterable[tuple[str, int, str]], due: Sequence[DueReminder]) -> None:
    """What a household still has to book, limit by limit, the soonest first: one message an adult."""
    parts = []
    for (falls_at, opens), group in groupby(due, key=lambda d: (d.falls_at, d.kind is ReminderKind.OPENING)):
        local = falls_at.astimezone(PARIS)
        words = {"day": format_date_long(local.date()), "hour": format_time(local)}
        head = (
            _("Le %(day)s à %(hour)s, les réservations ouvrent :")
            if opens
            else _("Jusqu’au %(day)s à %(hour)s :")
        )
        parts.append(head % words + "\n" + "\n".join(_reminded(one) for one in group))
    parts.append(_("Réserver : %(url)s") % {"url": f"{settings.PUBLIC_URL}/reserver/"})
    parts.append(
        _("Vous ne voulez plus de ces rappels ? Décochez-les dans « Mon compte » : %(url)s")
        % {"url": f"{settings.PUBLIC_URL}/mon-compte/"}
    )
    for email, user_id, first_name in adults:
        enqueue(
            recipient=email,
            user_id=user_id,
            household_id=household_id,
            kind="bookings.reminder",
            subject=_reminder_subject(due),
            body=_hello(first_name) + "\n\n".join(parts),
        )


def _reminder_subject(due: Sequence[DueReminder]) -> str:
    """« Jusqu’à mercredi 12 h pour réserver »: a limit within three days is known by the name of its day."""
    first = next((one for one in due if one.kind is not ReminderKind.OPENING), due[0])
    local = first.falls_at.astimezone(PARIS)
    words = {"day": DAYS[local.weekday()], "hour": format_time(local)}
    if first.kind is ReminderKind.OPENING:
        return _("Les réservations ouvrent %(day)s à %(hour)s") % words
    return _("Jusqu’à %(day)s %(hour)s pour réserver") % words


def _reminded(one: DueReminder) -> str:
    words = {
        "of_child": de_nom(one.child), "child": one.child, "activity": one.activity, "period": one.period,
    }  # fmt: skip
    if one.kind is ReminderKind.OPENING:
        return "- " + _("%(activity)s, %(period)s (%(child)s)") % words
    if one.kind is ReminderKind.CLOSING:
        sentence = _("%(activity)s, %(period)s : inscrire %(child)s et réserver sans majoration.") % words
        return f"- {sentence}"
    first, last, count = span_of(one.days)
    words |= {"first": format_date_long(first), "last": format_date_long(last), "count": str(count)}
    what = _("le %(first)s") if count == 1 else _("%(count)s jours, du %(first)s au %(last)s")
    sentence = _("Inscription %(of_child)s à « %(activity)s » : aucun jour n’est réservé. Sans majoration : ")
    return "- " + sentence % words + what % words + "."


def _tell(bodies: Mapping[int, str], *, kind: str, subject: str) -> None:
    """One message for each adult of each household, whatever their number in one statement."""
    bulk_insert(
        [
            prepared(
                recipient=email,
                user_id=user_id,
                household_id=household_id,
                kind=kind,
                subject=subject,
                body=_hello(first_name) + bodies[household_id],
            )
            for household_id, adults in adults_to_notify(list(bodies)).items()
            for email, user_id, first_name in adults
        ]
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
