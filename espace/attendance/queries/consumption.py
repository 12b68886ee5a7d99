"""What happened to each booking of a month, and what that does to the bill: billing pulls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from espace.activities.enums import EventEffect, SlotState, Timing
from espace.attendance.enums import BillingEffect, Outcome
from espace.attendance.models import AbsenceDeclaration, AbsentBooking
from espace.attendance.queries.policies import Policies, calendar_around
from espace.attendance.rules import Absence, effect_of, is_excused, is_pending, outcome_of, verdict, why
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.queries import Billable, billable
from espace.bookings.queries.happenings import happenings
from espace.kernel import clock
from espace.kernel.calendar import ONE_DAY

FREED = "absence gratuite ce jour-là, pour toutes les familles"
DUE_IF_ABSENT = (None, CancelTiming.ABSENCE, CancelTiming.LATE)


@dataclass(frozen=True, slots=True)
class Consumption:
    """A booking of a day, what became of it, and what that does to the bill (I15). Of an announced absence, `note` says
    why in words; `is_pending`: the answer may still change, a proof being awaited or to be read."""

    booking: Billable
    outcome: Outcome
    effect: BillingEffect
    note: str = ""
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class Excuse:
    """What an announced absence says of one booking."""

    excused: bool
    note: str
    is_pending: bool


def consumption(cash_office_id: int, start: date, end: date) -> list[Consumption]:
    """What happened to each booking of an office's activities over `[start, end)` that may cost something.

    Who was booked on a day and not announced absent is presumed present: no attendance record exists yet. As many
    queries as `bookings.queries.billable`, 1 more, and 3 more when someone was absent.
    """
    bookings = billable(cash_office_id, start, end)
    return list(_outcomes(bookings, excuses(start, end)))


def excuses(start: date, end: date) -> dict[int, Excuse]:
    """By booking id, what the absences announced say of the days of `[start, end)`. 1 query, 4 if there are any.

    An absence that began in the month before is read whole, so that its carence is counted once; a day that a strike
    makes free is none of its days. 1 query more, 3 when an event depends on schools.
    """
    touching = AbsentBooking.objects.filter(booking__date__gte=start, booking__date__lt=end)
    ids = set(touching.order_by("declaration_id").values_list("declaration_id", flat=True).distinct())
    if not ids:
        return {}
    declarations = {d.pk: d for d in AbsenceDeclaration.objects.filter(pk__in=ids).order_by("id")}
    rows = (
        AbsentBooking.objects.filter(declaration_id__in=ids)
        .order_by("booking__date", "booking__slot__formula__starts_at", "booking_id")
        .values_list(
            "declaration_id", "booking_id", "booking__child_id", "booking__slot__activity_id",
            "booking__slot__venue_id", "booking__date", "booking__cancel_timing", "booking__slot__state",
        )
    )  # fmt: skip
    known = [row[5] for row in rows]
    events = happenings({row[2] for row in rows}, min(known), max(known) + ONE_DAY)
    days: dict[tuple[int, int], list[tuple[int, date, bool]]] = {}
    for declaration_id, booking_id, child_id, activity_id, venue_id, day, timing, slot_state in rows:
        counts = (
            slot_state == SlotState.OPEN
            and (CancelTiming(timing) if timing else None) in DUE_IF_ABSENT
            and not events.frees(child_id, activity_id, venue_id, day)
        )
        days.setdefault((declaration_id, activity_id), []).append((booking_id, day, counts))
    return _excuses(declarations, days)


def _excuses(
    declarations: Mapping[int, AbsenceDeclaration],
    days: Mapping[tuple[int, int], list[tuple[int, date, bool]]],
) -> dict[int, Excuse]:
    policies, now = Policies(), clock.now()
    known = calendar_around(
        min(d.start for d in declarations.values()), max(d.end for d in declarations.values())
    )
    found: dict[int, Excuse] = {}
    for (declaration_id, activity_id), bookings in days.items():
        declaration = declarations[declaration_id]
        policy, given = policies.on(activity_id, declaration.start), declaration.given
        said = verdict(policy, Absence(declaration.start, declaration.end), given, known)
        ranks = {day: rank for rank, day in enumerate(sorted({day for _, day, counts in bookings if counts}))}
        for booking_id, day, counts in bookings:
            excused = counts and is_excused(said, ranks[day])
            note = why(policy, said, given, excused=excused)
            found[booking_id] = Excuse(excused, note, is_pending(policy, said, given, now))
    return found


def _outcomes(bookings: Iterable[Billable], absences: Mapping[int, Excuse]) -> Iterator[Consumption]:
    for booking in bookings:
        excuse = absences.get(booking.booking_id)
        active = booking.state is BookingState.CONFIRMED
        given_back = booking.cancel_timing is CancelTiming.ABSENCE
        timing = Timing(booking.cancel_timing) if booking.cancel_timing and not given_back else None
        # A place given back whose absence is no longer known stays due: nothing excuses it.
        excused = excuse.excused if excuse is not None else (False if given_back else None)
        outcome = outcome_of(
            is_active=active,
            cancel_timing=timing,
            slot_state=booking.slot_state,
            event=booking.event,
            excused=excused,
        )
        if outcome is None:
            continue
        told = _told(booking, outcome, excuse)
        yield Consumption(
            booking,
            outcome,
            effect_of(outcome),
            note=told.note if told else "",
            is_pending=told.is_pending if told else False,
        )


def _told(booking: Billable, outcome: Outcome, excuse: Excuse | None) -> Excuse | None:
    """What the bill says of an absence: nothing where the town took the day off, the event where it made it free."""
    if outcome is Outcome.SERVICE_CANCELLED or excuse is None:
        return None
    return Excuse(True, FREED, is_pending=False) if booking.event is EventEffect.FREE_ABSENCE else excuse
