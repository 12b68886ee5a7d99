"""What the walk found, each told by what a person would have met."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from espace.demo.town import Reference
from espace.families.models import Household, Person, RecordChange
from espace.notifications.models import OutboxMessage
from tests.support.cast import PASSWORD, Character
from tests.support.pages import StrictClient

MANY_DIGITS = "0" * 19 + "1" + "9" * 50


def test_an_agent_who_only_reads_families_changes_none(
    remi: Character, denise: Character, alice: Character
) -> None:
    """The address is asked by the family, or by an agent acting for it, which the journal and a banner tell."""
    typed = {"street": "1, rue Volée", "street_extra": "", "postcode": "99450", "city": "Clairval"}
    for agent in (remi, denise):
        for answer in (
            agent.client.get(f"/ma-famille/adresse/{alice.household.pk}/"),
            agent.client.post(f"/ma-famille/adresse/{alice.household.pk}/", typed),
        ):
            assert answer.status_code == 404
    assert not RecordChange.objects.exists()
    assert Household.objects.get(pk=alice.household.pk).street == "12, rue du Moulin"


def test_an_id_of_many_digits_breaks_the_form_not_the_server(alice: Character) -> None:
    page = alice.client.post(f"/reserver/{alice.children[0].pk}/2026-12/verifier/", {"r": [MANY_DIGITS]})
    assert "rien n’a été modifié" in page.content.decode()


@pytest.mark.parametrize("month", ["0202699-1", "2026-0123", "2026-012"])
def test_a_month_with_digits_too_many_is_today_s(alice: Character, month: str) -> None:
    page = alice.client.get(f"/ma-famille/{alice.children[0].pk}/?mois={month}")
    assert "?mois=2026-10" in page.content.decode()  # the month before today’s


@pytest.mark.parametrize("amount", ["1e999999", "1e99999999"])
def test_a_quotient_beyond_any_number_gets_a_sentence(
    denise: Character, alice: Character, amount: str
) -> None:
    typed = {"amount": amount, "source": "CAF_NOTICE", "start": "2026-11-24"}
    page = denise.client.post(f"/agents/familles/{alice.household.pk}/quotient/", typed)
    assert "Écrivez un nombre" in page.content.decode()


@pytest.mark.parametrize("email", ["lea@exem\u202eple.fr", "lea@exem\u200bple.fr"])
def test_an_address_with_signs_that_do_not_show_is_refused(
    alice: Character, denise: Character, email: str
) -> None:
    page = alice.client.post(f"/ma-famille/coordonnees/{alice.adult.pk}/", {"phone": "", "email": email})
    assert "en entier" in page.content.decode()
    typed = {"first_name": "Léa", "last_name": "Martin", "email": email}
    page = denise.client.post(f"/agents/familles/{alice.household.pk}/adulte/", typed)
    assert "en entier" in page.content.decode()
    assert not RecordChange.objects.exists()
    assert not Person.objects.filter(first_name="Léa").exists()


@pytest.mark.parametrize("path", ["declarer/", "confirmer/"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_an_event_at_the_end_of_time_gets_a_sentence(denise: Character, day: str, path: str) -> None:
    typed = {
        "who": "TOWN",
        "first": day,
        "last": day,
        "kind": "STRIKE",
        "effect": "CLOSED",
        "reason": "Grève",
    }
    page = denise.client.post(f"/agents/evenements/{path}", typed)
    assert "trop loin d’aujourd’hui" in page.content.decode()


@pytest.mark.parametrize("month", [f"2026-{2**63}", f"{2**64}-8"])
def test_a_month_that_no_calendar_has_is_not_found(remi: Character, town: Reference, month: str) -> None:
    assert remi.client.get(f"/agents/mois/{town.office.pk}/{month}/cloturer/").status_code == 404


def test_a_child_number_beyond_any_is_not_found(alice: Character) -> None:
    assert alice.client.get(f"/reserver/{2**63}/").status_code == 404


def test_a_link_to_what_only_a_button_opens_is_answered_in_words(alice: Character) -> None:
    page = alice.client.get("/factures/RC-2026-000001/regler/")
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "Cette adresse ne s’ouvre pas directement" in page.content.decode()


def test_a_sending_too_large_is_answered_in_words(client: StrictClient, town: Reference) -> None:
    page = client.post("/creer-mon-espace/", {f"champ{n}": "x" for n in range(4001)})
    assert page.status_code == 400
    assert "Nous n’avons pas pu lire votre envoi" in page.content.decode()


def test_a_host_that_is_not_ours_is_answered_in_words(client: StrictClient, town: Reference) -> None:
    page = client.get("/", headers={"host": "exemple.org"})
    assert page.status_code == 400
    assert "Rien n’a été changé" in page.content.decode()


def test_a_second_factor_without_its_code_gets_a_sentence(client: StrictClient, denise: Character) -> None:
    TOTP.activate(denise.user, generate_totp_secret())
    client.post("/connexion/", {"login": denise.user.username, "password": PASSWORD})
    page = client.post("/connexion/code/", {})
    assert page.status_code == 200
    assert "field-err" in page.content.decode()


def test_a_user_name_sent_twice_is_told_once(alice: Character) -> None:
    for _ in range(2):
        typed = {"username": "alice.neuve", "current": PASSWORD}
        assert alice.client.post("/mon-compte/nom-utilisateur/", typed).status_code == 303
    assert OutboxMessage.objects.count() == 1
