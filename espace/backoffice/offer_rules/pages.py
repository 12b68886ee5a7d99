"""The rules of the activities, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from espace.activities.enums import Action, Timing
from espace.activities.queries import (
    ActivityEntry,
    Catalogue,
    PeriodEntry,
    VenueEntry,
    catalogue,
    venues_of_periods,
)
from espace.activities.queries.settings import extensions_for
from espace.activities.rules import Deadlines
from espace.activities.words import admission_words, category_words, sentence
from espace.backoffice.offer_rules.forms import TIERS
from espace.bookings.queries import DeadlinesPreview, ExtensionPlan
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import PARIS
from espace.kernel.errors import NotFound
from espace.kernel.text import NBSP, format_date_long, format_date_short, format_time

SLUGS = {"reserver": Action.BOOK, "annuler": Action.CANCEL}
TITLES = {Action.BOOK: "Réserver", Action.CANCEL: "Annuler"}
ALL = "toutes"
NUMBER = re.compile(r"[0-9]{1,18}")
ALL_PERIODS = "Toutes les périodes"
NO_RULE = "Aucune règle : rien n’est possible."


@dataclass(frozen=True, slots=True)
class RuleCard:
    """One rule in sentences, none when it is not set; `url` changes it."""

    whose: str
    sentences: Sequence[str]
    url: str


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The rules of one action: the activity's, those of periods that have their own, and the periods that follow."""

    title: str
    cards: Sequence[RuleCard]
    followers: Sequence[RuleCard]


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A period: when it opens, for all then for some, and when it closes ("" when only its limits close it)."""

    period_id: int
    label: str
    opens: Sequence[str]
    closes: str


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """Deadlines extended once, in words."""

    whose: str
    failure: str
    until: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A limit of a day, before and after."""

    day: str
    what: str
    before: str
    after: str
    moves: bool


def activity_of(activity_id: int) -> ActivityEntry:
    """`NotFound` for one that is not there."""
    found = catalogue().activities.get(activity_id)
    if found is None:
        raise NotFound
    return found


def period_of(activity_id: int, when: str) -> PeriodEntry | None:
    """The period of this activity that an address names; None for all of them. `NotFound`."""
    if when == ALL:
        return None
    found = catalogue().periods.get(int(when)) if NUMBER.fullmatch(when) else None
    if found is None or found.activity_id != activity_id:
        raise NotFound
    return found


def period(period_id: int) -> PeriodEntry:
    """`NotFound` for one that is not there."""
    found = catalogue().periods.get(period_id)
    if found is None:
        raise NotFound
    return found


def opening_rows(activity_id: int) -> list[OpeningRow]:
    """The periods that are not over, with their openings."""
    return [
        OpeningRow(
            p.id,
            p.label,
            [_long(p.opens_at), *(f"{category_words(c)}{NBSP}: {_long(at)}" for c, at in p.openings)],
            _long(p.closes_at) if p.closes_at else "",
        )
        for p in current_periods(catalogue(), activity_id)
    ]


def admission_rows(activity_id: int) -> list[tuple[int, str]]:
    """The conditions that stand today, by id, in words."""
    return [
        (one.id, admission_words(one.rule, one.school))
        for one in catalogue().admissions(activity_id, clock.today())
    ]


def venues_of(activity_id: int) -> list[VenueEntry]:
    """Where the activity receives children in the periods that are not over, by name."""
    found = venues_of_periods([p.id for p in current_periods(catalogue(), activity_id)])
    return sorted(
        {venue.id: venue for venues in found.values() for venue in venues}.values(), key=lambda v: v.name
    )


def action_of(what: str) -> Action:
    """The action an address names; `NotFound`."""
    if what not in SLUGS:
        raise NotFound
    return SLUGS[what]


def current_periods(offer: Catalogue, activity_id: int) -> list[PeriodEntry]:
    """Those that are not over, the soonest first."""
    today = clock.today()
    return sorted(
        (p for p in offer.periods.values() if p.activity_id == activity_id and p.end > today),
        key=lambda p: p.start,
    )


