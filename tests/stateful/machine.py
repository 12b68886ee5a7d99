"""The machine: what is common to every act. `by_families` and `by_agents` say what may be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import time_machine
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from espace.audit.models import AuditEvent
from espace.bookings.models import Submission
from espace.bookings.queries import Recap
from espace.kernel import clock
from espace.kernel.errors import NotFound, Refusal
from espace.notifications.models import OutboxMessage
from tests.stateful import holding
from tests.stateful.amid import Amid
from tests.stateful.ledger import BOOKED, WAITS, Ledger
from tests.stateful.seen import bookings_seen, by_key, differences, pools_seen, written
from tests.stateful.small_town import LISTS, SmallTown
from tests.support.town import NOW

T = TypeVar("T")
EVERY = 12  # steps between two looks at what costs more to look at
START = NOW + timedelta(seconds=20)  # no limit is on a second twenty: none is met by chance


@dataclass
class Stage:
    """What all the lives of the machine share: the town, written once in a transaction that is never kept."""

    town: SmallTown
    clock: time_machine.Traveller
    amid: Amid
    lives: int = 0
    steps: int = 0
    refused: int = 0
    done: dict[str, int] = field(default_factory=dict)


stage: list[Stage] = []


class Machine(RuleBasedStateMachine):
    """One life of the town: an act at a time, and everything looked at after each."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = stage[-1]
        self.town = self.stage.town
        self.slots = self.town.slots
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.stage.clock.move_to(START)
        self.stage.amid.clear()
        self.stage.lives += 1
        self.number = 0
        self.frozen: holding.Frozen = {}
        self.rows = self.past = bookings_seen()
        self.before = written()
        self.forms: list[dict[str, Any]] = []
        capacity = {pool: counted[0] for pool, counted in pools_seen().items()}
        self.ledger = Ledger(
            self.slots, capacity, {s for s, (mode, _) in LISTS.items() if mode == "AUTOMATIC"}
        )

    def teardown(self) -> None:
        """What costs most is looked at once; then all is undone, whatever happened."""
        try:
            holding.all_proved()
            holding.answered_for(self.town)
            holding.billed_once(self.town, self.slots, self.rows)
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # Acts -------------------------------------------------------------------------------------------------------

    def act(self, name: str, do: Callable[[], T], said: Callable[[T], object]) -> T | None:
        """Does something as its page would; what it said goes to the ledger. A refusal must change nothing.

        Whoever waits to act amid another does so at the first that locks pools; then the ledger takes what is stored:
        only the invariants can judge.
        """
        self.tick()
        amid = self.stage.amid
        try:
            with transaction.atomic():
                result = do()
        except (Refusal, NotFound):
            amid.happened = False
            self.stage.refused += 1
            changed = differences(self.before, written())
            assert not changed, f"{name} was refused, and changed {changed}"
            return None
        self.stage.done[name] = self.stage.done.get(name, 0) + 1
        happened, amid.happened = amid.happened, False
        self.past = self.rows
        self.look()
        if happened:
            self.stage.done[f"amid {name}"] = self.stage.done.get(f"amid {name}", 0) + 1
            self.ledger.adopt(self.rows.values())
            self.ledger.capacity.update({pool: counted[0] for pool, counted in pools_seen().items()})
        else:
            said(result)
            self.ledger.settle(by_key(self.rows.values()), clock.now())
        return result

    def tick(self, minutes: int = 1) -> None:
        self.stage.clock.shift(timedelta(minutes=minutes))

    def look(self) -> None:
        self.rows = bookings_seen()

    def told(self, recap: Recap) -> None:
        """The lines of a plan that can be done, as its page said them."""
        for line in recap.fine:
            key = (line.child_id, line.slot_id)
            if line.is_add:
                self.ledger.put(key, BOOKED)
            elif line.is_wait:
                self.ledger.put(key, WAITS)
            else:
                self.ledger.drop(key)

    def acknowledged(self, submission: Submission, *, action: str = "bookings.change") -> None:
        """Whoever submits is answered: one row of the journal, and its reference in a message."""
        pk, reference = submission.pk, submission.reference
        if action == "bookings.change":
            found = AuditEvent.objects.filter(action=action, object_kind="submission", object_id=pk)
        else:
            found = AuditEvent.objects.filter(action=action, payload__reference=reference)
        assert found.count() == 1, f"{reference} is {found.count()} times in the journal"
        assert OutboxMessage.objects.filter(body__contains=reference).exists(), (
            f"{reference} was not acknowledged"
        )

    def keys(self, ids: Any) -> list[tuple[int, int]]:
        """The (child, slot) of these bookings as they stood before the act."""
        return [self.past[pk].key for pk in ids]

    # Choosing ---------------------------------------------------------------------------------------------------

    def child(self, number: int) -> int:
        return self.town.children[number].pk

    def slot_of(self, activity: str, day: date, child: int, formula: int = 0) -> int:
        """The slot of this child's own school, or of the other one when its number is odd past the formulas."""
        venues = {s.venue for s in self.slots.values() if s.activity == activity and s.day == day}
        mine = sorted(
            (s.id for s in self.slots.values() if s.activity == activity and s.day == day),
        )
        school = self.school_venue(child) if len(venues) > 1 else None
        own = [pk for pk in mine if school is None or self.slots[pk].venue == school]
        return own[formula % len(own)]

    def school_venue(self, child: int) -> int:
        """Where the child was at school when the town was made."""
        key = "tilleuls" if child in (self.child(1), self.child(4)) else "lavoir"
        return self.town.town.venues[key].pk

    def standing(self, state: tuple[str, ...], child: int | None = None) -> list[int]:
        """The bookings in these states from today on, by number."""
        today = clock.today()
        return [
            pk
            for pk, row in sorted(self.rows.items())
            if row.state in state and row.day >= today and (child is None or row.child == child)
        ]

    @property
    def now(self) -> datetime:
        return clock.now()

    # What holds -------------------------------------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        """I2, I7, I9 to I13, I15, the ledger and the proofs, after each act."""
        self.number += 1
        self.stage.steps += 1
        self.look()
        holding.as_told(self.ledger, self.rows)
        holding.places(self.ledger, self.rows, self.slots, self.now)
        holding.one_at_a_time(self.rows.values(), self.slots)
        holding.enrolled(self.rows.values(), clock.today())
        holding.frozen(self.frozen, self.rows)
        holding.proved()
        if self.number % EVERY == 0:
            holding.one_home(self.town)
            holding.billed_once(self.town, self.slots, self.rows)
        self.before = written()
