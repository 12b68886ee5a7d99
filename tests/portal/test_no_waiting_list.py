"""The waiting list is not offered yet: no screen shows it, nor lets anyone join it."""

from __future__ import annotations

from datetime import date

import pytest

from espace.activities.models import CapacityPool
from espace.bookings.models import Booking
from espace.demo.town import Reference
from tests.portal.test_booking_month import text
from tests.support.bills import book
from tests.support.cast import Character

MEAL, SHOWN, FULL = "restauration-scolaire", date(2026, 11, 26), date(2026, 11, 27)


@pytest.fixture
def waitlisted(alice: Character, town: Reference) -> int:
    """A row as a later version would write it, and a day without a place left; returns the child."""
    child = alice.children[0]
    row = book(child, town.slot(MEAL, SHOWN))
    Booking.objects.filter(pk=row.pk).update(state="WAITLISTED")
    full = town.slot(MEAL, FULL)
    pool = CapacityPool.objects.filter(pk=full.pool_id)
    pool.update(capacity=0, taken=0)
    return child.pk


def test_the_family_reads_of_no_waiting_list(alice: Character, waitlisted: int) -> None:
    for page in ("/tableau-de-bord/", f"/ma-famille/{waitlisted}/", f"/reserver/{waitlisted}/2026-11/"):
        said = text(alice.client.get(page)).lower()
        assert "liste d’attente" not in said, page
        assert "en attente" not in said, page
    month = alice.client.get(f"/reserver/{waitlisted}/2026-11/").content.decode()
    assert "checked" not in month


def test_the_agent_reads_of_none_either(denise: Character, alice: Character, waitlisted: int) -> None:
    said = text(denise.client.get(f"/agents/familles/{alice.household.pk}/"))
    assert "inscrit, rien de réservé" in said
    assert "A attente" not in said
