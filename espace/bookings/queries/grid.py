"""A month of a child, prepared: weeks, days, cells with their words. The template only prints it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from espace.activities.enums import Action, EventEffect, Timing
from espace.activities.queries import SlotEntry, slots_between
from espace.activities.queries.events import EventEntry
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.queries.desk import BookingEntry, Desk, open_desk
from espace.bookings.queries.feet import Foot, foot
from espace.bookings.queries.limits import Dated, opens_for_you, short_limit_day
from espace.bookings.queries.plan import enrolment_for
from espace.bookings.queries.queue import waiting_ranks
from espace.bookings.queries.told import bar_of, events_of_day, is_open_to
from espace.bookings.queries.weeks import FRIDAY, WEEK, week_in, window_of
from espace.bookings.rules import (
    EDITABLE,
    Cell,
    CellState,
    Room,
    cell_state,
    free_for_all,
    is_last_evening,
    is_past,
    runs,
)
from espace.families.errors import FamilyRefusal
from espace.families.models import Person
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY, DayKind, UnknownDay, iso_week
from espace.kernel.money import Money
from espace.kernel.text import (
    DAYS,
    MONTHS,
    format_date_long,
    format_money,
)
from espace.pricing.errors import PricingRefusal
from espace.pricing.queries import FormulaQuote

BOOKED = frozenset({CellState.BOOKED, CellState.BOOKED_FIXED, CellState.PAST_BOOKED})


@dataclass(frozen=True, slots=True)
class GridCell:
    """One slot of a day. `price` and `surcharge` are texts; `cents` what ticking it adds to the bills, or
    what unticking it takes off (nothing when it is too late). `request_id`, `rank`, `answer_until` are of the waiting
    list, which a family may join where `can_wait`; `opens` says when the period opens for them."""

    slot_id: int
    booking_id: int
    state: CellState
    label: str
    detail: str
    price: str
    surcharge: str
    cents: int
    is_due: bool
    is_late: bool
    cancel_is_late: bool
    is_pending: bool
    wanted: bool
    is_agent_only: bool
    request_id: int = 0
    rank: int = 0
    answer_until: str = ""
    can_wait: bool = False
    opens: str = ""

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def is_booked(self) -> bool:
        return self.state in BOOKED


@dataclass(frozen=True, slots=True)
class GridDay:
    """A day: its cells, or why there are none; what happens that day; and until when it can be changed, in words."""

    day: date
    cells: Sequence[GridCell]
    notices: Sequence[str]
    shut: str
    shut_title: str
    foot: Sequence[Foot]
    is_today: bool
    is_tonight: bool
    is_over: bool
    key: str
    words: str
    weekday: str
    number: int
    month: str
    short: str


@dataclass(frozen=True, slots=True)
class GridWeek:
    monday: date
    number: int
    days: Sequence[GridDay]
    is_now: bool
    is_past: bool

    @property
    def key(self) -> str:
        return self.monday.isoformat()

    @property
    def words(self) -> str:
        """« Du 2 au 6 novembre », « Du 30 novembre au 4 décembre »."""
        friday = self.monday + timedelta(days=FRIDAY)
        first, last = (("1er" if d.day == 1 else str(d.day)) for d in (self.monday, friday))
        if self.monday.month != friday.month:
            first += f" {MONTHS[self.monday.month - 1]}"
        return f"Du {first} au {last} {MONTHS[friday.month - 1]}"


@dataclass(frozen=True, slots=True)
class Grid:
    """The weeks of a month, Monday to Friday, whole: the first and last may reach into its neighbours. `until`: the
    last day of the child's enrolments of that month."""

    child: Person
    siblings: Sequence[Person]
    month: date
    weeks: Sequence[GridWeek]
    start: date
    end: date
    is_enrolled: bool
    pending: Sequence[str]
    until: date | None

    @property
    def cells(self) -> Iterable[GridCell]:
        return (cell for week in self.weeks for day in week.days for cell in day.cells)

    @property
    def seen(self) -> dict[int, int]:
        """The state shown: slot id -> booking id."""
        return {cell.slot_id: cell.booking_id for cell in self.cells if cell.is_booked}

    @property
    def booked_total(self) -> int:
        return sum(1 for _ in self.seen)


def grid_for(
    actor: Actor,
    child_id: int,
    month: date,
    *,
    week: date | None = None,
    wanted: frozenset[int] | None = None,
    stamped_at: datetime | None = None,
) -> Grid:
    """A child's month: `grids_for` with a single child. `wanted` are the slots ticked in a form that comes back; else,
    what is booked. Raises `NotFound`."""
    ticked = {} if wanted is None else {child_id: wanted}
    (grid,) = grids_for(actor, month, [child_id], week=week, wanted=ticked, stamped_at=stamped_at)
    return grid


