"""What a dashboard shows of bookings, in a few queries however many children and days."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q

from espace.activities.enums import Action, BookingMode, SlotState, Timing
from espace.activities.models import Slot
from espace.activities.queries import catalogue
from espace.bookings.enums import ACTIVE, EXPECTED, BookingState, EnrolmentState
from espace.bookings.models import Booking, Enrolment, Submission
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.happenings import Happenings, happenings_later
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.queries.lists import SOON, AgendaEntry, DeadlineToCome, Todo
from espace.bookings.queries.offers import Asked, WaitingDay, asked_later, waiting_days
from espace.bookings.queries.submissions import may_read
from espace.bookings.queries.told import ASKED_OR_TAKEN, EventDay, Spot, event_days, own_days
from espace.families.models import Person
from espace.families.queries import FamilyFacts, facts_later, households_for, visible_to
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY, PARIS
from espace.kernel.money import Money
from espace.kernel.reading import Later, Together, read_now, rows_later
from espace.kernel.text import de_nom, plural_fr

Own = Callable[[int, date], bool]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is left to do, the next days, the events that change them, the limits that fall soon, the waiting lists and the
    places offered. `known` are the children for whom an enrolment that still runs was ever asked for."""

    todos: list[Todo]
    entries: list[AgendaEntry]
    events: list[EventDay]
    deadlines: list[DeadlineToCome]
    waiting: list[WaitingDay]
    known: frozenset[int]


def overview_later(actor: Actor, children: Sequence[Person], *, days: int) -> Together[Overview]:
    """Over the next `days` days, for the actor's own children (fetched by `children_for`): its short lists, to read with
    other ones. The days booked, which may be many, are read at once (1 query); once all is read, the offer and its
    limits are (3 queries), 1 more where holidays are divided, 2 more for the price of a place offered."""
    now, today = clock.now(), clock.today()
    names = {child.pk: child.first_name for child in children}
    ids = list(names)
    asked, booked = _asked_later(ids, today), _booked_later(ids, today)
    read_now(asked, booked)
    households = {h.pk for h in households_for(actor)}

    def made(facts: FamilyFacts, events: Happenings, waiting: list[Asked]) -> Overview:
        known = frozenset(row.child_id for row in asked.answer)
        enrolled = [row for row in asked.answer if row.state in OPEN_ENROLMENTS and row.end > today]
        if not enrolled:
            return Overview([], [], [], [], [], known)
        facts = facts.until(max([today + SOON, *(e.dated.day + ONE_DAY for e, _ in waiting)]))
        own = own_days(facts, households)
        rows = [row for row in booked.answer if own(row.child_id, row.day)]
        expected = [row for row in rows if row.state in EXPECTED]
        taken = {(row.child_id, row.activity_id, row.day) for row in expected}
        return Overview(
            _todos(enrolled, names),
            [_entry(row, names) for row in expected if row.day < today + timedelta(days=days)],
            event_days((row.spot for row in rows), events, names),
            _deadlines(enrolled, taken, own, names, now, days, events),
            waiting_days(waiting, facts, households),
            known,
        )

    facts, events = facts_later(ids, today, date.max), happenings_later(ids, today, today + SOON)
    return Together(made, facts, events, asked_later(ids, today))


@dataclass(frozen=True, slots=True)
class _Asked:
    id: int
    child_id: int
    activity_id: int
    activity: str
    period_id: int
    venue_id: int
    state: str
    start: date
    end: date
    has_days: bool
    mode: str
    begins: date


def _asked_later(child_ids: Sequence[int], today: date) -> Later[list[_Asked]]:
    """The enrolments whose period still runs, in the town's order; `has_days` when something is booked, or waited for,
    from today on."""
    active = Booking.objects.filter(enrolment=OuterRef("pk"), state__in=ACTIVE, date__gte=today)
    running = Enrolment.objects.filter(child_id__in=child_ids, period__end__gt=today)
    enrolments = running.annotate(has_days=Exists(active)).values_list(
        "activity__position", "start", "id", "child_id", "activity_id", "activity__name", "period_id", "venue_id",
        "state", "end", "has_days", "activity__booking_mode", "period__start",
    )  # fmt: skip
    return Later(
        enrolments,
        lambda rows: [
            _Asked(pk, child, activity_id, activity, period, venue, state, start, *rest)
            for _, start, pk, child, activity_id, activity, period, venue, state, *rest in sorted(rows)
        ],
    )


def _booked_later(child_ids: Sequence[int], today: date) -> Later[list[_Booked]]:
    """Every day booked in the coming weeks, or asked on a waiting list, and those that an event took away, by day and
    hour."""
    coming = Booking.objects.filter(
        ASKED_OR_TAKEN, child_id__in=child_ids, date__gte=today, date__lt=today + SOON
    )
    bookings = coming.values_list(
        "date", "slot__formula__starts_at", "child_id", "id", "slot__activity_id",
        "slot__activity__name", "slot__formula__label", "slot__formula__ends_at", "slot__venue__name", "state",
        "slot__venue_id", "slot__formula_id", "moved_from__venue_id",
    )  # fmt: skip
    return Later(
        bookings,
        lambda rows: [_Booked(day, starts, child, *row) for day, starts, child, _, *row in sorted(rows)],
    )


# Enrolments without a day ---------------------------------------------------------------------------------------


