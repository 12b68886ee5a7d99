"""The agents' screens of a change of school and of a departure: seen, then done; bad input is a sentence."""

from __future__ import annotations

from datetime import date

import pytest

from espace.bookings.models import Booking, Enrolment
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference
from espace.families.models import Schooling
from tests.portal.test_booking_month import fields, text
from tests.support.cast import Character

CANTEEN = "restauration-scolaire"
DAY = date(2027, 1, 5)


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, DAY).pk)
    add = [town.slot(CANTEEN, DAY).pk]
    expected = preview_changes(alice.actor, child_id=child, add=add, remove=[]).digest
    apply_changes(
        alice.actor, child_id=child, add=add, remove=[], token="jeton-d-ecole-00001", expected=expected
    )
    return child


@pytest.fixture
def base(alice: Character) -> str:
    return f"/agents/familles/{alice.household.pk}/"


def test_another_school_is_seen_then_done(denise: Character, town: Reference, zoe: int, base: str) -> None:
    url = f"{base}ecole/{zoe}/"
    form = text(denise.client.get(url))
    assert f"{town.schools['tilleuls'].name}, classe pas encore connue" in form
    asked = {"place": f"{town.schools['tilleuls'].pk}-0", "start": "2027-01-04", "reason": "Déménagement"}
    seen = denise.client.post(url, asked)
    for words in (
        "À partir du lundi 4 janvier 2027",
        "suit l’enfant",
        "1 jour suit l’enfant, sans majoration nouvelle",
    ):
        assert words in text(seen)
    assert Schooling.objects.filter(child_id=zoe).count() == 1
    done = denise.client.post(f"{url}confirmer/", fields(seen, "confirmer/"))
    assert (done.status_code, done["Location"]) == (303, base)
    assert Booking.objects.get(child_id=zoe).slot.venue == town.venues["tilleuls"]
    assert "change l’école" in text(denise.client.get(base))


def test_a_departure_is_seen_then_done(denise: Character, zoe: int, base: str) -> None:
    url = f"{base}depart/{zoe}/"
    seen = denise.client.post(url, {"start": "2027-01-04", "reason": ""})
    for words in ("prend fin", "Ces jours ne suivent pas", "Mar. 5 janv.", "l’inscription prend fin"):
        assert words in text(seen)
    assert denise.client.post(f"{url}confirmer/", fields(seen, "confirmer/")).status_code == 303
    assert Enrolment.objects.get(child_id=zoe).end == date(2027, 1, 4)


def test_what_changed_behind_the_preview_is_shown_again(denise: Character, zoe: int, base: str) -> None:
    url = f"{base}depart/{zoe}/"
    sent = fields(denise.client.post(url, {"start": "2027-01-04"}), "confirmer/")
    Booking.objects.all().delete()
    assert "La situation a changé" in text(denise.client.post(f"{url}confirmer/", sent))
    assert Enrolment.objects.get(child_id=zoe).end != date(2027, 1, 4)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"place": "0-0"}, "Choisissez dans la liste"),
        ({"place": ""}, "Choisissez dans la liste"),
        ({"start": "2026-11-01"}, "Ce jour est passé"),
        ({"start": "2126-11-01"}, "trop loin d’aujourd’hui"),
        ({"start": "demain"}, "Écrivez la date en chiffres"),
        ({"reason": "a\u202eb"}, "signe que nous ne pouvons pas garder"),
    ],
)
def test_bad_input_is_a_sentence(
    denise: Character, town: Reference, zoe: int, base: str, changed: dict[str, str], said: str
) -> None:
    asked = {"place": f"{town.schools['tilleuls'].pk}-0", "start": "2027-01-04", "reason": "", **changed}
    for end in ("", "confirmer/"):
        answer = denise.client.post(f"{base}ecole/{zoe}/{end}", asked)
        assert answer.status_code == 200
        assert said in text(answer)
    assert Schooling.objects.filter(child_id=zoe).count() == 1


def test_a_stranger_and_an_agent_of_something_else_find_nothing(
    denise: Character, alice: Character, remi: Character, charlie: Character, zoe: int, base: str
) -> None:
    for path in (f"{base}ecole/{zoe}/", f"{base}depart/{zoe}/"):
        for who in (alice, remi, charlie):
            assert who.client.get(path).status_code == 404
            assert who.client.post(f"{path}confirmer/", {"start": "2027-01-04"}).status_code == 404
    assert denise.client.get(f"{base}ecole/{charlie.children[0].pk}/").status_code == 404
