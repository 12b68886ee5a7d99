"""Submissions already made: what the acknowledgement page, its calendar file and its message say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from espace.bookings.models import Submission
from espace.bookings.queries.plan import Line, Recap
from espace.bookings.rules import CalendarEvent, calendar_file
from espace.families.queries import Sight, households_for, visible_to
from espace.kernel.actor import Actor
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.kernel.reading import Later, rows_later
from espace.town.queries import identity


@dataclass(frozen=True, slots=True)
class DoneLine:
    """A change that was made. `until`: the last second at which it can be undone free of charge; None when that was
    already past."""

    is_add: bool
    child: str
    key: str
    day: date
    activity: str
    formula: str
    starts_at: time
    ends_at: time
    price: Money
    amount: Money
    is_late: bool
    stays_due: bool
    is_pending: bool
    until: datetime | None
    is_waiting: bool = False
    is_leave: bool = False
    rank: int = 0

    @property
    def is_booking(self) -> bool:
        """A day booked or cancelled, rather than a turn of the waiting list."""
        return not self.is_waiting and not self.is_leave

    @property
    def shown(self) -> Money:
        """The amount beside the day: what it costs, what stays due of it, or what is given back."""
        return self.price if self.stays_due else self.amount


@dataclass(frozen=True, slots=True)
class DoneMonth:
    first: date
    lines: Sequence[DoneLine]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A submission as the family reads it. `skipped` are days asked for that could not be done; `waiting` counts those
    asked on the waiting list; `stamped_at` is when it was left at the counter, if it was. `is_by_counter`: an agent did
    it for them; `reason` is the one they were told it is for."""

    reference: str
    at: datetime
    stamped_at: datetime | None
    household_id: int
    booked: int
    cancelled: int
    late: int
    total: Money
    lines: tuple[DoneLine, ...]
    skipped: tuple[tuple[date, str, str], ...]
    waiting: int = 0
    is_by_counter: bool = False
    reason: str = ""

    @property
    def months(self) -> list[DoneMonth]:
        grouped = groupby(self.lines, key=lambda line: line.day.replace(day=1))
        return [DoneMonth(first, tuple(rows)) for first, rows in grouped]

    @property
    def is_pending(self) -> bool:
        return any(line.is_pending for line in self.lines)

    @property
    def child_ids(self) -> frozenset[int]:
        """The children it speaks of."""
        return frozenset(int(line.key.split("-")[1]) for line in self.lines)


def summary_of(recap: Recap) -> dict[str, Any]:
    """What a submission keeps of its plan, as JSON."""
    return {
        "lines": [
            _stored(line) for line in sorted(recap.fine, key=lambda li: (li.day, li.starts_at, li.child_id))
        ],
        "skipped": [[line.day.isoformat(), line.formula, str(line.problem)] for line in recap.refused],
    }


def acknowledgement(submission: Submission) -> Acknowledgement:
    """The submission, read from its own summary: later changes never alter it."""
    return Acknowledgement(
        reference=submission.reference,
        at=submission.at,
        stamped_at=submission.stamped_at,
        household_id=submission.household_id,
        booked=submission.booked,
        cancelled=submission.cancelled,
        late=submission.late,
        total=submission.total,
        lines=tuple(_line(row, submission.at) for row in submission.summary["lines"]),
        skipped=tuple(
            (date.fromisoformat(day), what, why) for day, what, why in submission.summary["skipped"]
        ),
        waiting=submission.waiting,
        is_by_counter=submission.summary.get("counter", False),
        reason=submission.summary.get("reason", ""),
    )


def submission_for(actor: Actor, reference: str) -> Acknowledgement:
    """A submission of one of the actor's households, or `NotFound`; one that speaks of a child protected from them is
    not found either. 3 queries."""
    households = [h.pk for h in households_for(actor)]
    found = Submission.objects.filter(reference=reference, household_id__in=households).order_by("id").first()
    if found is None or not may_read(visible_to(actor), found):
        raise NotFound
    return acknowledgement(found)


def acknowledgements_of(submission_ids: QuerySet[Any, Any]) -> Later[dict[int, Acknowledgement]]:
    """These submissions by id, for whoever was allowed to open their household's file. 1 query when read alone."""
    rows = rows_later(Submission.objects.filter(pk__in=submission_ids))
    return rows.then(lambda found: {submission.pk: acknowledgement(submission) for submission in found})


def may_read(sight: Sight, submission: Submission) -> bool:
    """Whether all the children it speaks of may be told about."""
    return not sight.hidden & acknowledgement(submission).child_ids


def calendar_file_of(done: Acknowledgement) -> bytes:
    """The .ics of an acknowledgement: days booked, and days cancelled so that calendars drop them. 2 queries."""
    events = [
        CalendarEvent(
            key=line.key,
            title=f"{line.child} : {line.formula} ({line.activity})",
            day=line.day,
            starts_at=line.starts_at,
            ends_at=line.ends_at,
            place="",
            is_cancelled=not line.is_add,
        )
        for line in done.lines
        if line.is_booking
    ]
    return calendar_file(events, done.at, sender_domain())


def sender_domain() -> str:
    """What makes the keys of a calendar the town's own. 1 query."""
    return identity().mail_from.rpartition("@")[2] or "espace-citoyens.invalid"


def line_key(line: Line) -> str:
    """What a calendar, and an acknowledgement, recognise a child's slot by."""
    return line_key_of(line.child_id, line.slot_id)


def line_key_of(child_id: int, slot_id: int) -> str:
    return f"reservation-{child_id}-{slot_id}"


def _stored(line: Line) -> dict[str, Any]:
    return {
        "add": line.is_add,
        "child": line.child_name,
        "key": line_key(line),
        "day": line.day.isoformat(),
        "activity": line.activity,
        "formula": line.formula,
        "start": line.starts_at.isoformat(),
        "end": line.ends_at.isoformat(),
        "price": line.price.cents,
        "amount": line.amount.cents,
        "late": line.is_late,
        "due": line.stays_due,
        "pending": line.is_pending,
        "until": line.free_until.isoformat() if line.free_until else None,
        "waiting": line.is_wait,
        "leave": line.is_leave,
    }


def _line(row: dict[str, Any], at: datetime) -> DoneLine:
    until = datetime.fromisoformat(row["until"]) if row["until"] else None
    return DoneLine(
        is_add=row["add"],
        child=row["child"],
        key=row["key"],
        day=date.fromisoformat(row["day"]),
        activity=row["activity"],
        formula=row["formula"],
        starts_at=time.fromisoformat(row["start"]),
        ends_at=time.fromisoformat(row["end"]),
        price=Money(row["price"]),
        amount=Money(row["amount"]),
        is_late=row["late"],
        stays_due=row["due"],
        is_pending=row["pending"],
        until=until if until and until > at else None,
        is_waiting=row.get("waiting", False),
        is_leave=row.get("leave", False),
        rank=row.get("rank", 0),
    )
