"""What a dashboard shows of bookings, in six queries however many children and days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q

from espace.activities.enums import Action, SlotState, Timing
from espace.activities.models import Slot
from espace.activities.queries import deadlines_only
from espace.bookings.enums import HOLDING_A_PLACE, BookingState, EnrolmentState
from espace.bookings.models import Booking, Enrolment, Submission
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.queries.lists import SOON, AgendaEntry, DeadlineToCome, Todo
from espace.bookings.queries.submissions import may_read
from espace.families.errors import FamilyRefusal
from espace.families.models import Person
from espace.families.queries import family_facts, households_for, visible_to
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import PARIS
from espace.kernel.money import Money
from espace.kernel.text import plural_fr

Own = Callable[[int, date], bool]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is left to do, the next days, the limits that fall soon."""

    todos: list[Todo]
    entries: list[AgendaEntry]
    deadlines: list[DeadlineToCome]


def overview_for(actor: Actor, children: Sequence[Person], *, days: int) -> Overview:
    """Over the next `days` days, for the actor's own children (fetched by `children_for`). 6 queries, and 1 for the
    actor's households when the page did not ask for them yet."""
    now, today = clock.now(), clock.today()
    names = {child.pk: child.first_name for child in children}
    enrolled = list(
        Enrolment.objects.filter(
            child_id__in=names, state__in=(EnrolmentState.PENDING, EnrolmentState.ACCEPTED), end__gt=today
        )
        .select_related("activity", "period")
        .order_by("activity__position", "start", "id")
    )
    if not enrolled:
        return Overview([], [], [])
    own = _own_days(actor, list(names), today, today + SOON)
    booked = _booked(names, today)
    entries = [_entry(row, names) for row in booked if row.day < today + timedelta(days=days)]
    taken = {(row.child_id, row.activity_id, row.day) for row in booked}
    return Overview(
        _todos(enrolled, {row.enrolment_id for row in booked}, names),
        [e for e in entries if own(e.child_id, e.day)],
        _deadlines(enrolled, taken, own, names, now, days),
    )


# Enrolments without a day ---------------------------------------------------------------------------------------


def _todos(enrolled: Iterable[Enrolment], with_days: set[int], names: Mapping[int, str]) -> list[Todo]:
    todos = []
    for row in enrolled:
        name, activity = names[row.child_id], row.activity.name
        if row.state == EnrolmentState.PENDING:
            sentence = f"L’inscription de {name} à « {activity} » attend la réponse du service."
            todos.append(Todo("PENDING", row.child_id, name, activity, sentence, None))
        elif row.pk not in with_days:
            sentence = f"Inscription de {name} à « {activity} » : aucun jour n’est réservé."
            todos.append(Todo("NO_BOOKING", row.child_id, name, activity, sentence, None))
    return todos


# Days booked ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Booked:
    child_id: int
    enrolment_id: int
    activity_id: int
    day: date
    activity: str
    formula: str
    starts_at: time
    ends_at: time
    venue: str
    state: str


def _booked(children: Iterable[int], today: date) -> list[_Booked]:
    """Every day booked from today on, by day and hour. 1 query."""
    rows = (
        Booking.objects.filter(child_id__in=list(children), state__in=HOLDING_A_PLACE, date__gte=today)
        .order_by("date", "slot__formula__starts_at", "child_id", "id")
        .values_list(
            "child_id", "enrolment_id", "slot__activity_id", "date", "slot__activity__name",
            "slot__formula__label", "slot__formula__starts_at", "slot__formula__ends_at", "slot__venue__name",
            "state",
        )
    )  # fmt: skip
    return [_Booked(*row) for row in rows]


def _entry(row: _Booked, names: Mapping[int, str]) -> AgendaEntry:
    return AgendaEntry(
        row.child_id, names[row.child_id], row.day, row.activity, row.formula, row.starts_at, row.ends_at, row.venue,
        BookingState(row.state),
    )  # fmt: skip


# Deadlines ------------------------------------------------------------------------------------------------------


def _deadlines(
    enrolled: Sequence[Enrolment],
    taken: set[tuple[int, int, date]],
    own: Own,
    names: Mapping[int, str],
    now: datetime,
    days: int,
) -> list[DeadlineToCome]:
    """The limits in time that end within `days` days: to cancel what is booked, to book what is not."""
    today = now.date()
    limits = Limits(
        deadlines_only({row.period_id: row.period for row in enrolled}.values()), now, today, today + SOON
    )
    offered = _offered(enrolled, today)
    found: dict[tuple[datetime, Action, date, str], list[str]] = {}
    for row in enrolled:
        for day in offered.get((row.period_id, row.venue_id), ()):
            if not row.start <= day < row.end or not own(row.child_id, day):
                continue
            action = Action.CANCEL if (row.child_id, row.activity_id, day) in taken else Action.BOOK
            if action is Action.CANCEL and row.state == EnrolmentState.PENDING:
                continue  # free to give up whatever the limit
            timing, limit = limits.timing(Dated(row.activity_id, row.period_id, day), action)
            if timing is Timing.IN_TIME and limit is not None and limit < now + timedelta(days=days):
                found.setdefault((limit, action, day, row.activity.name), []).append(names[row.child_id])
    return [
        DeadlineToCome(at, action, day, activity, tuple(children))
        for (at, action, day, activity), children in sorted(found.items())
    ]


def _offered(enrolled: Iterable[Enrolment], today: date) -> dict[tuple[int, int], list[date]]:
    """The open days of each (period, venue) in the coming weeks, in order. 1 query."""
    wanted = Q()
    for period_id, venue_id in sorted({(row.period_id, row.venue_id) for row in enrolled}):
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


def _own_days(actor: Actor, child_ids: list[int], start: date, end: date) -> Own:
    """Whether the actor's household answers for a child on a day. 1 query."""
    households = {h.pk for h in households_for(actor)}
    facts = family_facts(child_ids, start, end)

    def own(child_id: int, day: date) -> bool:
        try:
            return facts.household_on(child_id, day) in households
        except FamilyRefusal:
            return False

    return own


# Submissions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """A submission in one line: its reference, its day, what it did."""

    reference: str
    day: date
    booked: int
    cancelled: int
    total: Money

    @property
    def sentence(self) -> str:
        parts = []
        if self.booked:
            parts.append(f"{self.booked} {plural_fr(self.booked, 'jour réservé', 'jours réservés')}")
        if self.cancelled:
            parts.append(f"{self.cancelled} {plural_fr(self.cancelled, 'jour annulé', 'jours annulés')}")
        return ", ".join(parts) or "rien de changé"


def submissions_for(actor: Actor, *, count: int) -> list[SubmissionLine]:
    """The latest submissions of the actor's households, but those that speak of a child protected from them. 2 queries,
    4 where someone is."""
    sight = visible_to(actor)
    rows = Submission.objects.filter(household_id__in=[h.pk for h in households_for(actor)]).order_by(
        "-at", "-id"
    )
    columns = ("reference", "at", "booked", "cancelled", "total")
    found = list(rows.annotate(is_veiled=sight.is_veiled).values_list(*columns, "is_veiled")[:count])
    sight.settle(row[-1] for row in found)
    if found and sight.hidden:
        told = [row.pk for row in rows if may_read(sight, row)]
        found = [(*row, True) for row in rows.filter(pk__in=told).values_list(*columns)[:count]]
    return [
        SubmissionLine(reference, at.astimezone(PARIS).date(), booked, cancelled, total)
        for reference, at, booked, cancelled, total, _ in found
    ]
