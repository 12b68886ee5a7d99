"""Changes asked by families, decided by the guichet."""

from __future__ import annotations

import pytest

from espace.families.models import Household, RecordChange
from espace.families.services import ask_record_change
from tests.support.cast import Character


@pytest.fixture
def asked(alice: Character) -> str:
    changes = ask_record_change(
        alice.actor, household_id=alice.household.pk, values={"street": "3, place du Marché", "city": "Aubry"}
    )
    return ",".join(str(c.pk) for c in changes)


def test_old_and_new_stand_side_by_side(denise: Character, asked: str) -> None:
    page = denise.client.get("/agents/a-traiter/").content.decode()
    assert "12, rue du Moulin" in page
    assert "3, place du Marché" in page


def test_a_change_is_applied(denise: Character, alice: Character, asked: str) -> None:
    done = denise.client.post(
        "/agents/a-traiter/decider/", {"changes": asked, "decision": "oui", "reason": ""}
    )
    assert (done.status_code, done["Location"]) == (303, "/agents/a-traiter/")
    assert Household.objects.get(pk=alice.household.pk).street == "3, place du Marché"
    again = denise.client.post(
        "/agents/a-traiter/decider/", {"changes": asked, "decision": "oui", "reason": ""}, follow=True
    )
    assert "déjà traitée" in again.content.decode()


def test_a_refusal_needs_a_sentence(denise: Character, asked: str) -> None:
    typed = {"changes": asked, "decision": "non", "reason": ""}
    page = denise.client.post("/agents/a-traiter/decider/", typed, follow=True).content.decode()
    assert "Expliquez votre décision" in page
    assert RecordChange.objects.filter(state="PENDING").count() == 2


@pytest.mark.parametrize("changes", ["", "abc", "1,", "9" * 18, ",".join(["1"] * 200), "1" * 500])
def test_a_bad_decision_changes_nothing(denise: Character, asked: str, changes: str) -> None:
    done = denise.client.post("/agents/a-traiter/decider/", {"changes": changes, "decision": "oui"})
    assert done.status_code in (303, 404)
    assert RecordChange.objects.filter(state="PENDING").count() == 2


def test_two_families_are_not_decided_together(denise: Character, charlie: Character, asked: str) -> None:
    other = ask_record_change(charlie.actor, household_id=charlie.household.pk, values={"street": "ailleurs"})
    typed = {"changes": f"{asked},{other[0].pk}", "decision": "oui"}
    assert denise.client.post("/agents/a-traiter/decider/", typed).status_code == 404


def test_a_parent_decides_nothing(alice: Character, asked: str) -> None:
    assert (
        alice.client.post("/agents/a-traiter/decider/", {"changes": asked, "decision": "oui"}).status_code
        == 404
    )


def test_queries_stay_few(denise: Character, asked: str, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        denise.client.get("/agents/a-traiter/")
