"""The machine can fail: a guard taken away, the shortest life that needed it, and what the machine says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from espace.activities.enums import EventEffect, EventScope
from tests.stateful.by_agents import ByAgents
from tests.stateful.machine import Stage
from tests.stateful.small_town import CANTEEN

pytestmark = pytest.mark.django_db
SERVICES = "espace.bookings.services"
ZOE, LINA = 0, 2
WEDNESDAY, THURSDAY = 4, 5  # of the machine’s days: 9 and 10 December
Life = Callable[[ByAgents], None]


@pytest.fixture
def town(lived: Stage) -> Iterator[ByAgents]:
    one = ByAgents()
    one.everything_holds()
    yield one
    one.stage.amid.clear()
    one.teardown()


def books(town: ByAgents, child: int, day: int, *, wait: bool = False) -> None:
    town.books(child=child, who=0, day=day, evening=False, formula=0, wait=wait, again=False)


def waits_then_is_freed(town: ByAgents) -> None:
    """Zoé has the only place of a Wednesday, Lina waits for it; Zoé gives it up."""
    books(town, ZOE, WEDNESDAY)
    books(town, LINA, WEDNESDAY, wait=True)
    town.cancels(child=ZOE, who=0, pick=0)


def leaves_the_list(town: ByAgents) -> None:
    books(town, ZOE, WEDNESDAY)
    books(town, LINA, WEDNESDAY, wait=True)
    town.lets_pass(pick=0, who=0, leave=True)


def is_closed(town: ByAgents) -> None:
    books(town, ZOE, THURSDAY)
    event(town)


def event(town: ByAgents) -> None:
    town.declares_an_event(
        effect=EventEffect.CLOSED,
        scope=EventScope.TOWN,
        activity=CANTEEN,
        day=THURSDAY,
        days=1,
        left_out=False,
    )


GUARDS: dict[str, tuple[Life, str, Callable[..., Any]]] = {
    "not as told": (waits_then_is_freed, f"{SERVICES}.submitting.offer_freed", lambda pools: 0),
    "I10: pool": (leaves_the_list, f"{SERVICES}.answering.move_waiting", lambda deltas: None),
    "I10: ": (is_closed, f"{SERVICES}.events.recount", lambda pools: None),
}


@pytest.mark.parametrize("said", GUARDS)
def test_without_its_guard_an_invariant_breaks(
    town: ByAgents, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    live, guard, nothing = GUARDS[said]
    monkeypatch.setattr(guard, nothing)
    live(town)
    with pytest.raises(AssertionError, match=said):
        town.everything_holds()


@pytest.mark.parametrize("said", GUARDS)
def test_with_it_the_same_life_holds(town: ByAgents, said: str) -> None:
    GUARDS[said][0](town)
    town.everything_holds()
