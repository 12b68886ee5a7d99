"""« Créer mon espace », screen by screen."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.accounts.models import SignUpDraft, User
from espace.notifications.models import OutboxMessage
from tests.support.pages import StrictClient

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))
EMAIL = "lea.martin@exemple.fr"
START = "/creer-mon-espace/"
IDENTITY = {"first_name": "Léa", "last_name": "Martin", "birth_date": "1990-02-28"}
ADDRESS = {"street": "3, rue du Pré", "street_extra": "", "postcode": "99450", "city": "Clairval"}
CREDENTIALS = {"username": "lea.martin", "password": "Tilleul-2026"}
PAGES = ["", "code/", "identite/", "adresse/", "contact/", "identifiants/"]
NASTY = {
    "control": "Lé\x07a",
    "null": "Lé\x00a",
    "override": "Léa\u202eniatram",
    "emoji": "Léa 😀",
    "too long": "L" * 2000,
    "empty": "",
    "spaces": "   ",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def code_sent() -> str:
    body = OutboxMessage.objects.filter(lane="CODE").order_by("-id")[0].body
    found = re.search(r"\b(\d{3}) (\d{3})\b", body)
    assert found
    return found.group(1) + found.group(2)


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def prove(client: StrictClient, email: str = EMAIL) -> None:
    assert client.post(START, {"email": email}).headers["Location"] == f"{START}code/"
    response = client.post(f"{START}code/", {"code": code_sent()})
    assert (response.status_code, response.headers["Location"]) == (303, f"{START}identite/")


def fill(client: StrictClient, email: str = EMAIL) -> None:
    prove(client, email)
    client.post(f"{START}identite/", IDENTITY)
    client.post(f"{START}adresse/", ADDRESS)
    response = client.post(f"{START}contact/", {"phone": "06.39.98.12.34"})
    assert response.headers["Location"] == f"{START}identifiants/"


def test_from_the_address_to_the_clé_enfance(client: StrictClient) -> None:
    fill(client)
    page = client.get(f"{START}identifiants/")
    assert 'value="lea.martin"' in text(page)
    assert not User.objects.exists()
    response = client.post(f"{START}identifiants/", CREDENTIALS)
    assert (response.status_code, response.headers["Location"]) == (303, "/cle-enfance/")
    user = User.objects.get()
    assert (user.username, user.phone) == ("lea.martin", "06 39 98 12 34")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/mon-compte/").status_code == 200


def test_a_mistyped_mailbox_may_be_corrected_or_kept(client: StrictClient) -> None:
    page = client.post(START, {"email": "lea@yaho.fr"})
    assert "Vouliez-vous écrire <b>lea@yahoo.fr</b>" in text(page)
    assert not OutboxMessage.objects.exists()
    client.post(START, {"email": "lea@yaho.fr", "kept": "1"})
    assert OutboxMessage.objects.get().recipient == "lea@yaho.fr"


@pytest.mark.parametrize("typed", ["", "lea", "lea@", "a" * 300 + "@exemple.fr", "lea\x00@exemple.fr", "léa@exemple.fr",
                                   "😀@exemple.fr", "lea@exemple.fr\u202e", "lea@ex emple.fr"])  # fmt: skip
def test_what_is_no_address_gets_a_sentence_and_sends_nothing(client: StrictClient, typed: str) -> None:
    page = client.post(START, {"email": typed})
    assert page.status_code == 200
    assert "Un point à corriger" in text(page)
    assert not OutboxMessage.objects.exists()


def test_a_known_address_sees_the_same_pages(client: StrictClient) -> None:
    fill(client)
    client.post(f"{START}identifiants/", CREDENTIALS)
    pages = []
    for email in (EMAIL, "inconnue.x@exemple.fr"):
        visitor = StrictClient()
        visitor.post(START, {"email": email})
        page = text(visitor.get(f"{START}code/")).replace(email, "…")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("step", "back", "typed"),
    [("identite/", "", {"first_name": "Lé", "last_name": "", "birth_date": "1990-02-28"}),
     ("adresse/", "identite/", {"street": "3, rue du", "street_extra": "", "postcode": "99", "city": "Clair2"}),
     ("contact/", "adresse/", {"phone": "06 39"}), ("identifiants/", "contact/", {"username": "lé a"})],
)  # fmt: skip
def test_going_back_keeps_what_was_typed(
    client: StrictClient, step: str, back: str, typed: dict[str, str]
) -> None:
    fill(client)
    before = SignUpDraft.objects.get().answers
    answer = client.post(START + step, {**typed, "password": CREDENTIALS["password"], "retour": "1"})
    assert (answer.status_code, answer["Location"]) == (303, START + back)
    assert client.get(START + back).status_code == 200
    shown = text(client.get(START + step))
    assert all(f'value="{said}"' in shown for said in typed.values() if said)
    kept = SignUpDraft.objects.get().answers
    assert CREDENTIALS["password"] not in str(kept)
    assert {name: kept[name] for name in before} == before
    assert not User.objects.exists()


@pytest.mark.parametrize("kind", NASTY)
def test_going_back_with_anything_typed_breaks_nothing(client: StrictClient, kind: str) -> None:
    fill(client)
    client.post(f"{START}adresse/", {"street": NASTY[kind], "retour": "1"})
    assert client.get(f"{START}adresse/").status_code == 200


def test_what_was_typed_gives_way_to_what_is_said(client: StrictClient) -> None:
    fill(client)
    client.post(f"{START}adresse/", {"street": "9, impasse", "retour": "1"})
    client.post(f"{START}adresse/", ADDRESS)
    assert "9, impasse" not in text(client.get(f"{START}adresse/"))


def test_opening_pages_changes_nothing(client: StrictClient) -> None:
    fill(client)
    before = SignUpDraft.objects.values().get()
    for page in PAGES:
        client.get(START + page)
    assert SignUpDraft.objects.values().get() == before
    assert OutboxMessage.objects.count() == 1


def test_a_wrong_code_says_so_and_five_close_the_code(client: StrictClient) -> None:
    client.post(START, {"email": EMAIL})
    wrong = f"{(int(code_sent()) + 1) % 1_000_000:06d}"
    for _ in range(4):
        assert "pas le bon" in text(client.post(f"{START}code/", {"code": wrong}))
    assert "essayé cinq fois" in text(client.post(f"{START}code/", {"code": wrong}))
    assert "essayé cinq fois" in text(client.post(f"{START}code/", {"code": code_sent()}))


def test_an_old_code_says_so_and_another_is_asked_for(client: StrictClient, clock: Any) -> None:
    client.post(START, {"email": EMAIL})
    code = code_sent()
    clock.shift(timedelta(minutes=16))
    assert "plus valable" in text(client.post(f"{START}code/", {"code": code}))
    client.post(f"{START}code/renvoyer/")
    assert client.post(f"{START}code/", {"code": code_sent()}).status_code == 303


def test_another_code_too_soon_is_refused_with_the_time_left(client: StrictClient) -> None:
    client.post(START, {"email": EMAIL})
    assert "dans 60 secondes" in text(client.get(f"{START}code/"))
    response = client.post(f"{START}code/renvoyer/", follow=True)
    assert "dans 60 secondes" in text(response)
    assert OutboxMessage.objects.count() == 1


def test_a_get_on_resend_sends_nothing(client: StrictClient, clock: Any) -> None:
    client.post(START, {"email": EMAIL})
    clock.shift(timedelta(minutes=2))
    client.get(f"{START}code/renvoyer/")
    assert OutboxMessage.objects.count() == 1


def test_back_and_reload_lose_nothing(client: StrictClient) -> None:
    fill(client)
    assert 'value="Martin"' in text(client.get(f"{START}identite/"))
    assert 'value="1990-02-28"' in text(client.get(f"{START}identite/"))
    assert 'value="3, rue du Pré"' in text(client.get(f"{START}adresse/"))
    assert 'value="06 39 98 12 34"' in text(client.get(f"{START}contact/"))
    assert f'value="{EMAIL}"' in text(client.get(START))
    client.post(f"{START}identite/", IDENTITY | {"first_name": "Léa-Rose"})
    assert 'value="lea-rose.martin"' in text(client.get(f"{START}identifiants/"))


def test_no_step_may_be_jumped(client: StrictClient) -> None:
    for page in PAGES[1:]:
        assert client.get(START + page).headers["Location"] == START
        assert client.post(START + page, {}).headers["Location"] == START
    client.post(START, {"email": EMAIL})
    for page in PAGES[2:]:
        assert client.get(START + page).headers["Location"] == f"{START}code/"
    client.post(f"{START}code/", {"code": code_sent()})
    for page in PAGES[3:]:
        assert client.get(START + page).headers["Location"] == f"{START}identite/"


@pytest.mark.parametrize("kind", NASTY)
@pytest.mark.parametrize("name", ["first_name", "last_name"])
def test_a_bad_name_gets_a_sentence(client: StrictClient, name: str, kind: str) -> None:
    prove(client)
    page = client.post(f"{START}identite/", IDENTITY | {name: NASTY[kind]})
    assert page.status_code == 200
    assert "Un point à corriger" in text(page)
    assert SignUpDraft.objects.get().answers == {}


@pytest.mark.parametrize(
    "name", ["O", "d’Arc", "N'Golo", "Jean-Paul", "De La Tour-d’Auvergne", "محمد", "Œuna"]
)
def test_a_real_name_is_taken_as_it_is(client: StrictClient, name: str) -> None:
    fill(client)
    client.post(f"{START}identite/", IDENTITY | {"first_name": name, "last_name": name})
    assert client.get(f"{START}identifiants/").status_code == 200
    client.post(f"{START}identifiants/", CREDENTIALS)
    assert User.objects.get().last_name == name


@pytest.mark.parametrize(
    "born",
    ["", "hier", "2026-13-01", "2026-11-25", "1800-01-01", "2019-05-05", "0001-01-01", "99999-01-01", "\x00"],
)
def test_a_bad_birth_date_gets_a_sentence(client: StrictClient, born: str) -> None:
    prove(client)
    page = client.post(f"{START}identite/", IDENTITY | {"birth_date": born})
    assert "Un point à corriger" in text(page)


def test_a_birth_date_may_be_typed_the_french_way(client: StrictClient) -> None:
    prove(client)
    assert client.post(f"{START}identite/", IDENTITY | {"birth_date": "28/02/1990"}).status_code == 303


@pytest.mark.parametrize(
    ("name", "typed"),
    [("street", ""), ("street", "3\x07 rue"), ("street", "x" * 201), ("street_extra", "x" * 201), ("street", "🏠"),
     ("postcode", "ABC"), ("postcode", ""), ("postcode", "5" * 30), ("city", ""), ("city", "Lille2"), ("city", "\u202eelliL")],
)  # fmt: skip
def test_a_bad_address_gets_a_sentence(client: StrictClient, name: str, typed: str) -> None:
    prove(client)
    client.post(f"{START}identite/", IDENTITY)
    page = client.post(f"{START}adresse/", ADDRESS | {name: typed})
    assert "Un point à corriger" in text(page)
    assert "ADDRESS" not in SignUpDraft.objects.get().answers


@pytest.mark.parametrize("typed", ["12", "06 39 98 12 3", "appelez", "😀", "0" * 50, "06\x0039981234"])
def test_a_bad_number_gets_a_sentence(client: StrictClient, typed: str) -> None:
    prove(client)
    client.post(f"{START}identite/", IDENTITY)
    client.post(f"{START}adresse/", ADDRESS)
    assert "Un point à corriger" in text(client.post(f"{START}contact/", {"phone": typed}))


def test_no_number_is_needed(client: StrictClient) -> None:
    fill(client)
    assert client.post(f"{START}contact/", {}).headers["Location"] == f"{START}identifiants/"


@pytest.mark.parametrize(
    "username", ["", "ab", "léa", "a b c", "x" * 61, "lea@exemple.fr", "lea\x00", "😀😀😀"]
)
def test_a_bad_user_name_gets_a_sentence(client: StrictClient, username: str) -> None:
    fill(client)
    page = client.post(f"{START}identifiants/", CREDENTIALS | {"username": username})
    assert "Un point à corriger" in text(page)
    assert not User.objects.exists()


def test_a_taken_user_name_offers_a_free_one(client: StrictClient) -> None:
    fill(client)
    client.post(f"{START}identifiants/", CREDENTIALS)
    other = StrictClient()
    fill(other, "ali@exemple.fr")
    page = text(other.post(f"{START}identifiants/", CREDENTIALS | {"username": "LEA.martin"}))
    assert "déjà pris" in page
    assert "LEA.martin2" in page


@pytest.mark.parametrize("password", ["", "court1A", "toutenminuscules", "x" * 500, "Password1"])
def test_a_weak_password_gets_a_sentence_and_is_never_sent_back(client: StrictClient, password: str) -> None:
    fill(client)
    page = text(client.post(f"{START}identifiants/", CREDENTIALS | {"password": password}))
    assert "à corriger" in page
    assert not password or f'value="{password}"' not in page
    assert not User.objects.exists()


def test_the_last_step_sent_twice_makes_one_account_and_both_answers_lead_on(client: StrictClient) -> None:
    fill(client)
    token = re.search(r'name="draft" value="([\w-]+)"', text(client.get(f"{START}identifiants/")))
    assert token
    late = StrictClient()  # the browser that dropped the first answer, and with it the new session
    form = CREDENTIALS | {"draft": token.group(1)}
    first = client.post(f"{START}identifiants/", form)
    again = late.post(f"{START}identifiants/", form)
    assert first.headers["Location"] == again.headers["Location"] == "/cle-enfance/"
    assert User.objects.count() == 1
    assert client.post(f"{START}identifiants/", form).headers["Location"] == "/mon-compte/"


def test_a_stale_session_starts_again_and_says_so(client: StrictClient, clock: Any) -> None:
    fill(client)
    clock.shift(timedelta(days=8))
    response = client.post(f"{START}identifiants/", CREDENTIALS, follow=True)
    assert "Votre saisie n’est plus là" in text(response)
    assert not User.objects.exists()


def test_someone_signed_in_is_shown_their_account(client: StrictClient) -> None:
    fill(client)
    client.post(f"{START}identifiants/", CREDENTIALS)
    for page in PAGES:
        assert client.get(START + page).headers["Location"] == "/mon-compte/"


def test_the_pages_cost_few_queries(client: StrictClient) -> None:
    fill(client)
    counts = {}
    for page in PAGES:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(START + page)
        counts[page] = len(queries)
    assert max(counts.values()) <= 8, counts
