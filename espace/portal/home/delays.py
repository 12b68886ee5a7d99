"""The town's delays in words, read from the tiers that the services obey: never typed twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from espace.activities.enums import Action, BookingMode, Timing
from espace.activities.queries import Catalogue
from espace.activities.rules import Deadlines
from espace.activities.words import offset, until
from espace.kernel.text import format_date_long, join_fr


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
        found.setdefault(offset(tier), []).append(_("les vacances") if holiday else activity.name.lower())
    return [(words, join_fr(dict.fromkeys(names))) for words, names in found.items()]


def _words(deadlines: Deadlines) -> tuple[str, str, str]:
    by_timing = {tier.timing: tier for tier in deadlines.tiers}
    in_time, late, counter = (by_timing.get(t) for t in (Timing.IN_TIME, Timing.LATE, Timing.AGENT_ONLY))
    return tuple(until(tier) if tier else "" for tier in (in_time, late, counter))  # type: ignore[return-value]


def _window(deadlines: Deadlines, now: datetime) -> str:
    for window in deadlines.windows:
        if window.closes_at >= now:
            return _("Réservations de rentrée : sans majoration jusqu’au %(day)s.") % {
                "day": format_date_long(window.closes_at.astimezone(now.tzinfo))
            }
    return ""
