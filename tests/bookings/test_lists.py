"""What comes for a family: agenda, things to do, deadlines; and what billing pulls."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.activities.enums import Action
from espace.bookings.models import Booking
from espace.bookings.queries import (
    Overview,
    agenda_for,
    billable,
    enrolments_for,
    overview_later,
)
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference
from espace.kernel.errors import NotFound
from tests.support.cast import Character

CANTEEN = "restauration-scolaire"
DAY, SOON = date(2026, 12, 10), date(2026, 11, 27)
PARIS = ZoneInfo("Europe/Paris")
DECEMBER = (date(2026, 12, 1), date(2027, 1, 1))


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, DAY).pk)
    return child


def overview(who: Character, days: int = 7) -> Overview:
    """What the dashboard reads."""
    return overview_later(who.actor, who.children, days=days).answer


def change(
    who: Character, child: int, token: str, *, add: tuple[int, ...] = (), remove: tuple[int, ...] = ()
) -> None:
    expected = preview_changes(who.actor, child_id=child, add=add, remove=remove).digest
    apply_changes(
        who.actor, child_id=child, add=add, remove=remove, token=f"jeton-{token:0>12}", expected=expected
    )


def test_enrolled_without_a_day_is_something_to_do(alice: Character, zoe: int, town: Reference) -> None:
    (todo,) = overview(alice).todos
    assert (
        todo.sentence
        == "Inscription de Zoé à «\u00a0Restauration scolaire\u00a0»\u00a0: aucun jour n’est réservé."
    )
    change(alice, zoe, "1", add=(town.slot(CANTEEN, DAY).pk,))
    assert overview(alice).todos == []


def test_a_request_that_waits_is_told(alice: Character, town: Reference) -> None:
    period = next(p for (slug, _), p in town.periods.items() if slug == "vacances-sport" and p.end > DAY)
    enrol(alice.actor, child_id=alice.children[0].pk, period_id=period.pk)
    (todo,) = overview(alice).todos
    assert todo.is_pending
    assert [e.activity.slug for e in enrolments_for(alice.actor)] == ["vacances-sport"]


def test_the_agenda_is_the_family_s_own(
    alice: Character, charlie: Character, zoe: int, town: Reference
) -> None:
    change(alice, zoe, "1", add=(town.slot(CANTEEN, DAY).pk, town.slot(CANTEEN, SOON).pk))
    (entry,) = agenda_for(alice.actor, [zoe], *DECEMBER)
    assert (entry.child, entry.day, entry.formula, entry.venue) == (
        "Zoé",
        DAY,
        "Repas",
        "École élémentaire du Lavoir",
    )
    assert [e.day for e in overview(alice, 7).entries] == [SOON]
    assert overview(charlie, 30).entries == []
    with pytest.raises(NotFound):
        agenda_for(charlie.actor, [zoe], *DECEMBER)


def test_each_parent_s_agenda_holds_their_own_days(alice: Character, bob: Character, town: Reference) -> None:
    tom = alice.children[1].pk
    enrol(alice.actor, child_id=tom, period_id=town.period(CANTEEN, DAY).pk)
    change(alice, tom, "1", add=(town.slot(CANTEEN, DAY, venue="tilleuls").pk,))
    assert len(agenda_for(alice.actor, [tom], *DECEMBER)) == 1
    assert agenda_for(bob.actor, [tom], *DECEMBER) == []


def test_the_limits_that_come(alice: Character, zoe: int, town: Reference) -> None:
    change(alice, zoe, "1", add=(town.slot(CANTEEN, SOON).pk,))
    first = overview(alice, 3).deadlines[0]
    assert (first.action, first.day, first.children) == (Action.BOOK, date(2026, 12, 10), ("Zoé",)) or (
        first.at <= datetime(2026, 11, 25, 12, 0, tzinfo=PARIS)
    )
    cancel = next(d for d in overview(alice, 3).deadlines if d.action is Action.CANCEL)
    assert (cancel.at, cancel.day) == (datetime(2026, 11, 25, 12, 0, tzinfo=PARIS), SOON)


def test_billing_pulls_what_may_cost(alice: Character, zoe: int, town: Reference) -> None:
    slots = [town.slot(CANTEEN, date(2026, 12, n)).pk for n in (10, 11, 14)]
    change(alice, zoe, "1", add=tuple(slots))
    by_day = {b.date.day: b.pk for b in Booking.objects.order_by("id")}
    change(alice, zoe, "2", remove=(by_day[14],))  # in time: nothing is due
    with time_machine.travel(datetime(2026, 12, 9, 10, 0, tzinfo=PARIS), tick=False):
        change(alice, zoe, "3", remove=(by_day[10],))  # late: still due
    found = {b.day.day: b for b in billable(town.office.pk, *DECEMBER)}
    assert set(found) == {10, 11}
    assert found[10].cancel_timing == "LATE"
    assert found[11].limit == datetime(2026, 11, 26, 23, 59, 59, tzinfo=PARIS)


def test_a_day_cancelled_late_then_booked_again_is_owed_once(
    alice: Character, zoe: int, town: Reference
) -> None:
    slot = town.slot(CANTEEN, DAY).pk
    change(alice, zoe, "1", add=(slot,))
    with time_machine.travel(datetime(2026, 12, 9, 10, 0, tzinfo=PARIS), tick=False):
        change(alice, zoe, "2", remove=(Booking.objects.get().pk,))
        change(alice, zoe, "3", add=(slot,))
    (owed,) = billable(town.office.pk, *DECEMBER)
    assert owed.state == "CONFIRMED"
