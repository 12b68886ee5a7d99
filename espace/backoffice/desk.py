"""The agent at their desk: what every view of this face begins with."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.http import HttpRequest

from espace.accounts.access import ActorRequest
from espace.kernel.actor import Actor, Channel


def desk(request: HttpRequest) -> Actor:
    """The agent themselves, even while the portal is open for a family in another tab."""
    actor = cast(ActorRequest, request).actor
    return replace(actor, on_behalf_of=None, channel=Channel.COUNTER)
