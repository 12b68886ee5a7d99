"""What is stored, read without the code it checks: the rows that must hold together, and what must not change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.db import connection

from espace.bookings.models import Booking

EXPECTED = ("PENDING_ENROLMENT", "CONFIRMED")
HOLDING = (*EXPECTED, "OFFERED")
ACTIVE = (*HOLDING, "WAITLISTED")
# What may grow by a row and never be rewritten by an act of the machine: its size says enough.
GROWING = {"audit_auditevent", "notifications_outboxmessage", "bookings_submission"}
APPS = ("activities", "attendance", "audit", "bookings", "families", "notifications")
# What the town sets, and no act of the machine touches.
STILL = {
    "activities_activity", "activities_formula", "activities_formulaunit", "activities_period", "activities_venue",
    "activities_deadlinerule", "activities_deadlinetier", "activities_deadlinewindow", "activities_prioritycriterion",
    "attendance_absencepolicy", "families_familykey", "families_organisation", "families_healthplan",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlotSeen:
    """A slot, as the town made it."""

    id: int
    pool: int
    activity: str
    venue: int
    day: date
    formula: int
    label: str
    starts: time
    ends: time

    def meets(self, other: SlotSeen) -> bool:
        """Whether a child cannot be at both."""
        return self.day == other.day and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class BookingSeen:
    """A booking, as stored; `rule` is its frozen deadline."""

    id: int
    child: int
    slot: int
    day: date
    state: str
    asked: datetime
    late: bool
    rule: dict[str, Any]
    priority: int
    offer_until: datetime | None
    enrolment_state: str
    start: date
    end: date

    @property
    def key(self) -> tuple[int, int]:
        return self.child, self.slot

    @property
    def order(self) -> tuple[int, datetime, int]:
        """Its place on a list: the most points, then who asked first, then the number."""
        return -self.priority, self.asked, self.id


def bookings_seen() -> dict[int, BookingSeen]:
    rows = Booking.objects.order_by("id").values_list(
        "id", "child_id", "slot_id", "date", "state", "requested_at", "is_late", "rule_snapshot", "priority",
        "offer_expires_at", "enrolment__state", "enrolment__start", "enrolment__end",
    )  # fmt: skip
    return {row[0]: BookingSeen(*row) for row in rows}


def pools_seen() -> dict[int, tuple[int, int, int]]:
    """Pool -> (capacity, taken, waiting)."""
    rows = _rows("SELECT id, capacity, taken, waiting FROM activities_capacitypool ORDER BY id")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def written() -> dict[str, Any]:
    """Everything that an act may write, table by table: two equal answers, and nothing changed in between."""
    found: dict[str, Any] = {}
    for name in tables():
        if name in GROWING:
            found[name] = _rows(f'SELECT COUNT(*), MAX(id) FROM "{name}"')
        else:
            found[name] = _rows(f'SELECT * FROM "{name}" ORDER BY 1')
    return found


def tables() -> list[str]:
    known = (model._meta.db_table for name in APPS for model in apps.get_app_config(name).get_models())
    return sorted(set(known) - STILL)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The tables that are not as they were."""
    return [name for name in before if before[name] != after[name]]


def by_key(bookings: Iterable[BookingSeen]) -> dict[tuple[int, int], BookingSeen]:
    """The active ones; I9 says that there is one for each child and slot."""
    return {b.key: b for b in bookings if b.state in ACTIVE}


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]
