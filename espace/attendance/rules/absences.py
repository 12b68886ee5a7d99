"""What an announced absence changes: until when it is proved, and which days stay due (docs/rules/absences.md).

Definitions:

- An **absence** is `[start, end)`: from the first absent day to the day of return.
- Its **limits** are counted forward from an anchor (its first day, or its last) by the same function as every other
  delay (`activities.rules`), with the negative offsets that JUSTIFY alone may have. "Within 72 hours" of Monday 5 is
  Thursday 8 at 23:59:59.
- Until the first limit a proof is in time; until the second it is late; after it, nothing is excused any more.
- **Carence**: the first days of each activity that stay due even so. Only days that would have been due count: a day
  given back in time is free whatever the proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from espace.activities.enums import Action, OffsetUnit, Timing
from espace.activities.rules import Deadlines, SlotDates, Tier, check_deadlines, current_timing, limits
from espace.attendance.enums import AbsenceAnchor, Consequence, Proof, ProofState
from espace.attendance.errors import AbsenceTooEarly, AbsenceTooLong, AbsenceTooOld, ReturnBeforeStart
from espace.kernel.calendar import ONE_DAY, PARIS, Calendar
from espace.kernel.text import format_date_short, plural_fr

HONOUR = (
    "Je déclare sur l’honneur que mon enfant est absent ces jours-là, et que ce que j’indique est exact. "
    "Une fausse déclaration m’expose à payer ces jours et aux sanctions prévues par la loi (article 441-7 du code pénal)."
)
HONOUR_VERSION = "2026-11"
LONGEST_DELAY = 365
LONGEST = timedelta(days=62)
FARTHEST = timedelta(days=14)  # ahead: earlier, a day is cancelled for nothing
OLDEST = timedelta(days=60)
OLDEST_AT_COUNTER = timedelta(days=400)
_STRICTNESS = {proof: rank for rank, proof in enumerate(Proof)}
_PROVED = (ProofState.RECEIVED, ProofState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the town asks for an activity. `delay` and `refused_after` in `unit` after the anchor; `carence` days stay
    due even when the proof is in time, `late_carence` when it is late."""

    proof: Proof
    delay: int
    refused_after: int
    unit: OffsetUnit = OffsetUnit.CALENDAR_DAYS
    anchor: AbsenceAnchor = AbsenceAnchor.FIRST_DAY
    carence: int = 0
    late_carence: int = 0


@dataclass(frozen=True, slots=True)
class Absence:
    """`[start, end)`: the child comes back on `end`."""

    start: date
    end: date

    @property
    def last(self) -> date:
        return self.end - ONE_DAY


@dataclass(frozen=True, slots=True)
class Justification:
    """What a family did: when it announced, signed on its honour, and gave a certificate, and what became of it."""

    declared_at: datetime
    signed_at: datetime | None = None
    received_at: datetime | None = None
    state: ProofState = ProofState.NOT_NEEDED


@dataclass(frozen=True, slots=True)
class Verdict:
    """`days_due`: how many of the first days of the activity stay due, None for all. The limits are None without a
    policy: then an absence changes nothing."""

    days_due: int | None
    timing: Timing | None = None
    justified_at: datetime | None = None
    in_time_until: datetime | None = None
    accepted_until: datetime | None = None


def limits_of(policy: Policy, absence: Absence, calendar: Calendar) -> tuple[datetime, datetime]:
    """The last second at which a proof is in time, and the last at which it still excuses anything."""
    anchor = absence.start if policy.anchor is AbsenceAnchor.FIRST_DAY else absence.last
    (_, in_time), (_, accepted) = limits(_deadlines(policy), SlotDates(anchor), calendar)
    return in_time, accepted


def justified_at(proof: Proof, given: Justification) -> datetime | None:
    """When what the town asks was given; None while it was not. A certificate also stands for a declaration; one that
    waits to be read counts until an agent refuses it."""
    certificate = given.received_at if given.state in _PROVED else None
    match proof:
        case Proof.NONE:
            return given.declared_at
        case Proof.DECLARATION:
            found = [at for at in (given.signed_at, certificate) if at is not None]
            return min(found, key=lambda at: at.astimezone(UTC)) if found else None
        case Proof.CERTIFICATE:
            return certificate


def verdict(policy: Policy | None, absence: Absence, given: Justification, calendar: Calendar) -> Verdict:
    """What stays due of the days of one activity, as things stand."""
    if policy is None:
        return Verdict(None)
    in_time, accepted = limits_of(policy, absence, calendar)
    at = justified_at(policy.proof, given)
    if at is None:
        return Verdict(None, None, None, in_time, accepted)
    timing, _ = current_timing(at, ((Timing.IN_TIME, in_time), (Timing.LATE, accepted)))
    return Verdict(_days_due(policy, timing), timing, at, in_time, accepted)


def is_excused(found: Verdict, rank: int) -> bool:
    """Whether a day is excused; `rank` counts the days of the activity that would have been due, from 0."""
    return found.days_due is not None and rank >= found.days_due


