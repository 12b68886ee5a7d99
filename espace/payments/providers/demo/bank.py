"""The demonstration bank itself: a process of its own, which knows nothing of the town but what it is told.

It plays what a bank does: accept, refuse, let cancel, answer late, notify twice. Its memory is a JSON file, so that
starting it again forgets nothing. It takes nobody's money.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
import urllib.request
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from espace.payments.enums import IntentState
from espace.payments.providers.demo import pages

LATE = 20.0  # seconds before a late answer is known
LONGEST_BODY = 20_000
DECISIONS = {"payer": IntentState.PAID, "refuser": IntentState.REFUSED, "annuler": IntentState.CANCELLED}
log = logging.getLogger("espace.banque")


@dataclass
class Order:
    """A payment as the bank knows it. `known_at`: the second from which its decision can be told."""

    reference: str
    order_id: str
    cents: int
    return_url: str
    notify_url: str
    decision: str = ""
    known_at: float = 0.0

    def state(self) -> str:
        if not self.decision or time.monotonic() < self.known_at:
            return IntentState.WAITING.value
        return self.decision


class Bank:
    """The orders, behind one lock, kept in a file."""

    def __init__(self, path: Path | None, *, late: float = LATE) -> None:
        self.path, self.late = path, late
        self.lock = threading.Lock()
        self.orders: dict[str, Order] = {}
        if path is not None and path.exists():
            for row in json.loads(path.read_text(encoding="utf-8")):
                # A late answer is known after a restart: the clock of another process says nothing here.
                self.orders[row["reference"]] = Order(**{**row, "known_at": 0.0})

    def open(self, order_id: str, cents: int, return_url: str, notify_url: str) -> Order:
        """A new payment, or the one already opened for this order."""
        with self.lock:
            for order in self.orders.values():
                if order.order_id == order_id:
                    return order
            order = Order(secrets.token_urlsafe(12), order_id, cents, return_url, notify_url)
            self.orders[order.reference] = order
            self._keep()
            return order

    def decide(self, order: Order, decision: IntentState, *, late: bool, times: int) -> None:
        """The payer's choice, once; the shop is told, as often as asked, when the answer is known."""
        with self.lock:
            if order.decision:
                return
            order.decision = decision.value
            order.known_at = time.monotonic() + (self.late if late else 0.0)
            self._keep()
        for number in range(times):
            delay = max(0.0, order.known_at - time.monotonic()) + 0.1 * number
            timer = threading.Timer(delay, notify, (order, f"{order.reference}-{decision.value}"))
            timer.daemon = True
            timer.start()

    def _keep(self) -> None:
        if self.path is not None:
            rows = [asdict(order) for order in self.orders.values()]
            temporary = self.path.with_suffix(".part")
            temporary.write_text(json.dumps(rows), encoding="utf-8")
            temporary.replace(self.path)


def notify(order: Order, event: str) -> None:
    """Tells the shop that something happened. If it does not listen, it will ask by itself."""
    body = json.dumps({"commande": order.order_id, "evenement": event}).encode()
    request = urllib.request.Request(  # noqa: S310
        order.notify_url, data=body, headers={"Content-Type": "application/json"}
    )
    try:
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
    except OSError as error:
        log.warning("notification not delivered: %s", type(error).__name__)


def server(port: int, bank: Bank, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server ready to `serve_forever`; port 0 takes any free one."""
    handler = type("Desk", (_Desk,), {"bank": bank})
    ThreadingHTTPServer.daemon_threads = True
    return ThreadingHTTPServer((host, port), handler)


class _Desk(BaseHTTPRequestHandler):
    """Addresses: `POST /api/paiements`, `GET /api/paiements/<ref>` for the shop; `/payer/<ref>` for the payer."""

    bank: Bank
    server_version = "BanqueDeDemonstration"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            self._page(200, pages.home())
        elif path == pages.STYLESHEET:
            self._send(200, "text/css; charset=utf-8", pages.CSS.encode())
        elif path.startswith("/api/paiements/"):
            order = self._order(path)
            if order is None:
                self._json(404, {"erreur": "paiement inconnu"})
            else:
                told = {"commande": order.order_id, "montant": order.cents, "etat": order.state()}
                self._json(200, told)
        elif path.startswith("/payer/"):
            order = self._order(path)
            self._page(200, pages.pay(order)) if order else self._page(404, pages.unknown())
        else:
            self._page(404, pages.unknown())

    do_HEAD = do_GET

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY))
        if path == "/api/paiements":
            self._open(body)
            return
        order = self._order(path) if path.startswith("/payer/") else None
        if order is None:
            self._page(404, pages.unknown())
            return
        form = {key: values[0] for key, values in parse_qs(body.decode(errors="replace")).items()}
        decision = DECISIONS.get(form.get("choix", ""))
        if decision is None:
            self._page(400, pages.pay(order))
            return
        times = 2 if form.get("deux-fois") else 1
        self.bank.decide(order, decision, late=form.get("quand") == "tard", times=times)
        self._send(303, "text/plain; charset=utf-8", b"", {"Location": order.return_url})

    def _open(self, body: bytes) -> None:
        try:
            told = json.loads(body)
            cents = int(told["montant"])
            wanted = (str(told["commande"]), cents, str(told["retour"]), str(told["notification"]))
        except (ValueError, KeyError, TypeError):
            self._json(400, {"erreur": "demande illisible"})
            return
        if cents <= 0:
            self._json(400, {"erreur": "montant nul"})
            return
        order = self.bank.open(*wanted)
        here = self.headers.get("Host", "")
        self._json(200, {"reference": order.reference, "page": f"http://{here}/payer/{order.reference}"})

    def _order(self, path: str) -> Order | None:
        return self.bank.orders.get(unquote(path.rpartition("/")[2]))

    def _json(self, status: int, value: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _page(self, status: int, html: str) -> None:
        self._send(status, "text/html; charset=utf-8", html.encode())

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", pages.POLICY)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Silent: a path names a payment."""
