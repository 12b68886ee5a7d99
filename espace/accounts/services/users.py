"""Writing an account's row: the one place where a user name meets its constraint."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from espace.accounts import errors
from espace.accounts.models import User
from espace.kernel.actor import Actor
from espace.kernel.errors import NotFound


def locked_user(actor: Actor) -> User:
    """The actor's own account, locked within the caller's transaction. `NotFound` for a visitor."""
    row = User.objects.select_for_update().filter(pk=actor.user_id).first() if actor.user_id else None
    if row is None:
        raise NotFound
    return row


def insert_user(user: User) -> None:
    """Inserts an account, within the caller's transaction. Raises UsernameTaken, whatever the case of the letters."""
    _refuse_taken(user)
    try:
        with transaction.atomic():  # the constraint is the wall when two people choose a name at once
            user.save(force_insert=True)
    except IntegrityError:
        raise errors.UsernameTaken from None


def rename_user(user: User, username: str) -> None:
    """Gives an account another name, within the caller's transaction. Raises UsernameTaken."""
    user.username = username
    _refuse_taken(user)
    try:
        with transaction.atomic():
            user.save(update_fields=["username"])
    except IntegrityError:
        raise errors.UsernameTaken from None


def _refuse_taken(user: User) -> None:
    if User.objects.filter(username__iexact=user.username).exclude(pk=user.pk).exists():
        raise errors.UsernameTaken
