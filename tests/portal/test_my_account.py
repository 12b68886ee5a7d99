"""« Mon compte », screen by screen."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.accounts.models import User
from espace.audit.models import AuditEvent
from espace.families.models import RecordChange
from espace.notifications.models import OutboxMessage
from tests.support.cast import PASSWORD, Character, make_account
from tests.support.pages import StrictClient

pytestmark = pytest.mark.django_db
BASE = "/mon-compte/"
PAGES = ["", "coordonnees/", "mot-de-passe/", "nom-utilisateur/", "adresse-e-mail/"]
ADDRESS = {
    "street": "3, rue du Pré",
    "street_extra": "",
    "postcode": "99450",
    "city": "Clairval",
    "phone": "",
}


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


@pytest.fixture
def lea() -> User:
    return make_account("Léa", "Martin")


@pytest.fixture
def at_home(client: StrictClient, lea: User) -> StrictClient:
    client.post("/connexion/", {"login": "lea", "password": PASSWORD})
    return client


@pytest.mark.parametrize("page", [*PAGES, "adresse-e-mail/code/"])
def test_a_visitor_is_sent_to_sign_in(client: StrictClient, page: str) -> None:
    for response in (client.get(BASE + page), client.post(BASE + page, {})):
        assert response.headers["Location"].startswith("/connexion/?next=")


def test_it_shows_ones_own_and_nobody_elses(at_home: StrictClient) -> None:
    make_account("Charlie", "Petit")
    page = text(at_home.get(BASE))
    assert "Léa Martin" in page
    assert "lea<wbr>@exemple.fr" in page
    assert "Charlie" not in page


def test_the_password_changes_and_this_session_stays_the_others_close(
    at_home: StrictClient, lea: User
) -> None:
    elsewhere = StrictClient()
    elsewhere.post("/connexion/", {"login": "lea", "password": PASSWORD})
    response = at_home.post(f"{BASE}mot-de-passe/", {"current": PASSWORD, "password": "Erable-2027"})
    assert (response.status_code, response.headers["Location"]) == (303, BASE)
    assert "Votre mot de passe est changé" in text(at_home.get(BASE))
    assert elsewhere.get(BASE).status_code == 302
    lea.refresh_from_db()
    assert lea.check_password("Erable-2027")


@pytest.mark.parametrize(
    ("page", "typed", "sentence"),
    [
        ("mot-de-passe/", {"current": "autre", "password": "Erable-2027"}, "mot de passe actuel"),
        ("mot-de-passe/", {"current": PASSWORD, "password": "court"}, "trop simple"),
        ("mot-de-passe/", {"current": PASSWORD, "password": "x" * 999}, "200"),
        ("mot-de-passe/", {}, "obligatoire"),
        ("nom-utilisateur/", {"current": "autre", "username": "lea-59"}, "mot de passe actuel"),
        ("nom-utilisateur/", {"current": PASSWORD, "username": "l a"}, "de 3 à 60"),
        ("nom-utilisateur/", {"current": PASSWORD, "username": "CHARLIE"}, "déjà pris"),
        ("nom-utilisateur/", {"current": PASSWORD, "username": "lea\u202e"}, "signe"),
        ("adresse-e-mail/", {"current": PASSWORD, "email": "nouvelle"}, "en entier"),
        ("adresse-e-mail/", {"current": "autre", "email": "nouvelle@exemple.fr"}, "mot de passe actuel"),
        ("adresse-e-mail/", {"current": PASSWORD, "email": "x" * 300 + "@exemple.fr"}, "254"),
        ("coordonnees/", {}, "obligatoire"),
        ("coordonnees/", ADDRESS | {"phone": "12"}, "pas complet"),
        ("coordonnees/", ADDRESS | {"street": "3\x07"}, "signe"),
        ("coordonnees/", ADDRESS | {"city": "😀"}, "signe"),
        ("coordonnees/", ADDRESS | {"postcode": "abc"}, "cinq chiffres"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    at_home: StrictClient, lea: User, page: str, typed: dict[str, str], sentence: str
) -> None:
    make_account("Charlie", "Petit")
    before = User.objects.filter(pk=lea.pk).values().get()
    response = at_home.post(BASE + page, typed)
    assert response.status_code == 200
    assert sentence in text(response)
    assert User.objects.filter(pk=lea.pk).values().get() == before
    assert not OutboxMessage.objects.exists()


def test_the_user_name_changes(at_home: StrictClient, lea: User) -> None:
    at_home.post(f"{BASE}nom-utilisateur/", {"current": PASSWORD, "username": "lea-59"})
    assert "lea-59" in text(at_home.get(BASE))


def test_the_address_changes_with_its_code(at_home: StrictClient, lea: User) -> None:
    assert at_home.get(f"{BASE}adresse-e-mail/code/").headers["Location"] == f"{BASE}adresse-e-mail/"
    at_home.post(f"{BASE}adresse-e-mail/", {"current": PASSWORD, "email": "nouvelle@exemple.fr"})
    assert "nouvelle@exemple.fr" in text(at_home.get(f"{BASE}adresse-e-mail/code/"))
    found = re.search(r"\b(\d{3}) (\d{3})\b", OutboxMessage.objects.get().body)
    assert found
    code = found.group(1) + found.group(2)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert "pas le bon" in text(at_home.post(f"{BASE}adresse-e-mail/code/", {"code": wrong}))
    assert at_home.post(f"{BASE}adresse-e-mail/code/", {"code": code}).headers["Location"] == BASE
    lea.refresh_from_db()
    assert lea.email == "nouvelle@exemple.fr"


def test_contact_details_change(at_home: StrictClient, lea: User) -> None:
    response = at_home.post(f"{BASE}coordonnees/", ADDRESS | {"phone": "+33 6 39 98 12 34"}, follow=True)
    assert "Vos coordonnées sont changées" in text(response)
    lea.refresh_from_db()
    assert (lea.street, lea.phone) == ("3, rue du Pré", "06 39 98 12 34")


def test_an_agent_finds_the_recovery_codes(denise: Character, at_home: StrictClient) -> None:
    assert "/agents/second-facteur/codes/" in text(denise.client.get(BASE))
    assert "/agents/" not in text(at_home.get(BASE))


def test_once_linked_the_familys_record_waits_for_the_guichet(alice: Character) -> None:
    response = alice.client.post(f"{BASE}coordonnees/", ADDRESS | {"phone": "06 39 98 12 34"}, follow=True)
    assert "Le guichet unique vérifie" in text(response)
    asked = set(RecordChange.objects.order_by("id").values_list("field", flat=True))
    assert {"street", "phone"} <= asked
    alice.household.refresh_from_db()
    assert alice.household.street == "12, rue du Moulin"


def test_the_pages_cost_few_queries(at_home: StrictClient) -> None:
    counts = {}
    for page in PAGES:
        with CaptureQueriesContext(connection) as queries:
            at_home.get(BASE + page)
        counts[page] = len(queries)
    assert max(counts.values()) <= 12, counts


def test_reminders_are_turned_off_and_on_again(alice: Character) -> None:
    page = unescape(alice.client.get("/mon-compte/").content.decode())
    assert "Me rappeler les dates limites par e-mail" in page
    for data, wanted in (({}, False), ({"rappels": "on"}, True)):
        assert alice.client.post("/mon-compte/rappels/", data).status_code == 303
        alice.user.refresh_from_db()
        assert alice.user.wants_reminders is wanted
    acts = AuditEvent.objects.filter(action="accounts.choose_reminders").order_by("id")
    assert [act.payload for act in acts] == [{"wanted": False}, {"wanted": True}]
    assert alice.client.post("/mon-compte/rappels/", {"rappels": "on"}).status_code == 303
    assert acts.count() == 2
