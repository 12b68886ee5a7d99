"""The town's delays in words, read from the tiers that the services obey: never typed twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from espace.activities.enums import Action, Anchor, BookingMode, OffsetUnit, Timing
from espace.activities.queries import Catalogue
from espace.activities.rules import END_OF_DAY, Deadlines, Tier
from espace.kernel.text import NBSP, format_date_long, format_time, join_fr


@dataclass(frozen=True, slots=True)
class Delay:
    """One action of activities alike: until when without surcharge, late, and at the counter; "" when not allowed."""

    activities: str
    in_time: str
    late: str
    counter: str
    window: str = ""


def delays(catalogue: Catalogue, action: Action, now: datetime) -> list[Delay]:
    """The delays of each activity, those alike together, in the town's order. For BOOK, of the current periods."""
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for activity in catalogue.activities.values():
        periods = [p for p in catalogue.periods.values() if p.activity_id == activity.id]
        coming = [p for p in periods if p.end > now.date()] or periods
        if not coming:
            continue
        deadlines = catalogue.deadlines(activity.id, coming[0].id, action)
        grouped.setdefault((*_words(deadlines), _window(deadlines, now)), []).append(activity.name)
    return [Delay(join_fr(names), *key) for key, names in grouped.items()]


def headline(catalogue: Catalogue, now: datetime) -> list[tuple[str, str]]:
    """The two or three delays to remember: ("15 jours avant", "pour la cantine…"), for booking in time."""
    found: dict[str, list[str]] = {}
    for activity in catalogue.activities.values():
        periods = [
            p for p in catalogue.periods.values() if p.activity_id == activity.id and p.end > now.date()
        ]
        if not periods:
            continue
        deadlines = catalogue.deadlines(activity.id, periods[0].id, Action.BOOK)
        tier = next((t for t in deadlines.tiers if t.timing is Timing.IN_TIME), None)
        if tier is None:
            continue
        holiday = activity.mode is not BookingMode.PATTERN
        found.setdefault(_offset(tier), []).append(_("les vacances") if holiday else activity.name.lower())
    return [(offset, join_fr(dict.fromkeys(names))) for offset, names in found.items()]


def _words(deadlines: Deadlines) -> tuple[str, str, str]:
    by_timing = {tier.timing: tier for tier in deadlines.tiers}
    in_time, late, counter = (by_timing.get(t) for t in (Timing.IN_TIME, Timing.LATE, Timing.AGENT_ONLY))
    return tuple(_until(tier) if tier else "" for tier in (in_time, late, counter))  # type: ignore[return-value]


def _window(deadlines: Deadlines, now: datetime) -> str:
    for window in deadlines.windows:
        if window.closes_at >= now:
            return _("Réservations de rentrée : sans majoration jusqu’au %(day)s.") % {
                "day": format_date_long(window.closes_at.astimezone(now.tzinfo))
            }
    return ""


def _until(tier: Tier) -> str:
    if tier.anchor is Anchor.FIXED_DATE and tier.fixed is not None:
        return format_date_long(tier.fixed)
    hour = "" if tier.at == END_OF_DAY else _(" à %(hour)s") % {"hour": format_time(tier.at)}
    return f"{_offset(tier)}{_after(tier.anchor)}{hour}"


def _offset(tier: Tier) -> str:
    """ "15 jours avant", "la veille (jour ouvré)", "4 semaines avant"."""
    n = tier.offset
    match tier.unit:
        case OffsetUnit.WEEKS:
            return _number(ngettext("%(n)s semaine avant", "%(n)s semaines avant", n), n)
        case OffsetUnit.WORKING_DAYS:
            if n == 1:
                return _("la veille ouvrée")
            return _number(ngettext("%(n)s jour ouvré avant", "%(n)s jours ouvrés avant", n), n)
        case OffsetUnit.SCHOOL_DAYS:
            return _number(ngettext("%(n)s jour d’école avant", "%(n)s jours d’école avant", n), n)
        case OffsetUnit.CLEAR_DAYS:
            return _number(ngettext("%(n)s jour franc avant", "%(n)s jours francs avant", n), n)
        case _:
            if n == 0:
                return _("le jour même")
            return _("la veille") if n == 1 else _number(_("%(n)s jours avant"), n)


def _number(words: str, n: int) -> str:
    return (words % {"n": n}).replace(f"{n} ", f"{n}{NBSP}", 1)


def _after(anchor: Anchor) -> str:
    match anchor:
        case Anchor.WEEK_START:
            return _(" le lundi de la semaine")
        case Anchor.PERIOD_START:
            return _(" le premier jour des vacances")
        case Anchor.PERIOD_FIRST_OPEN_DAY:
            return _(" le premier jour d’ouverture")
        case _:
            return ""
