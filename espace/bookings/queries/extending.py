"""What an extension of the deadlines does to what was asked late, before it is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from espace.activities.enums import Action, Timing
from espace.activities.queries import catalogue
from espace.activities.rules import ExtensionDraft, becomes_in_time, check_extension, current_timing
from espace.bookings.enums import ACTIVE, EXPECTED, BookingState, CancelTiming
from espace.bookings.models import Booking
from espace.bookings.queries.billing import MAY_COST
from espace.bookings.queries.desk import pricer_of
from espace.bookings.queries.limits import Dated, Limits
from espace.families.errors import FamilyRefusal
from espace.families.queries import family_facts
from espace.kernel.calendar import ONE_DAY, UnknownDay
from espace.kernel.money import Money, total
from espace.pricing.errors import PricingRefusal
from espace.pricing.queries import Pricer


@dataclass(frozen=True, slots=True)
class Spared:
    """A booking asked late, or cancelled late (`is_cancelled`), that the extension makes in time; what the family no
    longer owes, and its household (None when nobody is known to answer that day)."""

    id: int
    child_id: int
    first_name: str
    day: date
    formula: str
    activity_id: int
    cash_office_id: int
    is_cancelled: bool
    amount: Money
    household_id: int | None
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExtensionPlan:
    """What is made in time."""

    draft: ExtensionDraft
    spared: Sequence[Spared]

    @property
    def booked(self) -> list[Spared]:
        return [one for one in self.spared if not one.is_cancelled]

    @property
    def cancelled(self) -> list[Spared]:
        return [one for one in self.spared if one.is_cancelled]

    @property
    def surcharges(self) -> Money:
        """Of what was booked late."""
        return total(one.amount for one in self.booked)

    @property
    def given_back(self) -> Money:
        """Of what was cancelled late."""
        return total(one.amount for one in self.cancelled)

    @property
    def households(self) -> dict[int, list[Spared]]:
        """By household, those that nobody answers for left out."""
        found: dict[int, list[Spared]] = {}
        for one in self.spared:
            if one.household_id is not None:
                found.setdefault(one.household_id, []).append(one)
        return found

    @property
    def months(self) -> set[tuple[int, date]]:
        """The cash offices and months (their first day) whose bills change."""
        return {(one.cash_office_id, one.day.replace(day=1)) for one in self.spared}


_ROW = (
    "id", "child_id", "child__first_name", "date", "slot__formula__label", "slot__formula_id", "slot__activity_id",
    "slot__activity__cash_office_id", "slot__period_id", "state", "cancel_timing", "is_late", "requested_at",
    "cancelled_at", "cancel_submission__stamped_at", "rule_snapshot",
)  # fmt: skip


def plan_extension(draft: ExtensionDraft) -> ExtensionPlan:
    """What was asked from the start of the failure to the new limit, and is in time under it. ≤ 8 queries.

    A booking is judged by the limit it was booked under (I13); a cancellation, by the rule that stands.
    """
    check_extension(draft.extension)
    one = draft.extension
    asked = Q(is_late=True, requested_at__gte=one.start, requested_at__lte=one.until) & (
        Q(state__in=ACTIVE) | Q(state=BookingState.CANCELLED, cancel_timing__in=MAY_COST)
    )
    cancelled = Q(state=BookingState.CANCELLED, cancel_timing=CancelTiming.LATE) & (
        Q(cancelled_at__gte=one.start, cancelled_at__lte=one.until, cancel_submission__stamped_at=None)
        | Q(cancel_submission__stamped_at__gte=one.start, cancel_submission__stamped_at__lte=one.until)
    )
    whose = Q() if draft.activity_id is None else Q(slot__activity_id=draft.activity_id)
    rows = list(Booking.objects.filter(whose, asked | cancelled).order_by("date", "id").values_list(*_ROW))
    return ExtensionPlan(draft, list(_spared(draft, rows)) if rows else [])


def _spared(draft: ExtensionDraft, rows: Sequence[tuple[Any, ...]]) -> Iterator[Spared]:
    offer = catalogue()
    first, after = rows[0][3], rows[-1][3] + ONE_DAY
    plain = Limits(offer, draft.extension.start, first, after)
    extended = Limits(
        offer.with_extension(draft.activity_id, draft.extension), draft.extension.start, first, after
    )
    prices = pricer_of(offer, family_facts(sorted({row[1] for row in rows}), first, after))
    for (
        pk, child, name, day, label, formula, activity, office, period, state, timing, late, requested, cancelled,
        stamped, rule,
    ) in rows:  # fmt: skip
        frozen, limit = rule.get("timing"), rule.get("in_time_until")
        in_time = late and becomes_in_time(
            Timing(frozen) if frozen else Timing.CLOSED,
            datetime.fromisoformat(limit) if limit else None,
            requested,
            draft.extension,
        )
        dated = Dated(activity, period, day)
        freed = timing == CancelTiming.LATE and _is_freed(plain, extended, dated, stamped or cancelled, draft)
        if not in_time and not freed:
            continue
        owed = state in EXPECTED or timing == CancelTiming.LATE
        amount = _amount(prices, child, formula, day, late=late, freed=freed) if owed else Money.ZERO
        yield Spared(
            pk, child, name, day, label, activity, office, freed, amount, _household(prices, child, day), rule
        )


def _is_freed(plain: Limits, extended: Limits, dated: Dated, asked: datetime, draft: ExtensionDraft) -> bool:
    try:
        limit = plain.in_time_until(dated, Action.CANCEL)
        timing, _ = current_timing(asked, extended.of(dated, Action.CANCEL))
    except UnknownDay:
        return False
    return limit is not None and draft.extension.covers(limit) and timing is Timing.IN_TIME


def _amount(prices: Pricer, child: int, formula: int, day: date, *, late: bool, freed: bool) -> Money:
    """The whole price of a day cancelled for nothing, else the surcharge; nothing where no price can be told."""
    try:
        due = prices.formula_quote(child, formula, day, is_late=late).amount
        return due if freed else due - prices.formula_quote(child, formula, day).amount
    except (PricingRefusal, FamilyRefusal):
        return Money.ZERO


def _household(prices: Pricer, child: int, day: date) -> int | None:
    try:
        return prices.facts.household_on(child, day)
    except FamilyRefusal:
        return None
