"""Who acts: the first argument of every service and of every `…_for` query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """Where an act came from; `COUNTER` is an agent for a family, `SYSTEM` the worker or a command."""

    PORTAL = "PORTAL"
    COUNTER = "COUNTER"
    SYSTEM = "SYSTEM"


class Permission(StrEnum):
    """What an agent may be granted (`accounts.RoleGrant`)."""

    FAMILIES_READ = "FAMILIES_READ"
    FAMILIES_WRITE = "FAMILIES_WRITE"
    FAMILIES_ACT = "FAMILIES_ACT"
    KEYS = "KEYS"
    ENROLMENTS = "ENROLMENTS"
    ACTIVITIES = "ACTIVITIES"
    MONTH_CLOSE = "MONTH_CLOSE"
    BILLING_COMPUTE = "BILLING_COMPUTE"
    BILLING_ISSUE = "BILLING_ISSUE"
    PAYMENTS = "PAYMENTS"
    HEALTH = "HEALTH"
    PROTECTION = "PROTECTION"
    SETTINGS = "SETTINGS"


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission within a scope; `scope_id` None means the whole town."""

    permission: Permission
    scope_kind: str = "TOWN"
    scope_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """An account acting, perhaps on behalf of a household.

    `user_id` is None for the system and for a visitor; `on_behalf_of` is the id of the household an agent acts
    for (None for a parent, who acts for the households they belong to). Grants are those valid today.
    """

    user_id: int | None
    label: str
    channel: Channel
    on_behalf_of: int | None = None
    grants: tuple[Grant, ...] = ()

    @property
    def is_agent(self) -> bool:
        return bool(self.grants)

    @property
    def is_system(self) -> bool:
        return self.channel is Channel.SYSTEM

    def may(self, permission: Permission, scope_kind: str = "TOWN", scope_id: int | None = None) -> bool:
        """Whether a grant covers this permission, for the whole town or for that very scope."""
        return self.is_system or any(
            g.permission == permission
            and (g.scope_id is None or (g.scope_kind == scope_kind and g.scope_id == scope_id))
            for g in self.grants
        )


SYSTEM = Actor(user_id=None, label="Espace Citoyens", channel=Channel.SYSTEM)
VISITOR = Actor(user_id=None, label="Visiteur", channel=Channel.PORTAL)