def rules_page() -> dict[str, object]:
    """Every activity with its rules of booking, of the period that comes."""
    offer = catalogue()
    found = []
    for activity in offer.activities.values():
        period = next(iter(current_periods(offer, activity.id)), None)
        rule = offer.deadlines(activity.id, period.id if period else 0, Action.BOOK)
        found.append((activity, sentences_of(rule, Action.BOOK)))
    return {"activities": found}


def rule_groups(activity_id: int) -> list[RuleGroup]:
    """The rules of an activity and of its periods that are not over."""
    offer = catalogue()
    periods = current_periods(offer, activity_id)
    found = []
    for action, title in TITLES.items():
        general = _card(offer, activity_id, action, None)
        cards = [_card(offer, activity_id, action, period) for period in periods]
        own, followers = [c for c in cards if c.sentences], [c for c in cards if not c.sentences]
        found.append(RuleGroup(title, [general, *own], followers))
    return found


def _card(offer: Catalogue, activity_id: int, action: Action, period: PeriodEntry | None) -> RuleCard:
    period_id = period.id if period else None
    own = offer.own_deadlines(activity_id, period_id, action)
    return RuleCard(
        period.label if period else ALL_PERIODS,
        sentences_of(own, action) if own else [],
        rule_url("agent_deadlines", activity_id, action, period_id),
    )


def rule_url(name: str, activity_id: int, action: Action, period_id: int | None) -> str:
    """The address of a rule, or of what is done to it."""
    what = next(slug for slug, known in SLUGS.items() if known is action)
    return reverse(name, args=[activity_id, what, period_id or ALL])


def drop_url(activity_id: int, action: Action, period_id: int | None) -> str:
    """Where a period gives up its own rule for the activity's; "" where one of the two is missing."""
    offer = catalogue()
    both = offer.own_deadlines(activity_id, period_id, action) and offer.own_deadlines(
        activity_id, None, action
    )
    return rule_url("agent_deadlines_drop", activity_id, action, period_id) if both and period_id else ""


def sentences_of(deadlines: Deadlines, action: Action) -> list[str]:
    """« Sans majoration jusqu’à 15 jours avant à minuit », one a tier, then the windows."""
    tiers = [sentence(action, tier) for tier in deadlines.tiers] or [NO_RULE]
    windows = [
        f"{w.label or 'Fenêtre'}{NBSP}: « {TIERS[action, w.timing].lower()} » est possible jusqu’au "
        f"{_long(w.closes_at)}"
        for w in deadlines.windows
        if w.timing is not Timing.CLOSED
    ]
    return tiers + windows


def preview_rows(preview: DeadlinesPreview, action: Action) -> list[PreviewRow]:
    """One row a day and tier."""
    return [
        PreviewRow(
            format_date_short(day.day), TIERS[action, timing], _short(before), _short(after), before != after
        )
        for day in preview.days
        for timing, before, after in day.limits
    ]


def extension_words(plan: ExtensionPlan) -> dict[str, object]:
    """What is extended, of whom, until when."""
    one = plan.draft.extension
    return {
        "whose": _whose(catalogue(), plan.draft.activity_id),
        "start": _long(one.start),
        "end": _long(one.end),
        "until": _long(one.until),
    }


def extension_rows(actor: Actor) -> list[ExtensionRow]:
    """The latest extensions, the newest first."""
    offer = catalogue()
    return [
        ExtensionRow(
            _whose(offer, row.activity_id),
            f"du {_long(row.start)} au {_long(row.end)}",
            _long(row.until),
            row.reason,
        )
        for row in extensions_for(actor)
    ]


def _whose(offer: Catalogue, activity_id: int | None) -> str:
    return offer.activities[activity_id].name if activity_id is not None else "Toutes les activités"


def _short(limit: datetime | None) -> str:
    if limit is None:
        return "pas possible"
    local = limit.astimezone(PARIS)
    return f"{format_date_short(local.date())} {format_time(local)}"


def _long(limit: datetime) -> str:
    local = limit.astimezone(PARIS)
    return f"{format_date_long(local.date())} à {format_time(local)}"
