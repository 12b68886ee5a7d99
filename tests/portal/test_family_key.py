"""/cle-enfance/: the key typed, and « Je n’ai pas de clé »."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import Traveller

from espace.accounts.models import User
from espace.families import services
from espace.families.enums import KeyRequestState
from espace.families.models import KeyRequest, Person
from espace.families.services import keys as keys_module
from espace.kernel.actor import SYSTEM
from espace.kernel.crypto import unseal
from tests.support.cast import Character, make_account, signed_in
from tests.support.family import Home
from tests.support.pages import StrictClient

CHILD = {
    "already_known": "oui", "child_first_name": "Maëlys", "child_last_name": "Ferrand-Ouedraogo",
    "child_birth_date": "2018-03-04", "message": "",
}  # fmt: skip


@pytest.fixture
def maud(home: Home) -> User:
    return make_account("Maud", "Ferrand")


def code_of(home: Home) -> str:
    key = services.issue_key(SYSTEM, household=home.household, adult=home.mother)
    return unseal(keys_module.SEAL, bytes(key.sealed or b""))


def test_a_visitor_is_told_what_to_do_first(client: StrictClient, home: Home) -> None:
    page = client.get("/cle-enfance/").content.decode()
    assert "Créer mon espace" in page
    assert "/connexion/?next=/cle-enfance/" in page


def test_the_key_opens_the_family(home: Home, maud: User) -> None:
    browser = signed_in(maud)
    done = browser.post("/cle-enfance/", {"typed": code_of(home).lower()})
    assert (done.status_code, done["Location"]) == (303, "/ma-famille/")
    page = browser.get("/ma-famille/").content.decode()
    assert "Maëlys" in page
    assert "Votre compte est relié à votre famille" in page
    again = browser.post("/cle-enfance/", {"typed": "2222-2222-2222"})
    assert (again.status_code, again["Location"]) == (303, "/ma-famille/")


@pytest.mark.parametrize("typed", ["", "abc", "2222-2222-2222", "2" * 3000, "\u202e", "🙂", "2222\x00"])
def test_a_bad_key_gets_one_sentence_and_changes_nothing(home: Home, maud: User, typed: str) -> None:
    page = signed_in(maud).post("/cle-enfance/", {"typed": typed})
    assert page.status_code == 200
    assert "à corriger" in page.content.decode()
    assert not Person.objects.filter(user=maud).exists()


def test_the_sentence_gives_the_guichets_number(home: Home, maud: User) -> None:
    page = signed_in(maud).post("/cle-enfance/", {"typed": "2222-2222-2222"}).content.decode()
    assert "n’est pas reconnue, ou n’est plus valable" in page
    assert "Le guichet unique vous aide au" in page


def test_a_dead_key_reads_like_an_unknown_one(home: Home, maud: User, frozen: Traveller) -> None:
    old = code_of(home)
    frozen.shift(timedelta(days=91))
    browser = signed_in(maud)
    texts = []
    for typed in (old, "2222-2222-2222"):
        page = browser.post("/cle-enfance/", {"typed": typed}).content.decode()
        texts.append(page[page.index("errsum") : page.index("Ce qui se passe ensuite")].replace(typed, ""))
    assert texts[0].split("csrf")[0] == texts[1].split("csrf")[0]


def test_a_request_is_sent_and_followed(home: Home, maud: User) -> None:
    browser = signed_in(maud)
    done = browser.post("/cle-enfance/pas-de-cle/", CHILD)
    assert (done.status_code, done["Location"]) == (303, "/cle-enfance/pas-de-cle/")
    page = browser.get("/cle-enfance/pas-de-cle/").content.decode()
    assert "Le guichet cherche votre dossier" in page
    assert "jamais par téléphone" in page
    browser.post("/cle-enfance/pas-de-cle/", CHILD)  # twice: one request
    assert KeyRequest.objects.count() == 1


def test_a_new_family_sees_where_it_stands(home: Home, maud: User) -> None:
    browser = signed_in(maud)
    browser.post("/cle-enfance/pas-de-cle/", {**CHILD, "already_known": "non"})
    assert "L’ouverture de votre dossier" in browser.get("/cle-enfance/pas-de-cle/").content.decode()
    services.answer_key_request(
        SYSTEM,
        request_id=KeyRequest.objects.get().pk,
        outcome=KeyRequestState.NEW_FAMILY,
        answer="Venez nous voir.",
    )
    page = browser.get("/cle-enfance/pas-de-cle/").content.decode()
    assert "Venez nous voir." in page
    assert "Faire une autre demande" in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("already_known", ""), ("already_known", "peut-être"), ("child_first_name", ""), ("child_first_name", "a" * 81),
        ("child_last_name", "x\u202ey"), ("child_last_name", "🙂"), ("child_birth_date", "2018-02-30"),
        ("child_birth_date", "2031-01-01"), ("child_birth_date", "1970-01-01"), ("child_birth_date", "hier"),
        ("message", "x" * 501), ("message", "a\x07b"),
    ],
)  # fmt: skip
def test_a_bad_request_is_told(home: Home, maud: User, name: str, value: str) -> None:
    page = signed_in(maud).post("/cle-enfance/pas-de-cle/", {**CHILD, name: value})
    assert page.status_code == 200
    assert "à corriger" in page.content.decode()
    assert not KeyRequest.objects.exists()


def test_a_linked_parent_has_no_use_for_it(alice: Character) -> None:
    for path in ("/cle-enfance/", "/cle-enfance/pas-de-cle/"):
        assert alice.client.get(path)["Location"] == "/ma-famille/"


def test_an_account_without_family_is_shown_the_way(home: Home, maud: User) -> None:
    page = signed_in(maud).get("/ma-famille/").content.decode()
    assert "Saisir ma clé" in page


def test_queries_stay_few(home: Home, maud: User, django_assert_max_num_queries: object) -> None:
    browser = signed_in(maud)
    for path in ("/cle-enfance/", "/cle-enfance/pas-de-cle/", "/ma-famille/"):
        with django_assert_max_num_queries(15):  # type: ignore[operator]
            browser.get(path)
