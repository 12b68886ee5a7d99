"""What a household still has to book before limits that fall soon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext as _

from espace.bookings.enums import ReminderKind
from espace.bookings.notices.sending import hello
from espace.bookings.queries.reminders import DueReminder
from espace.bookings.rules import span_of
from espace.kernel.calendar import PARIS
from espace.kernel.text import DAYS, de_nom, format_date_long, format_time
from espace.notifications.services import enqueue


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
            body=hello(first_name) + "\n\n".join(parts),
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
