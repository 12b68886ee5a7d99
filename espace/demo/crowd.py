"""Fills the days that are to be full, opens the waiting lists, and lets families wait: through the services, whoever
wrote the rest of the town."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import F

from espace.activities.enums import PriorityCode, WaitingMode
from espace.activities.models import CapacityPool
from espace.activities.services import publish_criterion, set_waiting_list
from espace.bookings.services import record_criterion
from espace.demo import events as told
from espace.demo import offer
from espace.demo.plan import Plan
from espace.kernel import clock
from espace.kernel.actor import SYSTEM

if TYPE_CHECKING:
    from espace.demo.builder import Made

OFFER_HOURS, STOP_DAYS = 48, 2
PROOF = "Attestations des deux employeurs, vues au guichet"


def crowd(plan: Plan, made: Made, play: Callable[[Made, told.Event], None]) -> None:
    """What comes after everything else: `play` plays one event as of its instant."""
    criteria = _open_lists(plan, made)
    for venue, day in plan.full:
        CapacityPool.objects.filter(venue=made.town.venues[venue], date=day).update(capacity=F("taken"))
    if plan.first_in_points and criteria:
        with clock.as_of(plan.queue[0].at):
            record_criterion(
                made.agent, child_id=made.people[plan.first_in_points].pk, criterion_id=criteria[0],
                start=made.town.year.start, end=made.town.year.end, evidence=PROOF,
            )  # fmt: skip
    for event in plan.queue:
        with clock.as_of(event.at):
            play(made, event)


def _open_lists(plan: Plan, made: Made) -> list[int]:
    """The lists, and the criteria of Wednesdays; their ids."""
    published = []
    with clock.as_of(plan.events[0].at):
        for slug, mode in offer.WAITING.items():
            set_waiting_list(
                SYSTEM, activity_id=made.town.activities[slug].pk, mode=WaitingMode(mode), offer_hours=OFFER_HOURS,
                offers_stop_days=STOP_DAYS,
            )  # fmt: skip
        for slug, code, label, points in offer.CRITERIA:
            row = publish_criterion(
                SYSTEM,
                activity_id=made.town.activities[slug].pk,
                code=PriorityCode(code),
                label=label,
                points=points,
            )
            published.append(row.pk)
    return published
