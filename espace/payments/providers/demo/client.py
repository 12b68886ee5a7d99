"""Speaking to the demonstration bank, over HTTP as to a real one."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlsplit

from espace.kernel.money import Money
from espace.payments.enums import IntentState
from espace.payments.providers.base import Answer, Event, Opened, ProviderUnavailable

TIMEOUT = 5.0  # seconds
LONGEST_ANSWER = 20_000  # bytes


class DemoProvider:
    """See `providers.base.Provider`."""

    name = "demo"

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        parts = urlsplit(self.url)
        self.origin = f"{parts.scheme}://{parts.netloc}"

    def create(self, *, order_id: str, amount: Money, return_url: str, notify_url: str) -> Opened:
        answer = self._ask(
            "/api/paiements",
            {"commande": order_id, "montant": amount.cents, "retour": return_url, "notification": notify_url},
        )
        ref, page = answer.get("reference"), answer.get("page")
        if not isinstance(ref, str) or not isinstance(page, str) or not page.startswith(f"{self.origin}/"):
            raise ProviderUnavailable
        return Opened(ref, page)

    def status(self, provider_ref: str) -> Answer:
        answer = self._ask(f"/api/paiements/{quote(provider_ref, safe='')}")
        try:
            return Answer(IntentState(answer["etat"]), Money(int(answer["montant"])), str(answer["commande"]))
        except (KeyError, ValueError, TypeError) as nonsense:
            raise ProviderUnavailable from nonsense

    def read(self, raw: bytes) -> Event | None:
        try:
            told = json.loads(raw)
            order_id, key = told["commande"], told["evenement"]
        except (ValueError, KeyError, TypeError):
            return None
        if not isinstance(order_id, str) or not isinstance(key, str) or not 0 < len(key) <= 120:
            return None
        if not (order_id + key).isprintable():  # a NUL, a half of a pair: no database keeps them
            return None
        return Event(order_id, key) if 0 < len(order_id) <= 40 else None

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the address is a setting, not a user's word
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                answer = json.loads(response.read(LONGEST_ANSWER))
        except urllib.error.HTTPError as refused:
            refused.close()
            raise ProviderUnavailable from refused
        except (OSError, ValueError) as silence:
            raise ProviderUnavailable from silence
        if not isinstance(answer, dict):
            raise ProviderUnavailable
        return answer
