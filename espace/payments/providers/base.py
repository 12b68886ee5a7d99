"""The contract of a payment provider: three calls, and nothing believed but its answer to `status`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from espace.kernel.money import Money
from espace.payments.enums import IntentState


class ProviderUnavailable(Exception):
    """The provider did not answer, in time, something that makes sense. Nothing is known of the payment."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A payment opened at the provider: its name there, and where to send the payer."""

    provider_ref: str
    redirect_url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider says of a payment; amount and order are checked against ours (I33)."""

    state: IntentState
    amount: Money
    order_id: str


@dataclass(frozen=True, slots=True)
class Event:
    """What a notification names: our order, and a key by which a repeated one is known. It proves nothing."""

    order_id: str
    event_key: str


class Provider(Protocol):
    """A provider of payments by card on line. Every call may raise `ProviderUnavailable`."""

    name: str
    origin: str  # where pages of ours may redirect a form to, for the content policy

    def create(self, *, order_id: str, amount: Money, return_url: str, notify_url: str) -> Opened:
        """Opens a payment. Asked twice for the same order, answers the same payment."""
        ...

    def status(self, provider_ref: str) -> Answer:
        """What became of it."""
        ...

    def read(self, raw: bytes) -> Event | None:
        """The notification in these bytes; None when it is not one."""
        ...
