"""« Ma famille » and a child's agenda."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.demo.town import Reference
from espace.families.models import Guardianship, Household, RecordChange
from tests.support.bills import book
from tests.support.cast import Character
from tests.support.pages import StrictClient


def test_a_parent_sees_the_family(alice: Character) -> None:
    page = alice.client.get("/ma-famille/").content.decode()
    assert "Zoé Moreau" in page
    assert "12, rue du Moulin" in page
    assert "812" in page


def test_a_shared_child_shows_where_they_are(alice: Character, bob: Character) -> None:
    page = alice.client.get("/ma-famille/").content.decode()
    assert "Garde alternée" in page
    assert "jusqu’au" in page


def test_the_other_home_stays_private(alice: Character, bob: Character) -> None:
    bob.adult.phone = "06 39 98 00 77"
    bob.adult.save()
    for path in ("/ma-famille/", f"/ma-famille/{alice.children[1].pk}/"):
        page = alice.client.get(path).content.decode()
        assert "quai de l’Aune" not in page
        assert "06 39 98 00 77" not in page
        assert bob.user.email not in page


def test_a_stranger_cannot_open_the_child(alice: Character, charlie: Character) -> None:
    child = alice.children[0]
    assert charlie.client.get(f"/ma-famille/{child.pk}/").status_code == 404
    assert alice.client.get(f"/ma-famille/{child.pk}/").status_code == 200


@pytest.mark.parametrize("month", ["2026-13", "abc", "99999-01", "-", "2026-11", "٢٠٢٦-11"])
def test_any_month_in_the_address_is_answered(alice: Character, month: str) -> None:
    assert alice.client.get(f"/ma-famille/{alice.children[0].pk}/", {"mois": month}).status_code == 200


def test_a_child_that_no_database_can_hold_is_not_found(alice: Character) -> None:
    assert alice.client.get(f"/ma-famille/{10**30}/").status_code == 404


@pytest.mark.parametrize("path", ["/ma-famille/", "/ma-famille/{child}/"])
def test_queries_stay_few_and_constant(
    alice: Character, bob: Character, charlie: Character, path: str
) -> None:
    with CaptureQueriesContext(connection) as spent:
        alice.client.get(path.format(child=alice.children[0].pk))
    print(len(spent))
    assert len(spent) <= 16


NEW_ADDRESS = {
    "street": "3, place du Marché",
    "street_extra": "",
    "postcode": "99450",
    "city": "Clairval-sur-Aune",
}


def test_an_address_asked_for_waits_for_the_guichet(alice: Character) -> None:
    done = alice.client.post(f"/ma-famille/adresse/{alice.household.pk}/", NEW_ADDRESS)
    assert (done.status_code, done["Location"]) == (303, "/ma-famille/")
    assert RecordChange.objects.get().new_value == "3, place du Marché"
    assert Household.objects.get(pk=alice.household.pk).street == "12, rue du Moulin"
    page = alice.client.get("/ma-famille/").content.decode()
    assert "En attente au guichet" in page
    assert "3, place du Marché" in page


def test_asking_for_what_is_known_says_so(alice: Character) -> None:
    same = {
        "street": "12, RUE du moulin",
        "street_extra": "",
        "postcode": "99450",
        "city": "clairval sur aune",
    }
    page = alice.client.post(f"/ma-famille/adresse/{alice.household.pk}/", same)
    assert "Rien n’a changé" in page.content.decode()
    assert not RecordChange.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("street", ""), ("street", "x" * 201), ("street", "12\u202e rue"), ("street", "rue \x07"),
        ("postcode", "abc"), ("city", "🙂"), ("postcode", "1" * 400),
    ],
)  # fmt: skip
def test_a_bad_address_is_told_and_changes_nothing(alice: Character, field: str, value: str) -> None:
    page = alice.client.post(f"/ma-famille/adresse/{alice.household.pk}/", {**NEW_ADDRESS, field: value})
    assert page.status_code == 200
    assert "à corriger" in page.content.decode()
    assert not RecordChange.objects.exists()


def test_a_stranger_cannot_change_an_address(alice: Character, charlie: Character) -> None:
    path = f"/ma-famille/adresse/{alice.household.pk}/"
    assert charlie.client.get(path).status_code == 404
    assert charlie.client.post(path, NEW_ADDRESS).status_code == 404
    assert not RecordChange.objects.exists()


def test_nobody_changes_the_other_adult(alice: Character, bob: Character) -> None:
    path = f"/ma-famille/coordonnees/{bob.adult.pk}/"
    assert alice.client.post(path, {"phone": "06 39 98 00 88", "email": ""}).status_code == 404


def test_one_changes_ones_own_telephone(alice: Character) -> None:
    path = f"/ma-famille/coordonnees/{alice.adult.pk}/"
    typed = {"phone": "0639980088", "email": alice.adult.email}
    assert alice.client.post(path, typed).status_code == 303
    change = RecordChange.objects.get()
    assert (change.field, change.new_value) == ("phone", "06 39 98 00 88")


def test_a_visitor_is_sent_to_sign_in(client: StrictClient) -> None:

    answer = client.get("/ma-famille/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/connexion/")


CANTEEN = "restauration-scolaire"


def test_a_new_family_is_shown_the_next_step(alice: Character) -> None:
    """Just linked: the children appear, and what to do with them."""
    child = alice.children[0]
    page = alice.client.get("/ma-famille/").content.decode()
    assert f'href="/inscrire/{child.pk}/"' in page
    agenda = alice.client.get(f"/ma-famille/{child.pk}/").content.decode().partition("<main")[2]
    assert f'href="/reserver/{child.pk}/' in agenda
    assert f'href="/inscrire/{child.pk}/"' in agenda


def test_the_agenda_of_a_child_leads_on(alice: Character, town: Reference) -> None:
    """From a day to its week of the booking grid; from the page to booking, the weekly pattern and enrolling."""
    zoe = alice.children[0]
    for day in (date(2026, 11, 23), date(2026, 11, 26)):
        book(zoe, town.slot(CANTEEN, day))
    page = alice.client.get(f"/ma-famille/{zoe.pk}/").content.decode()
    grid = f"/reserver/{zoe.pk}/2026-11/?semaine="
    assert f'href="{grid}2026-11-26#s48"' in page
    assert f"{grid}2026-11-23" not in page  # gone by
    for link in (f"{grid}2026-11-24#s48", f"/reserver/{zoe.pk}/semaine-type/", f"/inscrire/{zoe.pk}/"):
        assert f'href="{link}"' in page
        assert alice.client.get(link).status_code == 200
    assert (
        f"/reserver/{zoe.pk}/2027-01/?semaine=2027-01-01#s53"
        in alice.client.get(f"/ma-famille/{zoe.pk}/?mois=2027-01").content.decode()
    )


def test_whoever_may_not_book_reads_the_agenda_only(alice: Character) -> None:
    zoe = alice.children[0]
    Guardianship.objects.filter(child=zoe).update(can_book=False)
    page = alice.client.get(f"/ma-famille/{zoe.pk}/").content.decode()
    assert "L’agenda de Zoé" in page
    assert f"/inscrire/{zoe.pk}/" not in page
