"""What an announced absence changes: the tables of docs/rules/absences.md."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.activities.enums import EventEffect, OffsetUnit, SlotState, Timing
from espace.attendance.enums import AbsenceAnchor, Outcome, Proof, ProofState
from espace.attendance.rules import (
    Absence,
    Justification,
    Policy,
    check_policy,
    initial_state,
    is_excused,
    is_pending,
    outcome_of,
    strictest,
    verdict,
    why,
)
from espace.kernel.calendar import PARIS, Calendar, date_range
from tests.support.doc_tables import Row, instant_of, tables_of
from tests.support.real_calendar import real_days

pytestmark = pytest.mark.pure
TABLES = tables_of("absences.md")
WEEK = Absence(date(2026, 10, 5), date(2026, 10, 10))
MEALS = list(date_range(WEEK.start, WEEK.end))
SAINT_EXUPERY = Policy(Proof.CERTIFICATE, delay=3, refused_after=10, late_carence=2)
SAINT_JULIEN = Policy(Proof.NONE, delay=365, refused_after=365)
ANNOUNCED = datetime(2026, 10, 5, 7, 40, tzinfo=PARIS)
UNITS = {
    "jours calendaires": OffsetUnit.CALENDAR_DAYS,
    "jours ouvrés": OffsetUnit.WORKING_DAYS,
    "jours d’école": OffsetUnit.SCHOOL_DAYS,
}


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar(real_days())


def certificate(cell: str) -> Justification:
    if cell == "jamais":
        return Justification(ANNOUNCED, state=ProofState.AWAITED)
    return Justification(ANNOUNCED, received_at=instant_of(cell), state=ProofState.RECEIVED)


def billed(
    policy: Policy, given_: Justification, calendar: Calendar, event: EventEffect | None = None
) -> int:
    """How many of the five meals are due."""
    found = verdict(policy, WEEK, given_, calendar)
    outcomes = [
        outcome_of(is_active=True, excused=is_excused(found, rank), event=event) for rank in range(len(MEALS))
    ]
    assert set(outcomes) <= {Outcome.EXCUSED_ABSENCE, Outcome.UNEXCUSED_ABSENCE}
    return outcomes.count(Outcome.UNEXCUSED_ABSENCE)


@pytest.mark.parametrize("row", TABLES["saint-exupery"], ids=lambda row: row["certificat reçu"])
def test_saint_exupery(row: Row, calendar: Calendar) -> None:
    given_ = certificate(row["certificat reçu"])
    assert billed(SAINT_EXUPERY, given_, calendar) == int(row["jours facturés"])
    found = verdict(SAINT_EXUPERY, WEEK, given_, calendar)
    said = why(SAINT_EXUPERY, found, given_, excused=is_excused(found, 0))
    assert said.replace("\u00a0", " ") == row["ce que dit la facture"]


@pytest.mark.parametrize("row", TABLES["dernier-jour"], ids=lambda row: row["certificat reçu"])
def test_the_anchor_is_a_setting(row: Row, calendar: Calendar) -> None:
    policy = Policy(
        Proof.CERTIFICATE, delay=3, refused_after=10, late_carence=2, anchor=AbsenceAnchor.LAST_DAY
    )
    assert billed(policy, certificate(row["certificat reçu"]), calendar) == int(row["jours facturés"])


@pytest.mark.parametrize("row", TABLES["saint-julien"], ids=lambda row: row["annoncée"] + row["évènement"])
def test_saint_julien(row: Row, calendar: Calendar) -> None:
    event = EventEffect.FREE_ABSENCE if row["évènement"] == "grève" else None
    given_ = Justification(instant_of(row["annoncée"]))
    assert billed(SAINT_JULIEN, given_, calendar, event) == int(row["jours facturés"])


def test_a_strike_excuses_what_nothing_proves(calendar: Calendar) -> None:
    assert billed(SAINT_EXUPERY, certificate("jamais"), calendar, EventEffect.FREE_ABSENCE) == 0


@pytest.mark.parametrize("row", TABLES["autres"], ids=str)
def test_every_number_is_a_setting(row: Row, calendar: Calendar) -> None:
    delay, _, unit = row["premier délai"].partition(" ")
    is_certificate = row["justificatif demandé"] == "certificat"
    policy = Policy(
        Proof.CERTIFICATE if is_certificate else Proof.DECLARATION,
        delay=int(delay),
        refused_after=int(row["dernier délai"].partition(" ")[0]),
        unit=UNITS[unit],
        carence=int(row["carence"]),
        late_carence=int(row["carence hors délai"]),
    )
    at = instant_of(row["reçu"])
    given_ = (
        Justification(ANNOUNCED, received_at=at, state=ProofState.ACCEPTED)
        if is_certificate
        else Justification(ANNOUNCED, signed_at=at, state=ProofState.ACCEPTED)
    )
    assert billed(policy, given_, calendar) == int(row["jours facturés"])
    assert check_policy(policy) == ()


def test_a_certificate_stands_for_a_declaration_and_a_refused_one_for_nothing(calendar: Calendar) -> None:
    policy = Policy(Proof.DECLARATION, delay=3, refused_after=3)
    received = datetime(2026, 10, 6, 9, tzinfo=PARIS)
    assert billed(policy, Justification(ANNOUNCED, None, received, ProofState.RECEIVED), calendar) == 0
    assert billed(policy, Justification(ANNOUNCED, None, received, ProofState.REFUSED), calendar) == 5
    assert billed(policy, Justification(ANNOUNCED, ANNOUNCED, received, ProofState.REFUSED), calendar) == 0


def test_without_a_policy_an_absence_changes_nothing(calendar: Calendar) -> None:
    found = verdict(None, WEEK, certificate("lun. 05/10/2026"), calendar)
    assert not is_excused(found, 4)
    assert "sans effet" in why(None, found, Justification(ANNOUNCED), excused=False)


@pytest.mark.parametrize(
    ("given_", "now", "pending"),
    [
        (certificate("jamais"), datetime(2026, 10, 15, 23, 59, tzinfo=PARIS), True),
        (certificate("jamais"), datetime(2026, 10, 16, tzinfo=PARIS), False),
        (certificate("mer. 07/10/2026"), datetime(2026, 11, 2, tzinfo=PARIS), True),  # to be read
        (certificate("ven. 16/10/2026"), datetime(2026, 11, 2, tzinfo=PARIS), False),  # too late anyway
        (
            Justification(ANNOUNCED, None, ANNOUNCED, ProofState.ACCEPTED),
            datetime(2026, 10, 6, tzinfo=PARIS),
            False,
        ),
    ],
)
def test_a_bill_waits_for_what_may_still_change_it(
    given_: Justification, now: datetime, pending: bool, calendar: Calendar
) -> None:
    found = verdict(SAINT_EXUPERY, WEEK, given_, calendar)
    assert is_pending(SAINT_EXUPERY, found, given_, now) is pending
    assert not is_pending(None, found, given_, now)


def test_one_illness_needs_the_most_that_any_activity_asks() -> None:
    assert strictest([]) is Proof.NONE
    assert strictest([Proof.DECLARATION, Proof.NONE]) is Proof.DECLARATION
    assert strictest([Proof.DECLARATION, Proof.CERTIFICATE, Proof.NONE]) is Proof.CERTIFICATE
    assert initial_state(Proof.NONE, is_signed=False) is ProofState.NOT_NEEDED
    assert initial_state(Proof.DECLARATION, is_signed=True) is ProofState.ACCEPTED
    assert initial_state(Proof.DECLARATION, is_signed=False) is ProofState.AWAITED
    assert initial_state(Proof.CERTIFICATE, is_signed=True) is ProofState.AWAITED


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (Policy(Proof.CERTIFICATE, delay=10, refused_after=3), "finir avant"),
        (Policy(Proof.CERTIFICATE, delay=3, refused_after=400), "un an au plus"),
        (Policy(Proof.CERTIFICATE, delay=3, refused_after=10, carence=3, late_carence=2), "moins de jours"),
    ],
)
def test_a_policy_that_contradicts_itself_is_told(policy: Policy, problem: str) -> None:
    assert any(problem in sentence for sentence in check_policy(policy))


@pytest.mark.parametrize(
    ("active", "timing", "slot", "excused", "outcome"),
    [
        (True, None, SlotState.OPEN, True, Outcome.EXCUSED_ABSENCE),
        (True, None, SlotState.OPEN, False, Outcome.UNEXCUSED_ABSENCE),
        (False, None, SlotState.OPEN, True, Outcome.EXCUSED_ABSENCE),  # the place was given back
        (False, None, SlotState.OPEN, False, Outcome.UNEXCUSED_ABSENCE),
        (False, Timing.IN_TIME, SlotState.OPEN, False, Outcome.CANCELLED_IN_TIME),
        (False, Timing.LATE, SlotState.OPEN, True, Outcome.EXCUSED_ABSENCE),
        (False, Timing.LATE, SlotState.OPEN, False, Outcome.CANCELLED_LATE),
        (True, None, SlotState.CLOSED, False, Outcome.SERVICE_CANCELLED),
        (False, None, SlotState.CLOSED, False, Outcome.SERVICE_CANCELLED),
    ],
)
def test_an_absence_is_one_outcome(
    active: bool, timing: Timing | None, slot: SlotState, excused: bool, outcome: Outcome
) -> None:
    """I15."""
    found = outcome_of(is_active=active, cancel_timing=timing, slot_state=slot, excused=excused)
    assert found is outcome


@given(
    st.integers(0, 20), st.integers(0, 20), st.integers(0, 5), st.integers(0, 5), st.integers(0, 40), st.integers(0, 9)
)  # fmt: skip
def test_waiting_never_makes_a_family_pay_less(
    delay: int, more: int, carence: int, more_carence: int, hours: int, rank: int
) -> None:
    policy = Policy(
        Proof.CERTIFICATE, delay, delay + more, carence=carence, late_carence=carence + more_carence
    )
    calendar = Calendar({})
    first = WEEK_START + timedelta(hours=hours * 12)
    early, late = (
        verdict(policy, WEEK, Justification(ANNOUNCED, None, at, ProofState.ACCEPTED), calendar)
        for at in (first, first + timedelta(hours=13))
    )
    assert is_excused(early, rank) or not is_excused(late, rank)


WEEK_START = datetime(2026, 10, 5, tzinfo=PARIS)
