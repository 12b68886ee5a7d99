"""What is laid out before a change is prepared or a month is drawn: children, enrolments, bookings, prices, limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from espace.activities.enums import Action, Timing
from espace.activities.queries import Catalogue, catalogue
from espace.bookings.enums import (
    ACTIVE,
    EXPECTED,
    ON_THE_LIST,
    BookingOrigin,
    BookingState,
    CancelTiming,
    EnrolmentState,
)
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries.happenings import Happenings, happenings_later
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.rules import check_stamp
from espace.families.errors import FamilyRefusal
from espace.families.models import Person
from espace.families.queries import FamilyFacts, PricingFacts, children_for, facts_later, households_for
from espace.kernel import clock
from espace.kernel.actor import Actor, Channel
from espace.kernel.asking import read_again
from espace.kernel.calendar import PARIS, at
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.kernel.reading import Later, Rows, Together
from espace.pricing.queries import FormulaPart, FormulaQuote, Pricer, quote_formula, tariffs

OPEN_ENROLMENTS = (EnrolmentState.PENDING, EnrolmentState.ACCEPTED)
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class EnrolmentEntry:
    """A child's right to book, over `[start, end)`."""

    id: int
    child_id: int
    activity_id: int
    period_id: int
    venue_id: int
    state: EnrolmentState
    start: date
    end: date
    requested_at: datetime

    @property
    def is_pending(self) -> bool:
        return self.state is EnrolmentState.PENDING


