"""One sending of the walk: what is sent, by whom, and what came back; undone at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.bad_input.forms import Form, Page
from tests.bad_input.pages import PAGES
from tests.bad_input.samples import Field
from tests.bad_input.table import FORMS
from tests.support import watching
from tests.support.small_world import World

SAID = re.compile(
    r'class="(?:errsum|alert alert-(?:err|warn)|field[^"]*field-err)|field-err|errsum|alert-err|alert-warn'
)
REFUSED = re.compile(r"field-err|errsum|alert-err")
# Django's own words, when nobody wrote ours.
NOT_OURS = re.compile(r"This field|Enter a|Select a valid|Ensure |Not Found|Forbidden|Bad Request|Traceback")
EVERYTHING: dict[str, Form | Page] = {**FORMS, **PAGES}


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

    @property
    def is_refused(self) -> bool:
        return self.status >= 400 or bool(REFUSED.search(self.page))

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
    as_json: bool = False,
) -> Answer:
    """Sends it and undoes it. With `again`, what counts is what the second sending changed; with `follow`, the page
    that a 303 leads to is the one read."""
    client = world.client(who, browser)

    def post() -> Any:
        for file in (value for value in (data or {}).values() if isinstance(value, SimpleUploadedFile)):
            file.seek(0)  # read by the sending before
        return client.post(url, data, content_type="application/json" if as_json else MULTIPART_CONTENT)

    try:
        with transaction.atomic():
            try:
                known = world.digest
                if again:
                    post()
                    known = watching.digest()
                with watching.writes() as written:
                    response = client.generic(method, url) if data is None else post()
                now = watching.digest(written) if written - watching.TRACES else {}
                answer = Answer(response, {table for table, rows in now.items() if rows != known[table]})
                if follow and answer.status == 303 and answer.to.startswith("/"):
                    answer.page = client.get(answer.to).content.decode(errors="replace")
                return answer
            finally:
                transaction.set_rollback(True)
    except Exception as failure:
        return Broken(failure)


def sent_to(name: str, world: World, data: Mapping[str, Any], **options: Any) -> Answer:
    """A form, sent by whoever may."""
    form = FORMS[name]
    return send(world, form.who, "POST", address(name, world), data, as_json=form.as_json, **options)


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
