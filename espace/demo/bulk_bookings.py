"""The enrolments, patterns and bookings of a plan, as rows, judged by the rules of the services."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from espace.activities.enums import Action, EnrolmentPolicy, EventEffect, Timing
from espace.activities.models import Slot
from espace.activities.queries import catalogue
from espace.activities.rules import current_timing
from espace.bookings.enums import (
    HOLDING_A_PLACE,
    BookingOrigin,
    BookingState,
    CancelTiming,
    EnrolmentState,
)
from espace.bookings.models import Booking, Enrolment, PatternDay, Submission, WeeklyPattern
from espace.bookings.queries.limits import Dated, Limits, TierLimits, snapshot
from espace.demo import events as told
from espace.demo.builder import AT_THE_COUNTER, token_of
from espace.demo.bulk_homes import Kin
from espace.demo.events import GUICHET
from espace.demo.habits import PLANS
from espace.demo.plan import Plan
from espace.kernel.actor import Actor
from espace.kernel.codes import reference
from espace.kernel.money import Money
from espace.pricing.queries import formula_parts, quote_formula, tariffs

Place = tuple[int, int, date]  # (formula, venue, day)


@dataclass(frozen=True, slots=True)
class Spot:
    """A slot that can be booked."""

    id: int
    pool: int
    period: int
    day: date


@dataclass(slots=True)
class Row:
    """A booking to insert, by the columns of its table: half a million models would take a minute just to be made."""

    child_id: int
    slot_id: int
    enrolment_id: int
    date: date
    state: BookingState
    origin: BookingOrigin
    pinned: bool
    requested_at: datetime
    is_late: bool
    rule_snapshot: dict[str, str | None]
    submission_id: int
    cancelled_at: datetime | None = None
    cancel_timing: str = ""
    cancel_submission_id: int | None = None
    priority: int = 0
    priority_detail: tuple[()] = ()
    offer_expires_at: datetime | None = None
    event_id: int | None = None
    state_before: str = ""
    moved_by_id: int | None = None
    moved_from_id: int | None = None
    id: int | None = None

    _meta: ClassVar[Any] = Booking._meta

    @property
    def pk(self) -> int | None:
        return self.id

    @pk.setter
    def pk(self, number: int) -> None:
        self.id = number


@dataclass(frozen=True, slots=True)
class Fate:
    """A booking taken off by a form later."""

    at: datetime
    submission: int | None


@dataclass(frozen=True, slots=True)
class Closed:
    """A slot that an event closes later: when it was declared, and its key."""

    at: datetime
    event: int


@dataclass(eq=False)
class Ledger:
    """Writes bookings in the order of the plan; `taken` counts the places held, by pool."""

    kin: Kin
    plan: Plan
    agent: Actor
    declared: dict[int, int]
    taken: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        town = self.kin.town
        self.store = self.kin.store
        self.offer = catalogue()
        self.base = Limits(self.offer, self.plan.events[0].at, self.plan.start, self.plan.end)
        self.parts = formula_parts()
        self.tariffs = tariffs(self.plan.start, self.plan.end)
        self.known: dict[Any, Any] = {}
        self.tiers: dict[Dated, TierLimits] = {}
        self.until: dict[Dated, str | None] = {}
        self.words: dict[tuple[Dated, Timing], dict[str, str | None]] = {}
        self.spots: dict[Place, Spot] = {}
        self.series: dict[tuple[int, int, int], list[Spot]] = {}
        rows = Slot.objects.order_by("date", "id").values_list(
            "id", "pool_id", "period_id", "date", "formula_id", "venue_id"
        )
        for pk, pool, period, day, formula, venue in rows:
            spot = Spot(pk, pool, period, day)
            self.spots[formula, venue, day] = spot
            self.series.setdefault((formula, venue, period), []).append(spot)
        self.prices: dict[tuple[int, int, int, bool], int] = {}  # formula, tariff, facts, late
        self.tariff_on = {d: self.tariffs.on(d) for d in {spot.day for spot in self.spots.values()}}
        self.enrolments: dict[tuple[str, int], Enrolment] = {}
        self.ended: list[Row] = []
        self.late: dict[tuple[str, int], bool] = {}  # of the bookings that have a fate
        self.activity_of = {a.pk: slug for slug, a in town.activities.items()}
        self._foresee()

    def _foresee(self) -> None:
        """Which forms will take off which bookings, and what will be closed: a row is written once, as it ends."""
        self.submissions: dict[int, int] = {}
        self.removed: dict[tuple[str, told.Day], Fate] = {}
        self.closed: dict[int, Closed] = {}
        self.decided: dict[tuple[str, str, date], datetime] = {}
        for event in self.plan.events:
            match event:
                case told.Book():
                    number = self.store.number(Submission)
                    self.submissions[id(event)] = number
                    for day in event.remove:
                        self.removed[event.child, day] = Fate(event.at, number)
                case told.Decide():
                    self.decided[event.child, event.activity, event.period] = event.at
                case told.Declare(effect=EventEffect.CLOSED):
                    venue = self.kin.town.venues[event.school].pk
                    for plan in PLANS[event.activity].formulas:
                        formula = self.kin.town.formulas[event.activity, plan.code].pk
                        closed = Closed(event.at, self.declared[id(event)])
                        self.closed[self.spots[formula, venue, event.day].id] = closed

    # One form -----------------------------------------------------------------------------------------------------

    def book(self, event: told.Book) -> None:
        """The enrolments, the pattern, the submission and the bookings of one form."""
        limits = self.base.at(event.asked_at)
        enrolments = [self._enrol(event, slug, start) for slug, start in event.enrol]
        submission = self._submission(event)
        lines: list[dict[str, Any]] = []
        if event.pattern:
            self._pattern(event, enrolments)
            for spot, day in self._pattern_days(event, limits):
                lines.append(self._add(event, limits, submission, spot, day, BookingOrigin.PATTERN))
        origin = BookingOrigin.AGENT if event.by == GUICHET else BookingOrigin.UNIT
        for day in event.add:
            lines.append(self._add(event, limits, submission, self._spot(event.child, day), day, origin))
        for day in event.remove:
            lines.append(self._remove(event, limits, submission, self._spot(event.child, day), day))
        lines.sort(key=lambda line: (line["day"], line["start"]))
        submission.total = Money(sum(line["amount"] for line in lines))
        submission.late = sum(line["late"] or line["due"] for line in lines)
        submission.summary = {"lines": lines, "skipped": []}
        if event.by == GUICHET:
            submission.summary |= {"counter": True, "reason": "" if event.stamped else AT_THE_COUNTER}

    def _enrol(self, event: told.Book, slug: str, start: date) -> Enrolment:
        town = self.kin.town
        period = town.periods[slug, start]
        known = self.enrolments.get((event.child, period.pk))
        if known is not None:
            return known
        plan = PLANS[slug]
        waits = plan.policy is EnrolmentPolicy.BY_AGENT
        decided = self.decided.get((event.child, slug, start)) if waits else event.at
        on = max(period.start, event.at.date())
        row = self.store.add(
            Enrolment(
                child_id=self.kin.people[event.child].pk, activity_id=town.activities[slug].pk,
                period_id=period.pk, venue_id=self._venue(event.child, slug, on),
                state=EnrolmentState.PENDING if decided is None else EnrolmentState.ACCEPTED,
                requested_at=event.at, decided_at=decided, start=period.start, end=period.end,
            )
        )  # fmt: skip
        self.enrolments[event.child, period.pk] = row
        return row

    def _venue(self, child: str, slug: str, on: date) -> int:
        place = PLANS[slug].place
        if place == "schools":
            schooling = self.kin.children[child].schooling_on(on)
            if schooling is None:
                raise ValueError(f"{child} has no school on {on}")
            place = schooling.school
        return self.kin.town.venues[place].pk

    def _pattern(self, event: told.Book, enrolments: list[Enrolment]) -> None:
        from_day = event.from_day or event.at.date()
        for enrolment in enrolments:
            pattern = self.store.add(
                WeeklyPattern(
                    enrolment_id=enrolment.pk, household_id=self.kin.households[event.household].pk,
                    start=max(from_day, enrolment.start), end=enrolment.end, created_at=event.at,
                )
            )  # fmt: skip
            slug = self.activity_of[enrolment.activity_id]
            for of, weekday, code in event.pattern:
                if of == slug:
                    formula = self.kin.town.formulas[slug, code].pk
                    self.store.add(PatternDay(pattern_id=pattern.pk, weekday=weekday, formula_id=formula))

    def _pattern_days(self, event: told.Book, limits: Limits) -> list[tuple[Spot, told.Day]]:
        """The days still open, of the household that asks, whose limit is not over."""
        child, town, found = self.kin.children[event.child], self.kin.town, []
        periods = dict(event.enrol)
        from_day = event.from_day or event.at.date()
        weekdays: dict[tuple[str, str], set[int]] = {}
        for slug, weekday, code in event.pattern:
            weekdays.setdefault((slug, code), set()).add(weekday)
        for (slug, code), wanted in weekdays.items():
            formula = town.formulas[slug, code].pk
            period = town.periods[slug, periods[slug]]
            venue = self.enrolments[event.child, period.pk].venue_id
            for spot in self.series.get((formula, venue, period.pk), ()):
                day = spot.day
                if day < from_day or day.weekday() not in wanted or child.home_on(day) != event.household:
                    continue
                closed = self.closed.get(spot.id)
                if closed is not None and closed.at <= event.at:
                    continue
                found.append((spot, (slug, day, code)))
        return found

    def _spot(self, child: str, day: told.Day) -> Spot:
        slug, on, code = day
        formula = self.kin.town.formulas[slug, code].pk
        return self.spots[formula, self._venue(child, slug, on), on]

    def _submission(self, event: told.Book) -> Submission:
        by_guichet = event.by == GUICHET
        user = None if by_guichet else self.kin.user_of(event.by)
        pk = self.submissions[id(event)]
        return self.store.add(
            Submission(
                pk=pk, reference=reference("RES", pk), token=token_of(event),
                household_id=self.kin.households[event.household].pk,
                user_id=user.pk if user else self.agent.user_id,
                actor_label=str(user) if user else self.agent.label,
                at=event.at, stamped_at=event.stamped, booked=0, cancelled=0, late=0, total=Money.ZERO, summary={},
            )
        )  # fmt: skip

    # One line -----------------------------------------------------------------------------------------------------

    def _add(
        self, event: told.Book, limits: Limits, submission: Submission, spot: Spot, day: told.Day,
        origin: BookingOrigin,
    ) -> dict[str, Any]:  # fmt: skip
        slug, on, code = day
        formula = self.kin.town.formulas[slug, code]
        dated = Dated(formula.activity_id, spot.period, on)
        if dated not in self.tiers:
            self.tiers[dated] = limits.of(dated, Action.BOOK)
        timing, _ = current_timing(event.asked_at, self.tiers[dated])
        if timing not in (Timing.IN_TIME, Timing.LATE):
            raise ValueError(f"the plan books {on} when it is {timing}")
        if (dated, timing) not in self.words:
            self.words[dated, timing] = snapshot(dated, limits)
        enrolment = self.enrolments[event.child, spot.period]
        is_late = timing is not Timing.IN_TIME
        booking = Row(
            child_id=self.kin.people[event.child].pk, slot_id=spot.id, enrolment_id=enrolment.pk, date=on,
            state=BookingState.CONFIRMED if enrolment.state == EnrolmentState.ACCEPTED
            else BookingState.PENDING_ENROLMENT,
            origin=origin, pinned=origin is not BookingOrigin.PATTERN, requested_at=event.asked_at, is_late=is_late,
            rule_snapshot=self.words[dated, timing], submission_id=submission.pk,
        )  # fmt: skip
        self._end(booking, event, spot, day, dated)
        if booking.cancel_submission_id is None:
            self.store.add(booking)
        else:
            # Its form is not written yet. A key that waits for its row makes SQLite search for it at each insert.
            self.ended.append(booking)
        if booking.state in HOLDING_A_PLACE:
            self.taken[spot.pool] += 1
        submission.booked += 1
        price = self._price(event, formula.pk, on, is_late=is_late)
        is_pending = PLANS[slug].policy is EnrolmentPolicy.BY_AGENT and (
            enrolment.decided_at is None or enrolment.decided_at > event.at
        )
        return self._stored(event, limits, dated, spot, formula.pk, price, amount=price, is_add=True,
                            is_late=is_late, is_pending=is_pending)  # fmt: skip

    def _end(self, booking: Row, event: told.Book, spot: Spot, day: told.Day, dated: Dated) -> None:
        """How the booking ended since, if it did."""
        fate = self.removed.get((event.child, day))
        closed = self.closed.get(spot.id)
        if fate is not None:
            timing, _ = self.base.at(fate.at).timing(dated, Action.CANCEL)
            in_time = timing is Timing.IN_TIME
            booking.cancel_timing = CancelTiming.IN_TIME if in_time else CancelTiming.LATE
            booking.state, booking.cancelled_at = BookingState.CANCELLED, fate.at
            booking.cancel_submission_id, booking.pinned = fate.submission, True
            self.late[event.child, spot.id] = booking.is_late
        elif closed is not None and closed.at > event.at:
            booking.event_id, booking.state_before = closed.event, booking.state
            booking.state, booking.cancelled_at = BookingState.CANCELLED, closed.at
            booking.cancel_timing = CancelTiming.SERVICE

    def _remove(
        self, event: told.Book, limits: Limits, submission: Submission, spot: Spot, day: told.Day
    ) -> dict[str, Any]:
        slug, on, code = day
        formula = self.kin.town.formulas[slug, code]
        dated = Dated(formula.activity_id, spot.period, on)
        timing, _ = limits.timing(dated, Action.CANCEL)
        price = self._price(event, formula.pk, on, is_late=self.late[event.child, spot.id])
        submission.cancelled += 1
        return self._stored(event, limits, dated, spot, formula.pk, price, is_add=False,
                            amount=-price if timing is Timing.IN_TIME else 0,
                            is_due=timing is not Timing.IN_TIME)  # fmt: skip

    def _price(self, event: told.Book, formula: int, day: date, *, is_late: bool) -> int:
        facts = self.kin.facts_of(event.child, event.household)
        tariff = self.tariff_on[day]
        key = (formula, id(tariff), id(facts), is_late)
        if key not in self.prices:
            quote = quote_formula(self.parts[formula], facts, tariff, is_late=is_late, known=self.known)
            self.prices[key] = quote.amount.cents
        return self.prices[key]

    def _stored(
        self, event: told.Book, limits: Limits, dated: Dated, spot: Spot, formula: int, price: int, *,
        amount: int, is_add: bool, is_late: bool = False, is_due: bool = False, is_pending: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """A line as a submission keeps it (`bookings.queries.submissions`)."""
        child, entry = self.kin.people[event.child], self.offer.formulas[formula]
        if dated not in self.until:
            limit = limits.in_time_until(dated, Action.CANCEL)
            self.until[dated] = limit.isoformat() if limit else None
        return {
            "add": is_add,
            "child": child.first_name,
            "key": f"reservation-{child.pk}-{spot.id}",
            "day": dated.day.isoformat(),
            "activity": self.offer.activities[dated.activity_id].name,
            "formula": entry.label,
            "start": entry.starts_at.isoformat(),
            "end": entry.ends_at.isoformat(),
            "price": price,
            "amount": amount,
            "late": is_late,
            "due": is_due,
            "pending": is_pending,
            "until": self.until[dated],
            "waiting": False,
            "leave": False,
        }