def is_pending(policy: Policy | None, found: Verdict, given: Justification, now: datetime) -> bool:
    """Whether a bill made now might be wrong tomorrow: a certificate to read, or a proof that may still come."""
    if policy is None or found.accepted_until is None:
        return False
    if found.justified_at is None:
        return now.astimezone(UTC) <= found.accepted_until.astimezone(UTC)
    is_read = policy.proof is not Proof.CERTIFICATE or given.state is not ProofState.RECEIVED
    return not is_read and found.days_due is not None


def consequence(
    policy: Policy | None,
    absence: Absence,
    given: Justification,
    rank: int,
    now: datetime,
    calendar: Calendar,
) -> Consequence:
    """What a family reads of a day that would have been due: what it is, or what it becomes if proved now."""
    found = verdict(policy, absence, given, calendar)
    if found.in_time_until is None or found.accepted_until is None or policy is None:
        return Consequence.DUE
    if found.justified_at is not None:
        if found.days_due is None:
            return Consequence.DUE
        return Consequence.FREE if is_excused(found, rank) else Consequence.CARENCE
    timing, _ = current_timing(
        now, ((Timing.IN_TIME, found.in_time_until), (Timing.LATE, found.accepted_until))
    )
    due = _days_due(policy, timing)
    if due is None:
        return Consequence.DUE
    return Consequence.IF_PROVED if rank >= due else Consequence.CARENCE


def check_days(start: date, end: date, today: date, *, at_counter: bool) -> None:
    """Whether an absence of these days may be declared today; raises the reason why not."""
    if end <= start:
        raise ReturnBeforeStart
    if end - start > LONGEST:
        raise AbsenceTooLong
    if start > today + FARTHEST:
        raise AbsenceTooEarly
    if start < today - (OLDEST_AT_COUNTER if at_counter else OLDEST):
        raise AbsenceTooOld


def strictest(proofs: Iterable[Proof]) -> Proof:
    """What one illness needs for all its activities: the most that any of them asks; NONE for none."""
    return max(proofs, key=lambda proof: _STRICTNESS[proof], default=Proof.NONE)


def initial_state(needed: Proof, *, is_signed: bool) -> ProofState:
    """Where a declaration begins: a signed one that needs no certificate is complete."""
    if needed is Proof.NONE:
        return ProofState.NOT_NEEDED
    if needed is Proof.DECLARATION and is_signed:
        return ProofState.ACCEPTED
    return ProofState.AWAITED


def why(policy: Policy | None, found: Verdict, given: Justification, *, excused: bool) -> str:
    """What a bill says of a day: « absence justifiée : certificat reçu le mer. 7 oct. », « 2 jours de carence »."""
    if policy is None:
        return "absence annoncée, sans effet sur le prix de cette activité"
    if found.justified_at is not None and found.timing is not Timing.CLOSED:
        said = _GIVEN[policy.proof].format(day=_day(found.justified_at))
        if excused:
            return f"absence justifiée\u00a0: {said}"
        late = " hors délai" if found.timing is Timing.LATE else ""
        days = found.days_due or 0
        return f"{days} {plural_fr(days, 'jour', 'jours')} de carence\u00a0: {said}{late}"
    if found.justified_at is not None and found.accepted_until is not None:
        said = _GIVEN[policy.proof].format(day=_day(found.justified_at))
        return (
            f"absence non justifiée\u00a0: {said}, le dernier délai finissait le {_day(found.accepted_until)}"
        )
    if given.state is ProofState.REFUSED:
        return "absence non justifiée\u00a0: certificat refusé"
    return "absence non justifiée"


def check_policy(policy: Policy) -> tuple[str, ...]:
    """What forbids to save a policy, in French sentences; empty when it can be read without doubt."""
    problems = list(check_deadlines(_deadlines(policy), Action.JUSTIFY))
    if policy.refused_after < policy.delay:
        problems = ["Le dernier délai ne peut pas finir avant le premier."]
    if max(policy.delay, policy.refused_after) > LONGEST_DELAY:
        problems.append("Un délai dure un an au plus.")
    if policy.late_carence < policy.carence:
        problems.append(
            "Un justificatif hors délai ne peut pas laisser moins de jours dus qu’un justificatif à temps."
        )
    return tuple(problems)


_GIVEN = {
    Proof.NONE: "annoncée le {day}",
    Proof.DECLARATION: "déclaration signée le {day}",
    Proof.CERTIFICATE: "certificat reçu le {day}",
}


def _days_due(policy: Policy, timing: Timing) -> int | None:
    """How many days stay due with a proof of this timing; None for all."""
    return {Timing.IN_TIME: policy.carence, Timing.LATE: max(policy.carence, policy.late_carence)}.get(timing)


def _day(moment: datetime) -> str:
    return format_date_short(moment.astimezone(PARIS).date())


def _deadlines(policy: Policy) -> Deadlines:
    return Deadlines(
        (
            Tier(Timing.IN_TIME, offset=-policy.delay, unit=policy.unit),
            Tier(Timing.LATE, offset=-policy.refused_after, unit=policy.unit),
        )
    )
