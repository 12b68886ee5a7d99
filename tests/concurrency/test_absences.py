"""An absence announced twice at once is one; two children back at once never share the last place (I10)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from espace.activities.models import CapacityPool
from espace.attendance.models import AbsenceDeclaration, AbsentBooking
from espace.attendance.queries.proof import preuve
from espace.bookings.models import Booking
from espace.bookings.queries.proof import preuve as prove_places
from espace.demo.town import Reference
from espace.families.models import Person
from tests.concurrency.test_places import at_once, family, town
from tests.support.absences import announce, move, week

__all__ = ["town"]  # the committed one
pytestmark = pytest.mark.django_db(transaction=True)
START = date(2026, 11, 26)
LATER = date(2026, 11, 27)
BACK = date(2026, 11, 28)


def test_announced_twice_at_once_it_is_one_absence(town: Reference) -> None:
    actor, child_id = family(town, 1)
    child = Person.objects.get(pk=child_id)
    week(town, child, START, LATER)
    ended = at_once([lambda: announce(actor, [child], START, BACK)] * 8)
    assert ended["done"] == 1, ended
    assert ended.total() == 8
    assert AbsenceDeclaration.objects.count() == 1
    assert AbsentBooking.objects.count() == 2
    assert preuve() == prove_places() == []


def test_two_children_back_at_once_do_not_share_the_last_place(town: Reference) -> None:
    families = [family(town, number) for number in range(1, 5)]
    absences = []
    for actor, child_id in families:
        child = Person.objects.get(pk=child_id)
        week(town, child, START, LATER)
        absences.append((actor, announce(actor, [child], START, BACK)[0]))
    pool = Booking.objects.filter(date=LATER).order_by("id")[0].slot.pool_id
    CapacityPool.objects.filter(pk=pool).update(capacity=1)  # one place is left for the four
    back = START + timedelta(days=1)
    at_once([partial(move, actor, absence, back) for actor, absence in absences])
    held = Booking.objects.filter(date=LATER, state="CONFIRMED").count()
    assert held == CapacityPool.objects.get(pk=pool).taken == 1
    assert {b.cancel_timing for b in Booking.objects.filter(date=LATER, state="CANCELLED")} == {"IN_TIME"}
    assert preuve() == prove_places() == []
