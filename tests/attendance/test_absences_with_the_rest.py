"""Absences beside what else is known of a day: the families who wait for its place, and a strike that makes it free."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from espace.activities.enums import EventEffect, WaitingMode
from espace.activities.models import Slot
from espace.attendance import services
from espace.attendance.enums import BillingEffect
from espace.attendance.models import AbsenceDeclaration
from espace.attendance.queries import consumption
from espace.bookings.enums import BookingState
from espace.bookings.models import Booking
from espace.bookings.queries.proof import preuve
from espace.bookings.services import declare_event
from espace.demo.town import Reference
from espace.families.models import Person
from espace.kernel.actor import Permission
from espace.notifications.models import OutboxMessage
from tests.support.absences import FRIDAY, MONDAY, THURSDAY, UPLOAD, announce, move, week
from tests.support.cast import Character, make_agent
from tests.support.events import draft
from tests.support.waiting import DAY, Waiter, full_day, pool_of, ranks, three_for_one, with_list

# Families who wait ------------------------------------------------------------------------------------------------


@pytest.fixture
def slot(town: Reference) -> Slot:
    with_list()
    return full_day(town, places=1)


@pytest.fixture
def families(town: Reference, slot: Slot, frozen: Any) -> list[Waiter]:
    """Ana has the only place; Ben, then Cléo, wait for it. It is eight days before."""
    found = three_for_one(town, slot, frozen)
    frozen.move_to("2026-12-08 09:00:00+01:00")
    return found


def away_on_the_full_day(one: Waiter) -> AbsenceDeclaration:
    """From the eve to the morrow."""
    child = Person.objects.get(pk=one.child)
    (declaration,) = announce(one.actor, [child], DAY - timedelta(days=1), DAY + timedelta(days=1))
    return declaration


def test_a_place_freed_by_an_absence_is_offered_to_the_first_who_waits(
    families: list[Waiter], slot: Slot
) -> None:
    ana, ben, cleo = families
    away_on_the_full_day(ana)
    assert [one.booking.state for one in families] == ["CANCELLED", "OFFERED", "WAITLISTED"]
    assert ranks([cleo]) == [1]
    assert pool_of(slot) == (1, 1, 1)
    assert OutboxMessage.objects.get(kind="bookings.offer").recipient == ben.email
    assert preuve() == []


@pytest.mark.parametrize("mode", [WaitingMode.AUTOMATIC, WaitingMode.BY_AGENT])
def test_coming_back_sooner_takes_no_place_that_families_wait_for(
    families: list[Waiter], slot: Slot, mode: WaitingMode
) -> None:
    """Neither the one offered meanwhile, nor the one that an agent has not offered yet."""
    with_list(mode)
    ana, ben, _cleo = families
    declaration = away_on_the_full_day(ana)
    before = pool_of(slot)
    back = move(ana.actor, declaration, DAY)
    assert back.left == ((DAY, "Journée"),)
    assert ana.booking.state == BookingState.CANCELLED
    assert pool_of(slot) == before
    assert ben.booking.state == ("OFFERED" if mode is WaitingMode.AUTOMATIC else "WAITLISTED")
    assert preuve() == []


# A strike ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def struck(
    alice: Character, denise: Character, town: Reference, frozen: time_machine.Traveller
) -> tuple[AbsenceDeclaration, list[Booking]]:
    """Away from four meals, announced too late to give them up; the second day is free for all because of a strike."""
    frozen.move_to("2026-11-26 08:00:00+01:00")
    declare_event(denise.actor, draft=draft(EventEffect.FREE_ABSENCE, FRIDAY))
    frozen.move_to("2026-11-30 12:00:00+01:00")
    bookings = week(town, alice.children[0], THURSDAY, FRIDAY, MONDAY, date(2026, 12, 1))
    (declaration,) = announce(alice.actor, alice.children[:1], THURSDAY, date(2026, 12, 2))
    return declaration, bookings


def billed(town: Reference) -> list[tuple[BillingEffect, str]]:
    """What each of the four days does to the bill, and why."""
    found = consumption(town.office.pk, THURSDAY, date(2026, 12, 2))
    return [(c.effect, c.note) for c in sorted(found, key=lambda c: c.booking.day)]


def test_a_day_that_a_strike_makes_free_costs_nothing_though_the_absence_is_not_proved(
    struck: tuple[AbsenceDeclaration, list[Booking]], town: Reference
) -> None:
    assert [effect for effect, _ in billed(town)] == ["FULL", "NONE", "FULL", "FULL"]
    assert billed(town)[1][1] == "absence gratuite ce jour-là, pour toutes les familles"


def test_nor_is_it_a_day_of_carence(
    struck: tuple[AbsenceDeclaration, list[Booking]], alice: Character, town: Reference, frozen: time_machine.Traveller
) -> None:  # fmt: skip
    """A late certificate leaves two days due: those of the Thursday and of the Monday."""
    declaration, _bookings = struck
    frozen.move_to("2026-12-04 10:00:00+01:00")
    sent = services.send_certificate(alice.actor, declaration_id=declaration.pk, upload=UPLOAD)
    reader = make_agent("Hana", "Petit", (Permission.HEALTH,))
    assert sent.document_id is not None
    services.check_proof(
        reader.actor, declaration_id=declaration.pk, document_id=sent.document_id, accept=True
    )
    assert [effect for effect, _ in billed(town)] == ["FULL", "NONE", "FULL", "NONE"]
