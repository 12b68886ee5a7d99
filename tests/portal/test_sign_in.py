"""Signing in and out, the second factor of agents, what is forgotten."""

from __future__ import annotations

import multiprocessing
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from espace.accounts import services
from espace.accounts.models import User
from espace.audit.models import AuditEvent
from espace.kernel.actor import SYSTEM, Permission
from espace.notifications.models import OutboxMessage
from tests.support.cast import PASSWORD, make_account
from tests.support.pages import StrictClient

pytestmark = pytest.mark.django_db
SIGN_IN = "/connexion/"
MISMATCH = "ne vont pas ensemble"
FACTOR = "/agents/second-facteur/"


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def sign_in(client: StrictClient, login: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"login": login, "password": password} | more)


def is_signed_in(client: StrictClient) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def lea() -> User:
    return make_account("Léa", "Martin", email="lea@exemple.fr")


@pytest.fixture
def agent() -> User:
    user = make_account("Denise", "Fabre")
    services.grant_role(SYSTEM, user_id=user.pk, permission=Permission.KEYS)
    return user


@pytest.mark.parametrize("login", ["lea", "LEA", " lea ", "lea@exemple.fr", "LEA@Exemple.fr"])
def test_by_user_name_or_address(client: StrictClient, lea: User, login: str) -> None:
    response = sign_in(client, login)
    assert (response.status_code, response.headers["Location"]) == (302, "/tableau-de-bord/")
    assert is_signed_in(client)
    event = AuditEvent.objects.get()
    assert (event.action, event.user_id) == ("accounts.sign_in", lea.pk)


@pytest.mark.parametrize(
    ("login", "password"),
    [("lea", "autre"), ("inconnue", PASSWORD), ("inconnue@exemple.fr", PASSWORD), ("lea", PASSWORD + " "),
     ("lea", "x" * 200), ("😀", "😀"), ("lea\u202e", PASSWORD), ("' or 1=1 --", "x")],
)  # fmt: skip
def test_one_sentence_whatever_is_wrong(client: StrictClient, lea: User, login: str, password: str) -> None:
    page = sign_in(client, login, password)
    assert page.status_code == 200
    assert MISMATCH in text(page)
    assert not is_signed_in(client)
    event = AuditEvent.objects.get()
    assert event.action == "accounts.sign_in_failed"
    assert login not in str(event.payload)


@pytest.mark.parametrize(
    ("login", "password"),
    [("", PASSWORD), ("lea", ""), ("x" * 300, "x"), ("lea", "x" * 300), ("a\x00b", "x")],
)
def test_what_cannot_be_read_gets_a_sentence(client: StrictClient, login: str, password: str) -> None:
    assert "à corriger" in text(sign_in(client, login, password))


def test_a_shared_address_opens_neither_account(client: StrictClient, lea: User) -> None:
    make_account("Ali", "Martin", email="lea@exemple.fr")
    assert MISMATCH in text(sign_in(client, "lea@exemple.fr"))
    assert sign_in(client, "ali").status_code == 302


def test_a_closed_account_reads_the_same_sentence(client: StrictClient, lea: User) -> None:
    User.objects.update(is_active=False)
    page = client.get(sign_in(client, "lea").headers.get("Location", SIGN_IN))
    assert MISMATCH in text(page) or MISMATCH in text(sign_in(client, "lea"))
    assert not is_signed_in(client)


def test_one_comes_back_to_the_page_asked_for_but_never_elsewhere(client: StrictClient, lea: User) -> None:
    asked = client.get("/mon-compte/")
    assert asked.headers["Location"] == "/connexion/?next=/mon-compte/"
    assert 'name="next" value="/mon-compte/"' in text(client.get(asked.headers["Location"]))
    assert sign_in(client, "lea", next="/mon-compte/").headers["Location"] == "/mon-compte/"
    other = StrictClient()
    assert sign_in(other, "lea", next="https://ailleurs.exemple/").headers["Location"] == "/tableau-de-bord/"


def test_after_five_wrong_passwords_even_the_right_one_waits(client: StrictClient, lea: User) -> None:
    for _ in range(5):
        assert MISMATCH in text(sign_in(client, "lea", "autre"))
    for password in ("autre", PASSWORD):
        assert "Trop d’essais" in text(sign_in(client, "lea", password))
    assert not is_signed_in(client)


def test_the_name_and_the_address_of_an_account_share_their_tries(client: StrictClient, lea: User) -> None:
    for _ in range(5):
        sign_in(client, "lea", "autre")
    assert "Trop d’essais" in text(sign_in(client, lea.email, PASSWORD))


