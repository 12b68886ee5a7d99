"""Two workers remind at the same time: each family is written to once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine

from espace.bookings.models import Reminder
from espace.bookings.services import enrol, send_reminders
from espace.demo.town import Reference, build_reference
from espace.kernel import clock
from espace.notifications.models import OutboxMessage
from espace.town.enums import Grade
from tests.concurrency.test_places import at_once
from tests.support.cast import make_account, make_child, make_household, parent
from tests.support.pages import StrictClient
from tests.support.town import NOW, SLOTS, TODAY

pytestmark = pytest.mark.django_db(transaction=True)
FAMILIES = 5


@pytest.fixture
def town() -> Iterator[Reference]:
    """The town, committed: threads see it."""
    with time_machine.travel(NOW, tick=False):
        yield build_reference(TODAY, schools=2, slots=SLOTS)


def test_two_workers_remind_once(town: Reference) -> None:
    period = town.period("restauration-scolaire", date(2026, 12, 10))
    with clock.as_of(NOW - timedelta(days=1)):
        for number in range(FAMILIES):
            user = make_account(f"Parent{number}", "Rappel", username=f"rappel{number}")
            home = make_household(f"R-{number}", f"Famille {number}")
            who = parent(user, date(1988, 3, 14), home, StrictClient())
            child = make_child(
                f"Enfant{number}", "Rappel", date(2018, 5, 9), town, "lavoir", Grade.CE2, {home: who.adult}
            )
            enrol(who.actor, child_id=child.pk, period_id=period.pk)
    assert at_once([send_reminders] * 4) == {"done": 4}
    assert OutboxMessage.objects.filter(kind="bookings.reminder").count() == FAMILIES
    assert Reminder.objects.count() == FAMILIES
