"""Who may enrol: conditions published as data, never on a family's situation for the canteen."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from espace.activities.errors import (
    AdmissionAsksNothing,
    AgesOutOfOrder,
    CanteenIsForAll,
    NotAdmitted,
    NotYoursToChange,
)
from espace.activities.models import AdmissionRule
from espace.activities.rules import Admission, Ratio, admits, adults_needed
from espace.activities.services import publish_admission, withdraw_admission
from espace.bookings.queries import options_for
from espace.bookings.services import enrol
from espace.demo.town import Reference
from espace.families.enums import TariffCategory
from espace.families.models import TariffStatus
from espace.kernel.errors import NotFound
from tests.bookings.test_booking_days import CANTEEN, IN_TIME, WEDNESDAY
from tests.portal.test_booking_month import text
from tests.support.cast import Character

RESIDENTS = Admission(category=TariffCategory.RESIDENT)


def test_an_activity_for_residents_says_so_to_the_others(
    alice: Character, denise: Character, town: Reference
) -> None:
    child, period = alice.children[0].pk, town.period(WEDNESDAY, IN_TIME).pk
    rule = publish_admission(denise.actor, activity_id=town.activities[WEDNESDAY].pk, rule=RESIDENTS)
    assert next(o for o in options_for(alice.actor, child) if o.period.id == period).is_possible
    TariffStatus.objects.create(
        household=alice.household, category=TariffCategory.NON_RESIDENT, start=date(2020, 1, 1)
    )
    with pytest.raises(NotAdmitted):
        enrol(alice.actor, child_id=child, period_id=period)
    page = text(alice.client.get(f"/inscrire/{child}/"))
    assert "Cette activité est réservée : habitants de la commune." in page
    withdraw_admission(denise.actor, rule_id=rule.pk)
    assert enrol(alice.actor, child_id=child, period_id=period).period_id == period


def test_one_of_several_conditions_is_enough(alice: Character, denise: Character, town: Reference) -> None:
    child, period = alice.children[0].pk, town.period(WEDNESDAY, IN_TIME).pk
    wednesday = town.activities[WEDNESDAY].pk
    publish_admission(denise.actor, activity_id=wednesday, rule=Admission(min_age=18))
    with pytest.raises(NotAdmitted):
        enrol(alice.actor, child_id=child, period_id=period)
    publish_admission(denise.actor, activity_id=wednesday, rule=Admission(max_age=17))
    assert enrol(alice.actor, child_id=child, period_id=period).period_id == period


def test_the_canteen_asks_an_age_or_a_school_and_nothing_else(denise: Character, town: Reference) -> None:
    canteen = town.activities[CANTEEN].pk
    with pytest.raises(CanteenIsForAll):
        publish_admission(denise.actor, activity_id=canteen, rule=RESIDENTS)
    rule = publish_admission(
        denise.actor, activity_id=canteen, rule=Admission(min_age=3, school_id=town.schools["lavoir"].pk)
    )
    with pytest.raises(IntegrityError, match="activities_admission_canteen_for_all"), transaction.atomic():
        AdmissionRule.objects.filter(pk=rule.pk).update(category="RESIDENT")


def test_the_same_condition_twice_is_one(denise: Character, town: Reference) -> None:
    wednesday = town.activities[WEDNESDAY].pk
    first = publish_admission(denise.actor, activity_id=wednesday, rule=RESIDENTS)
    assert publish_admission(denise.actor, activity_id=wednesday, rule=RESIDENTS).pk == first.pk


def test_what_is_refused(denise: Character, alice: Character, town: Reference) -> None:
    wednesday = town.activities[WEDNESDAY].pk
    for rule, refusal in (
        (Admission(), AdmissionAsksNothing),
        (Admission(min_age=6, max_age=5), AgesOutOfOrder),
        (Admission(school_id=99999999), NotFound),
    ):
        with pytest.raises(refusal):
            publish_admission(denise.actor, activity_id=wednesday, rule=rule)
    with pytest.raises(NotYoursToChange):
        publish_admission(alice.actor, activity_id=wednesday, rule=RESIDENTS)
    with pytest.raises(NotYoursToChange):
        withdraw_admission(alice.actor, rule_id=1)
    assert not AdmissionRule.objects.exists()


def test_the_canteen_s_page_has_no_field_for_it(denise: Character, town: Reference) -> None:
    canteen, wednesday = (town.activities[slug].pk for slug in (CANTEEN, WEDNESDAY))
    page = denise.client.get(f"/agents/regles/{canteen}/").content.decode()
    assert 'name="category"' not in page
    assert "L131-13" in page
    assert 'name="category"' in denise.client.get(f"/agents/regles/{wednesday}/").content.decode()
    denise.client.post(f"/agents/regles/{canteen}/inscription/", {"category": "RESIDENT", "min_age": "3"})
    assert AdmissionRule.objects.get().category == "", "what the form does not ask for is not read"
    done = denise.client.post(
        f"/agents/regles/{wednesday}/inscription/", {"category": "RESIDENT", "min_age": "3"}, follow=True
    )
    assert "À partir de 3 ans, habitants de la commune" in text(done)
    bad = denise.client.post(f"/agents/regles/{wednesday}/inscription/", {})
    assert "Choisissez au moins une condition" in text(bad)


def test_a_child_whose_birth_date_is_not_known_is_not_refused_for_it() -> None:
    asked = {"birth_date": None, "on": IN_TIME, "school_id": None, "category": None}
    assert admits([Admission(min_age=6)], **asked)  # type: ignore[arg-type]
    assert admits([], **asked)  # type: ignore[arg-type]
    assert not admits([RESIDENTS], **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("under_six", "from_six", "adults"), [(0, 0, 0), (1, 0, 1), (8, 12, 2), (9, 12, 3), (16, 13, 4)]
)
def test_each_age_has_its_adults(under_six: int, from_six: int, adults: int) -> None:
    assert adults_needed(Ratio(8, 12), under_six, from_six) == adults
