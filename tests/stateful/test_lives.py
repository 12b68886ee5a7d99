"""No life of the town breaks an invariant, whatever its families and agents do, in whatever order.

The machine (`by_families`, `by_agents`) acts through the services; after each act, on the rows themselves:

- I1: a child has at least one party with authority. I2: for each child and date, one responsible household.
- I7: 0 ≤ taken ≤ capacity. I8: a pattern run again does nothing. I9: one active booking per child and slot.
- I10: confirmed, pending and offered = taken ≤ capacity. I11: a freed place is offered to the first who waits, in the
  same transaction. I12: no two overlapping bookings of a child. I13: `is_late` and its rule are frozen when booked.
- I15: one outcome, one effect, once for each child and slot.

What the families were told is kept in a dictionary (`ledger`), and the database must say the same; a refusal changes
nothing in any table; a submission has its row in the journal and its message; every `preuve` is silent.
I3 to I6 and I14 are not of this machine: docs/rules/invariants.md says which test holds each.
"""

from __future__ import annotations

import os
import secrets
import time

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.by_agents import ByAgents
from tests.stateful.machine import Stage

pytestmark = pytest.mark.django_db

FEW, STEPS = 6, 40
SHARDS = 10
DEEP = int(os.environ.get("ESPACE_LIVES", "2000"))
DEEP_STEPS = 60
QUICK = settings(
    deadline=None, database=None, print_blob=True, stateful_step_count=STEPS, max_examples=FEW, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def live(lived: Stage, wanted: settings, number: int | None = None) -> None:
    """Runs the lives, and says how many, from which seed, and what was done in them."""
    before, started = (lived.lives, lived.steps), time.perf_counter()

    class Lives(ByAgents):
        """A machine of its own: the seed is the class's."""

    if number is not None:
        print(f"\nseed {number} (ESPACE_SEED={number} lives it again)")
        seed(number)(Lives)
    run_state_machine_as_test(Lives, settings=wanted)
    lives, steps = lived.lives - before[0], lived.steps - before[1]
    print(
        f"{lives} lives, {steps} steps, {time.perf_counter() - started:.0f} s, {lived.refused} refusals; {lived.done}"
    )


def test_a_few_lives(lived: Stage) -> None:
    """The same ones each time: what fails here failed before the merge."""
    live(lived, QUICK)


@pytest.mark.deep
@pytest.mark.parametrize("shard", range(SHARDS))
def test_many_lives(lived: Stage, shard: int) -> None:
    """2,000 lives of sixty acts in all (`ESPACE_LIVES` asks for another number), new ones each time; the seed is printed."""
    given = os.environ.get("ESPACE_SEED")
    number = int(given) + shard if given else secrets.randbelow(2**32)
    many = settings(
        QUICK, max_examples=max(DEEP // SHARDS, 1), stateful_step_count=DEEP_STEPS, derandomize=False,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )  # fmt: skip
    live(lived, many, number)
