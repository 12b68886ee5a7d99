"""Absences already announced, as their family reads them. A stranger and the other home's parent find nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet

from espace.activities.enums import SlotState
from espace.attendance.enums import AbsenceReason, Consequence, Mark, Proof, ProofState
from espace.attendance.models import AbsenceDeclaration, AbsentBooking
from espace.attendance.queries.consumption import DUE_IF_ABSENT
from espace.attendance.queries.planning import Terms, ranks_of, terms_of
from espace.attendance.queries.policies import Policies, calendar_around
from espace.attendance.rules import Absence, consequence, verdict, why
from espace.bookings.enums import CancelTiming
from espace.documents.queries import DocumentEntry, entries_of
from espace.families.queries import children_for, households_for
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import Calendar
from espace.kernel.errors import NotFound
from espace.kernel.reading import Later, Rows, Together

MOST_ID = 2**63 - 1
OPEN_PROOF = (ProofState.AWAITED, ProofState.REFUSED)


@dataclass(frozen=True, slots=True)
class AbsentLine:
    """A booking of an absence: what became of its place, and of its price; `why` as a bill would say it."""

    day: date
    activity: str
    formula: str
    mark: Mark
    consequence: Consequence
    why: str


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """An absence over `[start, end)`. `may_…` say what its family can still do."""

    id: int
    reference: str
    child_id: int
    child: str
    household_id: int
    start: date
    end: date
    reason: AbsenceReason
    needed: Proof
    state: ProofState
    declared_at: datetime
    declared_by: str
    prove_by: datetime | None
    excuses_until: datetime | None
    signed_at: datetime | None
    received_at: datetime | None
    refusal: str
    document: DocumentEntry | None
    lines: tuple[AbsentLine, ...]
    terms: tuple[Terms, ...]

    @property
    def last(self) -> date:
        return Absence(self.start, self.end).last

    @property
    def may_send(self) -> bool:
        return self.needed is Proof.CERTIFICATE and self.state is not ProofState.ACCEPTED

    @property
    def may_sign(self) -> bool:
        return self.signed_at is None and any(t.proof is Proof.DECLARATION for t in self.terms)

    def may_withdraw(self, today: date) -> bool:
        """Until the end of its first day: its place is still kept."""
        return today <= self.start

    def may_change(self, today: date) -> bool:
        """While the child is not back yet; the day of return itself still counts, to prolong."""
        return today <= self.end


def absences_for(actor: Actor) -> list[AbsenceView]:
    """The absences of the actor's children, on the days of the actor's own homes, latest first. 8 queries."""
    return views_of(list(_own(actor).order_by("-start", "-id")[:50]))


def absence_for(actor: Actor, declaration_id: int) -> AbsenceView:
    """One of them, or `NotFound`. 8 queries."""
    return views_of([declaration_for(actor, declaration_id)])[0]


def declaration_for(actor: Actor, declaration_id: int) -> AbsenceDeclaration:
    """The row itself, for the services, or `NotFound`: withdrawn, of another home, or of nobody. 3 queries."""
    found = None
    if 0 < declaration_id <= MOST_ID:
        found = _own(actor).filter(pk=declaration_id).order_by("id").first()
    if found is None:
        raise NotFound
    return found


def _own(actor: Actor) -> QuerySet[AbsenceDeclaration]:
    return AbsenceDeclaration.objects.filter(
        household_id__in=[h.pk for h in households_for(actor)],
        child_id__in=[c.pk for c in children_for(actor)],
        withdrawn_at__isnull=True,
    ).select_related("child")


@dataclass(frozen=True, slots=True)
class AbsenceSpan:
    """An absence as a line of history names it: never why. `is_open`: its page is still there."""

    child: str
    start: date
    last: date
    is_open: bool


def absence_spans(actor: Actor, declaration_ids: Collection[int]) -> dict[int, AbsenceSpan]:
    """Those of the actor's own children, withdrawn ones included, for acts that the journal of their household told.
    ≤ 1 query beyond the actor's children."""
    if not declaration_ids:
        return {}
    names = {child.pk: child.first_name for child in children_for(actor)}
    rows = AbsenceDeclaration.objects.filter(pk__in=list(declaration_ids), child_id__in=names)
    return {
        row.pk: AbsenceSpan(
            names[row.child_id], row.start, Absence(row.start, row.end).last, row.withdrawn_at is None
        )
        for row in rows.order_by("id")
    }


# What is left to do, and who is absent --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProofToGive:
    """A proof that an absence waits for, `due` being the last second in time (perhaps past)."""

    declaration_id: int
    child: str
    start: date
    end: date
    needed: Proof
    is_refused: bool
    due: datetime
    last_call: datetime


@dataclass(frozen=True, slots=True)
class AbsentEntry:
    """A booking that an absence covers; `is_kept` when the agenda shows it too."""

    declaration_id: int
    child_id: int
    child: str
    day: date
    formula: str
    starts_at: time
    ends_at: time
    venue: str
    is_kept: bool
    activity: str
    slot_id: int


@dataclass(frozen=True, slots=True)
class AbsencesNow:
    """The proofs that can still change something, the most urgent first, and what absences cover, by day and hour."""

    proofs: list[ProofToGive]
    absent: list[AbsentEntry]


def absences_now_later(actor: Actor, start: date, end: date) -> Together[AbsencesNow]:
    """What a dashboard says of the absences of the actor's children, on the days of the actor's own homes; those
    covered are of `[start, end)`. To read with other lists: 1 query alone, beyond the actor's own homes and
    children."""
    children = {c.pk for c in children_for(actor)}
    covered = _covered(actor, children, start, end)
    return Together(AbsencesNow, Later(_awaited(actor), _to_give), Later(covered, _absent))


