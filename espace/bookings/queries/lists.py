"""What comes: agenda, next days, what is left to do, deadlines. For the dashboard and the family's pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef

from espace.activities.enums import Action, UnitKind
from espace.activities.models import FormulaUnit
from espace.bookings.enums import EXPECTED, BookingState
from espace.bookings.models import Booking
from espace.bookings.queries.told import OwnDays, own_days_later
from espace.families.queries import children_for
from espace.kernel.actor import Actor
from espace.kernel.errors import NotFound
from espace.kernel.reading import Later, Rows, Together

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
