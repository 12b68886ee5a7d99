"""Keys at the guichet: made, printed once, revoked; requests answered."""

from __future__ import annotations

import pytest

from espace.families.models import FamilyKey, KeyRequest
from espace.families.services import request_key
from espace.kernel.actor import Actor, Channel
from tests.support.cast import Character, make_account
from tests.support.family import Home


def new_key(denise: Character, home: Home) -> FamilyKey:
    denise.client.post(f"/agents/cles/nouvelle/{home.household.pk}/{home.mother.pk}/")
    return FamilyKey.objects.get(revoked_at=None)


def test_a_key_is_made_and_printed_once(denise: Character, home: Home) -> None:
    key = new_key(denise, home)
    assert "Maud Ferrand" in denise.client.get("/agents/cles/").content.decode()
    letter = denise.client.post(f"/agents/cles/{key.pk}/courrier.pdf")
    assert letter["Content-Type"] == "application/pdf"
    assert "no-store" in letter["Cache-Control"]
    assert letter.content.startswith(b"%PDF-")
    again = denise.client.post(f"/agents/cles/{key.pk}/courrier.pdf")
    assert again.status_code == 303
    page = denise.client.get(again["Location"]).content.decode()
    assert "déjà fait" in page
    assert "Maud Ferrand" not in denise.client.get("/agents/cles/").content.decode()


def test_the_file_says_what_a_second_key_does(denise: Character, home: Home) -> None:
    path = f"/agents/familles/{home.household.pk}/"
    key = new_key(denise, home)
    assert "Le courrier s’imprime une seule fois." in denise.client.get(path).content.decode()
    denise.client.post(f"/agents/cles/{key.pk}/courrier.pdf")
    page = denise.client.get(path).content.decode()
    assert "Refaire une clé" in page
    assert "Elle annule celle-ci" in page


def test_a_letter_is_not_got_by_a_link(denise: Character, home: Home) -> None:
    key = new_key(denise, home)
    assert denise.client.get(f"/agents/cles/{key.pk}/courrier.pdf").status_code == 405


def test_a_key_is_revoked_after_a_question(denise: Character, home: Home) -> None:
    key = new_key(denise, home)
    assert "Annuler cette clé" in denise.client.get(f"/agents/cles/{key.pk}/annuler/").content.decode()
    denise.client.post(f"/agents/cles/{key.pk}/annuler/", {"reason": "Perdue"})
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_child_gets_no_key(denise: Character, home: Home) -> None:
    denise.client.post(f"/agents/cles/nouvelle/{home.household.pk}/{home.elder.pk}/")
    assert not FamilyKey.objects.exists()


@pytest.mark.parametrize("who", ["alice", "remi"])
def test_others_find_nothing(who: str, home: Home, denise: Character, request: pytest.FixtureRequest) -> None:
    other: Character = request.getfixturevalue(who)
    key = new_key(denise, home)
    for path in (f"/agents/cles/{key.pk}/courrier.pdf", f"/agents/cles/{key.pk}/annuler/"):
        assert other.client.post(path).status_code == 404
    assert (
        other.client.post(f"/agents/cles/nouvelle/{home.household.pk}/{home.mother.pk}/").status_code == 404
    )


@pytest.fixture
def asked(home: Home) -> KeyRequest:
    user = make_account("Maud", "Ferrand")
    return request_key(
        Actor(user.pk, str(user), Channel.PORTAL),
        already_known=True,
        child_first_name="Maelys",
        child_last_name="Ferrand",
        child_birth_date=home.elder.birth_date,  # type: ignore[arg-type]
    )


def test_a_request_is_answered_by_a_letter(denise: Character, home: Home, asked: KeyRequest) -> None:
    path = f"/agents/cles/demande/{asked.pk}/"
    page = denise.client.get(path).content.decode()
    assert "5, rue des Écoles" in page
    adult = f"{home.household.pk}-{home.mother.pk}"
    done = denise.client.post(path, {"outcome": "lettre", "adult": adult, "answer": ""})
    assert (done.status_code, done["Location"]) == (303, "/agents/cles/")
    assert FamilyKey.objects.get().adult_id == home.mother.pk
    assert denise.client.post(path, {"outcome": "refus", "answer": "Non"}).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        {}, {"outcome": "lettre"}, {"outcome": "lettre", "adult": "1-999999"}, {"outcome": "autre"},
        {"outcome": "refus", "answer": ""}, {"outcome": "nouvelle", "answer": "a\u202eb"},
        {"outcome": "refus", "answer": "x" * 501},
    ],
)  # fmt: skip
def test_a_bad_answer_changes_nothing(
    denise: Character, home: Home, asked: KeyRequest, typed: dict[str, str]
) -> None:
    page = denise.client.post(f"/agents/cles/demande/{asked.pk}/", typed)
    assert page.status_code == 200
    assert "à corriger" in page.content.decode()
    asked.refresh_from_db()
    assert asked.state == "OPEN"


def test_the_family_is_searched_otherwise(denise: Character, home: Home, asked: KeyRequest) -> None:
    path = f"/agents/cles/demande/{asked.pk}/"
    assert (
        "Aucune famille ne ressemble" in denise.client.post(path, {"q": "zzzz"}, follow=True).content.decode()
    )
    assert "Boris Ouedraogo" in denise.client.post(path, {"q": "ouedr"}, follow=True).content.decode()


def test_queries_stay_few(denise: Character, home: Home, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        denise.client.get("/agents/cles/")
