"""What the database holds, for a bench that only sees answers: `python -m bench.witness counts|sessions`, with
the arguments as one JSON object on its standard input; prints JSON."""

from __future__ import annotations

import json
import sys
from collections import Counter

import django

django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from espace.activities.models import CapacityPool  # noqa: E402
from espace.audit.models import AuditEvent  # noqa: E402
from espace.bookings.enums import HOLDING_A_PLACE  # noqa: E402
from espace.bookings.models import Booking, Submission  # noqa: E402
from espace.notifications.models import OutboxMessage  # noqa: E402


def counts(slot_id: int, pool_id: int, acknowledged: list[str]) -> dict[str, int]:
    """Places given beyond those there are, or counted wrongly; acknowledged and absent, or the contrary; without
    journal row, without message."""
    capacity, taken = CapacityPool.objects.values_list("capacity", "taken").get(pk=pool_id)
    held = Booking.objects.filter(slot_id=slot_id, state__in=HOLDING_A_PLACE)
    made = dict(
        Submission.objects.filter(bookings__slot=slot_id)
        .distinct()
        .values_list("reference", "id")
        .order_by("id")
    )
    kept = Counter(held.order_by("id").values_list("submission__reference", flat=True))
    journal = set(
        AuditEvent.objects.filter(object_kind="submission", object_id__in=list(made.values()))
        .order_by("id")
        .values_list("object_id", flat=True)
    )
    told = (
        Submission.objects.filter(bookings__slot=slot_id)
        .order_by("id")
        .values_list("household_id", flat=True)
    )
    subjects = list(
        OutboxMessage.objects.filter(household_id__in=set(told))
        .order_by("id")
        .values_list("subject", flat=True)
    )
    said = {word for subject in subjects for word in subject.split()}
    return {
        "overbooked": max(0, held.count() - capacity),
        "miscounted": abs(held.count() - taken),
        "absent": sum(kept[reference] != 1 for reference in acknowledged),
        "unannounced": len(set(kept) - set(acknowledged)),
        "without_journal": sum(pk not in journal for pk in made.values()),
        "without_message": sum(reference not in said for reference in made),
    }


def session_keys(keys: list[str]) -> list[list[str]]:
    """What each session holds, by name."""
    return [sorted(SessionStore(key).load()) for key in keys]


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(counts(**asked) if sys.argv[1] == "counts" else session_keys(**asked), sys.stdout)
