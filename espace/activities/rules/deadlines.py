"""Until when: the deadlines of an activity.

Definitions, kept everywhere (docs/rules/deadlines.md shows them with their vectors):

- A **limit** is the last second at which an action still has a timing, in Europe/Paris. "Jusqu’au mercredi 16"
  is 16/09 23:59:59, "avant 12 h" is stored as 12:00:00; the action is in time during that whole second and no
  longer from the next one.
- Tiers are **ordered**: in time, then late (surcharged), then for the agents only; after the last, closed. A tier
  never outlives the next: late and impossible are two limits, and the caterer's wins.
- A **window** (the rentrée until 30 September) pushes back the one tier it names, to its own closing, never beyond
  the limit of the next tier nor the end of the day itself.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from espace.activities.enums import (
    Action,
    Anchor,
    OffsetUnit,
    Timing,
)
from espace.activities.errors import (
    ExtensionOutOfOrder,
    ExtensionTooLong,
    MissingAnchor,
)
from espace.kernel.calendar import PARIS, Calendar, at, date_range, monday_of

END_OF_DAY = time(23, 59, 59)
_ONE_SECOND = timedelta(seconds=1)
# What the calendar is read for before a day (`bookings.queries.limits.BEFORE`) holds so many, a summer included.
_FARTHEST = {
    OffsetUnit.CALENDAR_DAYS: 365,
    OffsetUnit.CLEAR_DAYS: 365,
    OffsetUnit.WEEKS: 52,
    OffsetUnit.WORKING_DAYS: 40,
    OffsetUnit.SCHOOL_DAYS: 5,
}
_UNITS = {
    OffsetUnit.CALENDAR_DAYS: "jours",
    OffsetUnit.CLEAR_DAYS: "jours francs",
    OffsetUnit.WEEKS: "semaines",
    OffsetUnit.WORKING_DAYS: "jours ouvrés",
    OffsetUnit.SCHOOL_DAYS: "jours d’école",
}
_ORDER = {timing: order for order, timing in enumerate(Timing)}


@dataclass(frozen=True, slots=True)
class Tier:
    """A timing that holds until `offset` `unit` before the `anchor`, at local time `at`.

    `offset` counts backwards; a negative one counts after the anchor, which only JUSTIFY may do. For FIXED_DATE,
    `fixed` (aware) is the limit itself and the rest is unused.
    """

    timing: Timing
    anchor: Anchor = Anchor.SLOT_DAY
    offset: int = 0
    unit: OffsetUnit = OffsetUnit.CALENDAR_DAYS
    at: time = END_OF_DAY
    fixed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Until `closes_at` (aware, last second included), the tier of this timing does not end. `label` is what families
    call it, and changes no limit."""

    timing: Timing
    closes_at: datetime
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Extension:
    """The portal was down from `start` to `end`: a limit in time that fell then holds until `until` (aware, all
    three included). Never beyond the next limit: the caterer's wins."""

    start: datetime
    end: datetime
    until: datetime

    def covers(self, limit: datetime) -> bool:
        """Whether a limit fell while nobody could book."""
        return _utc(self.start) <= _utc(limit) <= _utc(self.end)


@dataclass(frozen=True, slots=True)
class ExtensionDraft:
    """An extension as an agent writes it: of one activity, or of all (None); `reason` is read by the families."""

    activity_id: int | None
    extension: Extension
    reason: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The tiers of one action on one activity, in order, the windows that move them, and what extended them once."""

    tiers: tuple[Tier, ...]
    windows: tuple[Window, ...] = ()
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotDates:
    """The days a limit may be counted from. The period's are needed only by the anchors that name them."""

    day: date
    period_start: date | None = None
    period_first_open: date | None = None


def cutoff_at(tier: Tier, dates: SlotDates, calendar: Calendar) -> datetime:
    """The limit of a tier by itself, windows and neighbours apart: its last second, in Europe/Paris.

    The one function behind every screen, service and bill. Counting back n units from the anchor's day:
    calendar days and weeks as they come; working and school days skipping the others; n *jours francs* leave n whole
    days between the limit and the anchor (so one calendar day more). 72 h are 3 calendar days at the same local time.
    """
    if tier.anchor is Anchor.FIXED_DATE:
        if tier.fixed is None:
            raise MissingAnchor
        return tier.fixed.astimezone(PARIS)
    anchor = _anchor_day(tier.anchor, dates)
    match tier.unit:
        case OffsetUnit.CALENDAR_DAYS:
            day = anchor - timedelta(days=tier.offset)
        case OffsetUnit.WEEKS:
            day = anchor - timedelta(weeks=tier.offset)
        case OffsetUnit.CLEAR_DAYS:
            day = anchor - timedelta(days=tier.offset + (1 if tier.offset >= 0 else -1))
        case OffsetUnit.WORKING_DAYS:
            day = calendar.add_working_days(anchor, -tier.offset)
        case OffsetUnit.SCHOOL_DAYS:
            day = calendar.add_school_days(anchor, -tier.offset)
    return at(day, tier.at)


def limits(deadlines: Deadlines, dates: SlotDates, calendar: Calendar) -> tuple[tuple[Timing, datetime], ...]:
    """Each tier's timing with its effective limit: windows applied, never beyond the next tier's."""
    effective: list[tuple[Timing, datetime]] = []
    next_limit: datetime | None = None
    end_of_day = at(dates.day, END_OF_DAY)
    for tier in reversed(deadlines.tiers):
        limit = cutoff_at(tier, dates, calendar)
        for window in deadlines.windows:
            if window.timing is tier.timing:
                limit = _later(limit, _earlier(window.closes_at.astimezone(PARIS), end_of_day))
        for one in deadlines.extensions:
            if tier.timing is Timing.IN_TIME and one.covers(limit):
                limit = _later(limit, _earlier(one.until.astimezone(PARIS), end_of_day))
        if next_limit is not None:
            limit = _earlier(limit, next_limit)
        next_limit = limit
        effective.append((tier.timing, limit))
    return tuple(reversed(effective))


