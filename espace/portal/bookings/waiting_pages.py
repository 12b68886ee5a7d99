"""What the pages of the waiting list are given, ready to print."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from espace.bookings.enums import EXPECTED
from espace.bookings.queries import JoinSheet, ListRules, OtherChoice, RequestSheet
from espace.kernel.calendar import PARIS
from espace.kernel.http import told
from espace.kernel.text import N_, format_datetime_long
from espace.ui.items import TimelineEntry

HISTORY = {
    "bookings.offer_place": N_("Une place vous a été proposée"),
    "bookings.accept_offer": N_("Vous avez pris la place"),
    "bookings.decline_offer": N_("Vous avez laissé passer la place"),
    "bookings.offer_expired": N_(
        "Le délai de réponse est passé : la place a été proposée à la famille suivante"
    ),
    "bookings.leave_list": N_("Vous avez quitté la liste d’attente"),
    "bookings.list_closed": N_(
        "La liste d’attente de ce jour est terminée : aucune place ne s’est libérée à temps"
    ),
}


@dataclass(frozen=True, slots=True)
class Other:
    """Another choice of that day: what is left, in words, and where to take it."""

    formula: str
    words: str
    is_free: bool
    url: str


@dataclass(frozen=True, slots=True)
class PublishedList:
    """How an activity gives its places, in sentences."""

    name: str
    sentences: list[str]
    criteria: list[tuple[str, str]]


def rank_words(rank: int) -> str:
    """« 1er en attente », « 3e en attente »."""
    return _("1er en attente") if rank == 1 else _("%(rank)se en attente") % {"rank": rank}


def join_page(sheet: JoinSheet, error: str) -> dict[str, object]:
    """What `bookings/wait_join.html` prints."""
    (line,) = sheet.recap.lines
    return {
        "sheet": sheet,
        "line": line,
        "error": error,
        "why_not": told(sheet.why_not) if sheet.why_not is not None else "",
        "is_free": line.is_fine,
        "rank": rank_words(sheet.length + 1),
        "before": _before(sheet.length),
        "others": _others(
            [o for o in sheet.others if o.left or sheet.why_not is None], line.child_id, line.day.isoformat()
        ),
        "token": secrets.token_urlsafe(24),
        "grid_url": _grid(line.child_id, line.day.isoformat()),
    }


def request_page(sheet: RequestSheet, error: str) -> dict[str, object]:
    """What `bookings/wait_request.html` prints."""
    return {
        "sheet": sheet,
        "error": error,
        "line": sheet.recap.lines[0] if sheet.recap else None,
        "problem": told(sheet.recap.lines[0].problem) if sheet.recap and sheet.recap.lines[0].problem else "",
        "until": sheet.day.answer_until if sheet.day else None,
        "rank": rank_words(sheet.day.rank) if sheet.day and sheet.day.rank else "",
        "before": _before(sheet.day.rank - 1) if sheet.day and sheet.day.rank else "",
        "is_booked": sheet.state in EXPECTED,
        "others": _others([o for o in sheet.others if o.left], sheet.child_id, sheet.date.isoformat()),
        "history": _history(sheet),
        "grid_url": _grid(sheet.child_id, sheet.date.isoformat()),
    }


def published(lists: Sequence[ListRules]) -> list[PublishedList]:
    """The activities that have a list."""
    return [PublishedList(one.name, _sentences(one), _criteria(one)) for one in lists if one.is_on]


def _sentences(one: ListRules) -> list[str]:
    hours = ngettext("%(n)d heure", "%(n)d heures", one.rule.offer_hours) % {"n": one.rule.offer_hours}
    days = ngettext("%(n)d jour", "%(n)d jours", one.rule.offers_stop_days) % {"n": one.rule.offers_stop_days}
    first = (
        _("Une place libérée est proposée aussitôt à la première famille qui attend.")
        if one.is_automatic
        else _("Une place libérée est gardée pour la liste : un agent la propose, dans l’ordre.")
    )
    return [
        first,
        _("La famille a %(hours)s pour répondre ; sans réponse, la place passe à la suivante.")
        % {"hours": hours},
        _(
            "Plus aucune place n’est proposée %(days)s avant le jour : ce qui est libre redevient libre pour tous."
        )
        % {"days": days},
    ]


def _criteria(one: ListRules) -> list[tuple[str, str]]:
    return [
        (c.label, ngettext("%(n)d point", "%(n)d points", c.points) % {"n": c.points}) for c in one.criteria
    ]


def _before(count: int) -> str:
    if not count:
        return _("Aucune famille n’attend avant vous.")
    words = ngettext("%(n)d famille attend avant vous.", "%(n)d familles attendent avant vous.", count)
    return words % {"n": count}


def _others(others: Sequence[OtherChoice], child_id: int, day: str) -> list[Other]:
    found = []
    for other in others:
        if other.left:
            words = ngettext("%(n)d place libre", "%(n)d places libres", other.left) % {"n": other.left}
            found.append(Other(other.formula, words, True, _grid(child_id, day)))
        else:
            url = reverse("wait_join", args=[child_id, other.slot_id])
            found.append(Other(other.formula, _("complet, liste d’attente"), False, url))
    return found


def _history(sheet: RequestSheet) -> list[TimelineEntry]:
    asked = TimelineEntry(title=_("Vous avez demandé une place"), when=_when(sheet.asked_at), state="done")
    return [asked, *(
        TimelineEntry(
            title=_(HISTORY[event.action]), when=_when(event.at), text=event.reason, state="done"
        )
        for event in sheet.history
        if event.action in HISTORY
    )]  # fmt: skip


def _when(instant: datetime) -> str:
    return format_datetime_long(instant.astimezone(PARIS)).capitalize()


def _grid(child_id: int, day: str) -> str:
    month = day[:7]
    return reverse("book_child", args=[child_id, month]) + f"?semaine={day}"