def test_the_mistakes_of_a_school_stop_nobody_there(client: StrictClient, lea: User) -> None:
    """One address, many people: twenty who mistype do not lock out the next one."""
    for n in range(20):
        sign_in(client, f"visiteur{n}", "autre")
    assert sign_in(client, "lea").status_code == 302


def test_a_flood_from_one_place_gets_a_page_of_ours(client: StrictClient, lea: User) -> None:
    for n in range(60):
        client.post(SIGN_IN, {"login": f"visiteur{n}", "password": ""})
    response = sign_in(client, "lea")
    assert response.status_code == 429
    assert "Rien n’a été fait" in text(response)


def _fail_three_times(results: Any) -> None:
    connections.close_all()
    client = StrictClient()
    results.put([MISMATCH in text(sign_in(client, "lea", "autre")) for _ in range(3)])
    connections.close_all()


@pytest.fixture
def clean_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.django_db(transaction=True)
def test_two_processes_count_together(clean_cache: None) -> None:
    """Rate limits live in the database: with a memory of its own, each worker would allow five."""
    make_account("Léa", "Martin")
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    connections.close_all()
    answers: list[bool] = []
    for _ in range(2):
        process = fork.Process(target=_fail_three_times, args=(results,))
        process.start()
        answers += results.get(timeout=30)
        process.join(30)
    assert answers == [True] * 5 + [False]
    assert "Trop d’essais" in text(sign_in(StrictClient(), "lea"))


