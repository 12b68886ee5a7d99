"""Finding a family in one sequence of keys."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.families import rules
from espace.families.models import Household, Person
from tests.support.cast import Character

SEARCH = "/agents/recherche/"


@pytest.fixture
def families(alice: Character, bob: Character, charlie: Character) -> None:
    """The cast's people, searchable as the services make them."""
    for person in Person.objects.order_by("id"):
        person.search_text = rules.person_search_text(
            person.first_name, person.last_name, person.email, person.phone
        )
        person.save()
    for name, number in (("Belkacem", "F-90001"), ("Lebihan", "F-90002")):
        home = Household.objects.get(pk=bob.household.pk)
        home.pk, home.name, home.number = None, f"Famille {name}", number
        home.search_text = rules.household_search_text(f"{name} Karim", number)
        home.save()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("moreau", "Famille Moreau"), ("MOR", "Famille Moreau"), ("zoe mor", "Famille Moreau"),
        ("Zoé", "Famille Moreau"), ("lefevre", "Famille Lefèvre"), ("LEFÈVRE bob", "Famille Lefèvre"),
        ("F-00003", "Famille Nguyen"), ("06 39 98 00 10", "Famille Nguyen"), ("+33639980010", "Famille Nguyen"),
        ("charlie@exemple.fr", "Famille Nguyen"), ("nguyne", "Famille Nguyen"), ("ngyuen", "Famille Nguyen"),
        ("moraeu", "Famille Moreau"), ("lefèbre", "Famille Lefèvre"),
        ("belkassem", "Famille Belkacem"), ("karim belqasem", "Famille Belkacem"), ("le bihan", "Famille Lebihan"),
    ],
)  # fmt: skip
def test_a_family_is_found(denise: Character, families: None, typed: str, found: str) -> None:
    answer = denise.client.post(SEARCH, {"q": typed}, follow=True)
    assert found in answer.content.decode()


def test_a_shared_child_gives_both_homes(denise: Character, families: None) -> None:
    page = denise.client.post(SEARCH, {"q": "tom"}, follow=True).content.decode()
    assert "Famille Moreau" in page
    assert "Famille Lefèvre" in page


def test_a_number_opens_the_file(denise: Character, alice: Character) -> None:
    answer = denise.client.post(SEARCH, {"q": "F-00001"})
    assert (answer.status_code, answer["Location"]) == (303, f"/agents/familles/{alice.household.pk}/")


def test_a_name_is_never_in_the_address(denise: Character, families: None) -> None:
    """And the list is found again by its plain address: Back and reload work."""
    answer = denise.client.post(SEARCH, {"q": "moreau"})
    assert (answer.status_code, answer["Location"]) == (303, SEARCH)
    for _ in range(2):
        page = denise.client.get(SEARCH).content.decode()
        assert "Famille Moreau" in page
        assert 'value="moreau"' in page
    assert "moreau" not in denise.client.get("/agents/").content.decode()
    denise.client.post(SEARCH, {"q": ""})
    assert "Famille Moreau" not in denise.client.get(SEARCH).content.decode()


@pytest.mark.parametrize(
    "typed", ["", "   ", "zzzzzz", "%", "_", "(", "a" * 5000, "\u202e", "🙂", "' OR 1=1", "[a-"]
)
def test_anything_typed_gets_an_answer(denise: Character, alice: Character, typed: str) -> None:
    answer = denise.client.post(SEARCH, {"q": typed}, follow=True)
    assert answer.status_code == 200
    assert "Famille Moreau" not in answer.content.decode()


def test_queries_stay_constant(denise: Character, families: None) -> None:
    denise.client.post(SEARCH, {"q": "famille"})

    def spent() -> int:
        with CaptureQueriesContext(connection) as queries:
            denise.client.get(SEARCH)
        return len(queries)

    before = spent()
    for n in range(30):
        Household.objects.create(
            name=f"Famille {n}", number=f"X{n}", street="s", postcode="99450", city="c",
            search_text=f"famille {n}", created_at="2026-01-01T00:00Z",
        )  # fmt: skip
    assert spent() == before <= 15
