"""Writing to families three days before a limit, once, by day."""

from __future__ import annotations

from espace.audit import services as audit
from espace.bookings import notices
from espace.bookings.models import Reminder
from espace.bookings.queries.reminders import HouseholdReminders, Said, due_reminders, fresh, said_to
from espace.bookings.rules import may_write
from espace.kernel import clock
from espace.kernel.actor import SYSTEM
from espace.kernel.db import write_transaction
from espace.kernel.locks import lock_name


def send_reminders() -> int:
    """Reminds each household, in one message, of what it was not reminded of yet; how many were written to.

    Nothing at night. Two workers at once write once: the second one finds what the first has said.
    """
    now = clock.now()
    if not may_write(now):
        return 0
    return sum(_remind(household) for household in due_reminders(now))


def _remind(household: HouseholdReminders) -> bool:
    now = clock.now()
    with write_transaction():
        lock_name(f"reminders:{household.household_id}")
        said = said_to([household.household_id], now).get(household.household_id, Said())
        due = fresh(household.due, said, now)
        if not due:
            return False
        Reminder.objects.bulk_create(
            Reminder(
                household_id=household.household_id,
                child_id=one.child_id,
                period_id=one.period_id,
                kind=one.kind,
                falls_at=one.falls_at,
                sent_at=now,
            )
            for one in due
        )
        audit.record(
            SYSTEM,
            "bookings.remind",
            object_kind="household",
            object_id=household.household_id,
            household_id=household.household_id,
            payload={"reminders": [[*one.key, one.falls_at.isoformat()] for one in due]},
        )
        notices.remind(household.household_id, household.adults, due)
    return True
