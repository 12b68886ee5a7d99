"""Who may do what at the town hall: grants, within a scope and a time, each journaled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from espace.accounts import errors, rules
from espace.accounts.models import RoleGrant, User
from espace.accounts.passwords import refuse_weak_password
from espace.accounts.services.users import insert_user
from espace.audit.services import record
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent to be: who they are and what they first sign in with."""

    username: str
    password: str
    first_name: str
    last_name: str
    email: str = ""


def create_agent(actor: Actor, *, agent: NewAgent, permissions: tuple[Permission, ...] = ()) -> User:
    """Makes an agent's account, with permissions for the whole town from today.

    Raises NotAllowed, UsernameInvalid, UsernameTaken, WeakPassword.
    """
    _refuse_unless_settings(actor)
    if not rules.is_username(agent.username):
        raise errors.UsernameInvalid
    refuse_weak_password(
        agent.password,
        username=agent.username,
        email=agent.email,
        first_name=agent.first_name,
        last_name=agent.last_name,
    )
    with write_transaction():
        user = User(
            username=agent.username,
            email=rules.tidy_email(agent.email),
            first_name=agent.first_name,
            last_name=agent.last_name,
            date_joined=clock.now(),
        )
        user.set_password(agent.password)
        insert_user(user)
        record(
            actor,
            "accounts.create_agent",
            object_kind="user",
            object_id=user.pk,
            payload={"username": user.username},
        )
        for permission in permissions:
            grant_role(actor, user_id=user.pk, permission=permission)
    return user


def grant_role(
    actor: Actor,
    *,
    user_id: int,
    permission: Permission,
    scope_kind: str = "TOWN",
    scope_id: int | None = None,
    start: date | None = None,
    end: date | None = None,
) -> RoleGrant:
    """Gives a permission from `start` (today by default) until the eve of `end`, for the town or one scope.

    Raises NotAllowed, GrantExists when the same one already holds at `start`.
    """
    _refuse_unless_settings(actor)
    start = start or clock.today()
    with write_transaction():
        user = User.objects.select_for_update().get(pk=user_id)
        same = RoleGrant.objects.filter(
            user=user, permission=permission, scope_kind=scope_kind, scope_id=scope_id, start__lte=start
        )
        if same.filter(Q(end__isnull=True) | Q(end__gt=start)).exists():
            raise errors.GrantExists
        grant = RoleGrant.objects.create(
            user=user, permission=permission, scope_kind=scope_kind, scope_id=scope_id, start=start, end=end
        )
        record(actor, "accounts.grant_role", object_kind="user", object_id=user.pk, payload=_told(grant))
    return grant


def revoke_role(actor: Actor, *, grant_id: int, reason: str = "") -> None:
    """Ends a grant today; one that had not begun, or began today, is removed. Raises NotAllowed."""
    _refuse_unless_settings(actor)
    today = clock.today()
    with write_transaction():
        grant = RoleGrant.objects.select_for_update().get(pk=grant_id)
        record(
            actor,
            "accounts.revoke_role",
            object_kind="user",
            object_id=grant.user_id,
            payload=_told(grant),
            reason=reason,
        )
        if grant.start >= today:
            grant.delete()
        elif grant.end is None or grant.end > today:
            grant.end = today
            grant.save(update_fields=["end"])


def _refuse_unless_settings(actor: Actor) -> None:
    if not actor.may(Permission.SETTINGS):
        raise errors.NotAllowed


def _told(grant: RoleGrant) -> dict[str, object]:
    return {
        "permission": str(grant.permission),
        "scope_kind": grant.scope_kind,
        "scope_id": grant.scope_id,
        "start": grant.start.isoformat(),
        "end": grant.end.isoformat() if grant.end else None,
    }
