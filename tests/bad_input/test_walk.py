"""The walk: each form with each hostile value, each address with each hostile id, by whoever may and may not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import zip_longest
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve, reverse

from tests.bad_input.forms import Form
from tests.bad_input.pages import ALIASES, PAGES, QUERIES
from tests.bad_input.samples import IN_PATHS, IN_QUERIES, NAMES, Kind
from tests.bad_input.sending import EVERYTHING, VIEWS, Answer, address, changed_to, good, send, sent_to, short
from tests.bad_input.table import FORMS
from tests.support.cast import PASSWORD
from tests.support.pages import StrictClient
from tests.support.small_world import World

MARK = 987654321
pytestmark = pytest.mark.django_db  # each test is a savepoint in the transaction of the world
OURS = ("citizen", "agent")  # the public sees the rest, or who holds a secret address
REDIRECTING = (
    "book_now", "book_recap", "book_copy", "book_confirm", "book_all_recap", "book_all_copy", "book_all_confirm",
    "pattern_confirm",
)  # fmt: skip


def reads(name: str, word: str) -> bool:
    return word in inspect.getsource(inspect.unwrap(VIEWS[name].callback))


def test_every_view_has_its_entry() -> None:
    """A new address is entered as a form or as a page; a page may not read what is posted, nor a query unseen."""
    assert set(VIEWS) == set(FORMS) | set(PAGES) | set(ALIASES)
    assert [n for n in PAGES if reads(n, "POST") and not reads(n, "require_safe")] == []
    assert [n for n in EVERYTHING if reads(n, "request.GET") and n not in QUERIES] == []


@pytest.mark.parametrize("name", [n for n, form in FORMS.items() if form.fields])
def test_a_hostile_value_changes_nothing_and_is_told(name: str, world: World) -> None:
    """Every field hostile at once, each to be blamed by the page; those that are not are sent alone."""
    form, problems = FORMS[name], []
    fields = form.of(world)

    def sent(**hostile: object) -> Answer:
        return sent_to(name, world, changed_to(fields, **hostile), follow=True)

    def check(answer: Answer, hostile: Mapping[str, object], *, is_free: bool = False) -> None:
        problem = answer.wrong
        if not problem and not is_free and answer.changed - form.leaves:
            problem = f"took it: {sorted(answer.changed)} changed ({answer.status} {answer.to})"
        elif not problem and not is_free and not answer.is_told:
            problem = f"says nothing ({answer.status} {answer.to})"
        if problem:
            problems.append(f"{ ({n: short(v) for n, v in hostile.items()}) }: {problem}")

    strict = {target: one.refused for target, one in fields.items() if one.kind is not Kind.FREE}
    free = {target: one.refused for target, one in fields.items() if one.kind is Kind.FREE}
    for values in zip_longest(*strict.values(), fillvalue=MARK):
        hostile = {target: value for target, value in zip(strict, values, strict=True) if value != MARK}
        answer = sent(**hostile)
        check(answer, hostile)
        if len(hostile) > 1:
            for target, value in hostile.items():
                if not answer.blames(target):
                    check(sent(**{target: value}), {target: value})
    for values in zip(*free.values(), strict=True):
        hostile = dict(zip(free, values, strict=True))
        check(sent(**hostile), hostile, is_free=True)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", FORMS)
def test_a_good_form_is_taken_and_taken_once(name: str, world: World) -> None:
    """Else a refusal of the good values would hide that the hostile ones are not even looked at."""
    form, data = FORMS[name], good(FORMS[name].of(world))
    first = sent_to(name, world, data, browser=StrictClient, follow=True)
    assert (first.wrong, first.status) == ("", form.done)
    assert not first.is_refused
    assert bool(first.changed) is not bool(form.shows), sorted(first.changed)
    second = sent_to(name, world, data, again=True)
    assert second.wrong == ""
    if form.once:
        assert second.changed - form.leaves - {"audit_auditevent"} == set()  # that it was asked is told


@pytest.mark.parametrize("name", [n for n, f in FORMS.items() if any(w.kind is Kind.NAME for w in f.known)])
def test_real_names_are_taken(name: str, world: World) -> None:
    """With an apostrophe, a hyphen, accents, one letter."""
    form, url = FORMS[name], address(name, world)
    fields = form.of(world)
    refused = []
    for value in NAMES:
        named = {target: value for target, one in fields.items() if one.kind is Kind.NAME}
        answer = send(world, form.who, "POST", url, changed_to(fields, **named))
        if answer.wrong or answer.status != 303 or not answer.changed:
            refused.append(f"{value}: {answer.wrong or answer.status}")
    assert refused == []


def hostile_urls(name: str, world: World) -> Iterator[str]:
    """The address with each of its ids replaced in turn, when it still leads to a view."""
    known = dict(EVERYTHING[name].args(world))
    for argument in known:
        mark = "2099-11" if known[argument] == "2026-12" else str(MARK)
        marked = {**known, argument: MARK if isinstance(known[argument], int) else mark}
        for value in IN_PATHS:
            url = reverse(name, kwargs=marked).replace(mark, value)
            try:
                resolve(unquote(url))
            except Resolver404:
                continue
            yield url


@pytest.mark.parametrize("name", [n for n in EVERYTHING if VIEWS[n].pattern.regex.groups])
def test_a_hostile_address_finds_nothing(name: str, world: World) -> None:
    entry, problems = EVERYTHING[name], []
    data = good(entry.of(world)) if isinstance(entry, Form) else {}
    for url in hostile_urls(name, world):
        answers = [send(world, entry.who, "GET", url)]
        if isinstance(entry, Form):
            answers.append(send(world, entry.who, "POST", url, data))
        for answer in answers:
            problem = answer.wrong or (f"changed {answer.changed}" if answer.changed else "")
            if problem or answer.status == 200:
                problems.append(f"{url[:90]}: {problem or 'found something'}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("value", IN_PATHS)
def test_an_address_that_leads_nowhere_is_a_page(value: str, world: World) -> None:
    for start in ("/reserver/", "/agents/familles/", "/"):
        answer = send(world, "alice", "GET", f"{start}{value}/rien/")
        assert (answer.wrong, answer.status) == ("", 404)


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_nonsense_query_shows_a_page(name: str, world: World) -> None:
    entry, url, problems = EVERYTHING[name], address(name, world), []
    words = QUERIES.get(name)
    # A page that reads no query still hands it to what every page shows.
    for value in IN_QUERIES if words else ("%00%C3%28%E2%80%AE",):
        query = "&".join(f"{word}={value}" for word in words or ("x", "page", "next"))
        answer = send(world, entry.who, "GET", f"{url}?{query}")
        changed = answer.changed - entry.leaves
        problem = answer.wrong or (f"changed {changed}" if changed else "")
        if problem or answer.to.startswith(("//", "http")):
            problems.append(f"?{query[:70]}: {problem or answer.to}")
    assert not problems, "\n".join(problems)


def test_signing_in_leads_nowhere_else(world: World) -> None:
    known = {"login": "alice", "password": PASSWORD}
    for elsewhere in ("//exemple.org/", "https://exemple.org/", "\\\\exemple.org", "javascript:alert(1)"):
        answer = send(world, "visitor", "POST", "/connexion/", {**known, "next": elsewhere})
        assert (answer.status, answer.to) == (302, "/tableau-de-bord/")


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_wrong_method_changes_nothing(name: str, world: World) -> None:
    entry, url, problems = EVERYTHING[name], address(name, world), []
    for method in ("DELETE", "GET") if name in FORMS else ("PUT", "POST"):
        answer = send(world, entry.who, method, url)
        problem = answer.wrong
        if answer.changed and name != "payment_return":
            problem = f"changed {answer.changed}"
        elif answer.status == 405 and method in ("GET", "POST") and "<h1" not in answer.page:
            problem = "an empty 405"
        if problem:
            problems.append(f"{method}: {problem}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", ["home", "family", "book_confirm", "agent_tasks", "payment_notify"])
@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "PATCH", "TRACE", "NONSENSE"])
def test_a_rare_method_breaks_nothing(method: str, name: str, world: World) -> None:
    answer = send(world, EVERYTHING[name].who, method, address(name, world))
    assert (answer.wrong, answer.changed) == ("", set())


@pytest.mark.parametrize("name", [n for n in EVERYTHING if VIEWS[n].callback.audience in OURS])  # type: ignore[attr-defined]
def test_a_stranger_finds_nothing(name: str, world: World) -> None:
    """A visitor signs in first; another family, and an agent without the right, get a 404."""
    entry, url, problems = EVERYTHING[name], address(name, world), []
    data = good(entry.of(world)) if isinstance(entry, Form) else {}
    for method in ("GET", "POST"):
        answer = send(world, "visitor", method, url, data if method == "POST" else None)
        if answer.wrong or answer.changed or not answer.to.startswith("/connexion/?next="):
            problems.append(f"visitor {method}: {answer.wrong or answer.status} {answer.to}")
    for who in strangers_of(name, world):
        for method in ("GET", "POST"):
            answer = send(world, who, method, url, data if method == "POST" else None)
            elsewhere = answer.status == 302 and name in REDIRECTING  # to a page that is a 404
            if answer.wrong or answer.changed or not (answer.status in (404, 405) or elsewhere):
                problems.append(f"{who} {method}: {answer.wrong or answer.status} {sorted(answer.changed)}")
    assert not problems, "\n".join(problems)


def strangers_of(name: str, world: World) -> list[str]:
    """Who has no business there: for a page of one's own, nobody."""
    view, asked = VIEWS[name].callback, EVERYTHING[name].args(world)
    if view.audience == "citizen":  # type: ignore[attr-defined]
        readers = {"remi"} if name in ("invoice_pdf", "receipt_pdf") else set()  # he bills, and he is paid
        names_a_family = set(asked) - {"month"}
        return sorted({"charlie", "denise", "remi"} - readers) if names_a_family else []
    permissions = view.permissions  # type: ignore[attr-defined]
    agents = [
        who
        for who in ("denise", "remi")
        if permissions and not any(world.people[who].actor.may(p) for p in permissions)
    ]
    return ["alice", "charlie", *agents]


@pytest.mark.parametrize("name", [n for n in FORMS if n != "payment_notify"])
def test_a_form_without_its_token_is_refused_in_words(name: str, world: World) -> None:
    """All but the bank's notification, which proves nothing: the bank is asked back."""
    form = FORMS[name]
    with transaction.atomic():
        response = world.client(form.who, csrf=True).post(address(name, world), good(form.of(world)))
        transaction.set_rollback(True)
    assert response.status_code == 403
    assert "Votre envoi n’a pas été pris en compte" in unescape(response.content.decode())
