"""What happened to a booking, and what that does to the bill (I15)."""

from __future__ import annotations

from collections.abc import Mapping

from espace.activities.enums import EventEffect, SlotState, Timing
from espace.attendance.enums import BillingEffect, Outcome

DEFAULT_EFFECTS: Mapping[Outcome, BillingEffect] = {
    Outcome.PRESENT: BillingEffect.FULL,
    Outcome.UNBOOKED_PRESENCE: BillingEffect.FULL,
    Outcome.EXCUSED_ABSENCE: BillingEffect.NONE,
    Outcome.UNEXCUSED_ABSENCE: BillingEffect.FULL,
    Outcome.CANCELLED_IN_TIME: BillingEffect.NONE,
    Outcome.CANCELLED_LATE: BillingEffect.FULL,
    Outcome.SERVICE_CANCELLED: BillingEffect.NONE,
    Outcome.NOT_CHECKED: BillingEffect.FULL,
    Outcome.LATE_PICKUP: BillingEffect.FULL,
}
"""A late cancellation is still due; a child nobody checked is presumed present; a service not given is free."""


def outcome_of(
    *,
    is_active: bool,
    cancel_timing: Timing | None = None,
    slot_state: SlotState = SlotState.OPEN,
    event: EventEffect | None = None,
    excused: bool | None = None,
) -> Outcome | None:
    """What became of a booking, from what exists today; None when it never held a place on that day.

    `is_active` is a confirmed booking; a cancelled one has the `cancel_timing` judged when the family asked, one that
    was refused or stayed on the waiting list has none. `excused` is None when no absence was announced that day, else
    whether it is excused (`absences.is_excused`). No attendance record exists yet: who is booked and not announced
    absent is presumed present. In order:

    1. a slot closed or cancelled, or an event that closes it, is the town's doing: SERVICE_CANCELLED, even for who
       had cancelled late;
    2. a day given back in time is free, whatever the proof;
    3. an announced absence is excused or not; under FREE_ABSENCE (strike, absent teacher) it always is;
    4. an active booking is PRESENT;
    5. under FREE_ABSENCE any cancellation counts as in time;
    6. a cancellation is in time or, whoever recorded it, late.
    """
    if not is_active and cancel_timing is None and excused is None:
        return None
    if slot_state is not SlotState.OPEN or event is EventEffect.CLOSED:
        return Outcome.SERVICE_CANCELLED
    if excused is not None and cancel_timing is not Timing.IN_TIME:
        if excused or event is EventEffect.FREE_ABSENCE:
            return Outcome.EXCUSED_ABSENCE
        return Outcome.CANCELLED_LATE if cancel_timing is not None else Outcome.UNEXCUSED_ABSENCE
    if is_active:
        return Outcome.PRESENT
    if cancel_timing is Timing.IN_TIME or event is EventEffect.FREE_ABSENCE:
        return Outcome.CANCELLED_IN_TIME
    return Outcome.CANCELLED_LATE


def effects_for(overrides: Mapping[Outcome, BillingEffect] | None = None) -> Mapping[Outcome, BillingEffect]:
    """The complete table of an activity: the default one, with the activity's own choices on top."""
    return {**DEFAULT_EFFECTS, **(overrides or {})}


def effect_of(outcome: Outcome, overrides: Mapping[Outcome, BillingEffect] | None = None) -> BillingEffect:
    """The one effect of an outcome for an activity (I15)."""
    if overrides is not None and outcome in overrides:
        return overrides[outcome]
    return DEFAULT_EFFECTS[outcome]