def grids_for(
    actor: Actor,
    month: date,
    child_ids: Collection[int] | None = None,
    *,
    week: date | None = None,
    wanted: Mapping[int, frozenset[int]] | None = None,
    stamped_at: datetime | None = None,
) -> list[Grid]:
    """The month of these children, or of all those that the actor may book for. `wanted` {child: slots ticked}.

    `stamped_at`: the limits are those of that instant, for an agent who keys a request left at the counter.

    A constant number of queries, whatever the number of days, children or households. Raises `NotFound`.
    """
    start, end = window_of(month)
    desk = open_desk(actor, start, end, child_ids=child_ids, stamped_at=stamped_at)
    shown = week_in(month, week, desk.now.date())
    offered = slots_between(desk.places(), start, end)
    ranks = waiting_ranks({b.pool_id for b in desk.bookings if b.state is BookingState.WAITLISTED})
    return [
        _grid(desk, child_id, month, shown, offered, ranks, (wanted or {}).get(child_id))
        for child_id in desk.children
    ]


def _grid(
    desk: Desk, child_id: int, month: date, shown: date, offered: Sequence[SlotEntry], ranks: Mapping[int, int],
    wanted: frozenset[int] | None,
) -> Grid:  # fmt: skip
    start, end = desk.start, desk.end
    drawing = _Drawing(desk, child_id, wanted, ranks)
    by_day: dict[date, list[SlotEntry]] = {}
    for slot in offered:
        if drawing.shows(slot):
            by_day.setdefault(slot.day, []).append(slot)
    labels = desk.limits.calendar.labels
    weeks = []
    monday = start
    while monday < end:
        days = [
            drawing.day(day, by_day.get(day, []), labels.get(day, ""))
            for day in (monday + timedelta(days=n) for n in range(FRIDAY + 1))
        ]
        is_past = monday + timedelta(days=FRIDAY) < desk.now.date()
        weeks.append(GridWeek(monday, iso_week(monday), days, monday == shown, is_past))
        monday += WEEK
    enrolments = [e for e in desk.enrolments if e.child_id == child_id]
    return Grid(
        child=desk.children[child_id],
        siblings=list(desk.family.values()),
        month=month,
        weeks=weeks,
        start=start,
        end=end,
        is_enrolled=bool(enrolments),
        pending=[desk.catalogue.activities[e.activity_id].name for e in enrolments if e.is_pending],
        until=max((e.end - ONE_DAY for e in enrolments), default=None),
    )


