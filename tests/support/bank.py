"""The demonstration bank in a thread: the real client speaks to it over HTTP, and a test decides for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.test import override_settings

from espace.payments.enums import IntentState
from espace.payments.models import PaymentIntent
from espace.payments.providers.demo.bank import Bank, Order, server


@dataclass
class TestBank:
    """A bank whose answers are the test's. `url` is where it listens."""

    __test__ = False

    url: str
    bank: Bank

    def order(self, intent: PaymentIntent) -> Order:
        return next(o for o in self.bank.orders.values() if o.order_id == intent.order_id)

    def answer(self, intent: PaymentIntent, state: IntentState) -> None:
        """What the bank says from now on, without a word to the shop."""
        self.order(intent).decision = state.value


@contextmanager
def open_bank() -> Iterator[TestBank]:
    """The bank listens, and the settings lead to it."""
    desk_bank = Bank(None, late=0.2)
    desk = server(0, desk_bank)
    thread = threading.Thread(target=desk.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    url = f"http://127.0.0.1:{desk.server_address[1]}"
    try:
        with override_settings(BANK_URL=url):
            yield TestBank(url, desk_bank)
    finally:
        desk.shutdown()
        thread.join()
        desk.server_close()


@pytest.fixture
def bank() -> Iterator[TestBank]:
    with open_bank() as opened:
        yield opened
