"""What no page of ours may hold, checked on each HTML response that a test receives."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

DATA_BLOCKS = {"application/json", "application/ld+json"}  # never run, so the strict CSP lets them be
STRAY = re.compile(r"\{\{|\{%|\{#")


class BadPage(AssertionError):
    """A defect of the page itself, whatever the test was about."""


class Inspector(HTMLParser):
    """Reads one page or fragment and lists its defects."""

    def __init__(self) -> None:
        super().__init__()
        self.defects: list[str] = []
        self._form: str | None = None
        self._has_token = False
        self._data_block = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        for name, value in values.items():
            if name == "style":
                self.defects.append(f"inline style on <{tag}>: the CSP drops it")
            if name.startswith("on"):
                self.defects.append(f"inline handler {name} on <{tag}>: the CSP drops it")
            if name in ("href", "src", "action") and value.strip().lower().startswith("javascript:"):
                self.defects.append(f"javascript: in {name} of <{tag}>")
            if STRAY.search(value):
                self.defects.append(f"template code left in {name} of <{tag}>: {value[:60]}")
        if tag == "style":
            self.defects.append("<style>: the CSP drops it")
        if tag == "script":
            self._data_block = values.get("type") in DATA_BLOCKS
            if "src" not in values and not self._data_block:
                self.defects.append("inline <script>: the CSP drops it")
        if tag == "form":
            is_ours = not values.get("action", "").startswith(("http://", "https://", "//"))
            self._form = (
                values.get("action") or "(this page)" if values.get("method", "").lower() == "post" else None
            )
            self._has_token = not is_ours
        if tag == "input" and values.get("name") == "csrfmiddlewaretoken" and values.get("value"):
            self._has_token = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            if self._form is not None and not self._has_token:
                self.defects.append(f"form to {self._form} without its csrf token")
            self._form = None
        if tag == "script":
            self._data_block = False

    def handle_data(self, data: str) -> None:
        if self._data_block:
            return
        if stray := STRAY.search(data):
            self.defects.append(f"template code left in the text: {data[stray.start() : stray.start() + 60]}")
        if data.strip() == "None":
            self.defects.append("the word None, printed where a value was missing")


def defects_of(html: str) -> list[str]:
    """The defects of a page or fragment, in words."""
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.defects


class StrictClient(Client):
    """Django's test client, which fails on a page that breaks our own promises."""

    def request(self, **request: Any) -> Any:
        response: HttpResponseBase = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            defects = defects_of(response.content.decode(response.charset))  # type: ignore[attr-defined]
            if defects:
                raise BadPage(f"{request.get('PATH_INFO')}:\n- " + "\n- ".join(defects))
        return response
