"""Announcing an absence, moving its day of return, withdrawing it. Each is one act: bookings marked, places given back,
journal, the family, the sites and the kitchen told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from espace.activities.enums import Action, Timing
from espace.attendance import notices
from espace.attendance.enums import AbsenceReason, Mark, Proof, ProofState
from espace.attendance.errors import (
    AbsenceChanged,
    AlreadyDeclared,
    NothingBooked,
    ProlongAnew,
    ReturnBeforeStart,
    ReturnInThePast,
    SameReturn,
    StampedTomorrow,
    TooLateToWithdraw,
)
from espace.attendance.models import AbsenceDeclaration, AbsentBooking
from espace.attendance.queries.absences import absence_for, declaration_for, views_of
from espace.attendance.queries.planning import AbsencePlan, Begun, ChildPlan, PlanLine, Terms, lay_out
from espace.attendance.rules import HONOUR_VERSION, check_days, initial_state, strictest
from espace.audit import services as audit
from espace.bookings import services as bookings
from espace.bookings.queries.desk import open_desk
from espace.bookings.queries.limits import Dated
from espace.bookings.services.places import lock_children
from espace.families.queries import households_for
from espace.kernel import clock
from espace.kernel.actor import Actor, Channel
from espace.kernel.calendar import ONE_DAY, at
from espace.kernel.db import write_transaction
from espace.kernel.text import join_fr

MIDNIGHT = time(0, 0)
PROVED = (ProofState.RECEIVED, ProofState.ACCEPTED)


def preview_absence(
    actor: Actor, *, child_ids: Collection[int], start: date, end: date, stamped_on: date | None = None
) -> AbsencePlan:
    """What `declare_absence` would do; writes nothing, raises the same."""
    asked_at = asked(actor, stamped_on)
    check_days(start, end, clock.today(), at_counter=actor.channel is Channel.COUNTER)
    _refuse_twice(actor, child_ids, start, end)
    plan = lay_out(actor, child_ids=child_ids, start=start, end=end, asked_at=asked_at)
    if not plan.children:
        raise NothingBooked(children=join_fr(plan.nothing))
    return plan


def declare_absence(
    actor: Actor,
    *,
    child_ids: Collection[int],
    start: date,
    end: date,
    reason: AbsenceReason,
    expected: str,
    signed: bool = False,
    stamped_on: date | None = None,
) -> list[AbsenceDeclaration]:
    """Announces that these children are away over `[start, end)`, from all they had booked: one declaration a child.

    `expected` is the digest of the plan the person agreed to (`queries.lay_out`). `signed`: they signed on their
    honour. `stamped_on`: at the counter, the day the family asked. Raises `NotFound`, the refusals of
    `rules.check_days`, `AlreadyDeclared`, `NothingBooked`, `AbsenceChanged`, `StampedTomorrow`, `DayUnknown`.
    """
    with write_transaction():
        lock_children(child_ids)
        plan = preview_absence(actor, child_ids=child_ids, start=start, end=end, stamped_on=stamped_on)
        if plan.digest != expected:
            raise AbsenceChanged(plan)
        made = [_announce(actor, plan, child, reason, signed=signed) for child in plan.children]
        _give_back([line for child in plan.children for line in child.lines])
        notices.tell_sites(notices.days_told([line.booking_id for line in plan.lines]))
        for declaration in made:
            notices.acknowledge(absence_for(actor, declaration.pk))
    return made


@dataclass(frozen=True, slots=True)
class BackLine:
    """A day that the child would come back for; `is_possible` False when its limit is over: it stays absent."""

    booking_id: int
    day: date
    formula: str
    is_possible: bool
    keeps_place: bool


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """What moving the day of return to `end` would do: days that become absent, and days taken back."""

    end: date
    added: AbsencePlan | None
    back: tuple[BackLine, ...]

    @property
    def digest(self) -> str:
        """What the person agrees to."""
        return (
            self.added.digest
            if self.added
            else f"{self.end:%Y%m%d}"
            + "".join(f"{b.booking_id:x}{'ny'[b.is_possible]}" for b in self.back)[:80]
        )


@dataclass(frozen=True, slots=True)
class Changed:
    """The days that could not be taken back: no longer possible, or the place went to another child."""

    declaration_id: int
    left: tuple[tuple[date, str], ...]


def lay_out_change(actor: Actor, *, declaration_id: int, end: date) -> ChangePlan:
    """What moving the day of return would do; writes nothing. Raises `NotFound`, `SameReturn`, `ReturnBeforeStart`,
    `ReturnInThePast`, `ProlongAnew`, `AbsenceTooLong`, `DayUnknown`, `AlreadyDeclared`."""
    return _lay_out_change(actor, declaration_for(actor, declaration_id), end)


def change_return(actor: Actor, *, declaration_id: int, end: date, expected: str) -> Changed:
    """Moves the day of return, as laid out (`expected` is its digest). Raises as `lay_out_change`, `AbsenceChanged`."""
    declaration_for(actor, declaration_id)
    with write_transaction():
        declaration = locked(actor, declaration_id)
        plan = _lay_out_change(actor, declaration, end)
        if plan.digest != expected:
            raise AbsenceChanged(plan)
        before, declaration.end = declaration.end, end
        away = list(plan.added.lines) if plan.added else []
        AbsentBooking.objects.bulk_create(
            AbsentBooking(declaration=declaration, booking_id=line.booking_id, mark=line.mark)
            for line in away
        )
        _give_back(away)
        left = _come_back(declaration, plan.back, end)
        _refresh_terms(declaration)
        declaration.save()
        audit.record(
            actor, "attendance.change_return", object_kind="absence", object_id=declaration.pk,
            household_id=declaration.household_id,
            payload={"from": before.isoformat(), "to": end.isoformat(), "left": len(left)},
        )  # fmt: skip
        returning = [b.booking_id for b in plan.back if b.is_possible]
        notices.tell_sites(
            notices.days_told([line.booking_id for line in away]),
            [t for t in notices.days_told(returning) if (t.day, t.formula) not in left],
        )
        notices.tell_change(absence_for(actor, declaration_id), left=left)
    return Changed(declaration_id, left)


def withdraw(actor: Actor, *, declaration_id: int) -> Changed:
    """Withdraws an absence until the end of its first day, whose place is still kept; places given back are taken again.

    Raises `NotFound`, `TooLateToWithdraw` (also when the limit of a later day is over: it could not be taken back).
    """
    declaration_for(actor, declaration_id)
    with write_transaction():
        declaration = locked(actor, declaration_id)
        view = absence_for(actor, declaration_id)
        back = _back_lines(actor, declaration, declaration.start)
        if not view.may_withdraw(clock.today()) or not all(b.is_possible for b in back):
            raise TooLateToWithdraw
        told = notices.days_told([b.booking_id for b in back])
        left = _come_back(declaration, back, declaration.start)
        declaration.withdrawn_at = clock.now()
        declaration.save(update_fields=["withdrawn_at"])
        audit.record(
            actor, "attendance.withdraw_absence", object_kind="absence", object_id=declaration.pk,
            household_id=declaration.household_id, payload={"bookings": len(back), "left": len(left)},
        )  # fmt: skip
        notices.tell_sites([], [t for t in told if (t.day, t.formula) not in left])
        notices.tell_withdrawn(view, left=left)
    return Changed(declaration_id, left)


def asked(actor: Actor, stamped_on: date | None) -> datetime:
    """When the family asked: now, or, at the counter, the day stamped on what it brought, from its first minute (in
    doubt, the family has the longer delay). Nobody else stamps. `StampedTomorrow`."""
    today = clock.today()
    if stamped_on is None or stamped_on == today or actor.channel is not Channel.COUNTER:
        return clock.now()
    if stamped_on > today:
        raise StampedTomorrow
    return at(stamped_on, MIDNIGHT)


# Details --------------------------------------------------------------------------------------------------------


def _refuse_twice(actor: Actor, child_ids: Collection[int], start: date, end: date, *, but: int = 0) -> None:
    live = AbsenceDeclaration.objects.filter(
        child_id__in=list(child_ids),
        household_id__in=[h.pk for h in households_for(actor)],
        withdrawn_at__isnull=True,
        start__lt=end,
        end__gt=start,
    ).exclude(pk=but)
    found = live.select_related("child").order_by("start", "id").first()
    if found is not None:
        days = notices.span(found.start, found.end - ONE_DAY)
        raise AlreadyDeclared(declaration_id=found.pk, child=found.child.first_name, days=days)


def _announce(
    actor: Actor, plan: AbsencePlan, child: ChildPlan, reason: AbsenceReason, *, signed: bool
) -> AbsenceDeclaration:
    signs = signed and any(t.proof is Proof.DECLARATION for t in child.terms)
    declaration = AbsenceDeclaration(
        child_id=child.child_id,
        household_id=child.household_id,
        start=plan.start,
        end=plan.end,
        reason=reason,
        declared_at=plan.asked_at,
        entered_at=clock.now(),
        user_id=actor.user_id,
        declared_by=actor.label,
        signed_at=plan.asked_at if signs else None,
        honour_version=HONOUR_VERSION if signs else "",
    )
    _set_terms(declaration, child.terms)
    declaration.proof_state = initial_state(Proof(declaration.needed), is_signed=signs)
    declaration.save(force_insert=True)
    AbsentBooking.objects.bulk_create(
        AbsentBooking(declaration=declaration, booking_id=line.booking_id, mark=line.mark)
        for line in child.lines
    )
    audit.record(
        actor, "attendance.declare_absence", object_kind="absence", object_id=declaration.pk,
        household_id=child.household_id,
        payload={
            "child": child.child_id, "start": plan.start.isoformat(), "end": plan.end.isoformat(),
            "bookings": len(child.lines),
        },
    )  # fmt: skip
    return declaration


def _give_back(lines: Collection[PlanLine]) -> None:
    by_mark: dict[Mark, list[int]] = {}
    for line in lines:
        by_mark.setdefault(line.mark, []).append(line.booking_id)
    bookings.give_back(
        freed=by_mark.get(Mark.FREED, []), in_time=by_mark.get(Mark.IN_TIME, []), at=clock.now()
    )


def locked(actor: Actor, declaration_id: int) -> AbsenceDeclaration:
    """The declaration, its child locked first as everywhere, then read again."""
    found = declaration_for(actor, declaration_id)
    lock_children([found.child_id])
    return declaration_for(actor, declaration_id)


def _lay_out_change(actor: Actor, declaration: AbsenceDeclaration, end: date) -> ChangePlan:
    today = clock.today()
    if end == declaration.end:
        raise SameReturn
    if end <= declaration.start:
        raise ReturnBeforeStart
    if end < declaration.end:
        if end < today:
            raise ReturnInThePast
        return ChangePlan(end, None, tuple(_back_lines(actor, declaration, end)))
    if declaration.proof_state in PROVED and declaration.needed == Proof.CERTIFICATE:
        raise ProlongAnew
    check_days(declaration.start, end, today, at_counter=True)
    _refuse_twice(actor, [declaration.child_id], declaration.end, end, but=declaration.pk)
    due = AbsentBooking.objects.filter(declaration=declaration).exclude(mark=Mark.IN_TIME)
    begun = Begun(
        declaration.start,
        frozenset(due.order_by("id").values_list("booking__slot__activity_id", "booking__date")),
    )
    added = lay_out(actor, child_ids=[declaration.child_id], start=declaration.end, end=end, begun=begun)
    return ChangePlan(end, added, ())


def _back_lines(actor: Actor, declaration: AbsenceDeclaration, start: date) -> list[BackLine]:
    """The days of an absence from `start` on, and whether each can still be taken back: booked as any day would be."""
    desk = open_desk(actor, start, max(declaration.end, start + ONE_DAY), child_ids=[declaration.child_id])
    marks = dict(
        AbsentBooking.objects.filter(declaration=declaration, booking__date__gte=start)
        .order_by("booking_id")
        .values_list("booking_id", "mark")
    )
    fine = {Timing.IN_TIME, Timing.LATE} | ({Timing.AGENT_ONLY} if desk.may_override else set())
    found = []
    for b in desk.bookings:
        mark = marks.get(b.id)
        if mark is None or mark == Mark.GIVEN_UP:
            continue
        timing, _until = desk.limits.timing(Dated(b.activity_id, b.period_id, b.day), Action.BOOK)
        kept = b.is_booked
        formula = desk.catalogue.formulas[b.formula_id].label
        found.append(BackLine(b.id, b.day, formula, kept or timing in fine, kept))
    return found


def _come_back(
    declaration: AbsenceDeclaration, back: Collection[BackLine], start: date
) -> tuple[tuple[date, str], ...]:
    """Takes back what can be; returns the days that were not. What the family had given up before stays given up."""
    possible = [b for b in back if b.is_possible]
    AbsentBooking.objects.filter(booking_id__in=[b.booking_id for b in possible]).delete()
    AbsentBooking.objects.filter(
        declaration=declaration, booking__date__gte=start, mark=Mark.GIVEN_UP
    ).delete()
    asked_for = [b.booking_id for b in possible if not b.keeps_place]
    restored = bookings.take_back(asked_for) if asked_for else set()
    return tuple(
        (b.day, b.formula)
        for b in back
        if not b.is_possible or (not b.keeps_place and b.booking_id not in restored)
    )


def _set_terms(declaration: AbsenceDeclaration, terms: Collection[Terms]) -> None:
    """What is needed for the whole absence, and until when, as its family is told."""
    needed = strictest(t.proof for t in terms)
    asked_for = [t for t in terms if t.proof is needed and needed is not Proof.NONE]
    declaration.needed = needed
    declaration.prove_by = min((t.in_time_until for t in asked_for), default=None)
    declaration.excuses_until = max((t.accepted_until for t in asked_for), default=None)


def _refresh_terms(declaration: AbsenceDeclaration) -> None:
    """The terms of an absence whose days changed. A certificate already sent keeps its answer."""
    before = declaration.needed
    _set_terms(declaration, views_of([declaration])[0].terms)
    if declaration.needed != before and declaration.document_id is None:
        signed = declaration.signed_at is not None
        declaration.proof_state = initial_state(Proof(declaration.needed), is_signed=signed)
