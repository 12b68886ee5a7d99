"""Families around one full Wednesday of the leisure centre, and the list of those who wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from espace.activities.enums import WaitingMode
from espace.activities.models import Activity, CapacityPool, Slot
from espace.bookings.models import Booking, Submission
from espace.bookings.queries import waiting_for
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference
from espace.kernel.actor import Actor
from espace.town.enums import Grade
from tests.support.cast import make_account, make_child, make_household, parent
from tests.support.pages import StrictClient
from tests.support.town import NOW

WEDNESDAY = "accueil-de-loisirs-du-mercredi"
DAY = date(2026, 12, 16)


@dataclass(frozen=True, slots=True)
class Waiter:
    """A parent on the portal and a child enrolled on Wednesdays."""

    actor: Actor
    child: int
    email: str

    def ask(self, slot: Slot, *, wait: bool = True, token: str = "") -> Submission:
        """Books the day, or waits for it when it is full."""
        expected = preview_changes(self.actor, child_id=self.child, add=[slot.pk], remove=[]).digest
        name = token or f"jeton-{self.child:06d}-{slot.pk:06d}"
        return apply_changes(
            self.actor,
            child_id=self.child,
            add=[slot.pk],
            remove=[],
            token=name,
            expected=expected,
            wait=wait,
        )

    def cancel(self, token: str = "") -> Submission:
        """Cancels the one day booked."""
        own = [Booking.objects.get(child_id=self.child, state="CONFIRMED").pk]
        expected = preview_changes(self.actor, child_id=self.child, add=[], remove=own).digest
        name = token or f"jeton-annule-{self.child:06d}-{own[0]:06d}"
        return apply_changes(
            self.actor, child_id=self.child, add=[], remove=own, token=name, expected=expected
        )

    @property
    def booking(self) -> Booking:
        """The last thing asked for the child."""
        return Booking.objects.filter(child_id=self.child).order_by("-id")[0]


def waiter(town: Reference, name: str) -> Waiter:
    user = make_account(name, "Attente", username=name.lower())
    home = make_household(f"W-{name}", f"Famille {name}")
    who = parent(user, date(1988, 3, 14), home, StrictClient())
    child = make_child(
        f"Petit{name}", "Attente", date(2018, 5, 9), town, "lavoir", Grade.CE2, {home: who.adult}
    )
    enrol(who.actor, child_id=child.pk, period_id=town.period(WEDNESDAY, DAY).pk)
    return Waiter(who.actor, child.pk, user.email)


def with_list(mode: WaitingMode = WaitingMode.AUTOMATIC, *, hours: int = 24, days: int = 2) -> None:
    Activity.objects.filter(slug=WEDNESDAY).update(
        waiting_list=mode, offer_hours=hours, offers_stop_days=days
    )


def full_day(town: Reference, *, places: int, formula: str = "JOURNEE") -> Slot:
    slot = town.slot(WEDNESDAY, DAY, formula=formula)
    CapacityPool.objects.filter(pk=slot.pool_id).update(capacity=places)
    return slot


def three_for_one(town: Reference, slot: Slot, frozen: Any) -> list[Waiter]:
    """Ana has the only place of this day; Ben, then Cléo, wait for it."""
    found = [waiter(town, name) for name in ("Ana", "Ben", "Cleo")]
    for minutes, one in enumerate(found):
        frozen.move_to(NOW + timedelta(minutes=minutes))
        one.ask(slot)
    return found


def pool_of(slot: Slot) -> tuple[int, int, int]:
    pool = CapacityPool.objects.get(pk=slot.pool_id)
    return pool.capacity, pool.taken, pool.waiting


def ranks(families: list[Waiter]) -> list[int]:
    return [day.rank for one in families for day in waiting_for(one.actor)]
