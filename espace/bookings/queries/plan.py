"""The plan of a change, said before anything is done: each line with its price, its lateness, its consequence.

The same plan is made for the page that asks and, under locks, by the service that acts: what is confirmed is what
was shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from itertools import groupby

from espace.activities.enums import Action, Timing
from espace.activities.queries import SlotEntry
from espace.bookings.enums import BookingState
from espace.bookings.errors import NoPlaceLeft, UnknownSlot
from espace.bookings.queries.desk import BookingEntry, Desk, EnrolmentEntry
from espace.bookings.queries.fitting import fit, waits_then, without_overlaps
from espace.bookings.queries.limits import Dated
from espace.bookings.queries.objections import why_not_book, why_not_cancel
from espace.bookings.rules import Room, digest
from espace.kernel.errors import Refusal
from espace.kernel.money import Money, total
from espace.pricing.queries import FormulaQuote
from espace.pricing.rules import chain


class LineKind(StrEnum):
    """WAIT joins the waiting list of a full day, LEAVE leaves it: neither books nor costs."""

    ADD = "ADD"
    REMOVE = "REMOVE"
    WAIT = "WAIT"
    LEAVE = "LEAVE"


@dataclass(frozen=True, slots=True)
class Line:
    """One change. `price` is what the day costs, `still_due` what it costs already (cancelled too late before),
    `amount` what the change adds to (or takes off) the bills.

    `list_until`: until when the day's waiting list runs; `can_wait`: no place is left, but this family may wait."""

    kind: LineKind
    child_id: int
    child_name: str
    slot_id: int
    booking_id: int | None
    enrolment_id: int
    is_pending: bool
    pool_id: int
    dated: Dated
    activity: str
    formula: str
    starts_at: time
    ends_at: time
    price: Money
    surcharge: Money
    still_due: Money
    amount: Money
    chain: str
    timing: Timing
    limit: datetime | None
    free_until: datetime | None
    problem: Refusal | None = None
    list_until: datetime | None = None
    is_waiting_then: bool = False
    can_wait: bool = False

    @property
    def day(self) -> date:
        return self.dated.day

    @property
    def is_add(self) -> bool:
        return self.kind is LineKind.ADD

    @property
    def is_removal(self) -> bool:
        return self.kind is LineKind.REMOVE

    @property
    def is_wait(self) -> bool:
        return self.kind is LineKind.WAIT

    @property
    def is_leave(self) -> bool:
        return self.kind is LineKind.LEAVE

    @property
    def is_late(self) -> bool:
        """Asked past the free limit: surcharged. An agent past the online limits books late all the more."""
        return (self.is_add or self.is_wait) and self.timing is not Timing.IN_TIME

    @property
    def stays_due(self) -> bool:
        """A cancellation too late to be free: the place is given back, the price stays due."""
        return self.is_removal and self.timing is not Timing.IN_TIME

    @property
    def shown(self) -> Money:
        """The amount beside the day: what it costs, what stays due of it, or what is given back."""
        return self.price if self.stays_due else self.amount

    @property
    def is_fine(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class StaleLine:
    """A booking that appeared or vanished behind the form."""

    day: date
    formula: str
    appeared: bool
    child_name: str


@dataclass(frozen=True, slots=True)
class MonthLines:
    """The lines of one month, and what they change on its bill."""

    first: date
    lines: Sequence[Line]
    amount: Money


@dataclass(frozen=True, slots=True)
class Recap:
    """What would happen. `left_alone` are days that a pattern leaves as a person decided, `out_of_time` those whose
    limit is over, which it can't change any more; `standing` is today's state {(child, slot): booking id}; `copied` are
    the couples (child, slot) that a week copied asks for. `stamped_at` is the date of a request left at the counter,
    which the lateness is then judged on."""

    lines: tuple[Line, ...]
    stale: tuple[StaleLine, ...] = ()
    left_alone: tuple[date, ...] = ()
    out_of_time: tuple[date, ...] = ()
    household_id: int | None = None
    standing: Mapping[tuple[int, int], int] = field(default_factory=dict)
    copied: frozenset[tuple[int, int]] = frozenset()
    stamped_at: datetime | None = None

    @property
    def fine(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_fine)

    @property
    def refused(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_fine)

    @property
    def full(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if isinstance(line.problem, NoPlaceLeft))

    @property
    def booked(self) -> tuple[Line, ...]:
        return tuple(line for line in self.fine if line.is_add)

    @property
    def cancelled(self) -> tuple[Line, ...]:
        return tuple(line for line in self.fine if line.is_removal)

    @property
    def waiting(self) -> tuple[Line, ...]:
        return tuple(line for line in self.fine if line.is_wait)

    @property
    def left(self) -> tuple[Line, ...]:
        return tuple(line for line in self.fine if line.is_leave)

    @property
    def late(self) -> tuple[Line, ...]:
        return tuple(line for line in self.fine if (line.is_add and line.is_late) or line.stays_due)

    @property
    def can_wait(self) -> tuple[Line, ...]:
        """The full days for which this family may join the waiting list."""
        return tuple(line for line in self.full if line.can_wait)

    def with_waiting(self) -> Recap:
        """The same plan, the full days being asked on the waiting list where there is one: nothing is due for them."""
        lines = (
            replace(line, kind=LineKind.WAIT, problem=None, amount=Money.ZERO)
            if line in self.can_wait
            else line
            for line in self.lines
        )
        return replace(self, lines=tuple(lines))

    @property
    def total(self) -> Money:
        """What the bills to come change by."""
        return total(line.amount for line in self.fine)

    @property
    def surcharge(self) -> Money:
        """What being late costs: surcharges, and days given up too late that stay due."""
        return total(line.surcharge if line.is_add else line.price for line in self.late)

    @property
    def is_shared(self) -> bool:
        """It speaks of several children, so that each line names its own."""
        return len({line.child_id for line in self.lines}) > 1

    @property
    def prices(self) -> list[Line]:
        """One line for each price there is: the explanation is said once, not once a day."""
        return list({(line.formula, line.chain): line for line in reversed(self.fine)}.values())[::-1]

    @property
    def months(self) -> list[MonthLines]:
        ordered = sorted(self.lines, key=lambda line: (line.day, line.starts_at, line.child_id))
        grouped = groupby(ordered, key=lambda line: line.day.replace(day=1))
        return [
            MonthLines(first, rows, total(line.amount for line in rows if line.is_fine))
            for first, rows in ((first, tuple(rows)) for first, rows in grouped)
        ]

    @property
    def needs_reason(self) -> bool:
        """Some line goes past the online limits, or the request was made before: an agent does it with a reason."""
        return self.is_stamped or any(line.timing is Timing.AGENT_ONLY for line in self.fine)

    @property
    def is_stamped(self) -> bool:
        return self.stamped_at is not None

    @property
    def digest(self) -> str:
        """What the person agreed to: the date asked, the days, the prices, the lateness. Places are judged when acting."""
        stamp = [(self.stamped_at.isoformat(),)] if self.stamped_at else []
        lines = [
            (line.kind, line.child_id, line.slot_id, line.amount.cents, line.price.cents, line.timing)
            for line in self.lines
        ]
        return digest([*stamp, *lines])


def plan(
    desk: Desk, slots: Mapping[int, SlotEntry], add: Iterable[tuple[int, int]], remove: Iterable[int]
) -> Recap:
    """The plan of booking `add`, couples of (child, slot), and cancelling the bookings `remove`.

    What can't be done is a line with its `problem`; nothing is raised but what makes a plan meaningless: a price
    that can't be told (`PricingRefusal`). Ids that are not the family's become `UnknownSlot` or `BookingGone`.
    """
    by_id = {b.id: b for b in desk.bookings}
    removed = [_removal(desk, by_id[pk]) for pk in dict.fromkeys(remove) if pk in by_id]
    gone = {line.booking_id for line in removed if line.is_fine}
    standing = [b for b in desk.bookings if b.is_booked and b.id not in gone]
    lines: list[Line] = []
    for child_id, slot_id in dict.fromkeys(add):
        slot = slots.get(slot_id)
        if slot is None or child_id not in desk.children:
            raise UnknownSlot
        lines.append(_addition(desk, slot, child_id))
    lines = without_overlaps(desk, lines, standing)
    rooms = {slot.pool_id: Room(slot.left, slot.waiting, slot.list_left) for slot in slots.values()}
    ordered = sorted(
        [*removed, *lines], key=lambda line: (line.day, line.starts_at, line.child_id, line.kind)
    )
    recap = Recap(fit(ordered, rooms, desk.now), stamped_at=desk.stamped_at)
    return replace(recap, household_id=_household(desk, recap.lines))


def _addition(desk: Desk, slot: SlotEntry, child_id: int) -> Line:
    dated = Dated(slot.activity_id, slot.period_id, slot.day)
    timing, limit = desk.limits.timing(dated, Action.BOOK)
    enrolment = enrolment_for(desk, child_id, slot)
    quote = desk.quote(child_id, slot.formula_id, slot.day, is_late=timing is not Timing.IN_TIME)
    line = _line(desk, LineKind.ADD, child_id, slot.id, slot.pool_id, slot.formula_id, dated, quote)
    still_due = desk.still_due(child_id, slot.id)
    return replace(
        line,
        still_due=still_due,
        enrolment_id=enrolment.id if enrolment else 0,
        is_pending=enrolment.is_pending if enrolment else False,
        amount=quote.amount - still_due,
        timing=timing,
        limit=limit,
        free_until=desk.free_until(child_id, dated, slot.venue_id),
        problem=why_not_book(desk, slot, child_id, enrolment, timing),
        list_until=desk.limits.offers_until(dated),
        is_waiting_then=waits_then(desk, line),
    )


def _removal(desk: Desk, booking: BookingEntry) -> Line:
    dated = Dated(booking.activity_id, booking.period_id, booking.day)
    timing, limit = desk.cancelling(booking)
    waits = booking.state is BookingState.WAITLISTED
    quote = desk.quote(booking.child_id, booking.formula_id, booking.day, is_late=booking.is_late)
    line = _line(
        desk,
        LineKind.LEAVE if waits else LineKind.REMOVE,
        booking.child_id,
        booking.slot_id,
        booking.pool_id,
        booking.formula_id,
        dated,
        quote,
    )
    return replace(
        line,
        booking_id=booking.id,
        enrolment_id=booking.enrolment_id,
        amount=-quote.amount if timing is Timing.IN_TIME and not waits else Money.ZERO,
        timing=timing,
        limit=limit,
        problem=why_not_cancel(desk, booking, timing),
    )


def _line(
    desk: Desk, kind: LineKind, child_id: int, slot_id: int, pool_id: int, formula_id: int, dated: Dated,
    quote: FormulaQuote,
) -> Line:  # fmt: skip
    """What both kinds of lines say alike."""
    formula = desk.catalogue.formulas[formula_id]
    return Line(
        kind=kind,
        child_id=child_id,
        child_name=desk.children[child_id].first_name,
        slot_id=slot_id,
        booking_id=None,
        enrolment_id=0,
        is_pending=False,
        pool_id=pool_id,
        dated=dated,
        activity=desk.catalogue.activities[dated.activity_id].name,
        formula=formula.label,
        starts_at=formula.starts_at,
        ends_at=formula.ends_at,
        price=quote.amount,
        surcharge=quote.surcharge,
        still_due=Money.ZERO,
        amount=Money.ZERO,
        chain=" + ".join(chain(unit.quote) for unit in quote.units),
        timing=Timing.CLOSED,
        limit=None,
        free_until=desk.limits.in_time_until(dated, Action.CANCEL),
    )


def enrolment_for(desk: Desk, child_id: int, slot: SlotEntry) -> EnrolmentEntry | None:
    """The enrolment that lets this child book this slot, if any: at its venue, or where an event of that day receives
    the child instead."""
    for entry in desk.enrolments:
        if (
            entry.child_id == child_id
            and entry.period_id == slot.period_id
            and entry.start <= slot.day < entry.end
            and (
                slot.venue_id == entry.venue_id
                or slot.venue_id
                == desk.events.venue_for(child_id, slot.activity_id, entry.venue_id, slot.day)
            )
        ):
            return entry
    return None


def _household(desk: Desk, lines: Sequence[Line]) -> int | None:
    """Whose submission it is: the actor's household that answers for the first day, else their first one."""
    own = [desk.household_on(line.child_id, line.day) for line in lines if line.is_fine]
    return next((h for h in own if h in desk.household_ids), min(desk.household_ids, default=None))
