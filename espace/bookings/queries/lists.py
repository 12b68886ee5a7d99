"""What comes: agenda, next days, what is left to do, deadlines. For the dashboard and the family's pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef

from espace.activities.enums import Action, Timing, UnitKind
from espace.activities.models import FormulaUnit
from espace.activities.queries import catalogue, slots_between
from espace.bookings.enums import ACTIVE, EXPECTED, BookingState, EnrolmentState
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.queries.told import OwnDays, own_days_later
from espace.families.queries import children_for
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.errors import NotFound
from espace.kernel.reading import Later, Rows, Together
from espace.kernel.text import de_nom

SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One booking of a child on a day."""

    child_id: int
    child: str
    day: date
    activity: str
    formula: str
    starts_at: time
    ends_at: time
    venue: str
    state: BookingState
    has_meal: bool = False


def agenda_for(actor: Actor, child_ids: Collection[int] | None, start: date, end: date) -> list[AgendaEntry]:
    """The active bookings of `[start, end)` on the days that are the actor's, by day and hour. 1 query beyond the
    actor's own homes and children, 1 more where holidays are divided.

    `child_ids` None means all the actor's children; `NotFound` if one is not theirs.
    """
    return agenda_later(actor, child_ids, start, end).answer


def agenda_later(
    actor: Actor, child_ids: Collection[int] | None, start: date, end: date
) -> Together[list[AgendaEntry]]:
    """The same, to read with other lists."""
    children = {child.pk: child.first_name for child in children_for(actor)}
    chosen = list(children) if child_ids is None else list(child_ids)
    if any(child_id not in children for child_id in chosen):
        raise NotFound
    rows = (
        Booking.objects.filter(
            child_id__in=chosen, state__in=EXPECTED, date__gte=start, date__lt=end
        )
        .annotate(has_meal=Exists(FormulaUnit.objects.filter(formula=OuterRef("slot__formula"), kind=UnitKind.MEAL)))
        .values_list(
            "date", "slot__formula__starts_at", "child_id", "id", "slot__activity__name", "slot__formula__label",
            "slot__formula__ends_at", "slot__venue__name", "state", "has_meal",
        )
    )  # fmt: skip

    def made(found: Rows, own: OwnDays) -> list[AgendaEntry]:
        return [
            AgendaEntry(
                child,
                children[child],
                day,
                activity,
                formula,
                starts,
                ends,
                venue,
                BookingState(state),
                has_meal,
            )
            for day, starts, child, _, activity, formula, ends, venue, state, has_meal in sorted(found)
            if own(child, day)
        ]

    return Together(made, Later(rows, list), own_days_later(actor, tuple(chosen), start, end))


def upcoming_for(actor: Actor, days: int = 7) -> list[AgendaEntry]:
    """The next days, today included. Queries as for `agenda_for`."""
    today = clock.today()
    return agenda_for(actor, None, today, today + timedelta(days=days))


# What is left to do ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Todo:
    """Something the family has to do, or to wait for. `kind`: NO_BOOKING or PENDING; `due`: by when, if any; `begins`:
    the first day of a period that is booked day by day, None when a weekly pattern books it."""

    kind: str
    child_id: int
    child: str
    activity: str
    sentence: str
    due: datetime | None
    begins: date | None = None

    @property
    def is_pending(self) -> bool:
        return self.kind == "PENDING"


def todo_for(actor: Actor) -> list[Todo]:
    """Enrolments without any day booked, and those that wait for the town. 3 queries."""
    children = {child.pk: child.first_name for child in children_for(actor)}
    today = clock.today()
    rows = list(
        Enrolment.objects.filter(
            child_id__in=children, state__in=(EnrolmentState.PENDING, EnrolmentState.ACCEPTED), end__gt=today
        )
        .select_related("activity")
        .order_by("activity__position", "start", "id")
    )
    if not rows:
        return []
    booked = set(
        Booking.objects.filter(enrolment__in=rows, state__in=ACTIVE, date__gte=today)
        .order_by("enrolment_id")
        .values_list("enrolment_id", flat=True)
        .distinct()
    )
    todos = []
    for row in rows:
        name, activity = children[row.child_id], row.activity.name
        if row.state == EnrolmentState.PENDING:
            sentence = f"L’inscription {de_nom(name)} à « {activity} » attend la réponse du service."
            todos.append(Todo("PENDING", row.child_id, name, activity, sentence, None))
        elif row.pk not in booked:
            sentence = f"Inscription {de_nom(name)} à « {activity} » : aucun jour n’est réservé."
            todos.append(Todo("NO_BOOKING", row.child_id, name, activity, sentence, None))
    return todos


# Deadlines ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadlineToCome:
    """A limit that falls soon. `action` BOOK: the last second to book `day` without surcharge; CANCEL: to cancel it
    free of charge."""

    at: datetime
    action: Action
    day: date
    activity: str
    children: tuple[str, ...]


def deadlines_to_come_for(actor: Actor, days: int = 7) -> list[DeadlineToCome]:
    """The free limits of the next `days` days, soonest first: what the children have, or may, book. 8 queries.

    Cancelling concerns the days booked; booking, the days of an enrolment that are not.
    """
    now, today = clock.now(), clock.today()
    children = {child.pk: child.first_name for child in children_for(actor)}
    end = today + SOON
    enrolled = list(
        Enrolment.objects.filter(
            child_id__in=children, state__in=(EnrolmentState.PENDING, EnrolmentState.ACCEPTED),
            start__lt=end, end__gt=today,
        ).order_by("id")
    )  # fmt: skip
    if not enrolled:
        return []
    offer = catalogue()
    limits = Limits(offer, now, today, end)
    own = own_days_later(actor, tuple(children), today, end).answer
    booked = _booked(list(children), today, end)
    offered = _offered({(row.period_id, row.venue_id) for row in enrolled}, today, end)
    found: dict[tuple[datetime, Action, date, str], list[str]] = {}
    for row in enrolled:
        for day in offered.get((row.period_id, row.venue_id), ()):
            if not row.start <= day < row.end:
                continue
            dated = Dated(row.activity_id, row.period_id, day)
            action = Action.CANCEL if (row.child_id, row.activity_id, day) in booked else Action.BOOK
            if action is Action.CANCEL and row.state == EnrolmentState.PENDING:
                continue  # free to give up whatever the limit
            timing, limit = limits.timing(dated, action)
            soon = timing is Timing.IN_TIME and limit is not None and limit < now + timedelta(days=days)
            if limit is None or not soon or not own(row.child_id, day):
                continue
            key = (limit, action, day, offer.activities[row.activity_id].name)
            found.setdefault(key, []).append(children[row.child_id])
    return [
        DeadlineToCome(at, action, day, activity, tuple(names))
        for (at, action, day, activity), names in sorted(found.items())
    ]


def _booked(child_ids: Collection[int], start: date, end: date) -> set[tuple[int, int, date]]:
    rows = Booking.objects.filter(
        child_id__in=child_ids, state__in=EXPECTED, date__gte=start, date__lt=end
    ).order_by("id")
    return set(rows.values_list("child_id", "slot__activity_id", "date"))


def _offered(places: set[tuple[int, int]], start: date, end: date) -> dict[tuple[int, int], list[date]]:
    """The open days of each (period, venue), in order. 1 query."""
    found: dict[tuple[int, int], list[date]] = {}
    for slot in slots_between(places, start, end):
        days = found.setdefault((slot.period_id, slot.venue_id), [])
        if slot.is_open and (not days or days[-1] != slot.day):
            days.append(slot.day)
    return found