def test_signing_out_is_a_post(client: StrictClient, lea: User) -> None:
    sign_in(client, "lea")
    client.get("/deconnexion/")
    assert is_signed_in(client)
    assert client.post("/deconnexion/").headers["Location"] == "/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_logout", "account_reset_password", "account_change_password",
     "account_set_password", "account_reauthenticate", "account_inactive", "mfa_index", "mfa_deactivate_totp",
     "mfa_activate_totp", "mfa_generate_recovery_codes", "socialaccount_signup"],
)  # fmt: skip
def test_no_other_view_of_allauth_is_reachable(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


# The second factor ----------------------------------------------------------------------------------------------


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def set_up(client: StrictClient) -> str:
    client.get(FACTOR)
    secret = str(client.session["second_factor_secret"])
    with time_machine.travel(time.time(), tick=False):  # a code lasts until the half minute, which may be now
        response = client.post(FACTOR, {"code": code_of(secret), "current": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (303, f"{FACTOR}codes/")
    return secret


def test_an_agent_sets_up_the_second_factor_and_is_let_in(client: StrictClient, agent: User) -> None:
    assert sign_in(client, "denise").headers["Location"] == "/agents/"
    page = text(client.get(FACTOR))
    assert "data:image/svg+xml;base64," in page
    set_up(client)
    codes = re.findall(r"<b>(\d{4} \d{4})</b>", text(client.get(f"{FACTOR}codes/")))
    assert len(codes) == 10
    assert re.findall(r"<b>(\d{4} \d{4})</b>", text(client.get(f"{FACTOR}codes/"))) == codes, "reload"
    client.post(f"{FACTOR}codes/")
    assert "10 codes de secours" in text(client.get(f"{FACTOR}codes/"))
    assert codes[0] not in text(client.get(f"{FACTOR}codes/"))
    assert client.get(FACTOR).headers["Location"] == reverse("agent_home")
    assert client.get(reverse("agent_home")).status_code == 200


def test_an_agent_signs_in_with_password_and_code(client: StrictClient, agent: User) -> None:
    sign_in(client, "denise")
    secret = set_up(client)
    with time_machine.travel(time.time() + 90, tick=False):
        again = StrictClient()
        assert sign_in(again, "denise").headers["Location"] == "/connexion/code/"
        assert not is_signed_in(again)
        assert again.get(reverse("agent_home")).headers["Location"].startswith(SIGN_IN)
        assert "pas le bon" in text(again.post("/connexion/code/", {"code": "000000"}))
        response = again.post("/connexion/code/", {"code": code_of(secret)})
        assert response.headers["Location"] == "/agents/"
        methods = again.session["account_authentication_methods"]
        assert [m["method"] for m in methods] == ["password", "mfa"]
        assert again.get(reverse("agent_home")).status_code == 200


def test_a_recovery_code_replaces_the_telephone(client: StrictClient, agent: User) -> None:
    sign_in(client, "denise")
    set_up(client)
    code = re.findall(r"<b>(\d{4} \d{4})</b>", text(client.get(f"{FACTOR}codes/")))[0]
    again = StrictClient()
    sign_in(again, "denise")
    assert again.post("/connexion/code/", {"code": code}).headers["Location"] == "/agents/"
    third = StrictClient()
    sign_in(third, "denise")
    assert "pas le bon" in text(third.post("/connexion/code/", {"code": code}))


def test_a_password_alone_opens_nothing_of_the_agents(client: StrictClient, agent: User) -> None:
    client.force_login(agent)
    assert client.get(reverse("agent_home")).headers["Location"] == FACTOR
    assert client.get(f"{FACTOR}codes/").headers["Location"] == FACTOR


def test_a_session_opened_before_asks_for_the_code(client: StrictClient, agent: User) -> None:
    other = StrictClient()
    sign_in(other, "denise")
    sign_in(client, "denise")
    secret = set_up(client)
    assert "Six chiffres, ou l’un de vos codes" in text(other.get(FACTOR))
    assert "pas le bon" in text(other.post(FACTOR, {"code": "1"}))
    with time_machine.travel(time.time() + 90, tick=False):
        assert other.post(FACTOR, {"code": code_of(secret)}).headers["Location"] == reverse("agent_home")


@pytest.mark.parametrize(
    ("code", "current"), [("", PASSWORD), ("000000", PASSWORD), ("😀", PASSWORD), (None, "autre"), (None, "")]
)
def test_nothing_is_set_up_on_a_wrong_code_or_password(
    client: StrictClient, agent: User, code: str | None, current: str
) -> None:
    sign_in(client, "denise")
    client.get(FACTOR)
    typed = code_of(client.session["second_factor_secret"]) if code is None else code
    page = client.post(FACTOR, {"code": typed, "current": current})
    assert "Un point à corriger" in text(page)
    assert client.get(reverse("agent_home")).headers["Location"] == FACTOR


def test_a_family_has_no_page_of_agents(client: StrictClient, lea: User) -> None:
    sign_in(client, "lea")
    for path in (FACTOR, f"{FACTOR}codes/", reverse("agent_home")):
        assert client.get(path).status_code == 404
    assert StrictClient().get(FACTOR).headers["Location"].startswith(SIGN_IN)


def test_a_half_signed_in_agent_may_give_up(client: StrictClient, agent: User) -> None:
    sign_in(client, "denise")
    set_up(client)
    again = StrictClient()
    sign_in(again, "denise")
    assert 'action="/deconnexion/"' in text(again.get("/connexion/code/"))
    again.post("/deconnexion/")
    assert again.get(SIGN_IN).status_code == 200


# Forgotten ------------------------------------------------------------------------------------------------------


def test_known_or_not_the_answer_is_the_same(client: StrictClient, lea: User) -> None:
    for typed in ("lea", "lea@exemple.fr", "inconnue@exemple.fr"):
        response = client.post("/mot-de-passe-oublie/", {"typed": typed})
        assert (response.status_code, response.headers["Location"]) == (303, "/mot-de-passe-oublie/envoye/")
    assert client.get("/mot-de-passe-oublie/envoye/").status_code == 200
    assert OutboxMessage.objects.count() == 2


@pytest.mark.parametrize("typed", ["", "x" * 300, "lea\x00", "lea\u202e", "😀"])
def test_what_cannot_be_looked_for_gets_a_sentence(client: StrictClient, typed: str) -> None:
    assert "Un point à corriger" in text(client.post("/mot-de-passe-oublie/", {"typed": typed}))


def test_a_link_opens_a_page_and_a_post_changes_the_password(client: StrictClient, lea: User) -> None:
    client.post("/mot-de-passe-oublie/", {"typed": "lea"})
    found = re.search(r"(/mot-de-passe-oublie/[\w.-]+/)", OutboxMessage.objects.get().body)
    assert found
    link = found.group(1)
    assert client.get(link).status_code == client.get(link).status_code == 200
    assert "trop simple" in text(client.post(link, {"password": "court"}))
    assert client.post(link, {"password": "Erable-2027"}).headers["Location"] == SIGN_IN
    assert client.get(link).status_code == 410
    assert sign_in(client, "lea", "Erable-2027").status_code == 302


@pytest.mark.parametrize("link", ["x", "MQ.abc-def", "a.b.c", "é.é"])
def test_a_made_up_link_says_so(client: StrictClient, link: str) -> None:
    assert client.get(f"/mot-de-passe-oublie/{link}/").status_code == 410


def test_an_address_with_a_nul_leads_nowhere(client: StrictClient) -> None:
    assert client.get("/mot-de-passe-oublie/%00.%00/").status_code == 404
    assert client.get("/mot-de-passe-oublie/?r=%00").status_code == 404


def test_the_pages_cost_few_queries(client: StrictClient, agent: User) -> None:
    counts = {}
    for path in (SIGN_IN, "/mot-de-passe-oublie/", "/mot-de-passe-oublie/envoye/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts[path] = len(queries)
    sign_in(client, "denise")
    for path in (FACTOR,):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts[path] = len(queries)
    assert max(counts.values()) <= 12, counts
