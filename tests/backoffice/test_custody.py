"""The agents' screen of custody: as it is, as it would be, changed; bad input is a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.bookings.enums import BookingState
from espace.bookings.models import Booking
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference
from espace.families.models import CustodyArrangement, CustodyException
from espace.families.queries import family_facts
from tests.portal.test_booking_month import fields, text
from tests.support.cast import Character

CANTEEN = "restauration-scolaire"
DAY = date(2026, 12, 10)


@pytest.fixture
def zoe(alice: Character, bob: Character, town: Reference) -> int:
    """Lives with Alice; two lunches are booked, a week apart."""
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, DAY).pk)
    add = [town.slot(CANTEEN, day).pk for day in (DAY, date(2026, 12, 17))]
    expected = preview_changes(alice.actor, child_id=child, add=add, remove=[]).digest
    apply_changes(
        alice.actor, child_id=child, add=add, remove=[], token="jeton-de-garde-0001", expected=expected
    )
    return child


@pytest.fixture
def url(alice: Character, zoe: int) -> str:
    return f"/agents/familles/{alice.household.pk}/garde/{zoe}/"


def weeks(**changed: str) -> dict[str, str]:
    return {
        "rhythm": "ALTERNATE_WEEKS", "other": "F-00002", "first": "ici", "start": "2026-12-07", "cycle_start": "",
        "holidays": "HALVES", "holiday_first": "ici", "reason": "", **changed,
    }  # fmt: skip


def test_the_page_says_whose_each_day_is(denise: Character, alice: Character, bob: Character) -> None:
    page = denise.client.get(f"/agents/familles/{alice.household.pk}/garde/{alice.children[1].pk}/")
    said = text(page)
    assert "Une semaine sur deux, Famille Moreau puis Famille Lefèvre" in said
    assert "Compté depuis le lundi 2 septembre 2024" in said
    assert 'value="F-00002"' in page.content.decode()
    file = text(denise.client.get(f"/agents/familles/{alice.household.pk}/"))
    assert "Garde alternée, une semaine sur deux ; aujourd’hui ici" in file


def test_a_change_is_seen_then_done(
    denise: Character, alice: Character, bob: Character, url: str, zoe: int
) -> None:
    seen = denise.client.post(url, weeks())
    said = text(seen)
    for words in (
        "À partir du lundi 7 décembre 2026",
        "1 réservation change de foyer",
        "Jeu. 17 déc.",
        "Vacances de Noël, du sam. 19 déc. au sam. 26 déc.",
    ):
        assert words in said, words
    assert CustodyArrangement.objects.filter(child_id=zoe).count() == 1
    done = denise.client.post(f"{url}confirmer/", fields(seen, "confirmer/") | {"keep": "garder"})
    assert (done.status_code, done["Location"]) == (303, f"/agents/familles/{alice.household.pk}/")
    facts = family_facts([zoe], DAY, date(2027, 1, 31))
    assert facts.household_on(zoe, DAY) == alice.household.pk
    assert facts.household_on(zoe, date(2026, 12, 17)) == bob.household.pk
    assert facts.household_on(zoe, date(2026, 12, 20)) == alice.household.pk
    assert Booking.objects.filter(child_id=zoe, state=BookingState.CONFIRMED).count() == 2


def test_days_may_be_given_up_free_of_charge(denise: Character, url: str, zoe: int) -> None:
    sent = fields(denise.client.post(url, weeks()), "confirmer/")
    denise.client.post(f"{url}confirmer/", sent | {"keep": "annuler"})
    row = Booking.objects.get(child_id=zoe, date=date(2026, 12, 17))
    assert (row.state, row.cancel_timing) == (BookingState.CANCELLED, "SERVICE")


def test_what_changed_behind_the_preview_is_shown_again(denise: Character, url: str, zoe: int) -> None:
    sent = fields(denise.client.post(url, weeks()), "confirmer/")
    Booking.objects.filter(date=date(2026, 12, 17)).delete()
    again = denise.client.post(f"{url}confirmer/", sent | {"keep": "garder"})
    assert "La situation a changé depuis l’aperçu" in text(again)
    assert CustodyArrangement.objects.filter(child_id=zoe).count() == 1


def test_parity_is_warned(denise: Character, url: str) -> None:
    said = text(denise.client.post(url, weeks(rhythm="ISO_PARITY")))
    assert "Deux semaines de suite dans le même foyer" in said
    assert "À partir du lundi 4 janvier 2027" in said


def test_an_exception_is_seen_done_and_taken_back(
    denise: Character, alice: Character, bob: Character, town: Reference
) -> None:
    url = f"/agents/familles/{alice.household.pk}/garde/{alice.children[1].pk}/"
    days = {"home": str(bob.household.pk), "first": "2026-12-01", "last": "2026-12-15", "reason": "Échange"}
    seen = denise.client.post(f"{url}exception/", days)
    assert "Aucune réservation ne change de foyer" in text(seen)
    done = denise.client.post(f"{url}exception/confirmer/", fields(seen, "confirmer/"))
    assert done.status_code == 303
    row = CustodyException.objects.get()
    page = text(denise.client.get(url))
    assert "Du mardi 1er décembre 2026 au mardi 15 décembre 2026 chez Famille Lefèvre Échange" in page
    end = f"{url}exception/{row.pk}/retirer/"
    sent = fields(denise.client.get(end), "retirer/")
    assert denise.client.post(end, sent).status_code == 303
    assert not CustodyException.objects.exists()
    assert denise.client.get(end).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rhythm": "SEVEN"}, "Choisissez dans la liste"),
        ({"other": ""}, "Indiquez le numéro de l’autre foyer"),
        ({"other": "99999"}, "Aucun foyer ne porte ce numéro"),
        ({"other": "F-00001"}, "C’est le numéro de ce foyer-ci"),
        ({"start": "31/02/2026"}, "Écrivez la date en chiffres"),
        ({"start": "2126-12-07"}, "trop loin d’aujourd’hui"),
        ({"cycle_start": "1926-12-07"}, "trop loin d’aujourd’hui"),
        ({"holidays": "x"}, "Choisissez dans la liste"),
    ],
)
def test_bad_input_is_a_sentence(denise: Character, url: str, changed: dict[str, str], said: str) -> None:
    for end in ("", "confirmer/"):
        answer = denise.client.post(url + end, weeks(**changed))
        assert answer.status_code == 200
        assert said in text(answer)
    assert CustodyArrangement.objects.filter(start=date(2026, 12, 7)).count() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"home": "0"}, "Choisissez dans la liste"),
        ({"first": "2026-11-01"}, "Ce jour est passé"),
        ({"last": "2026-11-30"}, "Le dernier jour est avant le premier"),
        ({"last": "2027-06-30"}, "Une exception dure trois mois au plus"),
        ({"reason": ""}, "Indiquez le motif"),
    ],
)
def test_a_bad_exception_is_a_sentence(
    denise: Character, bob: Character, url: str, alice: Character, changed: dict[str, str], said: str
) -> None:
    days: dict[str, Any] = {
        "home": str(alice.household.pk), "first": "2026-12-01", "last": "2026-12-15", "reason": "Échange", **changed,
    }  # fmt: skip
    for end in ("exception/", "exception/confirmer/"):
        answer = denise.client.post(url + end, days)
        assert answer.status_code == 200
        assert said in text(answer)
    assert not CustodyException.objects.exists()


def test_a_past_date_needs_its_reason(denise: Character, url: str, zoe: int) -> None:
    sent = fields(denise.client.post(url, weeks(start="2026-11-16")), "confirmer/") | {"keep": "garder"}
    assert "écrivez pourquoi" in text(denise.client.post(f"{url}confirmer/", sent))
    assert CustodyArrangement.objects.filter(child_id=zoe).count() == 1


def test_a_stranger_and_an_agent_of_something_else_find_nothing(
    alice: Character, remi: Character, charlie: Character, denise: Character, url: str
) -> None:
    for who in (alice, remi):
        assert who.client.get(url).status_code == 404
        assert who.client.post(f"{url}confirmer/", weeks()).status_code == 404
    other = f"/agents/familles/{alice.household.pk}/garde/{charlie.children[0].pk}/"
    assert denise.client.get(other).status_code == 404


def test_the_page_costs_the_same_for_any_child(denise: Character, alice: Character, bob: Character) -> None:
    costs = []
    for child in alice.children:
        with CaptureQueriesContext(connection) as spent:
            denise.client.get(f"/agents/familles/{alice.household.pk}/garde/{child.pk}/")
        costs.append(len(spent))
    assert max(costs) <= 30