@dataclass(frozen=True, slots=True)
class BookingEntry:
    """A booking as it stands, cancelled ones included."""

    id: int
    child_id: int
    slot_id: int
    enrolment_id: int
    day: date
    state: BookingState
    origin: BookingOrigin
    pinned: bool
    is_late: bool
    cancel_timing: str
    activity_id: int
    period_id: int
    formula_id: int
    pool_id: int
    venue_id: int
    offer_expires_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_booked(self) -> bool:
        """The child is expected that day, or will be once the enrolment is accepted."""
        return self.state in EXPECTED

    @property
    def is_on_the_list(self) -> bool:
        """It waits for a place, or one is offered to it."""
        return self.state in ON_THE_LIST

    @property
    def was_held(self) -> bool:
        """It had the place, now or before: a request of the waiting list that got none changes nothing to what is due."""
        return not self.is_on_the_list and self.cancel_timing != CancelTiming.WAITING

    @property
    def stays_due(self) -> bool:
        return self.state is BookingState.CANCELLED and self.cancel_timing == CancelTiming.LATE


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a plan or a page needs about some children over `[start, end)`; asking it costs no query.

    `family` are all the children the actor may book for, `children` those laid out here; `held` are the couples
    (child, slot) of an active booking, `asked` those that are on the waiting list, `last` the latest booking of each
    couple that had the place. `stamped_at` is when the family asked, when an agent keys a request left at the counter; None when it is
    asked now.
    """

    actor: Actor
    now: datetime
    start: date
    end: date
    family: Mapping[int, Person]
    children: Mapping[int, Person]
    household_ids: frozenset[int]
    catalogue: Catalogue
    enrolments: Sequence[EnrolmentEntry]
    bookings: Sequence[BookingEntry]
    pricer: Pricer
    limits: Limits
    events: Happenings
    held: frozenset[tuple[int, int]]
    last: Mapping[tuple[int, int], BookingEntry]
    stamped_at: datetime | None = None
    asked: frozenset[tuple[int, int]] = frozenset()
    _facts: dict[tuple[int, date], PricingFacts] = field(default_factory=dict)
    _quotes: dict[tuple[PricingFacts, int, int, bool], FormulaQuote] = field(default_factory=dict)

    @property
    def asked_at(self) -> datetime:
        """The instant that decides what is late: the family's request, never the agent's typing."""
        return self.stamped_at or self.now

    @property
    def may_override(self) -> bool:
        """An agent who keys for a family at the counter goes past the online limits, with a reason."""
        return self.actor.channel is Channel.COUNTER

    def household_on(self, child_id: int, day: date) -> int | None:
        """The household that answers for the child that day; None when nobody is known to."""
        try:
            return self._facts_on(child_id, day).household_id
        except FamilyRefusal:
            return None

    def is_own_day(self, child_id: int, day: date) -> bool:
        return self.household_on(child_id, day) in self.household_ids

    def opens_later(self, child_id: int, period_id: int, day: date) -> datetime | None:
        """When this period opens to the child's family, by its tariff category on that day; None once it is open."""
        period = self.catalogue.periods[period_id]
        if self.asked_at >= period.opens_last:
            return None
        try:
            opens = period.opens_for(self._facts_on(child_id, day).category)
        except FamilyRefusal:
            opens = period.opens_at
        return opens.astimezone(PARIS) if self.asked_at < opens else None

    def cancelling(self, booking: BookingEntry) -> tuple[Timing, datetime | None]:
        """The timing of cancelling it now, and its last second.

        While its enrolment waits for an answer, or itself for a place, the family owes nothing: free until the end
        of the day itself. The same on a day of free absence (a strike, an absent teacher).
        """
        dated = Dated(booking.activity_id, booking.period_id, booking.day)
        waits = booking.state in (BookingState.PENDING_ENROLMENT, BookingState.WAITLISTED)
        owes_nothing = waits or self.events.frees(
            booking.child_id, booking.activity_id, booking.venue_id, booking.day
        )
        if owes_nothing and booking.day >= self.asked_at.date():
            return Timing.IN_TIME, at(booking.day, END_OF_DAY)
        return self.limits.timing(dated, Action.CANCEL)

    def still_due(self, child_id: int, slot_id: int) -> Money:
        """What a day cancelled too late costs as it stands; nothing when it is booked, free, or was given up in time.

        Taking it back is not owed on top of it: a slot is billed once (`queries.billable`).
        """
        last = self.last.get((child_id, slot_id))
        if last is None or not last.stays_due:
            return Money.ZERO
        return self.quote(child_id, last.formula_id, last.day, is_late=last.is_late).amount

    def free_until(self, child_id: int, dated: Dated, venue_id: int) -> datetime | None:
        """The last second at which a day booked now could be cancelled free of charge."""
        if self.events.frees(child_id, dated.activity_id, venue_id, dated.day):
            return at(dated.day, END_OF_DAY)
        return self.limits.in_time_until(dated, Action.CANCEL)

    def places(self, enrolments: Iterable[EnrolmentEntry] | None = None) -> set[tuple[int, int]]:
        """The (period, venue) couples where these children (all, by default) are received, an event that moves them
        and a booking that stands elsewhere included."""
        chosen = list(self.enrolments if enrolments is None else enrolments)
        periods = {e.period_id for e in chosen}
        return (
            {(e.period_id, e.venue_id) for e in chosen}
            | {(period, venue) for period in periods for venue in self.events.arrivals}
            | {(b.period_id, b.venue_id) for b in self.bookings if b.is_active and b.period_id in periods}
        )

    def quote(self, child_id: int, formula_id: int, day: date, *, is_late: bool) -> FormulaQuote:
        """The price of a formula; raises the refusals of pricing and families. Made once for the same facts."""
        facts, tariff = self._facts_on(child_id, day), self.pricer.tariffs.on(day)
        key = (facts, formula_id, id(tariff), is_late)
        if key not in self._quotes:
            parts = self.pricer.parts.get(formula_id, ())
            self._quotes[key] = quote_formula(parts, facts, tariff, is_late=is_late)
        return self._quotes[key]

    def _facts_on(self, child_id: int, day: date) -> PricingFacts:
        key = (child_id, day)
        if key not in self._facts:
            self._facts[key] = self.pricer.facts.on(child_id, day)
        return self._facts[key]


