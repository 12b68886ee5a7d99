"""The agents' home: what waits, and only for agents."""

from __future__ import annotations

from espace.families.models import RecordChange
from espace.families.services import ask_record_change, issue_key, request_key
from espace.kernel import clock
from tests.support.cast import Character, make_account, signed_in


def test_the_queues_are_counted(alice: Character, denise: Character) -> None:
    ask_record_change(
        alice.actor,
        household_id=alice.household.pk,
        values={"street": "3, place du Marché", "city": "Ailleurs"},
    )
    assert RecordChange.objects.count() == 2  # one address: one task
    page = denise.client.get("/agents/").content.decode()
    assert "changement de dossier à vérifier" in page
    assert "0</b> demande de Clé Enfance" in page


def test_a_request_of_key_is_counted(denise: Character) -> None:
    user = make_account("Inès", "Faure")
    actor = Character(user, signed_in(user)).actor
    request_key(
        actor,
        already_known=True,
        child_first_name="Léo",
        child_last_name="Faure",
        child_birth_date=clock.today(),
    )
    assert "1</b> demande de Clé Enfance" in denise.client.get("/agents/").content.decode()


def test_a_parent_finds_no_agents_page(alice: Character) -> None:
    for path in (
        "/agents/",
        "/agents/recherche/",
        "/agents/cles/",
        "/agents/a-traiter/",
        "/agents/familles/1/",
    ):
        assert alice.client.get(path).status_code == 404


def test_a_regisseur_does_not_see_the_guichet(remi: Character) -> None:
    page = remi.client.get("/agents/").content.decode()
    assert "Clés Enfance" not in page
    assert remi.client.get("/agents/cles/").status_code == 404


def test_queries_stay_few(denise: Character, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        denise.client.get("/agents/")


def test_issue_key_is_the_guichets(alice: Character) -> None:
    import pytest

    from espace.kernel.errors import NotFound

    with pytest.raises(NotFound):
        issue_key(alice.actor, household=alice.household, adult=alice.adult)
