"""The walk: each form with each hostile value, each address with each hostile id, by whoever may and may not."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import zip_longest
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.bad_input import world as worlds
from tests.bad_input.samples import IN_PATHS, IN_QUERIES, NAMES, Field, Kind
from tests.bad_input.table import ALIASES, FORMS, PAGES, QUERIES, Form, Page
from tests.bad_input.world import World
from tests.support.cast import PASSWORD
from tests.support.pages import StrictClient
from tests.support.town import NOW

SAID = re.compile(
    r'class="(?:errsum|alert alert-(?:err|warn)|field[^"]*field-err)|field-err|errsum|alert-err|alert-warn'
)
# Django's own words, when nobody wrote ours.
NOT_OURS = re.compile(r"This field|Enter a|Select a valid|Ensure |Not Found|Forbidden|Bad Request|Traceback")
MARK = 987654321
pytestmark = pytest.mark.django_db  # each test is a savepoint in the transaction of the world
EVERYTHING: dict[str, Form | Page] = {**FORMS, **PAGES}
REDIRECTING = ("book_now", "book_recap", "book_confirm", "pattern_confirm")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for the walk, in a transaction that is never committed; each sending is undone."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        made = worlds.build()
        made.digest = worlds.digest()
        yield made
        transaction.set_rollback(True)


def addresses(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry)
        else:
            yield entry


VIEWS = {str(pattern.name): pattern for pattern in addresses(get_resolver())}


class Answer:
    """What came back, what changed, and what the person could read."""

    def __init__(self, response: Any, changed: set[str]) -> None:
        self.status, self.changed = response.status_code, changed
        self.to = response.headers.get("Location", "")
        self.page = "" if response.streaming else response.content.decode(errors="replace")
        self.is_html = response.headers.get("Content-Type", "").startswith("text/html")

    @property
    def wrong(self) -> str:
        """Why no answer should look like this, whatever was sent."""
        if self.status >= 500 and self.status != 503:
            return f"a {self.status}"
        if self.status >= 400 and self.is_html and self.page and "<h1" not in self.page:
            return f"a {self.status} that says nothing"
        if self.is_html and (english := NOT_OURS.search(self.page)):
            return f"« {english[0]} » in a French page"
        return ""

    @property
    def is_told(self) -> bool:
        return self.status >= 400 or bool(SAID.search(self.page))

    def blames(self, name: str) -> bool:
        """Whether the summary of what is to be corrected names this field."""
        return re.search(rf'href="#id_{name}(?:_\d+)?"', self.page) is not None


class Broken(Answer):
    """The server failed: in production, a 500."""

    def __init__(self, failure: Exception) -> None:
        self.status, self.changed, self.to, self.page, self.is_html = 500, set(), "", "", False
        self.failure = failure

    @property
    def wrong(self) -> str:
        return f"500, {type(self.failure).__name__}: {str(self.failure)[:150]}"


def send(
    world: World,
    who: str,
    method: str,
    url: str,
    data: Any = None,
    *,
    browser: type[Client] = Client,
    again: bool = False,
    follow: bool = False,
) -> Answer:
    """Sends it and undoes it. With `again`, what counts is what the second sending changed; with `follow`, the page
    that a 303 leads to is the one read."""
    client = world.client(who, browser)
    try:
        with transaction.atomic():
            try:
                known = world.digest
                if again:
                    client.post(url, data)
                    known = worlds.digest()
                with worlds.writes() as written:
                    response = client.generic(method, url) if data is None else client.post(url, data)
                now = worlds.digest(written) if written - worlds.TRACES else {}
                answer = Answer(response, {table for table, rows in now.items() if rows != known[table]})
                if follow and answer.status == 303 and answer.to.startswith("/"):
                    answer.page = client.get(answer.to).content.decode(errors="replace")
                return answer
            finally:
                transaction.set_rollback(True)
    except Exception as failure:
        return Broken(failure)


def short(value: object) -> str:
    shown = ascii(value)
    return shown if len(shown) < 60 else f"{shown[:40]}… ({len(shown)})"


def good(fields: Mapping[str, Field]) -> dict[str, Any]:
    """What a browser sends when all is well."""
    return {"csrfmiddlewaretoken": "x", **{name: one.good for name, one in fields.items()}}


def changed_to(fields: Mapping[str, Field], **hostile: object) -> dict[str, Any]:
    """The same with hostile values; None is a field that is not sent."""
    return {name: value for name, value in (good(fields) | hostile).items() if value is not None}


def address(name: str, world: World) -> str:
    return reverse(name, kwargs=dict(EVERYTHING[name].args(world)))


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
    form, url, problems = FORMS[name], address(name, world), []
    fields = form.of(world)

    def sent(**hostile: object) -> Answer:
        return send(world, form.who, "POST", url, changed_to(fields, **hostile), follow=True)

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
    form, url = FORMS[name], address(name, world)
    data = good(form.of(world))
    first = send(world, form.who, "POST", url, data, browser=StrictClient)
    assert first.wrong == ""
    if form.takes:
        assert first.status in (200, 302, 303), first.status
    second = send(world, form.who, "POST", url, data, again=True)
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
        problem = answer.wrong or (f"changed {answer.changed}" if answer.changed else "")
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


@pytest.mark.parametrize("name", [n for n in EVERYTHING if VIEWS[n].callback.audience != "public"])  # type: ignore[attr-defined]
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
        readers = {"remi"} if name == "invoice_pdf" else set()  # the paper that his own pages give him
        return sorted({"charlie", "denise", "remi"} - readers) if asked else []
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
