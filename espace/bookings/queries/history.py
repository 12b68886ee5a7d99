"""What the family reads of its own past: the facts behind each act of the journal, and the story of one booking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from espace.activities.queries.events import told_events
from espace.bookings.enums import ACCEPTED_OFFER, BookingState, CancelTiming
from espace.bookings.models import Booking, Enrolment, Submission
from espace.bookings.queries.told import own_days_later
from espace.families.queries import children_for
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY
from espace.kernel.errors import NotFound

MOST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A booking as a line of history names it."""

    id: int
    child: str
    day: date
    formula: str


@dataclass(frozen=True, slots=True)
class SubmissionFact:
    """What one form did; the days of it are those of the children whose agenda the reader may see."""

    reference: str
    booked: int
    cancelled: int
    waiting: int
    late: int
    stamped_at: datetime | None
    user_id: int | None
    actor_label: str
    days: Sequence[BookedDay]


@dataclass(frozen=True, slots=True)
class EnrolmentFact:
    child: str
    activity: str
    period: str


def forms_of(household_ids: Collection[int]) -> QuerySet[Submission]:
    """The forms of households the caller was allowed to hold. A place of the waiting list that was accepted is an act
    of its own."""
    forms = Submission.objects.filter(household_id__in=list(household_ids))
    return forms.exclude(token__startswith=ACCEPTED_OFFER)


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """By id; what is about a child whose agenda the reader may not see is left out, or counted without a name."""

    submissions: Mapping[int, SubmissionFact]
    days: Mapping[int, BookedDay]
    enrolments: Mapping[int, EnrolmentFact]


def history_facts(
    actor: Actor,
    *,
    submissions: Collection[int] = (),
    bookings: Collection[int] = (),
    enrolments: Collection[int] = (),
) -> HistoryFacts:
    """The facts of acts that the journal of the actor's own household told. ≤ 3 queries beyond the actor's children."""
    names = {child.pk: child.first_name for child in children_for(actor)}
    days, of_form = _days(names, submissions, bookings)
    return HistoryFacts(_submissions(submissions, of_form), days, _enrolments(names, enrolments))


def _enrolments(names: Mapping[int, str], ids: Collection[int]) -> dict[int, EnrolmentFact]:
    if not ids:
        return {}
    rows = Enrolment.objects.filter(pk__in=list(ids), child_id__in=names)
    return {
        row.pk: EnrolmentFact(names[row.child_id], row.activity.name, row.period.label)
        for row in rows.select_related("activity", "period").order_by("id")
    }


def _submissions(
    ids: Collection[int], of_form: Mapping[int, Sequence[BookedDay]]
) -> dict[int, SubmissionFact]:
    if not ids:
        return {}
    rows = Submission.objects.filter(pk__in=list(ids)).defer("summary").order_by("id")
    return {
        row.pk: SubmissionFact(
            row.reference, row.booked, row.cancelled, row.waiting, row.late, row.stamped_at, row.user_id,
            row.actor_label, of_form.get(row.pk, ()),
        )
        for row in rows
    }  # fmt: skip


def _days(
    names: Mapping[int, str], submissions: Collection[int], bookings: Collection[int]
) -> tuple[dict[int, BookedDay], dict[int, list[BookedDay]]]:
    """The bookings by id, and by the form that made or cancelled them. ≤ 1 query."""
    if not submissions and not bookings:
        return {}, {}
    made = Q(submission_id__in=list(submissions)) | Q(cancel_submission_id__in=list(submissions))
    rows = (
        Booking.objects.filter(made | Q(pk__in=list(bookings)), child_id__in=names)
        .order_by("date", "slot__formula__starts_at", "child_id", "id")
        .values_list(
            "id", "child_id", "date", "slot__formula__label", "submission_id", "cancel_submission_id"
        )
    )
    by_id: dict[int, BookedDay] = {}
    by_form: dict[int, list[BookedDay]] = {}
    for pk, child, day, formula, made_by, cancelled_by in rows:
        by_id[pk] = BookedDay(pk, names[child], day, formula)
        for form in {made_by, cancelled_by} - {None}:
            by_form.setdefault(form, []).append(by_id[pk])
    return by_id, by_form


# One booking -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookingStory:
    """A booking from its request on. `asked_limit`: the last second without surcharge, as it stood when it was asked;
    `event`: what took it away, if anything did."""

    id: int
    child_id: int
    child: str
    day: date
    activity: str
    formula: str
    venue: str
    state: BookingState
    is_late: bool
    requested_at: datetime
    asked_limit: datetime | None
    form: str
    cancelled_at: datetime | None
    cancel_timing: CancelTiming | None
    cancel_form: str
    event: str


def booking_story_for(actor: Actor, booking_id: int) -> BookingStory:
    """One booking of the actor's own children, on a day of their own home; else `NotFound`. ≤ 5 queries."""
    names = {child.pk: child.first_name for child in children_for(actor)}
    row = None
    if 0 < booking_id <= MOST_ID:
        row = (
            Booking.objects.filter(pk=booking_id, child_id__in=names)
            .select_related(
                "slot__activity", "slot__formula", "slot__venue", "submission", "cancel_submission", "event"
            )
            .order_by("id")
            .first()
        )
    if row is None or not own_days_later(actor, (row.child_id,), row.date, row.date + ONE_DAY).answer(
        row.child_id, row.date
    ):
        raise NotFound
    limit = row.rule_snapshot.get("in_time_until")
    return BookingStory(
        id=row.pk,
        child_id=row.child_id,
        child=names[row.child_id],
        day=row.date,
        activity=row.slot.activity.name,
        formula=row.slot.formula.label,
        venue=row.slot.venue.name,
        state=BookingState(row.state),
        is_late=row.is_late,
        requested_at=row.requested_at,
        asked_limit=datetime.fromisoformat(limit) if limit else None,
        form=row.submission.reference if row.submission else "",
        cancelled_at=row.cancelled_at,
        cancel_timing=CancelTiming(row.cancel_timing) if row.cancel_timing else None,
        cancel_form=row.cancel_submission.reference if row.cancel_submission else "",
        event=told_events([row.event_id]).get(row.event_id, "") if row.event_id else "",
    )
