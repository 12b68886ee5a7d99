"""What happened to a booking, and what it does to the bill."""

from __future__ import annotations

import pytest

from espace.activities.enums import EventEffect, SlotState, Timing
from espace.attendance.enums import BillingEffect, Outcome
from espace.attendance.rules import DEFAULT_EFFECTS, effect_of, effects_for, outcome_of


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_has_exactly_one_effect(outcome: Outcome) -> None:
    """I15."""
    assert effect_of(outcome) is DEFAULT_EFFECTS[outcome] is effects_for()[outcome]


def test_an_activity_may_choose_otherwise_and_the_rest_is_kept() -> None:
    mild = {Outcome.CANCELLED_LATE: BillingEffect.SURCHARGE_ONLY}
    assert effect_of(Outcome.CANCELLED_LATE, mild) is BillingEffect.SURCHARGE_ONLY
    assert effect_of(Outcome.PRESENT, mild) is BillingEffect.FULL
    assert set(effects_for(mild)) == set(Outcome)


CLOSED, CANCELLED = SlotState.CLOSED, SlotState.CANCELLED


@pytest.mark.parametrize(
    ("is_active", "timing", "slot", "event", "outcome"),
    [
        (True, None, SlotState.OPEN, None, Outcome.PRESENT),
        (False, Timing.IN_TIME, SlotState.OPEN, None, Outcome.CANCELLED_IN_TIME),
        (False, Timing.LATE, SlotState.OPEN, None, Outcome.CANCELLED_LATE),
        (False, Timing.AGENT_ONLY, SlotState.OPEN, None, Outcome.CANCELLED_LATE),
        (False, Timing.CLOSED, SlotState.OPEN, None, Outcome.CANCELLED_LATE),
        (False, None, SlotState.OPEN, None, None),  # refused, or never off the waiting list
        (False, None, CANCELLED, None, None),
        (True, None, CANCELLED, None, Outcome.SERVICE_CANCELLED),
        (True, None, CLOSED, None, Outcome.SERVICE_CANCELLED),
        (False, Timing.LATE, CLOSED, None, Outcome.SERVICE_CANCELLED),
        (True, None, SlotState.OPEN, EventEffect.CLOSED, Outcome.SERVICE_CANCELLED),
        (False, Timing.LATE, SlotState.OPEN, EventEffect.FREE_ABSENCE, Outcome.CANCELLED_IN_TIME),
        (True, None, SlotState.OPEN, EventEffect.FREE_ABSENCE, Outcome.PRESENT),
        (True, None, SlotState.OPEN, EventEffect.PICNIC, Outcome.PRESENT),
        (True, None, SlotState.OPEN, EventEffect.MOVED, Outcome.PRESENT),
    ],
)
def test_what_became_of_a_booking(
    is_active: bool,
    timing: Timing | None,
    slot: SlotState,
    event: EventEffect | None,
    outcome: Outcome | None,
) -> None:
    found = outcome_of(is_active=is_active, cancel_timing=timing, slot_state=slot, event=event)
    assert found is outcome


def test_a_late_cancellation_is_still_due_and_a_closure_is_free() -> None:
    assert effect_of(Outcome.CANCELLED_LATE) is BillingEffect.FULL
    assert effect_of(Outcome.CANCELLED_IN_TIME) is BillingEffect.NONE
    assert effect_of(Outcome.SERVICE_CANCELLED) is BillingEffect.NONE
