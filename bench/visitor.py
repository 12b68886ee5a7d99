"""A browser as far as a bench needs one: cookies, csrf, redirects, compressed answers and their weight."""

from __future__ import annotations

import gzip
import re
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar


@dataclass(frozen=True, slots=True)
class Page:
    """What came over the wire: status, bytes as sent (compressed, without headers), text, final address; SQL
    statements, and the CPU that the server's process had used when it answered, in seconds."""

    status: int
    weight: int
    text: str
    url: str
    queries: int
    cpu: float


class Moved(AssertionError):
    """A page that leads elsewhere is not the page that was to be measured."""


@dataclass
class Visitor:
    """One person's browser on one server."""

    base: str
    jar: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, request: urllib.request.Request) -> Page:
        request.add_header("Accept-Encoding", "gzip")
        with self.opener.open(request, timeout=60) as answer:
            raw = answer.read()
            text = gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw
            return Page(
                answer.status,
                len(raw),
                text.decode("utf-8", "replace"),
                answer.url,
                int(answer.headers.get("X-Sql-Queries", 0)),
                float(answer.headers.get("X-Cpu-Seconds", 0)),
            )

    def get(self, path: str, *, cold: bool = False) -> Page:
        """A page, `Moved` if it leads to another; `cold`: the server first forgets what it keeps from page to page."""
        address = urllib.parse.urljoin(self.base, path)
        page = self.open(urllib.request.Request(address, headers={"X-Cold": "1"} if cold else {}))
        if page.url != address:
            raise Moved(f"{path} mène à {page.url}")
        return page

    def post(self, path: str, fields: dict[str, str], *, form_page: str | None = None) -> Page:
        """Posts a form after reading the page that holds it, for its csrf token."""
        form = self.get(form_page or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        assert token, f"no form on {form_page or path}"
        url = urllib.parse.urljoin(self.base, path)
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token.group(1)}).encode()
        return self.open(urllib.request.Request(url, data=data, headers={"Referer": url}))

    def assets_of(self, page: Page) -> set[str]:
        """The addresses of styles, scripts and pictures that the page loads."""
        found = re.findall(r'<(?:link|script|img|use)[^>]+(?:href|src)="([^"#]+)', page.text)
        return {
            urllib.parse.urljoin(self.base, f)
            for f in found
            if not f.startswith(("data:", "tel:", "mailto:"))
        }
