"""The private address of an adult's calendar: made, replaced, revoked by that adult alone."""

from __future__ import annotations

import secrets

from espace.accounts.models import CalendarAddress, User
from espace.accounts.queries import CALENDAR_PURPOSE
from espace.accounts.services.users import locked_user
from espace.audit.services import record
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.crypto import keyed_hash
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound

SECRET_BYTES = 24  # 192 bits, 32 characters


def make_calendar_address(actor: Actor, *, with_limits: bool = True) -> str:
    """A new secret for the actor's calendar, said this once; the one before no longer serves.

    Raises `NotFound` for a visitor, and for an agent who acts for a family: a calendar is its own adult's.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with write_transaction():
        user = _own(actor)
        CalendarAddress.objects.filter(user=user).delete()
        CalendarAddress.objects.create(
            user=user,
            key_hash=keyed_hash(CALENDAR_PURPOSE, secret),
            with_limits=with_limits,
            made_at=clock.now(),
        )
        record(actor, "accounts.make_calendar_address", object_kind="user", object_id=user.pk)
    return secret


def revoke_calendar_address(actor: Actor) -> None:
    """The address no longer serves. Revoked already, nothing. Raises `NotFound` as above."""
    with write_transaction():
        user = _own(actor)
        deleted, _ = CalendarAddress.objects.filter(user=user).delete()
        if deleted:
            record(actor, "accounts.revoke_calendar_address", object_kind="user", object_id=user.pk)


def choose_calendar_limits(actor: Actor, *, with_limits: bool) -> None:
    """Whether the calendar holds the last moments to cancel, at the same address. Raises `NotFound` as above, and when
    there is no address."""
    with write_transaction():
        if not CalendarAddress.objects.filter(user=_own(actor)).update(with_limits=with_limits):
            raise NotFound


def _own(actor: Actor) -> User:
    if actor.on_behalf_of is not None:
        raise NotFound
    return locked_user(actor)
