"""The waiting list of the small world: a full Wednesday for which its people wait, and a place offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from espace.activities.enums import PriorityCode, WaitingMode
from espace.activities.models import CapacityPool, PriorityCriterion, Slot
from espace.activities.services import publish_criterion
from espace.bookings.services import enrol, offer_place, preview_changes, record_criterion, set_places
from espace.demo.town import Reference
from tests.support.cast import Character
from tests.support.waiting import WEDNESDAY, Waiter, with_list

FULL, OFFERED, LATER = date(2026, 12, 16), date(2026, 12, 9), date(2027, 1, 6)


def wait(town: Reference, people: Mapping[str, Character]) -> dict[str, Any]:
    """Alice's child waits, is offered another day and may wait for a third; a criterion, and what counts for the
    child. The ids that addresses need."""
    alice, charlie, denise = people["alice"], people["charlie"], people["denise"].actor
    child = alice.children[0].pk
    with_list(WaitingMode.BY_AGENT)
    enrol(charlie.actor, child_id=charlie.children[0].pk, period_id=town.period(WEDNESDAY, FULL).pk)
    full, offered, later = (town.slot(WEDNESDAY, day) for day in (FULL, OFFERED, LATER))
    waits, other = _join(alice, full), _join(charlie, full)
    proposed = _join(alice, offered)
    CapacityPool.objects.filter(pk=later.pool_id).update(capacity=0)
    set_places(denise, pool_id=offered.pool_id, capacity=1, waitlist_capacity=None)
    offer_place(denise, booking_id=proposed)
    CapacityPool.objects.filter(pk=full.pool_id).update(capacity=1)
    criterion = publish_criterion(
        denise, activity_id=town.activities[WEDNESDAY].pk, code=PriorityCode.TWINS, label="Jumeaux", points=5
    )
    over = PriorityCriterion.objects.create(
        activity=town.activities[WEDNESDAY], activity_kind=criterion.activity_kind, code=PriorityCode.INTEGRATION,
        label="Parcours d’insertion", points=5, position=99, start=date(2025, 9, 1), end=date(2026, 9, 1),
    )  # fmt: skip
    point = record_criterion(
        denise, child_id=child, criterion_id=criterion.pk, start=date(2026, 9, 1), end=date(2026, 12, 1),
        evidence="Livret de famille",
    )  # fmt: skip
    shown = preview_changes(alice.actor, child_id=child, add=[later.pk], remove=[])
    return {
        "waits": waits, "other_waits": other, "offered": proposed, "queue": full.pool_id, "full_slot": later.pk,
        "wait_digest": shown.digest, "criterion": criterion.pk, "over_criterion": over.pk, "point": point.pk,
        "wednesday": town.activities[WEDNESDAY].pk,
    }  # fmt: skip


def _join(who: Character, slot: Slot) -> int:
    """Waits for a day that has no place; the request."""
    CapacityPool.objects.filter(pk=slot.pool_id).update(capacity=0)
    one = Waiter(who.actor, who.children[0].pk, who.user.email)
    one.ask(slot)
    return one.booking.pk