def absent_later(
    actor: Actor, child_ids: Collection[int], start: date, end: date
) -> Later[list[AbsentEntry]]:
    """What the absences of `[start, end)` cover, by day and hour, of these children of the actor's. 1 query beyond the
    actor's own homes and children, to read with other lists."""
    chosen = {c.pk for c in children_for(actor)} & set(child_ids)
    return Later(_covered(actor, chosen, start, end), _absent)


def _awaited(actor: Actor) -> Any:
    return (
        _own(actor)
        .filter(proof_state__in=OPEN_PROOF, prove_by__isnull=False, excuses_until__gte=clock.now())
        .values_list(
            "prove_by", "id", "child__first_name", "start", "end", "needed", "proof_state", "excuses_until"
        )
    )


def _covered(actor: Actor, child_ids: Collection[int], start: date, end: date) -> Any:
    return AbsentBooking.objects.filter(
        declaration__household_id__in=[h.pk for h in households_for(actor)],
        booking__child_id__in=child_ids,
        booking__date__gte=start,
        booking__date__lt=end,
    ).values_list(
        "booking__date", "booking__slot__formula__starts_at", "booking_id", "declaration_id", "booking__child_id",
        "booking__child__first_name", "booking__slot__formula__label", "booking__slot__formula__ends_at",
        "booking__slot__venue__name", "mark", "booking__slot__activity__name", "booking__slot_id",
    )  # fmt: skip


def _to_give(rows: Rows) -> list[ProofToGive]:
    return [
        ProofToGive(
            pk, child, first, until, Proof(needed), state == ProofState.REFUSED, prove_by, excuses_until
        )
        for prove_by, pk, child, first, until, needed, state, excuses_until in sorted(rows)
    ]


def _absent(rows: Rows) -> list[AbsentEntry]:
    return [
        AbsentEntry(pk, child, name, day, formula, starts, ends, venue, mark == Mark.KEPT, activity, slot)
        for day, starts, _, pk, child, name, formula, ends, venue, mark, activity, slot in sorted(rows)
    ]


# Details --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Marked:
    booking_id: int
    activity_id: int
    activity: str
    formula: str
    day: date
    timing: str
    slot_state: str
    mark: Mark

    @property
    def would_be_due(self) -> bool:
        timing = CancelTiming(self.timing) if self.timing else None
        return self.slot_state == SlotState.OPEN and timing in DUE_IF_ABSENT


def views_of(rows: Sequence[AbsenceDeclaration]) -> list[AbsenceView]:
    """The views of declarations the caller was allowed to hold, their child joined. 4 queries at most."""
    if not rows:
        return []
    marks = _marks(rows)
    documents = entries_of([row.document_id for row in rows if row.document_id is not None])
    policies, now = Policies(), clock.now()
    known = calendar_around(min(row.start for row in rows), max(row.end for row in rows))
    return [_view(row, marks.get(row.pk, []), documents, policies, now, known) for row in rows]


def _marks(rows: Iterable[AbsenceDeclaration]) -> dict[int, list[_Marked]]:
    found: dict[int, list[_Marked]] = {}
    columns = (
        AbsentBooking.objects.filter(declaration__in=list(rows))
        .order_by("booking__date", "booking__slot__formula__starts_at", "booking_id")
        .values_list(
            "declaration_id", "booking_id", "booking__slot__activity_id", "booking__slot__activity__name",
            "booking__slot__formula__label", "booking__date", "booking__cancel_timing", "booking__slot__state", "mark",
        )
    )  # fmt: skip
    for declaration_id, booking, activity_id, activity, formula, day, timing, slot_state, mark in columns:
        found.setdefault(declaration_id, []).append(
            _Marked(booking, activity_id, activity, formula, day, timing, slot_state, Mark(mark))
        )
    return found


def _view(
    row: AbsenceDeclaration,
    marks: Sequence[_Marked],
    documents: Mapping[int, DocumentEntry],
    policies: Policies,
    now: datetime,
    known: Calendar,
) -> AbsenceView:
    absence, given = Absence(row.start, row.end), row.given
    due = [m for m in marks if m.would_be_due]
    ranks = ranks_of((m.activity_id, m.day) for m in due)
    rules = {m.activity_id: policies.on(m.activity_id, row.start) for m in due}
    lines = []
    for m in marks:
        effect, said = Consequence.FREE, ""
        if m.would_be_due:
            policy, rank = rules[m.activity_id], ranks[m.activity_id, m.day]
            effect = consequence(policy, absence, given, rank, now, known)
            found = verdict(policy, absence, given, known)
            said = why(policy, found, given, excused=effect is Consequence.FREE)
        lines.append(AbsentLine(m.day, m.activity, m.formula, m.mark, effect, said))
    return AbsenceView(
        id=row.pk,
        reference=row.reference,
        child_id=row.child_id,
        child=row.child.first_name,
        household_id=row.household_id,
        start=row.start,
        end=row.end,
        reason=AbsenceReason(row.reason),
        needed=Proof(row.needed),
        state=ProofState(row.proof_state),
        declared_at=row.declared_at,
        declared_by=row.declared_by,
        prove_by=row.prove_by,
        excuses_until=row.excuses_until,
        signed_at=row.signed_at,
        received_at=row.received_at,
        refusal=row.refusal,
        document=documents.get(row.document_id or 0),
        lines=tuple(lines),
        terms=terms_of(rules, {m.activity_id: m.activity for m in marks}, absence, known),
    )
