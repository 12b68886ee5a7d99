"""The town of the machine: four homes, five children (one between two homes), few places, three activities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from espace.activities.enums import EnrolmentPolicy, PriorityCode, WaitingMode
from espace.activities.models import Activity, CapacityPool, Slot
from espace.activities.services import publish_criterion
from espace.bookings.services import enrol, record_criterion
from espace.demo.town import Reference, build_reference
from espace.families.enums import GuardianRole
from espace.families.models import Guardianship, Household, Party, Person
from espace.kernel.actor import Actor
from espace.town.enums import Grade
from tests.stateful.seen import SlotSeen
from tests.support.cast import (
    GUICHET,
    REGISSEUR,
    SINCE,
    Character,
    make_account,
    make_agent,
    make_child,
    make_household,
    parent,
)
from tests.support.pages import StrictClient
from tests.support.town import TODAY
from tests.support.waiting import WEDNESDAY

CANTEEN, EVENING = "restauration-scolaire", "accueil-du-soir"
FIRST, AFTER = date(2026, 11, 24), date(2026, 12, 19)
# Few days, so that families meet: some whose limits are near, some that can still be booked in time.
DAYS = tuple(date(2026, 11, d) for d in (26, 27)) + tuple(date(2026, 12, d) for d in (2, 3, 9, 10, 16, 17))
PLACES = {CANTEEN: 2, EVENING: 1, WEDNESDAY: 1}
LISTS = {
    CANTEEN: (WaitingMode.BY_AGENT, 2),
    EVENING: (WaitingMode.AUTOMATIC, 1),
    WEDNESDAY: (WaitingMode.AUTOMATIC, 2),
}
POINTS = 10


@dataclass(eq=False)
class SmallTown:
    """Whom and what the acts name. `people` are the adults of each child, in their homes' order."""

    town: Reference
    children: list[Person]
    homes: list[Household]
    parents: dict[int, list[Actor]]
    at_desk: dict[int, list[Actor]]
    denise: Actor
    remi: Actor
    slots: dict[int, SlotSeen]
    favoured: int

    def who(self, child: int, number: int) -> Actor:
        """A parent of this child (0, 1), or an agent acting for one of the homes (2, 3)."""
        adults = self.parents[child] if number < 2 else self.at_desk[child]
        return adults[number % len(adults)]


def build_small_town() -> SmallTown:
    """Everything is written by the services or as the tests' cast is; the day is the tests' own."""
    town = build_reference(TODAY, schools=2, slots=(FIRST, AFTER))
    kept = set(PLACES)
    Slot.objects.exclude(activity__slug__in=kept).delete()
    for slug, (mode, stop) in LISTS.items():
        Activity.objects.filter(slug=slug).update(waiting_list=mode, offer_hours=24, offers_stop_days=stop)
        CapacityPool.objects.filter(slot__activity__slug=slug).update(capacity=PLACES[slug])
    CapacityPool.objects.filter(slot__isnull=True).delete()
    homes = [_home(number, name) for number, name in enumerate(("Alice", "Bob", "Charlie", "Dora"), start=1)]
    alice, bob, charlie, dora = homes
    children = [
        _child("Zoé", town, "lavoir", Grade.CE2, alice),
        _child("Tom", town, "tilleuls", Grade.MS, alice, bob),
        _child("Lina", town, "lavoir", Grade.CP, charlie),
        _child("Noé", town, "lavoir", Grade.CM1, dora),
        _child("Inès", town, "tilleuls", Grade.GS, dora),
    ]
    denise, remi = make_agent("Denise", "Roux", GUICHET), make_agent("Rémi", "Garnier", REGISSEUR)
    # Zoé may come to live with Bob too: he is someone who answers for her already.
    Guardianship.objects.create(
        child=children[0], party=Party.objects.get(person=bob.adult), role=GuardianRole.AUTHORITY, start=SINCE
    )
    both = {0: [alice, bob], 1: [alice, bob], 2: [charlie], 3: [dora], 4: [dora]}
    adults = {children[n].pk: of for n, of in both.items()}
    lina = children[2].pk
    _enrol_all(town, children, adults)
    _favour(town, denise.actor, lina)
    return SmallTown(
        town,
        children,
        [one.household for one in homes],
        {pk: [one.actor for one in of] for pk, of in adults.items()},
        {pk: [denise.acting_for(one.household) for one in of] for pk, of in adults.items()},
        denise.actor,
        remi.actor,
        slots_seen(),
        lina,
    )


def _home(number: int, name: str) -> Character:
    user = make_account(name, "Machine", username=f"machine{number}")
    home = make_household(f"M-{number:05d}", f"Famille {name}", quotient=40_000 * number)
    return parent(user, date(1988, 3, 14), home, StrictClient())


def _child(name: str, town: Reference, school: str, grade: Grade, *homes: Character) -> Person:
    born = date(2018, 5, 9) if school == "lavoir" else date(2021, 2, 20)
    guardians = {one.household: one.adult for one in homes}
    return make_child(name, "Machine", born, town, school, grade, guardians)


def _enrol_all(town: Reference, children: list[Person], adults: dict[int, list[Character]]) -> None:
    """At school and at the centre at once; for the evening an agent decides, and has done so for three of them."""
    for child in children:
        for slug in (CANTEEN, WEDNESDAY, EVENING):
            if slug == EVENING and child is children[2]:
                Activity.objects.filter(slug=EVENING).update(enrolment_policy=EnrolmentPolicy.BY_AGENT)
            enrol(adults[child.pk][0].actor, child_id=child.pk, period_id=town.period(slug, FIRST).pk)


def _favour(town: Reference, denise: Actor, child: int) -> None:
    """One child has points on the list of Wednesdays."""
    wednesday = town.activities[WEDNESDAY].pk
    criterion = publish_criterion(
        denise, activity_id=wednesday, code=PriorityCode.TWINS, label="Jumeaux", points=POINTS
    )
    record_criterion(
        denise,
        child_id=child,
        criterion_id=criterion.pk,
        start=FIRST,
        end=AFTER,
        evidence="Livret de famille",
    )


def slots_seen() -> dict[int, SlotSeen]:
    """Every slot of the town."""
    rows = Slot.objects.order_by("id").values_list(
        "id", "pool_id", "activity__slug", "venue_id", "date", "formula_id", "formula__label",
        "formula__starts_at", "formula__ends_at",
    )  # fmt: skip
    return {row[0]: SlotSeen(*row) for row in rows}
