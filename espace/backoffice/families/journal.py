"""The journal of a family, in sentences: who did what, for which child, on which days, under which reference."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from espace.activities.queries import catalogue
from espace.backoffice.families.words import ACTIONS
from espace.bookings.queries import Acknowledgement, DoneLine
from espace.kernel import clock
from espace.kernel.text import (
    NBSP,
    format_date_short,
    format_day_month,
    format_money,
    format_time,
    join_fr,
    plural_fr,
)

if TYPE_CHECKING:
    from espace.audit.models import AuditEvent

VERBS = ("réserve", "annule", "attend une place", "quitte la liste d’attente")
FEW = 3  # days named one by one; more are counted, from the first to the last


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the journal."""

    when: str
    who: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """What lines may tell: the first names of the household by id, the submissions by id; and whom they may not speak
    of (`Sight.hidden`)."""

    people: Mapping[int, str]
    done: Mapping[int, Acknowledgement]
    hidden: frozenset[int] = frozenset()


def log_lines(events: Sequence[AuditEvent], told: Told, today: date) -> list[LogLine]:
    """The events in words. No query but the catalogue."""
    return [_line(event, told, today) for event in events]


def _line(event: AuditEvent, told: Told, today: date) -> LogLine:
    """An act nobody named is shown as it is; one whose details were erased keeps its verb; one about someone hidden is
    known by its reference alone."""
    at = event.at.astimezone(clock.PARIS)
    when = format_time(at) if at.date() == today else format_date_short(at.date())
    what = ACTIONS.get(event.action, event.action)
    is_veiled = not told.hidden.isdisjoint(_children_of(event, told))
    details = [_reference(event, told)] if is_veiled else _details(event, told)
    if any(details):
        what = f"{what}{NBSP}: {', '.join(filter(None, details))}"
    return LogLine(when, event.actor_label, what, "" if is_veiled else event.reason)


def _children_of(event: AuditEvent, told: Told) -> Collection[int]:
    """The children an event speaks of."""
    made = _submission(event, told)
    return made.child_ids if made else {(event.payload or {}).get("child", 0)}


def _submission(event: AuditEvent, told: Told) -> Acknowledgement | None:
    return told.done.get(event.object_id or 0) if event.object_kind == "submission" else None


def _reference(event: AuditEvent, told: Told) -> str:
    made = _submission(event, told)
    return made.reference if made else str((event.payload or {}).get("reference", ""))


def _details(event: AuditEvent, told: Told) -> list[str]:
    payload: dict[str, Any] = event.payload or {}
    people = told.people
    if event.object_kind == "submission":
        made = _submission(event, told)
        return described(made) if made else [_reference(event, told)]
    if event.object_kind == "enrolment":
        period = catalogue().periods.get(payload.get("period", 0))
        activity = catalogue().activities[period.activity_id].name if period else ""
        return [people.get(payload.get("child", 0), ""), activity]
    if event.object_kind == "person":
        return [people.get(event.object_id or 0, "")]
    if event.action == "bookings.cancel_by_service":
        return [_days([date.fromisoformat(day) for day in payload.get("days", ())])]
    if event.action.startswith("payments.") and "cents" in payload:
        return [payload.get("receipt") or payload.get("invoice", ""), format_money(payload["cents"])]
    return []


def described(done: Acknowledgement) -> list[str]:
    """Whose days, which are booked, cancelled, waited for or no longer, and the reference the family holds."""
    said = [join_fr(dict.fromkeys(line.child for line in done.lines))]
    for verb in VERBS:
        days = sorted({line.day for line in done.lines if _verb(line) == verb})
        if days:
            said.append(f"{verb} {_days(days)}")
    return [*said, done.reference]


def _verb(line: DoneLine) -> str:
    booked, cancelled, waits, leaves = VERBS
    if line.is_leave:
        return leaves
    if line.is_waiting:
        return waits
    return booked if line.is_add else cancelled


def _days(days: Sequence[date]) -> str:
    if len(days) <= FEW:
        return join_fr(format_day_month(day) for day in days)
    count = f"{len(days)}{NBSP}{plural_fr(len(days), 'jour', 'jours')}"
    return f"{count} du {format_day_month(days[0])} au {format_day_month(days[-1])}"