def timing_at(now: datetime, deadlines: Deadlines, dates: SlotDates, calendar: Calendar) -> Timing:
    """The timing of an action done at this instant (aware): when the family asked, never when an agent keyed it."""
    return current_timing(now, limits(deadlines, dates, calendar))[0]


def next_change(
    now: datetime, deadlines: Deadlines, dates: SlotDates, calendar: Calendar
) -> tuple[Timing, datetime | None]:
    """The timing now, and the last second it holds; None once closed, for nothing changes any more."""
    return current_timing(now, limits(deadlines, dates, calendar))


def current_timing(
    now: datetime, of_slot: tuple[tuple[Timing, datetime], ...]
) -> tuple[Timing, datetime | None]:
    """The same, from limits already computed (a month's grid computes them once per day and tier)."""
    instant = _utc(now)
    for timing, limit in of_slot:
        if instant < limit.astimezone(UTC) + _ONE_SECOND:
            return timing, limit
    return Timing.CLOSED, None


def first_open_day(start: date, end: date, calendar: Calendar) -> date | None:
    """The first working day of a period `[start, end)`: for holidays, the Monday rather than the Saturday."""
    return next((day for day in date_range(start, end) if calendar.is_working_day(day)), None)


LONGEST_EXTENSION = timedelta(days=31)


def check_extension(extension: Extension) -> None:
    """`ExtensionOutOfOrder` unless it ends after it starts and extends beyond; `ExtensionTooLong` over a month."""
    if not _utc(extension.start) < _utc(extension.end) <= _utc(extension.until):
        raise ExtensionOutOfOrder
    if _utc(extension.until) - _utc(extension.start) > LONGEST_EXTENSION:
        raise ExtensionTooLong


def becomes_in_time(timing: Timing, limit: datetime | None, asked: datetime, extension: Extension) -> bool:
    """Whether a booking asked late is in time once its limit is extended: judged by the rule it was booked under
    (I13), whose `limit` in time fell while nobody could book. Only one the family could make on line."""
    if timing is not Timing.LATE or limit is None:
        return False
    return extension.covers(limit) and _utc(asked) < _utc(extension.until) + _ONE_SECOND


def check_deadlines(deadlines: Deadlines, action: Action = Action.BOOK) -> tuple[str, ...]:
    """What forbids to save these deadlines, in French sentences; empty when they can be read without doubt."""
    problems: list[str] = []
    timings = [tier.timing for tier in deadlines.tiers]
    if not timings:
        problems.append("Aucune limite n’est définie : rien ne pourrait être réservé.")
    if Timing.CLOSED in timings:
        problems.append("« Fermé » n’a pas de limite : c’est ce qui suit la dernière.")
    if any(_ORDER[a] >= _ORDER[b] for a, b in itertools.pairwise(timings)):
        problems.append("Les limites doivent se suivre : dans les délais, puis hors délai, puis au guichet.")
    for tier in deadlines.tiers:
        problems += _problems_of(tier, action)
    if any(_ends_after(a, b) for a, b in itertools.pairwise(deadlines.tiers)):
        problems.append("Une limite se termine après celle qui la suit : elle serait écourtée.")
    for window in deadlines.windows:
        if window.timing not in timings:
            problems.append("Une fenêtre prolonge une limite qui n’existe pas.")
        if window.closes_at.tzinfo is None:
            problems.append("La date de fin d’une fenêtre doit être un instant précis.")
    return tuple(problems)


# Details --------------------------------------------------------------------------------------------------------


def _anchor_day(anchor: Anchor, dates: SlotDates) -> date:
    day: date | None
    match anchor:
        case Anchor.SLOT_DAY:
            day = dates.day
        case Anchor.WEEK_START:
            day = monday_of(dates.day)
        case Anchor.PERIOD_START:
            day = dates.period_start
        case _:
            day = dates.period_first_open
    if day is None:
        raise MissingAnchor
    return day


def _problems_of(tier: Tier, action: Action) -> list[str]:
    problems = []
    if tier.offset < 0 and action is not Action.JUSTIFY:
        problems.append("Un délai se compte vers l’arrière : il ne peut pas être négatif.")
    if tier.offset > _FARTHEST[tier.unit]:
        problems.append(
            f"Ce délai est trop long : au plus {_FARTHEST[tier.unit]} {_UNITS[tier.unit]} à l’avance."
        )
    if tier.anchor is Anchor.FIXED_DATE and (tier.fixed is None or tier.fixed.tzinfo is None):
        problems.append("Une limite à date fixe demande sa date et son heure.")
    if tier.anchor is not Anchor.FIXED_DATE and tier.fixed is not None:
        problems.append("Une date fixe est donnée à une limite qui se compte en jours.")
    return problems


def _ends_after(tier: Tier, following: Tier) -> bool:
    """Whether a tier ends after the next one whatever the day; only tiers counted alike can be compared."""
    if tier.anchor is not following.anchor:
        return False
    if tier.fixed is not None and following.fixed is not None:
        return tier.fixed > following.fixed
    return tier.unit is following.unit and (tier.offset, following.at) < (following.offset, tier.at)


# Instants are compared in UTC: within one zone Python compares wall clocks and forgets which of two 02:30 it is.


def _later(a: datetime, b: datetime) -> datetime:
    return a if a.astimezone(UTC) >= b.astimezone(UTC) else b


def _earlier(a: datetime, b: datetime) -> datetime:
    return a if a.astimezone(UTC) <= b.astimezone(UTC) else b


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(UTC)
