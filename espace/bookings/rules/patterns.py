"""A weekly pattern expands to a diff that leaves hand-made changes alone and does nothing when run again (I8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from espace.bookings.enums import BookingOrigin, WeekRule
from espace.kernel.calendar import iso_week


@dataclass(frozen=True, slots=True, order=True)
class PatternDayRule:
    """On this weekday (0 = Monday), this formula."""

    weekday: int
    formula_id: int


@dataclass(frozen=True, slots=True)
class SlotDay:
    """A slot that a pattern could book: open, at the enrolment's venue, within its days, on a day of the home."""

    slot_id: int
    day: date
    formula_id: int


@dataclass(frozen=True, slots=True)
class StandingBooking:
    """A booking of the child in one of those slots: the last one of each slot.

    `is_active`: it holds the slot. `by_hand`: a person chose it for that day (booked one by one, or cancelled one by
    one), so that no pattern touches it.
    """

    booking_id: int
    slot_id: int
    is_active: bool
    by_hand: bool


@dataclass(frozen=True, slots=True)
class CopiedWeek:
    """A week to copy: what it holds, and the slots of the weeks after it that it speaks of."""

    days: tuple[PatternDayRule, ...]
    slots: tuple[SlotDay, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """What to book and to cancel, and the slots left as a person decided; each in the order of the slots given."""

    book: tuple[int, ...]
    cancel: tuple[int, ...]
    left_alone: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        return not self.book and not self.cancel


def by_hand(origin: BookingOrigin, pinned: bool) -> bool:
    """Whether a person chose this very day: booked one by one, or touched afterwards."""
    return pinned or origin is not BookingOrigin.PATTERN


def in_week(week_rule: WeekRule, day: date) -> bool:
    """Whether the pattern speaks of the week of this day."""
    if week_rule is WeekRule.EVEN:
        return iso_week(day) % 2 == 0
    if week_rule is WeekRule.ODD:
        return iso_week(day) % 2 == 1
    return True


def expand(
    days: Collection[PatternDayRule],
    slots: Iterable[SlotDay],
    standing: Iterable[StandingBooking],
    from_day: date,
    week_rule: WeekRule = WeekRule.EVERY,
) -> Expansion:
    """The diff between what the pattern wants from `from_day` on and what stands.

    EVEN and ODD are the parity of the ISO week, which can jump at New Year (`families.rules.parity_jumps`). The slots
    given are the home's own days: CUSTODY asks for no more, but says that the pattern follows the custody.

    Running it again once the diff is applied gives an empty one; a booking or a cancellation made by hand is never
    undone, whichever way the pattern goes.
    """
    wanted_days = {(d.weekday, d.formula_id) for d in days}
    last = {b.slot_id: b for b in standing}
    book: list[int] = []
    cancel: list[int] = []
    alone: list[int] = []
    for slot in slots:
        if slot.day < from_day:
            continue
        wanted = (slot.day.weekday(), slot.formula_id) in wanted_days and in_week(week_rule, slot.day)
        known = last.get(slot.slot_id)
        active = known is not None and known.is_active
        if known is not None and known.by_hand:
            if wanted != active:
                alone.append(slot.slot_id)
        elif wanted and not active:
            book.append(slot.slot_id)
        elif known is not None and active and not wanted:
            cancel.append(known.booking_id)
    return Expansion(tuple(book), tuple(cancel), tuple(alone))


def copy_week(source: Collection[SlotDay], wanted: Collection[int], after: Iterable[SlotDay]) -> CopiedWeek:
    """The pattern that the week `source` makes, the slots `wanted` of it being kept, over the slots `after`.

    It speaks only of the days and formulas that it could hold: the Wednesday of a week whose Wednesday was a public
    holiday, or a day of the other home, says nothing of the Wednesdays to come.
    """
    couples = {(s.day.weekday(), s.formula_id) for s in source}
    kept = {(s.day.weekday(), s.formula_id) for s in source if s.slot_id in wanted}
    return CopiedWeek(
        tuple(PatternDayRule(weekday, formula) for weekday, formula in sorted(kept)),
        tuple(s for s in after if (s.day.weekday(), s.formula_id) in couples),
    )
