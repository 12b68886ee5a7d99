"""The reasons that forbid to book or to cancel one day, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable

from espace.activities.enums import EventEffect, Timing
from espace.activities.errors import (
    AgentOnly,
    ClosedByEvent,
    DeadlinePassed,
    MovedByEvent,
    PeriodClosed,
    PeriodNotOpenYet,
    SlotNotOpen,
)
from espace.activities.queries import SlotEntry
from espace.activities.queries.events import EventEntry
from espace.bookings.enums import EXPECTED, BookingState
from espace.bookings.errors import (
    AlreadyBooked,
    AlreadyWaiting,
    BookingGone,
    NotEnrolled,
    NotYourDay,
    PlaceOffered,
)
from espace.bookings.queries.desk import BookingEntry, Desk, EnrolmentEntry
from espace.kernel.errors import Refusal
from espace.kernel.text import format_datetime_long


def why_barred(event: EventEntry | None) -> Refusal | None:
    """Why an event forbids to book, None when none does."""
    if event is None:
        return None
    if event.effect is EventEffect.CLOSED:
        return ClosedByEvent(reason=event.reason.rstrip("."))
    return MovedByEvent(venue=event.to_venue)


def why_not_book(
    desk: Desk, slot: SlotEntry, child_id: int, enrolment: EnrolmentEntry | None, timing: Timing
) -> Refusal | None:
    """The first reason that forbids to book, None when nothing does. Places are judged by `fit`."""
    period = desk.catalogue.periods[slot.period_id]
    already = (child_id, slot.id) in desk.held
    opens = desk.opens_later(child_id, slot.period_id, slot.day)
    opens_on = format_datetime_long(opens) if opens else ""
    reasons: tuple[tuple[bool, Callable[[], Refusal]], ...] = (
        (enrolment is None, NotEnrolled),
        ((child_id, slot.id) in desk.asked, AlreadyWaiting),
        (already, AlreadyBooked),
        (not desk.is_own_day(child_id, slot.day), NotYourDay),
        (not slot.is_open, SlotNotOpen),
        (bool(opens_on), lambda: PeriodNotOpenYet(when=opens_on)),
        (
            period.closes_at is not None and desk.asked_at > period.closes_at and not desk.may_override,
            PeriodClosed,
        ),
        # a day gone by is told on its attendance sheet, whenever it was asked for
        (timing is Timing.CLOSED or slot.day < desk.now.date(), DeadlinePassed),
        (timing is Timing.AGENT_ONLY and not desk.may_override, AgentOnly),
    )
    bar = desk.events.bar(child_id, slot.activity_id, slot.venue_id, slot.day) if slot.is_open else None
    return next((reason() for holds, reason in reasons if holds), None) or why_barred(bar)


def why_not_cancel(desk: Desk, booking: BookingEntry, timing: Timing) -> Refusal | None:
    """The first reason that forbids to cancel, None when nothing does."""
    reasons: tuple[tuple[bool, type[Refusal]], ...] = (
        (booking.state is BookingState.OFFERED, PlaceOffered),
        (booking.state not in (*EXPECTED, BookingState.WAITLISTED), BookingGone),
        (not desk.is_own_day(booking.child_id, booking.day), NotYourDay),
        (timing is Timing.CLOSED or booking.day < desk.now.date(), DeadlinePassed),
        (timing is Timing.AGENT_ONLY and not desk.may_override, AgentOnly),
    )
    return next((reason() for holds, reason in reasons if holds), None)