def open_desk(
    actor: Actor,
    start: date,
    end: date,
    *,
    child_ids: Iterable[int] | None = None,
    enrolled_until: date | None = None,
    stamped_at: datetime | None = None,
) -> Desk:
    """The desk of the actor's children (or some of them: `NotFound` if one is not theirs) over `[start, end)`.

    Limits are judged at `stamped_at` when an agent gives it (`StampRefusal` from anyone else), else now.

    A constant number of queries, whatever the number of children, days and households.
    """
    allowed = {child.pk: child for child in children_for(actor, to_book=True)}
    chosen = list(dict.fromkeys(child_ids)) if child_ids is not None else list(allowed)
    if any(child_id not in allowed for child_id in chosen):
        raise NotFound
    offer = catalogue()
    now = clock.now()
    check_stamp(stamped_at, now, at_counter=actor.channel is Channel.COUNTER)
    enrolments, booked, facts, events = _standing(chosen, start, end, enrolled_until or end)
    bookings = booked.answer
    return Desk(
        actor=actor,
        now=now,
        start=start,
        end=end,
        family=allowed,
        children={child_id: allowed[child_id] for child_id in chosen},
        household_ids=frozenset(h.pk for h in households_for(actor)),
        catalogue=offer,
        enrolments=enrolments.answer,
        bookings=bookings,
        pricer=pricer_of(offer, facts.answer),
        limits=Limits(offer, stamped_at or now, start, end),
        events=events.answer,
        held=frozenset((b.child_id, b.slot_id) for b in bookings if b.is_active),
        last={(b.child_id, b.slot_id): b for b in bookings if b.was_held},
        stamped_at=stamped_at,
        asked=frozenset((b.child_id, b.slot_id) for b in bookings if b.is_on_the_list),
    )


def pricer_of(offer: Catalogue, facts: FamilyFacts) -> Pricer:
    """A pricer of these families that takes the units of formulas from a catalogue already read."""
    parts = {
        formula.id: tuple(FormulaPart(u.kind, u.tariff_code, u.quantity) for u in formula.units)
        for formula in offer.formulas.values()
    }
    return Pricer(tariffs(facts.start, facts.end), facts, parts)


def enrolments_of(child_ids: Sequence[int], start: date, end: date) -> list[EnrolmentEntry]:
    """The open enrolments of these children over `[start, end)`. 1 query."""
    return enrolments_later(child_ids, start, end).answer


def enrolments_later(child_ids: Sequence[int], start: date, end: date) -> Later[list[EnrolmentEntry]]:
    """The same, to read with other lists."""
    return Later(_enrolled(child_ids, start, end), _enrolments)


@read_again
def _standing(
    child_ids: Sequence[int], start: date, end: date, enrolled_until: date
) -> tuple[Later[list[EnrolmentEntry]], Later[list[BookingEntry]], Later[FamilyFacts], Together[Happenings]]:
    return (
        enrolments_later(child_ids, start, enrolled_until),
        Later(_booked(child_ids, start, end), _bookings),
        facts_later(child_ids, start, end),
        happenings_later(child_ids, start, end),
    )


def _enrolled(child_ids: Sequence[int], start: date, end: date) -> Any:
    return Enrolment.objects.filter(
        child_id__in=child_ids, state__in=OPEN_ENROLMENTS, start__lt=end, end__gt=start
    ).values_list(
        "activity__position", "start", "id", "child_id", "activity_id", "period_id", "venue_id", "state", "end",
        "requested_at",
    )  # fmt: skip


def _enrolments(rows: Rows) -> list[EnrolmentEntry]:
    """In the town's order of activities."""
    return [
        EnrolmentEntry(pk, child, activity, period, venue, EnrolmentState(state), start, end, asked)
        for _, start, pk, child, activity, period, venue, state, end, asked in sorted(rows)
    ]


def _booked(child_ids: Sequence[int], start: date, end: date) -> Any:
    return Booking.objects.filter(child_id__in=child_ids, date__gte=start, date__lt=end).values_list(
        "date", "id", "child_id", "slot_id", "enrolment_id", "state", "origin", "pinned", "is_late", "cancel_timing",
        "slot__activity_id", "slot__period_id", "slot__formula_id", "slot__pool_id",
        "slot__venue_id", "offer_expires_at",
    )  # fmt: skip


def _bookings(rows: Rows) -> list[BookingEntry]:
    """Oldest first, so that the last of a slot wins."""
    return [
        BookingEntry(
            pk, child, slot, enrolment, day, BookingState(state), BookingOrigin(origin), pinned, late, timing,
            activity, period, formula, pool, venue, offered,
        )
        for (
            day, pk, child, slot, enrolment, state, origin, pinned, late, timing, activity, period, formula, pool,
            venue, offered,
        ) in sorted(rows)
    ]  # fmt: skip
