"""Many browsers at once, as light as can be: they share a core, and the server must be the one that works.

Each keeps one connection open. A form is the confirmation of a recap, with the session and the csrf token of a browser.
"""

from __future__ import annotations

import asyncio
import os
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

CSRF = "a" * 32  # as cookie and in the form: a secret of its own, which is all that Django compares
PATIENCE = 300.0
Form = tuple[str, str, int, str]  # session, address of the month, slot, digest of the recap


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, where it leads, and how long it took (seconds)."""

    status: int
    location: str
    seconds: float

    @property
    def reference(self) -> str:
        """Of the submission acknowledged; empty when it was not."""
        return self.location.rstrip("/").rpartition("/")[2] if self.status == 303 else ""


@dataclass
class Crowd:
    """Browsers of one server."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Crowd:
        parts = urllib.parse.urlsplit(url)
        assert parts.hostname == "127.0.0.1"
        assert parts.port
        return cls(parts.hostname, parts.port)

    def all_at_once(self, requests: Sequence[bytes]) -> list[Answer]:
        """Each request on a connection of its own, all open before the first one leaves."""
        return asyncio.run(self._all_at_once(requests))

    def in_turn(self, clients: Sequence[Iterator[bytes]], seconds: float) -> tuple[list[Answer], float]:
        """Each client sends its next request once the last one is answered, until the time is over; the answers, and
        how long it took for the last one to come (seconds)."""
        started = time.perf_counter()
        return asyncio.run(self._in_turn(clients, seconds)), time.perf_counter() - started

    def one_by_one(self, requests: Sequence[bytes]) -> list[Answer]:
        """One browser, its requests one after the other."""
        return asyncio.run(self._one_by_one(requests))

    async def _one_by_one(self, requests: Sequence[bytes]) -> list[Answer]:
        line = await asyncio.open_connection(self.host, self.port)
        answers = [await self._ask(line, request) for request in requests]
        line[1].close()
        return answers

    async def _all_at_once(self, requests: Sequence[bytes]) -> list[Answer]:
        lines = [await asyncio.open_connection(self.host, self.port) for _ in requests]
        sent = (self._ask(line, request) for line, request in zip(lines, requests, strict=True))
        try:
            return await asyncio.wait_for(asyncio.gather(*sent), PATIENCE)
        finally:
            for _, writer in lines:
                writer.close()

    async def _in_turn(self, clients: Sequence[Iterator[bytes]], seconds: float) -> list[Answer]:
        until, answers = time.perf_counter() + seconds, []

        async def client(requests: Iterator[bytes]) -> None:
            line = await asyncio.open_connection(self.host, self.port)
            while time.perf_counter() < until:
                answers.append(await self._ask(line, next(requests)))
            line[1].close()

        await asyncio.wait_for(asyncio.gather(*map(client, clients)), seconds + PATIENCE)
        return answers

    async def _ask(self, line: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> Answer:
        reader, writer = line
        started = time.perf_counter()
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (row.partition(":") for row in head[1:])}
        await reader.readexactly(int(headers["content-length"]))
        return Answer(int(head[0].split()[1]), headers.get("location", ""), time.perf_counter() - started)


def confirmation(form: Form, token: str, *, floor: bool = False) -> bytes:
    """The POST that confirms a form, whole; `floor`: to the view that does it by hand."""
    session, address, slot, digest = form
    path = (address.replace("/reserver/", "/plancher/") if floor else address) + "confirmer/"
    fields = {"csrfmiddlewaretoken": CSRF, "r": slot, "vu": "", "jeton": token, "empreinte": digest}
    body = urllib.parse.urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Cookie: espace_session={session}; csrftoken={CSRF}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def cold_visit(address: str, session: str) -> bytes:
    """The GET of a page by a signed-in family, the server having kept nothing from the pages before."""
    return (
        f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Cold: 1\r\nCookie: espace_session={session}\r\n\r\n"
    ).encode()


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """This thread, and the processes it starts within, on one core of those we may use (0 is the first one)."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[number % len(allowed)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