def _todos(enrolled: Iterable[_Asked], names: Mapping[int, str]) -> list[Todo]:
    todos = []
    for row in enrolled:
        name, activity = names[row.child_id], row.activity
        if row.state == EnrolmentState.PENDING:
            sentence = f"L’inscription {de_nom(name)} à « {activity} » attend la réponse du service."
            todos.append(Todo("PENDING", row.child_id, name, activity, sentence, None))
        elif not row.has_days:
            sentence = f"Inscription {de_nom(name)} à « {activity} » : aucun jour n’est réservé."
            begins = row.begins if row.mode != BookingMode.PATTERN else None
            todos.append(Todo("NO_BOOKING", row.child_id, name, activity, sentence, None, begins))
    return todos


# Days booked ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Booked:
    day: date
    starts_at: time
    child_id: int
    activity_id: int
    activity: str
    formula: str
    ends_at: time
    venue: str
    state: str
    venue_id: int
    formula_id: int
    moved_from: int | None

    @property
    def spot(self) -> Spot:
        return Spot(
            self.child_id, self.activity_id, self.venue_id, self.formula_id, self.moved_from, self.day
        )


def _entry(row: _Booked, names: Mapping[int, str]) -> AgendaEntry:
    return AgendaEntry(
        row.child_id, names[row.child_id], row.day, row.activity, row.formula, row.starts_at, row.ends_at, row.venue,
        BookingState(row.state),
    )  # fmt: skip


# Deadlines ------------------------------------------------------------------------------------------------------


def _deadlines(
    enrolled: Sequence[_Asked],
    taken: set[tuple[int, int, date]],
    own: Own,
    names: Mapping[int, str],
    now: datetime,
    days: int,
    events: Happenings,
) -> list[DeadlineToCome]:
    """The limits in time that end within `days` days: to cancel what is booked, to book what is not."""
    today = now.date()
    limits = Limits(catalogue(), now, today, today + SOON)
    offered = offered_days([(row.period_id, row.venue_id) for row in enrolled], today)
    found: dict[tuple[datetime, Action, date, str], list[str]] = {}
    for row in enrolled:
        for day in offered.get((row.period_id, row.venue_id), ()):
            if not row.start <= day < row.end or not own(row.child_id, day):
                continue
            action = Action.CANCEL if (row.child_id, row.activity_id, day) in taken else Action.BOOK
            if action is Action.CANCEL and row.state == EnrolmentState.PENDING:
                continue  # free to give up whatever the limit
            if action is Action.CANCEL and events.frees(row.child_id, row.activity_id, row.venue_id, day):
                continue
            timing, limit = limits.timing(Dated(row.activity_id, row.period_id, day), action)
            if timing is Timing.IN_TIME and limit is not None and limit < now + timedelta(days=days):
                found.setdefault((limit, action, day, row.activity), []).append(names[row.child_id])
    return [
        DeadlineToCome(at, action, day, activity, tuple(children))
        for (at, action, day, activity), children in sorted(found.items())
    ]


def offered_days(places: Collection[tuple[int, int]], today: date) -> dict[tuple[int, int], list[date]]:
    """The open days of each (period, venue) in the coming weeks, in order. 1 query."""
    wanted = Q()
    for period_id, venue_id in sorted(set(places)):
        wanted |= Q(period_id=period_id, venue_id=venue_id)
    rows = (
        Slot.objects.filter(wanted, date__gte=today, date__lt=today + SOON, state=SlotState.OPEN)
        .annotate(day=F("date"))
        .values_list("period_id", "venue_id", "day")
        .order_by("day", "period_id", "venue_id")
        .distinct()
    )
    found: dict[tuple[int, int], list[date]] = {}
    for period_id, venue_id, day in rows:
        found.setdefault((period_id, venue_id), []).append(day)
    return found


# Submissions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """A submission in one line: its reference, its day, what it did."""

    reference: str
    day: date
    booked: int
    cancelled: int
    waiting: int
    total: Money

    @property
    def sentence(self) -> str:
        parts = []
        if self.booked:
            parts.append(f"{self.booked} {plural_fr(self.booked, 'jour réservé', 'jours réservés')}")
        if self.cancelled:
            parts.append(f"{self.cancelled} {plural_fr(self.cancelled, 'jour annulé', 'jours annulés')}")
        if self.waiting:
            parts.append(f"{self.waiting} {plural_fr(self.waiting, 'jour en attente', 'jours en attente')}")
        return ", ".join(parts) or "rien de changé"


def submissions_later(actor: Actor, *, count: int) -> Later[list[SubmissionLine]]:
    """The latest submissions of the actor's households, but those that speak of a child protected from them: to read
    with other lists. 1 query when read alone, beyond those households."""
    mine = Submission.objects.filter(household_id__in=[h.pk for h in households_for(actor)])
    sight = visible_to(actor)
    if not sight.hidden:
        latest = mine.order_by("-at", "-id").values_list("at", "id", *_SAID)[:count]
        return Later(latest, lambda rows: [_said(*row) for row in sorted(rows, reverse=True)])

    def told(rows: list[Submission]) -> list[SubmissionLine]:
        found = sorted(
            (row for row in rows if may_read(sight, row)), key=lambda row: (row.at, row.pk), reverse=True
        )
        return [
            _said(row.at, row.pk, row.reference, row.booked, row.cancelled, row.waiting, row.total)
            for row in found[:count]
        ]

    return rows_later(mine).then(told)


_SAID = ("reference", "booked", "cancelled", "waiting", "total")


def _said(
    at: datetime, pk: int, reference: str, booked: int, cancelled: int, waiting: int, total: Money
) -> SubmissionLine:
    return SubmissionLine(reference, at.astimezone(PARIS).date(), booked, cancelled, waiting, total)
