"""What families do on the portal, or an agent at the counter for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from espace.attendance.enums import AbsenceReason, Mark
from espace.attendance.models import AbsenceDeclaration
from espace.attendance.queries.planning import AbsencePlan
from espace.attendance.services import (
    Changed,
    ChangePlan,
    change_return,
    declare_absence,
    lay_out_change,
    preview_absence,
    withdraw,
)
from espace.bookings.enums import WeekRule
from espace.bookings.errors import NothingToChange
from espace.bookings.models import Enrolment, Submission
from espace.bookings.queries import Recap, request_for, window_of
from espace.bookings.services import (
    accept_offer,
    apply_changes,
    apply_pattern,
    decline_offer,
    enrol,
    leave_list,
    preview_changes,
    preview_pattern,
)
from espace.kernel import clock
from espace.kernel.actor import Actor
from tests.stateful.ledger import BOOKED
from tests.stateful.machine import Machine
from tests.stateful.seen import EXPECTED
from tests.stateful.small_town import CANTEEN, DAYS, EVENING
from tests.support.waiting import WEDNESDAY

CHILD, WHO = st.integers(0, 4), st.integers(0, 3)
DAY = st.integers(0, len(DAYS) - 1)
FORMULA = st.integers(0, 3)
PICK = st.integers(0, 30)
YES = st.booleans()
REASON = "Demande reçue au guichet"
NOON_MEAL, WEDNESDAYS = 0, 2


class ByFamilies(Machine):
    """Booking, cancelling, weekly patterns, waiting lists, absences."""

    tokens = 0

    def token(self) -> str:
        ByFamilies.tokens += 1
        return f"jeton-machine-{ByFamilies.tokens:08d}"

    def place_of(self, child: int, day: date, evening: bool, formula: int) -> int:
        activity = WEDNESDAY if day.weekday() == WEDNESDAYS else EVENING if evening else CANTEEN
        return self.slot_of(activity, day, child, formula)

    # Days -------------------------------------------------------------------------------------------------------

    @rule(child=CHILD, who=WHO, day=DAY, evening=YES, formula=FORMULA, wait=YES, again=YES)
    def books(
        self, child: int, who: int, day: int, evening: bool, formula: int, wait: bool, again: bool
    ) -> None:
        pk = self.child(child)
        slot = self.place_of(pk, DAYS[day], evening, formula)
        self.change(pk, self.town.who(pk, who), [slot], [], wait=wait, again=again)

    @rule(child=CHILD, who=WHO, pick=PICK)
    def cancels(self, child: int, who: int, pick: int) -> None:
        pk = self.child(child)
        own = self.standing((*EXPECTED, "WAITLISTED"), pk)
        if own:
            self.change(pk, self.town.who(pk, who), [], [own[pick % len(own)]], wait=False)

    @rule(child=CHILD, who=WHO, pick=PICK, day=DAY, evening=YES, formula=FORMULA, free=YES)
    def changes_one_for_another(
        self, child: int, who: int, pick: int, day: int, evening: bool, formula: int, free: bool
    ) -> None:
        pk = self.child(child)
        own = self.standing(EXPECTED, pk)
        if own:
            slot = self.place_of(pk, DAYS[day], evening, formula)
            self.change(pk, self.town.who(pk, who), [slot], [own[pick % len(own)]], wait=True, free=free)

    @rule(child=CHILD, day=DAY, evening=YES, ago=st.integers(1, 30))
    def left_at_the_counter(self, child: int, day: int, evening: bool, ago: int) -> None:
        """An agent keys a request with the date stamped on it."""
        pk = self.child(child)
        slot = self.place_of(pk, DAYS[day], evening, 0)
        stamped = clock.now() - timedelta(days=ago)
        self.change(pk, self.town.who(pk, 2), [slot], [], wait=True, more={"stamped_at": stamped})

    def change(
        self, child: int, actor: Actor, add: list[int], remove: list[int], *, wait: bool, free: bool = False,
        again: bool = False, more: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Shown, then confirmed as shown; the same form sent twice is one."""
        asked: dict[str, Any] = {"child_id": child, "add": add, "remove": remove, **(more or {})}
        sent = {"wait": wait, "what_is_free": free, "reason": REASON, "token": self.token()}
        self.send(actor, asked, sent, again=again)

    def send(
        self,
        actor: Actor,
        asked: dict[str, Any],
        sent: dict[str, Any],
        *,
        again: bool = False,
        expected: str = "",
    ) -> None:
        def do() -> tuple[Recap, Submission]:
            recap = preview_changes(actor, **asked)
            done = apply_changes(actor, **asked, **sent, expected=expected or recap.digest)
            if again:
                assert apply_changes(actor, **asked, **sent, expected="") == done
            return recap, done

        def said(result: tuple[Recap, Submission]) -> None:
            recap, done = result
            self.told(recap.with_waiting() if sent["wait"] else recap)
            self.acknowledged(done)

        self.act("change", do, said)

    # A form left open -------------------------------------------------------------------------------------------

    @rule(child=CHILD, who=WHO, day=DAY, evening=YES, formula=FORMULA, month=YES, pick=PICK)
    def opens_a_form(
        self, child: int, who: int, day: int, evening: bool, formula: int, month: bool, pick: int
    ) -> None:
        """What was shown now is sent later, when others may have acted."""
        pk = self.child(child)
        actor = self.town.who(pk, who)
        own = self.standing(EXPECTED, pk)
        asked: dict[str, Any] = {
            "child_id": pk, "add": [self.place_of(pk, DAYS[day], evening, formula)],
            "remove": [own[pick % len(own)]] if own and pick % 2 else [],
        }  # fmt: skip

        def do() -> dict[str, Any]:
            if month:
                window = window_of(DAYS[day])
                shown = preview_changes(actor, **asked, seen={}, window=window)
                asked.update(
                    seen={slot: booking for (_, slot), booking in shown.standing.items()}, window=window
                )
            return {"actor": actor, "asked": asked, "expected": preview_changes(actor, **asked).digest}

        self.act("open", do, lambda form: self.forms.insert(0, form))

    @rule(pick=st.integers(0, 2), wait=YES, free=YES)
    def sends_an_open_form(self, pick: int, wait: bool, free: bool) -> None:
        if not self.forms:
            return
        form = self.forms.pop(pick % len(self.forms))
        sent = {"wait": wait, "what_is_free": free, "reason": REASON, "token": self.token()}
        self.send(form["actor"], form["asked"], sent, expected=form["expected"])

    # The week ---------------------------------------------------------------------------------------------------

    @rule(
        child=CHILD, who=WHO, first=DAY, weeks=st.sampled_from(WeekRule), wait=YES, free=YES,
        chosen=st.sets(st.tuples(st.integers(0, 4), st.booleans(), FORMULA), max_size=4),
    )  # fmt: skip
    def sets_a_week(
        self, child: int, who: int, first: int, weeks: WeekRule, wait: bool, free: bool,
        chosen: set[tuple[int, bool, int]],
    ) -> None:  # fmt: skip
        """A weekly pattern; run again, it has nothing left to do (I8)."""
        pk = self.child(child)
        actor = self.town.who(pk, who)
        rows = Enrolment.objects.filter(child_id=pk, state__in=("PENDING", "ACCEPTED")).order_by("id")
        days = sorted({(weekday, self._formula(weekday, late, formula)) for weekday, late, formula in chosen})
        asked: dict[str, Any] = {
            "enrolment_ids": [row.pk for row in rows], "days": days, "from_day": DAYS[first], "week_rule": weeks,
        }  # fmt: skip
        sent: dict[str, Any] = {"wait": wait, "what_is_free": free, "reason": REASON, "token": self.token()}

        def do() -> Recap:
            recap = preview_pattern(actor, **asked)
            self.acknowledged(apply_pattern(actor, **asked, **sent, expected=recap.digest))
            self._has_nothing_left(actor, asked)
            return recap.with_waiting() if wait else recap

        self.act("pattern", do, self.told)

    def _has_nothing_left(self, actor: Actor, asked: dict[str, Any]) -> None:
        try:
            again = preview_pattern(actor, **asked)
        except NothingToChange:
            return
        assert not again.fine, (
            f"I8: run again, the pattern does {[(li.kind, li.day, li.formula) for li in again.fine]}"
        )

    def _formula(self, weekday: int, evening: bool, number: int) -> int:
        formulas = self.town.town.formulas
        if weekday == WEDNESDAYS:
            of = sorted(f.pk for (slug, _), f in formulas.items() if slug == WEDNESDAY)
            return of[number % len(of)]
        return formulas[EVENING, "SOIR"].pk if evening else formulas[CANTEEN, "REPAS"].pk

    # Waiting lists ----------------------------------------------------------------------------------------------

    @rule(pick=PICK, who=WHO)
    def accepts(self, pick: int, who: int) -> None:
        found = self.standing(("OFFERED",))
        if not found:
            return
        pk = found[pick % len(found)]
        actor = self.town.who(self.rows[pk].child, who)

        def do() -> Submission:
            recap = request_for(actor, pk).recap
            return accept_offer(actor, booking_id=pk, expected=recap.digest if recap else "")

        def said(done: Submission) -> None:
            self.ledger.put(self.rows[pk].key, BOOKED)
            self.acknowledged(done, action="bookings.accept_offer")

        self.act("accept", do, said)

    @rule(pick=PICK, who=WHO, leave=YES)
    def lets_pass(self, pick: int, who: int, leave: bool) -> None:
        """Declines what is offered, or leaves the list."""
        found = self.standing(("WAITLISTED",) if leave else ("OFFERED",))
        if not found:
            return
        pk = found[pick % len(found)]
        actor = self.town.who(self.rows[pk].child, who)
        end = leave_list if leave else decline_offer
        self.act(
            end.__name__, lambda: end(actor, booking_id=pk), lambda _: self.ledger.drop(self.rows[pk].key)
        )

    # Enrolment --------------------------------------------------------------------------------------------------

    @rule(child=CHILD, who=WHO, slug=st.sampled_from((CANTEEN, EVENING, WEDNESDAY)))
    def enrols(self, child: int, who: int, slug: str) -> None:
        pk = self.child(child)
        period = self.town.town.period(slug, DAYS[0]).pk
        self.act(
            "enrol", lambda: enrol(self.town.who(pk, who), child_id=pk, period_id=period), lambda _: None
        )

    # Absences ---------------------------------------------------------------------------------------------------

    @rule(child=CHILD, who=WHO, first=st.integers(0, 20), days=st.integers(1, 6), signed=YES)
    def is_away(self, child: int, who: int, first: int, days: int, signed: bool) -> None:
        pk = self.child(child)
        actor = self.town.who(pk, who)
        start = clock.today() + timedelta(days=first)
        asked: dict[str, Any] = {"child_ids": [pk], "start": start, "end": start + timedelta(days=days)}

        def do() -> AbsencePlan:
            plan = preview_absence(actor, **asked)
            declare_absence(actor, **asked, reason=AbsenceReason.ILLNESS, expected=plan.digest, signed=signed)
            return plan

        self.act("absence", do, self._gives_back)

    @rule(pick=PICK, who=WHO, days=st.integers(-6, 6))
    def comes_back_another_day(self, pick: int, who: int, days: int) -> None:
        declaration = self._absence(pick)
        if declaration is None:
            return
        actor = self.town.who(declaration.child_id, who)
        end = declaration.end + timedelta(days=days)

        def do() -> tuple[ChangePlan, Changed]:
            plan = lay_out_change(actor, declaration_id=declaration.pk, end=end)
            return plan, change_return(actor, declaration_id=declaration.pk, end=end, expected=plan.digest)

        def said(result: tuple[ChangePlan, Changed]) -> None:
            plan, changed = result
            if plan.added is not None:
                self._gives_back(plan.added)
            for line in plan.back:
                taken = (
                    line.is_possible and not line.keeps_place and (line.day, line.formula) not in changed.left
                )
                if taken:
                    self.ledger.put(self.rows[line.booking_id].key, BOOKED)

        self.act("return", do, said)

    @rule(pick=PICK, who=WHO)
    def withdraws_an_absence(self, pick: int, who: int) -> None:
        declaration = self._absence(pick)
        if declaration is None:
            return
        actor = self.town.who(declaration.child_id, who)
        gone = set(
            declaration.marks.filter(mark__in=("FREED", "IN_TIME"))
            .order_by("booking_id")
            .values_list("booking_id", flat=True)
        )

        def said(changed: Changed) -> None:
            left = set(changed.left)
            for pk in gone:
                row = self.rows[pk]
                if (row.day, self.slots[row.slot].label) not in left:
                    self.ledger.put(row.key, BOOKED)

        self.act("withdraw", lambda: withdraw(actor, declaration_id=declaration.pk), said)

    def _absence(self, pick: int) -> AbsenceDeclaration | None:
        live = list(AbsenceDeclaration.objects.filter(withdrawn_at=None).order_by("id"))
        return live[pick % len(live)] if live else None

    def _gives_back(self, plan: AbsencePlan) -> None:
        gone = [line.booking_id for line in plan.lines if line.mark in (Mark.FREED, Mark.IN_TIME)]
        self.ledger.drop(*self.keys(gone))
