"""What agents do, and the time that passes: events, custody, schools, enrolments, places, months."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from espace.activities.enums import EventEffect, EventKind, EventScope
from espace.activities.models import CollectiveEvent
from espace.activities.rules import EventDraft, Reach
from espace.attendance.services import close_month
from espace.bookings.models import Enrolment
from espace.bookings.queries import (
    CustodyPreview,
    Departure,
    MovePreview,
    NewSchool,
    custody_preview_for,
    event_preview_for,
    move_preview_for,
    undo_preview_for,
)
from espace.bookings.queries.events import EventPlan
from espace.bookings.queries.undoing import UndoPlan
from espace.bookings.services import (
    change_custody,
    close_lists,
    decide_enrolment,
    declare_event,
    expire_offers,
    move_child,
    offer_place,
    set_places,
    undo_event,
)
from espace.families.enums import CustodyKind
from espace.families.models import CustodyException as StoredException
from espace.families.rules import (
    Custody,
    CustodyChange,
    CustodyException,
    EndException,
    NewArrangement,
    NewException,
    Rhythm,
    cycle_of,
)
from espace.kernel.calendar import monday_of
from espace.kernel.errors import NotFound, Refusal
from tests.stateful.by_families import CHILD, DAY, PICK, REASON, YES, ByFamilies
from tests.stateful.ledger import AS_STORED, OFFERED
from tests.stateful.seen import ACTIVE
from tests.stateful.small_town import CANTEEN, DAYS, EVENING
from tests.support.waiting import WEDNESDAY

SCOPES = st.sampled_from(EventScope)
EFFECTS = st.sampled_from(EventEffect)
ACTIVITIES = st.sampled_from((None, CANTEEN, EVENING, WEDNESDAY))
HOURS = st.sampled_from((1, 5, 12, 24, 25, 49))


class ByAgents(ByFamilies):
    """Everything that the guichet, the régie and the worker do."""

    # Time -------------------------------------------------------------------------------------------------------

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        """Three weeks and a half at most: after them, nothing is left to book."""
        self.tick(60 * hours)

    @rule()
    def worker_passes(self) -> None:
        """Ends the offers that nobody answered, and the lists that are over."""

        def said(_: object) -> None:
            self.ledger.drop(*self.ledger.over(self.now))

        self.act("expire", expire_offers, said)
        self.act("close lists", close_lists, lambda _: self.ledger.drop(*self.ledger.ended(self.now)))

    # Events -----------------------------------------------------------------------------------------------------

    def draft(
        self, effect: EventEffect, scope: EventScope, activity: str | None, day: int, days: int
    ) -> EventDraft:
        town = self.town.town
        venue, other = town.venues["lavoir"].pk, town.venues["tilleuls"].pk
        of = {
            EventScope.TOWN: None,
            EventScope.SCHOOL: town.schools["lavoir"].pk,
            EventScope.CLASS: next(c.pk for (key, _), c in town.classes.items() if key == "lavoir"),
            EventScope.VENUE: venue,
            EventScope.ACTIVITY: town.activities[activity or CANTEEN].pk,
        }[scope]
        to = other if effect is EventEffect.MOVED else None
        chosen = town.activities[activity].pk if activity else None
        if scope is EventScope.ACTIVITY:
            chosen = of
        start = DAYS[day]
        reach = Reach(scope, of, chosen, start, start + timedelta(days=days), to)
        return EventDraft(reach, EventKind.STRIKE, effect, "Grève nationale")

    @rule(effect=EFFECTS, scope=SCOPES, activity=ACTIVITIES, day=DAY, days=st.integers(1, 2), left_out=YES)
    def declares_an_event(
        self,
        effect: EventEffect,
        scope: EventScope,
        activity: str | None,
        day: int,
        days: int,
        left_out: bool,
    ) -> None:
        if effect is EventEffect.MOVED:
            scope = EventScope.VENUE
        draft = self.draft(effect, scope, activity, day, days)

        def do() -> EventPlan | None:
            plan = event_preview_for(self.town.denise, draft).plan
            done = declare_event(self.town.denise, draft=draft, cancel_left_out=left_out)
            return plan if done.is_new else None

        def said(plan: EventPlan | None) -> None:
            if plan is None:
                return
            self.ledger.drop(*self.keys(b.id for b in plan.cancelled))
            for pk, seat in plan.seats.items():
                child = self.rows[pk].child
                self.ledger.move(self._was(pk), seat.slot_id)
                assert (child, seat.slot_id) in self.ledger.standing

        self.act("event", do, said)

    @rule(pick=PICK)
    def undoes_an_event(self, pick: int) -> None:
        live = list(CollectiveEvent.objects.filter(undone_at=None).order_by("id"))
        if not live:
            return
        event = live[pick % len(live)].pk

        def do() -> UndoPlan:
            plan = undo_preview_for(self.town.denise, event).plan
            undo_event(self.town.denise, event_id=event)
            return plan

        def said(plan: UndoPlan) -> None:
            for booking in plan.back:
                child, home = booking.row.child_id, booking.home.slot_id
                if booking.is_moved:
                    self.ledger.move(self._was(booking.id), home)
                else:
                    state = AS_STORED[booking.comes_back_as]
                    assert state != OFFERED, "an offer does not outlive the event that ended it"
                    self.ledger.put((child, home), state)

        self.act("undo", do, said)

    def _was(self, booking: int) -> tuple[int, int]:
        """Where a booking stood before the act under way."""
        return self.past[booking].key

    # Custody ----------------------------------------------------------------------------------------------------

    @rule(
        child=st.integers(0, 1), day=DAY, cancel=YES, days=st.integers(1, 14), swapped=YES, pick=PICK,
        how=st.sampled_from(("single", "cycle", "parity", "exception", "end")),
    )  # fmt: skip
    def changes_custody(
        self, child: int, day: int, cancel: bool, days: int, swapped: bool, pick: int, how: str
    ) -> None:
        pk = self.child(child)
        homes = [self.town.homes[1].pk, self.town.homes[0].pk][:: -1 if swapped else 1]
        change = self._custody(pk, homes, how, DAYS[day], days, pick)
        if change is None:
            return

        def do() -> CustodyPreview:
            preview = custody_preview_for(self.town.denise, pk, change)
            change_custody(
                self.town.denise,
                child_id=pk,
                change=change,
                expected=preview.digest,
                cancel=cancel,
                reason=REASON,
            )
            return preview

        def said(preview: CustodyPreview) -> None:
            if cancel:
                self.ledger.drop(*self.keys(m.booking_id for m in preview.moved))

        self.act("custody", do, said)

    def _custody(
        self, child: int, homes: list[int], how: str, day: date, days: int, pick: int
    ) -> CustodyChange | None:
        if how == "exception":
            return NewException(CustodyException(day, day + timedelta(days=days), homes[0]))
        if how == "end":
            rows = list(StoredException.objects.filter(child_id=child).order_by("id"))
            row = rows[pick % len(rows)] if rows else None
            return EndException(row.pk, row.start) if row else None
        custody = {
            "single": Custody(CustodyKind.SINGLE, (homes[0],)),
            "cycle": Custody(CustodyKind.CYCLE, cycle_of(Rhythm.ALTERNATE_WEEKS, *homes), monday_of(day)),
            "parity": Custody(CustodyKind.ISO_PARITY, tuple(homes)),
        }[how]
        return NewArrangement(custody, day)

    # School -----------------------------------------------------------------------------------------------------

    @rule(child=CHILD, day=DAY, how=st.sampled_from(("lavoir", "tilleuls", "tilleuls", "class", "away")))
    def changes_school(self, child: int, day: int, how: str) -> None:
        pk = self.child(child)
        town = self.town.town
        change: NewSchool | Departure
        if how == "away":
            change = Departure(DAYS[day])
        elif how == "class":
            key, its_class = next((k[0], c) for k, c in town.classes.items())
            change = NewSchool(town.schools[key].pk, its_class.pk, DAYS[day])
        else:
            change = NewSchool(town.schools[how].pk, None, DAYS[day])

        def do() -> MovePreview:
            preview = move_preview_for(self.town.denise, pk, change)
            move_child(self.town.denise, child_id=pk, change=change, expected=preview.digest, reason=REASON)
            return preview

        def said(preview: MovePreview) -> None:
            self.ledger.drop(*(self._was(d.booking_id) for d in preview.kept_out))
            for moved in preview.moved:
                assert moved.slot is not None
                self.ledger.move(self._was(moved.booking_id), moved.slot.id)

        self.act("move", do, said)

    # Enrolments, places, months -----------------------------------------------------------------------------------

    @rule(pick=PICK, accept=YES)
    def decides(self, pick: int, accept: bool) -> None:
        waiting = list(Enrolment.objects.filter(state="PENDING").order_by("id").values_list("id", flat=True))
        if not waiting:
            return
        enrolment = waiting[pick % len(waiting)]
        rows = Enrolment.objects.get(pk=enrolment).bookings.filter(state__in=ACTIVE).order_by("id")
        days = list(rows.values_list("id", flat=True))

        def said(_: object) -> None:
            if not accept:
                self.ledger.drop(*self.keys(days))

        self.act(
            "decide",
            lambda: decide_enrolment(self.town.denise, enrolment_id=enrolment, accept=accept, reason=REASON),
            said,
        )

    @rule(slug=st.sampled_from((CANTEEN, EVENING, WEDNESDAY)), child=CHILD, day=DAY, places=st.integers(0, 3))
    def sets_places(self, slug: str, child: int, day: int, places: int) -> None:
        if (slug == WEDNESDAY) != (DAYS[day].weekday() == 2):
            return
        pool = self.slots[self.slot_of(slug, DAYS[day], self.child(child))].pool
        self.act(
            "places",
            lambda: set_places(self.town.denise, pool_id=pool, capacity=places, waitlist_capacity=None),
            lambda _: self.ledger.capacity.__setitem__(pool, places),
        )

    @rule(pick=PICK)
    def offers_a_place(self, pick: int) -> None:
        found = self.standing(("WAITLISTED",))
        if not found:
            return
        pk = found[pick % len(found)]

        def said(_: object) -> None:
            key = self.rows[pk].key
            self.ledger.standing[key] = OFFERED
            self.ledger.until[key] = self.ledger.answer_until(key[1], self.now)

        self.act("offer", lambda: offer_place(self.town.denise, booking_id=pk, reason=REASON), said)

    @rule()
    def closes_the_month(self) -> None:
        office = self.town.town.office.pk
        self.act(
            "month",
            lambda: close_month(self.town.remi, cash_office_id=office, month=date(2026, 11, 1)),
            lambda _: None,
        )

    # Two users at once ------------------------------------------------------------------------------------------

    @rule(
        what=st.sampled_from(("event", "expire", "places", "offer")), effect=EFFECTS, scope=SCOPES,
        activity=ACTIVITIES, day=DAY, places=st.integers(0, 3), pick=PICK,
    )  # fmt: skip
    def someone_else_acts_amid_the_next(
        self,
        what: str,
        effect: EventEffect,
        scope: EventScope,
        activity: str | None,
        day: int,
        places: int,
        pick: int,
    ) -> None:
        """Only who needs no lock but those of pools: between a plan and its locks, they would get through."""
        if effect is EventEffect.MOVED:
            scope = EventScope.VENUE
        draft = self.draft(effect, scope, activity, day, 1)
        waiting = self.standing(("WAITLISTED",))
        slug = (
            WEDNESDAY if DAYS[day].weekday() == 2 else activity if activity in (CANTEEN, EVENING) else CANTEEN
        )
        pool = self.slots[self.slot_of(slug, DAYS[day], self.child(pick % 5))].pool

        def intrude() -> None:
            acts: dict[str, Any] = {
                "event": lambda: declare_event(self.town.denise, draft=draft, cancel_left_out=True),
                "expire": expire_offers,
                "places": lambda: set_places(
                    self.town.denise, pool_id=pool, capacity=places, waitlist_capacity=None
                ),
            }
            if waiting:
                acts["offer"] = partial(
                    offer_place, self.town.denise, booking_id=waiting[pick % len(waiting)], reason=REASON
                )
            try:
                if what in acts:
                    acts[what]()
            except (Refusal, NotFound):
                return

        self.stage.amid.set(intrude)
