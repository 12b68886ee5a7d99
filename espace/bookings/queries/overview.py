"""What a dashboard shows of bookings, in a few queries however many children and days."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q

from espace.activities.enums import Action, SlotState, Timing
from espace.activities.models import Slot
from espace.activities.queries import catalogue
from espace.bookings.enums import ACTIVE, EXPECTED, BookingState, EnrolmentState
from espace.bookings.models import Booking, Enrolment, Submission
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.happenings import Happenings, happenings
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.queries.lists import SOON, AgendaEntry, DeadlineToCome, Todo
from espace.bookings.queries.offers import WaitingDay, waiting_for
from espace.bookings.queries.submissions import may_read
from espace.bookings.queries.told import ASKED_OR_TAKEN, EventDay, Spot, event_days, own_days
from espace.families.models import Person
from espace.families.queries import households_for, visible_to
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import PARIS
from espace.kernel.money import Money
from espace.kernel.reading import read_together
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


def overview_for(actor: Actor, children: Sequence[Person], *, days: int) -> Overview:
    """Over the next `days` days, for the actor's own children (fetched by `children_for`). 6 queries, 3 more when
    events depend on schools or meals, and 1 for the actor's households when the page did not ask for them yet; those
    of `waiting_for` for who waits for a place."""
    now, today = clock.now(), clock.today()
    names = {child.pk: child.first_name for child in children}
    asked, rows = _asked_and_booked(list(names), today)
    known = frozenset(row.child_id for row in asked)
    enrolled = [row for row in asked if row.state in OPEN_ENROLMENTS and row.end > today]
    if not enrolled:
        return Overview([], [], [], [], [], known)
    own = own_days(actor, list(names), today, today + SOON)
    events = happenings(list(names), today, today + SOON)
    active = [row for row in rows if row.state in ACTIVE]
    booked = [row for row in active if row.state in EXPECTED]
    entries = [_entry(row, names) for row in booked if row.day < today + timedelta(days=days)]
    taken = {(row.child_id, row.activity_id, row.day) for row in booked}
    return Overview(
        _todos(enrolled, {row.enrolment_id for row in active}, names),
        [e for e in entries if own(e.child_id, e.day)],
        event_days((row.spot for row in rows if own(row.child_id, row.day)), events, names),
        _deadlines(enrolled, taken, own, names, now, days, events),
        waiting_for(actor, list(names)) if len(active) > len(booked) else [],
        known,
    )


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


def _asked_and_booked(child_ids: Sequence[int], today: date) -> tuple[list[_Asked], list[_Booked]]:
    """The enrolments whose period still runs, in the town's order; every day booked from today on, or asked on a waiting
    list, and those that an event took away, by day and hour. 1 query."""
    enrolments = Enrolment.objects.filter(child_id__in=child_ids, period__end__gt=today).values_list(
        "activity__position", "start", "id", "child_id", "activity_id", "activity__name", "period_id", "venue_id",
        "state", "end",
    )  # fmt: skip
    bookings = Booking.objects.filter(ASKED_OR_TAKEN, child_id__in=child_ids, date__gte=today).values_list(
        "date", "slot__formula__starts_at", "child_id", "id", "enrolment_id", "slot__activity_id",
        "slot__activity__name", "slot__formula__label", "slot__formula__ends_at", "slot__venue__name", "state",
        "slot__venue_id", "slot__formula_id", "moved_from__venue_id",
    )  # fmt: skip
    asked, booked = read_together(enrolments, bookings)
    return (
        [
            _Asked(pk, child, activity_id, activity, period, venue, state, start, end)
            for _, start, pk, child, activity_id, activity, period, venue, state, end in sorted(asked)
        ],
        [_Booked(day, starts, child, *row) for day, starts, child, _, *row in sorted(booked)],
    )


# Enrolments without a day ---------------------------------------------------------------------------------------


def _todos(enrolled: Iterable[_Asked], with_days: set[int], names: Mapping[int, str]) -> list[Todo]:
    todos = []
    for row in enrolled:
        name, activity = names[row.child_id], row.activity
        if row.state == EnrolmentState.PENDING:
            sentence = f"L’inscription {de_nom(name)} à « {activity} » attend la réponse du service."
            todos.append(Todo("PENDING", row.child_id, name, activity, sentence, None))
        elif row.id not in with_days:
            sentence = f"Inscription {de_nom(name)} à « {activity} » : aucun jour n’est réservé."
            todos.append(Todo("NO_BOOKING", row.child_id, name, activity, sentence, None))
    return todos


# Days booked ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Booked:
    day: date
    starts_at: time
    child_id: int
    enrolment_id: int
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


def submissions_for(actor: Actor, *, count: int) -> list[SubmissionLine]:
    """The latest submissions of the actor's households, but those that speak of a child protected from them. 2 queries,
    4 where someone is."""
    sight = visible_to(actor)
    rows = Submission.objects.filter(household_id__in=[h.pk for h in households_for(actor)]).order_by(
        "-at", "-id"
    )
    columns = ("reference", "at", "booked", "cancelled", "waiting", "total")
    found = list(rows.annotate(is_veiled=sight.is_veiled).values_list(*columns, "is_veiled")[:count])
    sight.settle(row[-1] for row in found)
    if found and sight.hidden:
        told = [row.pk for row in rows if may_read(sight, row)]
        found = [(*row, True) for row in rows.filter(pk__in=told).values_list(*columns)[:count]]
    return [
        SubmissionLine(reference, at.astimezone(PARIS).date(), booked, cancelled, waiting, total)
        for reference, at, booked, cancelled, waiting, total, _ in found
    ]
