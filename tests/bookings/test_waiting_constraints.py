"""What the database refuses about waiting lists, whatever the code: one line a constraint."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from espace.activities.models import Activity, CapacityPool, Slot
from espace.bookings.models import Booking, ChildCriterion
from espace.demo.town import Reference
from tests.bookings.test_waiting_list import publish
from tests.support.town import NOW
from tests.support.waiting import WEDNESDAY, Waiter, full_day, waiter, with_list


@pytest.fixture
def slot(town: Reference) -> Slot:
    with_list()
    return full_day(town, places=0)


@pytest.fixture
def ana(town: Reference, slot: Slot) -> Waiter:
    one = waiter(town, "Ana")
    one.ask(slot)
    return one


def refuses(name: str) -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match=name)


def test_an_offer_has_its_deadline_and_nothing_else_has(ana: Waiter) -> None:
    rows = Booking.objects.filter(pk=ana.booking.pk)
    with refuses("bookings_offer_has_its_deadline"), transaction.atomic():
        rows.update(state="OFFERED")
    with refuses("bookings_offer_has_its_deadline"), transaction.atomic():
        rows.update(offer_expires_at=NOW)


def test_a_child_asks_once_for_a_day(ana: Waiter, slot: Slot) -> None:
    row = ana.booking
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_list_is_never_longer_than_its_end(ana: Waiter, slot: Slot) -> None:
    with refuses("activities_pool_list_never_too_long"), transaction.atomic():
        CapacityPool.objects.filter(pk=slot.pool_id).update(waitlist_capacity=0)


def test_a_list_leaves_time_to_answer(slot: Slot) -> None:
    with refuses("activities_offer_has_time"), transaction.atomic():
        Activity.objects.filter(slug=WEDNESDAY).update(offer_hours=0)
    with refuses("activities_waiting_list_known"), transaction.atomic():
        Activity.objects.filter(slug=WEDNESDAY).update(waiting_list="PEUT_ETRE")


def test_what_counts_for_a_child_was_proved_over_some_days(ana: Waiter, town: Reference) -> None:
    criterion, today = publish(town), NOW.date()
    for name, evidence, end in (
        ("bookings_child_criterion_has_evidence", "", today + timedelta(days=1)),
        ("bookings_child_criterion_has_days", "Livret de famille", today),
    ):
        with refuses(name), transaction.atomic():
            ChildCriterion.objects.create(
                child_id=ana.child, criterion=criterion, start=today, end=end, evidence=evidence, recorded_at=NOW,
                recorded_by="Denise",
            )  # fmt: skip


def test_a_criterion_has_points_and_days_and_is_published_once(town: Reference) -> None:
    criterion = publish(town)
    with refuses("activities_criterion_has_points"), transaction.atomic():
        type(criterion).objects.update(points=0)
    with refuses("activities_criterion_has_days"), transaction.atomic():
        type(criterion).objects.update(end=criterion.start)
    with pytest.raises(IntegrityError), transaction.atomic():
        publish(town)
