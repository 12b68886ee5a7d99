"""Until when, for many slots at once: each limit is computed once per activity, period and day."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from espace.activities.enums import Action, Anchor, Timing
from espace.activities.queries import Catalogue
from espace.activities.rules import Deadlines, SlotDates, current_timing, first_open_day, limits
from espace.bookings.rules import booking_ends, offers_until
from espace.kernel.asking import built_once
from espace.kernel.calendar import PARIS, Calendar
from espace.kernel.text import NBSP, format_date_short, format_datetime_long, format_time
from espace.town.queries import calendar

# Enough days before the first slot to count any delay back from it.
BEFORE = timedelta(days=75)
_FROM_PERIOD = (Anchor.PERIOD_START, Anchor.PERIOD_FIRST_OPEN_DAY)

TierLimits = tuple[tuple[Timing, datetime], ...]


class Dated(NamedTuple):
    """What a limit depends on."""

    activity_id: int
    period_id: int
    day: date


class Limits:
    """The deadlines of the town at one instant. Costs one query when made, none when asked."""

    def __init__(self, catalogue: Catalogue, now: datetime, start: date, end: date) -> None:
        self.now = now
        self._catalogue = catalogue
        self._calendar = _calendar(catalogue, start, end)
        self._forget()

    def _forget(self) -> None:
        self._timings: dict[tuple[Deadlines, date, int], tuple[Timing, datetime | None]] = {}
        computed = _computed(self._catalogue, self._calendar)
        self._known, self._rules = computed.known, computed.rules
        self._same, self._first_open = computed.same, computed.first_open

    def on(self, calendar: Calendar) -> Limits:
        """The same deadlines on another calendar, to compare; nothing is asked."""
        other = copy(self)
        other._calendar = calendar
        other._forget()
        return other

    def at(self, now: datetime) -> Limits:
        """The same deadlines at another instant: what does not depend on it stays known."""
        other = copy(self)
        other.now, other._timings = now, {}
        return other

    @property
    def calendar(self) -> Calendar:
        return self._calendar

    def of(self, dated: Dated, action: Action) -> TierLimits:
        """Each timing with its last second; none when the town set no deadline: then nothing is possible."""
        key = self._key(dated, action)
        if key not in self._known:
            period = self._catalogue.periods[dated.period_id]
            dates = SlotDates(dated.day, period.start, self._first_open_day(dated.period_id))
            self._known[key] = limits(key[0], dates, self._calendar)
        return self._known[key]

    def _key(self, dated: Dated, action: Action) -> tuple[Deadlines, date, int]:
        """Activities with the same tiers share their limits; the period counts only where a tier starts from it."""
        asked = (dated.activity_id, dated.period_id, action)
        if asked not in self._rules:
            found = self._catalogue.deadlines(*asked)
            anchored = any(tier.anchor in _FROM_PERIOD for tier in found.tiers)
            self._rules[asked] = (self._same.setdefault(found, found), anchored)
        deadlines, from_period = self._rules[asked]
        return deadlines, dated.day, dated.period_id if from_period else 0

    def timing(self, dated: Dated, action: Action) -> tuple[Timing, datetime | None]:
        """The timing now, and its last second; (CLOSED, None) once nothing is possible, or for a day gone by."""
        if dated.day < self.now.date():
            return Timing.CLOSED, None
        key = self._key(dated, action)
        if key not in self._timings:
            self._timings[key] = current_timing(self.now, self.of(dated, action))
        return self._timings[key]

    def in_time_until(self, dated: Dated, action: Action) -> datetime | None:
        """The last second in time, past or to come."""
        return next((limit for timing, limit in self.of(dated, action) if timing is Timing.IN_TIME), None)

    def booking_ends(self, dated: Dated) -> datetime | None:
        """The last second at which a family may book on line, late or not; None when it never may."""
        return booking_ends(self.of(dated, Action.BOOK))

    def offers_until(self, dated: Dated) -> datetime | None:
        """The last second at which a place freed that day goes to the waiting list; None without one."""
        rule = self._catalogue.activities[dated.activity_id].waiting
        return offers_until(rule, dated.day, self.booking_ends(dated))

    def _first_open_day(self, period_id: int) -> date | None:
        if period_id not in self._first_open:
            period = self._catalogue.periods[period_id]
            anchors = {
                tier.anchor
                for action in (Action.BOOK, Action.CANCEL)
                for tier in self._catalogue.deadlines(period.activity_id, period_id, action).tiers
            }
            needed = Anchor.PERIOD_FIRST_OPEN_DAY in anchors
            self._first_open[period_id] = (
                first_open_day(period.start, period.end, self._calendar) if needed else None
            )
        return self._first_open[period_id]


@dataclass(frozen=True, slots=True)
class _Computed:
    """What follows from an offer and a calendar, whatever the hour: each limit once, however many ask."""

    known: dict[tuple[Deadlines, date, int], TierLimits] = field(default_factory=dict)
    rules: dict[tuple[int, int, Action], tuple[Deadlines, bool]] = field(default_factory=dict)
    same: dict[Deadlines, Deadlines] = field(default_factory=dict)
    first_open: dict[int, date | None] = field(default_factory=dict)


@built_once
def _computed(catalogue: Catalogue, calendar: Calendar) -> _Computed:
    return _Computed()


def snapshot(dated: Dated, limits_: Limits) -> dict[str, str | None]:
    """The rule that decided a booking's timing, frozen as it stood (I13)."""
    timing, limit = limits_.timing(dated, Action.BOOK)
    in_time = limits_.in_time_until(dated, Action.BOOK)
    return {
        "action": Action.BOOK.value,
        "timing": timing.value,
        "limit": limit.isoformat() if limit else None,
        "in_time_until": in_time.isoformat() if in_time else None,
        "words": words_of(timing, in_time),
    }


def words_of(timing: Timing, in_time_until: datetime | None) -> str:
    """The rule in a sentence, as kept with the booking and shown by a bill."""
    if in_time_until is None:
        return "Réservé sans délai défini."
    when = format_datetime_long(in_time_until)
    if timing is Timing.IN_TIME:
        return f"Réservé dans les délais, qui couraient jusqu’au {when}."
    return f"Réservé après le {when}{NBSP}: hors délai."


def short_limit(limit: datetime) -> str:
    """The hour of a limit as people say it: a limit at 12:00:00 is "12 h", one at 23:59:59 is "23 h 59"."""
    return format_time(limit)


def short_limit_day(limit: datetime) -> str:
    """« mar. 3 nov. à 18 h »: a limit in a narrow case."""
    local = limit.astimezone(PARIS)
    return f"{format_date_short(local.date())} à {format_time(local)}"


def opens_for_you(opens: datetime) -> str:
    """« ouvre le lun. 30 nov. à 18 h pour vous »."""
    return _("ouvre le %(when)s pour vous") % {"when": short_limit_day(opens)}


def _calendar(catalogue: Catalogue, start: date, end: date) -> Calendar:
    """The days a limit may count over: before the slots, and before the periods whose start is an anchor."""
    first = start
    for period in catalogue.periods.values():
        if period.end <= start or period.start >= end:
            continue
        for action in (Action.BOOK, Action.CANCEL):
            tiers = catalogue.deadlines(period.activity_id, period.id, action).tiers
            if any(tier.anchor in _FROM_PERIOD for tier in tiers):
                first = min(first, period.start)
    return calendar(first - BEFORE, end)
