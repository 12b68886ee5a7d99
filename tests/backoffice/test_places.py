"""The agents' page of places and adults: set over many days, counted by age."""

from __future__ import annotations

from datetime import date

import pytest

from espace.activities.models import CapacityPool, StaffingRatio
from espace.audit.models import AuditEvent
from espace.bookings.errors import CapacityUnderTaken, NotAllowed
from espace.bookings.queries import staffing_for
from espace.bookings.services import enrol, set_places_between
from espace.demo.town import Reference
from espace.kernel.errors import NotFound
from tests.bookings.test_booking_days import WEDNESDAY, confirm
from tests.portal.test_booking_month import text
from tests.support.cast import Character

SECOND = date(2026, 12, 2)


@pytest.fixture
def url(town: Reference) -> str:
    return f"/agents/regles/{town.activities[WEDNESDAY].pk}/places/"


@pytest.fixture
def sent(town: Reference) -> dict[str, str]:
    return {
        "venue": str(town.venues["centre"].pk),
        "first": "2026-12-02",
        "last": "2026-12-16",
        "capacity": "64",
    }


def book(who: Character, town: Reference) -> None:
    child = who.children[0].pk
    enrol(who.actor, child_id=child, period_id=town.period(WEDNESDAY, SECOND).pk)
    confirm(who.actor, child, add=[town.slot(WEDNESDAY, SECOND, formula="JOURNEE").pk])


def test_places_are_set_over_many_days(
    denise: Character, town: Reference, url: str, sent: dict[str, str]
) -> None:
    before = CapacityPool.objects.filter(capacity=64).count()
    done = text(denise.client.post(url, sent, follow=True))
    assert "3 accueils changés." in done
    assert CapacityPool.objects.filter(capacity=64).count() == before + 3
    assert "mer. 2 déc. Centre de loisirs du Moulin 64 0 0 0" in done
    assert "0 accueil changé." in text(denise.client.post(url, sent, follow=True))
    assert AuditEvent.objects.filter(action="activities.set_places_between").count() == 1


def test_children_are_counted_by_age_and_their_adults_told(
    denise: Character, alice: Character, town: Reference
) -> None:
    book(alice, town)
    day = next(d for d in staffing_for(denise.actor, town.activities[WEDNESDAY].pk).days if d.day == SECOND)
    age = SECOND.year - alice.children[0].birth_date.year  # type: ignore[union-attr]
    assert (day.under_six, day.from_six) == ((1, 0) if age < 6 else (0, 1))
    assert day.adults == 1


def test_never_under_what_is_booked(
    denise: Character, alice: Character, town: Reference, url: str, sent: dict[str, str]
) -> None:
    book(alice, town)
    refused = text(denise.client.post(url, sent | {"capacity": "0"}))
    assert "Le mercredi 2 décembre 2026, enfants déjà inscrits : 1. Rien n’a été changé." in refused
    assert not CapacityPool.objects.filter(capacity=0).exists(), "all or nothing"
    with pytest.raises(CapacityUnderTaken):
        set_places_between(
            denise.actor, activity_id=town.activities[WEDNESDAY].pk, venue_id=town.venues["centre"].pk,
            start=SECOND, end=date(2026, 12, 17), capacity=0,
        )  # fmt: skip


def test_the_ratio_is_data(denise: Character, town: Reference, url: str) -> None:
    there = url.replace("places", "encadrement")
    done = text(denise.client.post(there, {"under_six": "14", "from_six": "18"}, follow=True))
    assert "Le taux d’encadrement est enregistré." in done
    ratio = StaffingRatio.objects.get(activity=town.activities[WEDNESDAY])
    assert (ratio.under_six, ratio.from_six) == (14, 18)
    assert "de 1 à 99" in text(denise.client.post(there, {"under_six": "0", "from_six": "18"}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"venue": "99999999"}, "Choisissez dans la liste"),
        ({"first": ""}, "Indiquez le premier jour"),
        ({"last": "2026-12-01"}, "Le dernier jour est avant le premier"),
        ({"last": "2029-12-01"}, "au plus un an"),
        ({"first": "2026-11-01", "last": "2026-11-20"}, "Aucun accueil n’est prévu"),
        ({"capacity": "-1"}, "de 0 à 9999"),
    ],
)
def test_bad_input_changes_nothing(
    denise: Character, url: str, sent: dict[str, str], change: dict[str, str], said: str
) -> None:
    assert said in text(denise.client.post(url, {**sent, **change}))
    assert not AuditEvent.objects.filter(action="activities.set_places_between").exists()


def test_only_an_agent_of_the_activities(
    alice: Character, remi: Character, town: Reference, url: str, sent: dict[str, str]
) -> None:
    for who in (alice, remi):
        assert who.client.get(url).status_code == 404
        assert who.client.post(url, sent).status_code == 404
        with pytest.raises(NotFound):
            staffing_for(who.actor, town.activities[WEDNESDAY].pk)
        with pytest.raises(NotAllowed):
            set_places_between(
                who.actor, activity_id=1, venue_id=1, start=SECOND, end=date(2026, 12, 17), capacity=1
            )
