"""Whom a closure concerns, before it is declared and while it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from espace.activities.queries import slots_to_close
from espace.bookings.enums import ACTIVE
from espace.bookings.models import Booking
from espace.families.errors import FamilyRefusal
from espace.families.queries import family_facts
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Closed:
    """The bookings of closed slots: household id -> (child, day, formula). Those of no household are counted too."""

    bookings: int
    children: int
    by_household: Mapping[int, Sequence[tuple[str, date, str]]]


@dataclass(frozen=True, slots=True)
class ClosurePreview:
    slots: int
    days: int
    bookings: int
    children: int
    households: int


def closed_by(slot_ids: Collection[int], start: date, end: date) -> Closed:
    """The active bookings of these slots, by the household that answers for the child that day. 2 queries."""
    rows = list(
        Booking.objects.filter(slot_id__in=list(slot_ids), state__in=ACTIVE)
        .order_by("date", "id")
        .values_list("child_id", "child__first_name", "date", "slot__formula__label")
    )
    children = {row[0] for row in rows}
    facts = family_facts(children, start, end)
    found: dict[int, list[tuple[str, date, str]]] = {}
    for child_id, first_name, day, formula in rows:
        try:
            household_id = facts.household_on(child_id, day)
        except FamilyRefusal:
            continue
        found.setdefault(household_id, []).append((first_name, day, formula))
    return Closed(len(rows), len(children), found)


def closure_preview_for(
    actor: Actor, *, activity_id: int | None, venue_id: int | None, start: date, end: date
) -> ClosurePreview:
    """What a closure would do, counted; `NotFound` unless the actor is an agent of the activities. 4 queries."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotFound
    slots = slots_to_close(activity_id, venue_id, start, end)
    ids = list(slots.order_by("id").values_list("id", flat=True))
    days = slots.aggregate(n=Count("date", distinct=True))["n"]
    concerned = closed_by(ids, start, end)
    return ClosurePreview(len(ids), days, concerned.bookings, concerned.children, len(concerned.by_household))