class _Drawing:
    """Draws the days of one child on a desk; each price of a formula is made once a month."""

    def __init__(
        self, desk: Desk, child_id: int, wanted: frozenset[int] | None, ranks: Mapping[int, int]
    ) -> None:
        self._desk = desk
        self._child_id = child_id
        self._wanted = wanted
        self._ranks = ranks
        self._today = desk.now.date()
        mine = [b for b in desk.bookings if b.child_id == child_id]
        self._active = {b.slot_id: b for b in mine if b.is_booked}
        self._asked = {b.slot_id: b for b in mine if b.is_on_the_list and not _is_over(b, desk.now)}
        self._freed = {b.day for b in mine if b.cancel_timing == CancelTiming.SERVICE}

    def shows(self, slot: SlotEntry) -> bool:
        """A slot that is booked, or that the child may book; not one that an event moves elsewhere."""
        if slot.id in self._active:
            return True
        bar = bar_of(self._desk, self._child_id, slot)
        is_left = bar is not None and bar.effect is EventEffect.MOVED
        return not is_left and enrolment_for(self._desk, self._child_id, slot) is not None

    def day(self, day: date, slots: list[SlotEntry], label: str) -> GridDay:
        desk = self._desk
        order = desk.catalogue.order_of
        known = desk.household_on(self._child_id, day)
        elsewhere = bool(slots) and known is not None and known not in desk.household_ids
        cells: list[GridCell] = []
        if not elsewhere and any(is_open_to(desk, self._child_id, s) or s.id in self._active for s in slots):
            cells = [self._cell(slot) for slot in sorted(slots, key=lambda s: order(s.formula_id))]
        events = [] if elsewhere else events_of_day(desk, self._child_id, day, slots)
        title, why = ("", "") if cells else self._shut(day, slots, label, elsewhere, events)
        feet, tonight = self._feet(day, slots, cells)
        return GridDay(
            day=day,
            cells=cells,
            notices=[e.notice for e in events] if cells else [],
            shut=why,
            shut_title=title,
            foot=feet,
            is_today=day == self._today,
            is_tonight=tonight,
            is_over=day < self._today,
            key=day.isoformat(),
            words=format_date_long(day),
            weekday=DAYS[day.weekday()].capitalize(),
            number=day.day,
            month=MONTHS[day.month - 1],
            short=f"{DAYS[day.weekday()][:3]}. {day.day}",
        )

    def _cell(self, slot: SlotEntry) -> GridCell:
        desk, booking, asked = self._desk, self._active.get(slot.id), self._asked.get(slot.id)
        dated = Dated(slot.activity_id, slot.period_id, slot.day)
        book, _ = desk.limits.timing(dated, Action.BOOK)
        cancel, _ = desk.cancelling(booking) if booking else desk.limits.timing(dated, Action.CANCEL)
        known = booking or asked
        queue_runs = runs(desk.limits.offers_until(dated), desk.now)
        opens = desk.opens_later(self._child_id, slot.period_id, slot.day)
        late = known.is_late if known else book in (Timing.LATE, Timing.AGENT_ONLY)
        quote = self._quote(slot, late)
        state = cell_state(
            Cell(
                is_open=is_open_to(desk, self._child_id, slot),
                places_left=free_for_all(Room(slot.left, slot.waiting), queue_runs=queue_runs),
                is_past=slot.day < self._today,
                is_own_day=True,
                has_price=quote is not None,
                booking=known.state if known else None,
                book=book,
                cancel=cancel,
                may_override=desk.may_override,
                is_before_opening=opens is not None,
            )
        )
        formula = desk.catalogue.formulas[slot.formula_id]
        due = quote is not None and (booking is None or cancel is Timing.IN_TIME)
        still_due = desk.still_due(self._child_id, slot.id) if quote and not booking else Money.ZERO
        editable = state in EDITABLE
        return GridCell(
            slot_id=slot.id,
            booking_id=booking.id if booking else 0,
            state=state,
            label=formula.label,
            detail=formula.detail,
            price=format_money(quote.amount.cents) if quote else "",
            surcharge=f"+{format_money(quote.surcharge.cents)}" if quote and quote.surcharge and late else "",
            cents=quote.amount.cents - still_due.cents if quote is not None and due else 0,
            is_due=still_due.cents > 0,
            is_late=late,
            cancel_is_late=cancel is not Timing.IN_TIME,
            is_pending=booking is not None and booking.state is BookingState.PENDING_ENROLMENT,
            wanted=slot.id in self._wanted if editable and self._wanted is not None else booking is not None,
            is_agent_only=book is Timing.AGENT_ONLY,
            request_id=asked.id if asked else 0,
            rank=self._ranks.get(asked.id, 0) if asked else 0,
            answer_until=short_limit_day(asked.offer_expires_at) if asked and asked.offer_expires_at else "",
            can_wait=queue_runs and slot.list_left != 0,
            opens=opens_for_you(opens) if opens else "",
        )

    def _quote(self, slot: SlotEntry, late: bool) -> FormulaQuote | None:
        try:
            return self._desk.quote(self._child_id, slot.formula_id, slot.day, is_late=late)
        except (PricingRefusal, FamilyRefusal):
            return None

    def _shut(
        self, day: date, slots: list[SlotEntry], label: str, elsewhere: bool, events: list[EventEntry]
    ) -> tuple[str, str]:
        """Why nothing can be booked that day: a title, and a sentence."""
        if elsewhere:
            return "Chez son autre parent", "Ce jour-là, c’est l’autre foyer qui réserve."
        if slots:
            freed = day in self._freed
            bar = bar_of(self._desk, self._child_id, slots[0])
            reason = (slots[0].closed_reason or (bar.reason if bar is not None else "")).rstrip(".")
            return (
                "Fermé",
                f"{reason}. Vos réservations ont été retirées, rien n’est facturé." if freed else reason,
            )
        if moved := next((e for e in events if e.effect is EventEffect.MOVED), None):
            return "Déplacé", f"{moved.to_venue}. {moved.reason}"
        try:
            kind = self._desk.limits.calendar.kind(day)
        except UnknownDay:
            return "Pas encore ouvert", "Le calendrier de cette date n’est pas publié."
        if kind is DayKind.PUBLIC_HOLIDAY:
            return "Férié", label
        if kind in (DayKind.HOLIDAY, DayKind.CLOSED):
            return "Pas d’école", label
        return "Rien à réserver", "Aucune activité de vos inscriptions n’a lieu ce jour-là."

    def _feet(self, day: date, slots: list[SlotEntry], cells: list[GridCell]) -> tuple[list[Foot], bool]:
        """Until when the day can be changed: one line for what is free, one for what is booked."""
        if day < self._today or not cells:
            return [], False
        by_id = {slot.id: slot for slot in slots}
        feet: dict[tuple[Action, Timing, datetime | None], Foot] = {}
        for cell in cells:
            if cell.state not in (
                CellState.FREE,
                CellState.BOOKED,
                CellState.BOOKED_FIXED,
                CellState.TOO_LATE,
            ):
                continue
            slot, booking = by_id[cell.slot_id], self._active.get(cell.slot_id)
            action = Action.CANCEL if cell.is_booked else Action.BOOK
            if cell.is_booked and booking is not None:
                timing, limit = self._desk.cancelling(booking)
            else:
                timing, limit = self._desk.limits.timing(Dated(slot.activity_id, slot.period_id, day), action)
            feet.setdefault((action, timing, limit), foot(action, timing, limit, self._today))
        ordered = [
            feet[key]
            for key in sorted(feet, key=lambda k: (k[0].value, k[2] is None, k[2] or self._desk.now))
        ]
        return ordered, any(is_last_evening(limit, self._desk.now) for _, _, limit in feet)


def _is_over(booking: BookingEntry, now: datetime) -> bool:
    return booking.offer_expires_at is not None and is_past(booking.offer_expires_at, now)
