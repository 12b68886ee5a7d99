"""A change of custody: the days booked stay with the child, another home answers for them, or they are given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from espace.activities.models import CapacityPool
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.errors import StaleForm
from espace.bookings.models import Booking
from espace.bookings.queries import CustodyPreview, agenda_for, custody_preview_for
from espace.bookings.services import apply_pattern, change_custody, enrol, preview_pattern
from espace.demo.town import Reference
from espace.families.enums import CustodyKind
from espace.families.models import CustodyArrangement, CustodyException
from espace.families.rules import (
    Custody,
    EndException,
    NewArrangement,
    NewException,
    Rhythm,
    cycle_of,
)
from espace.families.rules import CustodyException as Exceptionally
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from espace.town.models import CalendarDay
from tests.support.cast import Character
from tests.support.town import TODAY

CANTEEN = "restauration-scolaire"
FROM = date(2026, 12, 10)
SWAP = date(2027, 1, 4)
Ask = Callable[..., CustodyPreview]


@pytest.fixture
def tom(alice: Character, bob: Character, town: Reference) -> int:
    """Alice booked the canteen, Monday to Friday, for her weeks."""
    child = alice.children[1].pk
    enrolment = enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, FROM).pk)
    meal = town.formulas[CANTEEN, "REPAS"].pk
    days = [(weekday, meal) for weekday in (0, 1, 3, 4)]
    asked: dict[str, Any] = {"enrolment_ids": [enrolment.pk], "days": days, "from_day": FROM}
    expected = preview_pattern(alice.actor, **asked).digest
    apply_pattern(alice.actor, **asked, token="jeton-de-garde-0001", expected=expected)
    OutboxMessage.objects.all().delete()
    return child


def swapped(alice: Character, bob: Character) -> NewArrangement:
    """The weeks the other way round from January on."""
    owners = cycle_of(Rhythm.ALTERNATE_WEEKS, alice.household.pk, bob.household.pk)
    was = CustodyArrangement.objects.get(child=alice.children[1], end=None)
    start = was.cycle_start
    assert start is not None
    first = owners if (SWAP - start).days % 14 >= 7 else owners[::-1]
    return NewArrangement(Custody(CustodyKind.CYCLE, first, SWAP), SWAP)


def test_the_days_that_move_are_said_with_both_prices(
    denise: Character, alice: Character, bob: Character, tom: int
) -> None:
    preview = custody_preview_for(denise.actor, tom, swapped(alice, bob))
    booked = Booking.objects.filter(child_id=tom, date__gte=SWAP).order_by("date")
    assert [m.booking_id for m in preview.moved] == list(booked.values_list("pk", flat=True)) != []
    assert {(m.before, m.after) for m in preview.moved} == {(alice.household.pk, bob.household.pk)}
    # Her quotient is 812, his 1 520: the same meal is not the same price.
    assert all(m.price_before and m.price_after and m.price_before < m.price_after for m in preview.moved)
    assert preview.change_of(bob.household.pk) > -preview.change_of(alice.household.pk)
    assert preview.homes == {alice.household.pk: "Famille Moreau", bob.household.pk: "Famille Lefèvre"}
    assert len(preview.days) == 56
    assert preview.days[0].day == SWAP
    assert not CustodyArrangement.objects.filter(start=SWAP).exists()


def test_kept_days_are_the_other_parents_from_then_on(
    denise: Character, alice: Character, bob: Character, tom: int
) -> None:
    change = swapped(alice, bob)
    preview = custody_preview_for(denise.actor, tom, change)
    before = Booking.objects.get(pk=preview.moved[0].booking_id)
    change_custody(denise.actor, child_id=tom, change=change, expected=preview.digest, cancel=False)
    after = Booking.objects.get(pk=before.pk)
    assert (after.state, after.requested_at, after.is_late) == (
        BookingState.CONFIRMED, before.requested_at, before.is_late,
    )  # fmt: skip
    end = SWAP + timedelta(days=40)
    moved = {m.day for m in preview.moved}
    assert moved & {e.day for e in agenda_for(bob.actor, [tom], SWAP, end)}
    assert not moved & {e.day for e in agenda_for(alice.actor, [tom], SWAP, end)}
    told = {m.recipient: m.body for m in OutboxMessage.objects.order_by("id")}
    assert "passent dans votre foyer, qui les paiera" in told[bob.user.email]
    assert "ne sont plus à vous" in told[alice.user.email]
    assert "Moreau" not in told[bob.user.email]
    assert "Lefèvre" not in told[alice.user.email]
    rows = AuditEvent.objects.filter(action="bookings.change_home").order_by("household_id")
    assert [r.household_id for r in rows] == sorted([alice.household.pk, bob.household.pk])


def test_given_up_days_cost_nothing_and_free_their_places(
    denise: Character, alice: Character, bob: Character, tom: int
) -> None:
    change = swapped(alice, bob)
    preview = custody_preview_for(denise.actor, tom, change)
    change_custody(denise.actor, child_id=tom, change=change, expected=preview.digest, cancel=True)
    rows = Booking.objects.filter(pk__in=[m.booking_id for m in preview.moved]).order_by("id")
    assert set(rows.values_list("state", "cancel_timing")) == {(BookingState.CANCELLED, CancelTiming.SERVICE)}
    pools = CapacityPool.objects.filter(pk__in=[m.pool_id for m in preview.moved]).order_by("id")
    assert set(pools.values_list("taken", flat=True)) == {0}
    assert "annulés, rien n’est facturé" in OutboxMessage.objects.order_by("id")[0].body


def test_what_was_shown_is_what_is_done(
    denise: Character, alice: Character, bob: Character, tom: int
) -> None:
    change = swapped(alice, bob)
    expected = custody_preview_for(denise.actor, tom, change).digest
    last = Booking.objects.filter(child_id=tom).order_by("-date")[0]
    Booking.objects.filter(pk=last.pk).delete()
    with pytest.raises(StaleForm):
        change_custody(denise.actor, child_id=tom, change=change, expected=expected, cancel=False)
    assert not CustodyArrangement.objects.filter(start=SWAP).exists()


def test_an_exception_moves_its_days_and_gives_them_back(
    denise: Character, alice: Character, bob: Character, tom: int
) -> None:
    day = Booking.objects.filter(child_id=tom).order_by("date")[0].date
    change = NewException(Exceptionally(day, day + timedelta(days=1), bob.household.pk))
    preview = custody_preview_for(denise.actor, tom, change)
    assert [(m.day, m.after) for m in preview.moved] == [(day, bob.household.pk)]
    change_custody(
        denise.actor,
        child_id=tom,
        change=change,
        expected=preview.digest,
        cancel=False,
        reason="Jour échangé",
    )
    row = CustodyException.objects.get()
    back = EndException(row.pk, row.start)
    preview = custody_preview_for(denise.actor, tom, back)
    assert [(m.day, m.after) for m in preview.moved] == [(day, alice.household.pk)]
    change_custody(denise.actor, child_id=tom, change=back, expected=preview.digest, cancel=False)
    assert not CustodyException.objects.exists()


def test_parity_is_warned_with_its_date(
    denise: Character, alice: Character, bob: Character, tom: int
) -> None:
    parity = Custody(CustodyKind.ISO_PARITY, (alice.household.pk, bob.household.pk))
    preview = custody_preview_for(denise.actor, tom, NewArrangement(parity, TODAY))
    assert list(preview.jumps) == [date(2027, 1, 4)]
    assert not custody_preview_for(denise.actor, tom, swapped(alice, bob)).jumps


def test_each_stretch_of_a_holiday_has_the_name_of_its_own_holiday(
    denise: Character, alice: Character, bob: Character, tom: int
) -> None:
    """A holiday begins on a Saturday, which the calendar gives no name; one that has none at all is « Vacances »."""
    CalendarDay.objects.filter(label="Vacances de printemps").update(label="")
    winter = {12: "Vacances de Noël", 1: "Vacances de Noël", 2: "Vacances d’hiver"}
    rest = {4: "", 7: "Vacances d’été", 8: "Vacances d’été"} | dict.fromkeys(
        (10, 11), "Vacances de la Toussaint"
    )
    called = [(p.first.month, p.label) for p in custody_preview_for(denise.actor, tom, None).parts]
    assert called == [(month, (winter | rest)[month]) for month, _label in called]
    assert {12, 2, 4, 7, 10} <= {month for month, _label in called}


def test_only_an_agent_who_writes_families_may(
    remi: Character, alice: Character, bob: Character, tom: int
) -> None:
    for actor in (remi.actor, alice.actor):
        with pytest.raises(NotFound):
            custody_preview_for(actor, tom, None)
        with pytest.raises(NotFound):
            change_custody(actor, child_id=tom, change=swapped(alice, bob), expected="", cancel=False)


def test_the_preview_costs_the_same_for_any_number_of_days(
    denise: Character, alice: Character, bob: Character, tom: int, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(23):  # type: ignore[operator]
        custody_preview_for(denise.actor, tom, swapped(alice, bob))
