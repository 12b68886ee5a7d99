"""The right to book: asked for by a family, given at once or by an agent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from espace.activities.enums import EnrolmentPolicy
from espace.activities.errors import PeriodClosed
from espace.activities.queries import (
    ActivityEntry,
    Catalogue,
    PeriodEntry,
    VenueEntry,
    catalogue,
    venues_of_periods,
)
from espace.activities.rules import Ages, check_age
from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.enums import ACTIVE, BookingState, EnrolmentState
from espace.bookings.errors import (
    AlreadyDecided,
    NoSchool,
    NotAllowed,
    ReasonNeeded,
    StampReasonNeeded,
    WrongVenue,
)
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.enrolments import (
    households_of_child,
    not_admitted,
    not_open_yet,
    school_of,
    venues_allowed,
)
from espace.bookings.rules import check_stamp
from espace.bookings.services.offering import offer_freed
from espace.bookings.services.places import lock_children, lock_pools_of, recount
from espace.families.models import Person
from espace.families.queries import child_for, family_facts
from espace.kernel import clock
from espace.kernel.actor import Actor, Channel, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound


def enrol(
    actor: Actor,
    *,
    child_id: int,
    period_id: int,
    venue_id: int | None = None,
    stamped_at: datetime | None = None,
    reason: str = "",
) -> Enrolment:
    """Enrols a child for a period; twice gives the same enrolment.

    Accepted at once, or PENDING when an agent decides: the days booked meanwhile hold their place. `venue_id` may be
    left out where the family has no choice (at the child's school). `stamped_at`, with its `reason`, is when the family
    asked, for an agent who keys a request left at the counter. Raises `NotFound`, `PeriodNotOpenYet`, `PeriodClosed`,
    `TooYoung`, `TooOld`, `NotAdmitted`, `NoSchool`, `WrongVenue`, `StampRefusal`, `StampReasonNeeded`.
    """
    check_stamp(stamped_at, clock.now(), at_counter=actor.channel is Channel.COUNTER)
    if stamped_at is not None and not reason.strip():
        raise StampReasonNeeded
    child = child_for(actor, child_id, to_book=True)
    offer = catalogue()
    period = offer.periods.get(period_id)
    if period is None:
        raise NotFound
    activity = offer.activities[period.activity_id]
    today = clock.today()
    _check_dates(actor, child_id, period, today)
    if child.birth_date is not None:
        check_age(child.birth_date, Ages(activity.min_age, activity.max_age), max(period.start, today))
    _check_admission(offer, activity, child, max(period.start, today))
    venue = _venue(child, activity, period, venue_id, max(period.start, today))
    with write_transaction():
        lock_children([child_id])
        standing = Enrolment.objects.filter(child_id=child_id, period_id=period_id, state__in=OPEN_ENROLMENTS)
        before = standing.order_by("-end").first()
        if before is not None and before.end > today:
            return before
        accepted = activity.policy is EnrolmentPolicy.AUTOMATIC
        now = clock.now()
        enrolment = Enrolment.objects.create(
            child_id=child_id,
            activity_id=activity.id,
            period_id=period_id,
            venue_id=venue.id,
            state=EnrolmentState.ACCEPTED if accepted else EnrolmentState.PENDING,
            requested_at=stamped_at or now,
            decided_at=now if accepted else None,
            start=max(period.start, before.end) if before else period.start,
            end=period.end,
        )
        audit.record(
            actor,
            "bookings.enrol",
            object_kind="enrolment",
            object_id=enrolment.pk,
            household_id=next(iter(households_of_child(child_id, max(period.start, today))), None),
            payload={
                "child": child_id,
                "period": period_id,
                "venue": venue.id,
                "state": enrolment.state,
                **({"asked_at": stamped_at.isoformat()} if stamped_at else {}),
            },
            reason=reason.strip() if stamped_at else "",
        )
    return enrolment


def enrol_in(
    actor: Actor,
    *,
    child_id: int,
    choices: Mapping[int, int | None],
    stamped_at: datetime | None = None,
    reason: str = "",
) -> list[Enrolment]:
    """Enrols a child in several periods at once, all or none: {period id: venue id, or None}. Raises as `enrol`."""
    with write_transaction():
        return [
            enrol(
                actor,
                child_id=child_id,
                period_id=period_id,
                venue_id=venue_id,
                stamped_at=stamped_at,
                reason=reason,
            )
            for period_id, venue_id in choices.items()
        ]


def decide_enrolment(actor: Actor, *, enrolment_id: int, accept: bool, reason: str = "") -> Enrolment:
    """Accepts (its pending days are confirmed) or refuses (they are freed, with the reason told to the family).

    Raises `NotAllowed`, `NotFound`, `AlreadyDecided`, `ReasonNeeded` for a refusal without one, `BookingGone` when an
    event moves one of its days meanwhile.
    """
    if not actor.may(Permission.ENROLMENTS):
        raise NotAllowed
    reason = reason.strip()
    if not accept and not reason:
        raise ReasonNeeded
    with write_transaction():
        child_id = Enrolment.objects.filter(id=enrolment_id).values_list("child_id", flat=True).first()
        if child_id is None:
            raise NotFound
        lock_children([child_id])
        enrolment = Enrolment.objects.select_related("child", "activity").get(id=enrolment_id)
        if enrolment.state != EnrolmentState.PENDING:
            raise AlreadyDecided
        enrolment.state = EnrolmentState.ACCEPTED if accept else EnrolmentState.REFUSED
        enrolment.decided_at = clock.now()
        enrolment.reason = reason
        enrolment.save(update_fields=["state", "decided_at", "reason"])
        days = _settle_days(enrolment, accept=accept)
        households = households_of_child(child_id, max(enrolment.start, clock.today()))
        audit.record(
            actor,
            "bookings.accept_enrolment" if accept else "bookings.refuse_enrolment",
            object_kind="enrolment",
            object_id=enrolment.pk,
            household_id=next(iter(households), None),
            payload={"child": child_id, "days": days},
            reason=reason,
        )
        notices.answer_enrolment(
            households,
            child_id=child_id,
            child=enrolment.child.first_name,
            activity=enrolment.activity.name,
            accepted=accept,
            reason=reason,
        )
    return enrolment


def _settle_days(enrolment: Enrolment, *, accept: bool) -> int:
    """Confirms the pending days, or gives their places back, to who waits first. Lateness was judged when the family
    asked."""
    pending = Booking.objects.filter(enrolment=enrolment, state=BookingState.PENDING_ENROLMENT)
    if accept:
        return pending.update(state=BookingState.CONFIRMED)
    asked = Booking.objects.filter(enrolment=enrolment, state__in=ACTIVE)
    pools = lock_pools_of(asked)
    refused = asked.update(state=BookingState.REFUSED, offer_expires_at=None)
    recount(pools)
    offer_freed(pools)
    return refused


def _check_dates(actor: Actor, child_id: int, period: PeriodEntry, today: date) -> None:
    now = clock.now()
    at_counter = actor.channel is not Channel.PORTAL
    if not at_counter and now < period.opens_last:
        on = max(period.start, today)
        if refusal := not_open_yet(period, family_facts([child_id], on, on + ONE_DAY), child_id, on, now):
            raise refusal
    if period.end <= today or (period.closes_at is not None and now > period.closes_at and not at_counter):
        raise PeriodClosed


def _check_admission(offer: Catalogue, activity: ActivityEntry, child: Person, on: date) -> None:
    if offer.admissions(activity.id, on):
        facts = family_facts([child.pk], on, on + ONE_DAY)
        if refusal := not_admitted(offer, activity, child, on, school_of(child.pk, on), facts):
            raise refusal


def _venue(
    child: Person, activity: ActivityEntry, period: PeriodEntry, venue_id: int | None, on: date
) -> VenueEntry:
    school_id = school_of(child.pk, on) if activity.is_at_school else None
    if activity.is_at_school and school_id is None:
        raise NoSchool
    allowed = venues_allowed(activity, venues_of_periods([period.id]).get(period.id, []), school_id)
    if venue_id is None and len(allowed) == 1:
        return allowed[0]
    chosen = next((venue for venue in allowed if venue.id == venue_id), None)
    if chosen is None:
        raise WrongVenue
    return chosen
