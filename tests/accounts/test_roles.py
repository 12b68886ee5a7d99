"""Agents and what they may do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.accounts import errors, services
from espace.accounts.models import RoleGrant, User
from espace.accounts.queries import grants_of
from espace.audit.models import AuditEvent
from espace.kernel.actor import SYSTEM, VISITOR, Actor, Channel, Grant, Permission

AGENT = services.NewAgent("denise.f", "Tilleul-2026", "Denise", "Fabre", "denise@exemple.fr")

pytestmark = pytest.mark.django_db


def test_an_agent_is_made_with_permissions_and_journaled() -> None:
    user = services.create_agent(SYSTEM, agent=AGENT, permissions=(Permission.KEYS, Permission.FAMILIES_READ))
    assert grants_of(user) == (Grant(Permission.KEYS), Grant(Permission.FAMILIES_READ))
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == [
        "accounts.create_agent",
        "accounts.grant_role",
        "accounts.grant_role",
    ]
    assert "Tilleul" not in str(list(AuditEvent.objects.order_by("id").values_list("payload", flat=True)))


@pytest.mark.parametrize(
    "actor",
    [
        VISITOR,
        Actor(1, "Léa", Channel.PORTAL),
        Actor(1, "D", Channel.PORTAL, grants=(Grant(Permission.KEYS),)),
    ],
)
def test_only_who_may_set_the_town_up_gives_roles(actor: Actor) -> None:
    user = services.create_agent(SYSTEM, agent=AGENT)
    grant = services.grant_role(SYSTEM, user_id=user.pk, permission=Permission.KEYS)
    with pytest.raises(errors.NotAllowed):
        services.create_agent(actor, agent=AGENT)
    with pytest.raises(errors.NotAllowed):
        services.grant_role(actor, user_id=user.pk, permission=Permission.HEALTH)
    with pytest.raises(errors.NotAllowed):
        services.revoke_role(actor, grant_id=grant.pk)
    assert RoleGrant.objects.count() == 1


def test_an_agent_needs_a_free_name_and_a_solid_password() -> None:
    services.create_agent(SYSTEM, agent=AGENT)
    with pytest.raises(errors.UsernameTaken):
        services.create_agent(SYSTEM, agent=services.NewAgent("DENISE.F", "Tilleul-2026", "D", "F"))
    with pytest.raises(errors.UsernameInvalid):
        services.create_agent(SYSTEM, agent=services.NewAgent("d f", "Tilleul-2026", "D", "F"))
    with pytest.raises(errors.WeakPassword):
        services.create_agent(SYSTEM, agent=services.NewAgent("rene", "tilleul", "D", "F"))
    assert User.objects.count() == 1


def test_the_same_grant_is_not_given_twice_but_another_scope_is() -> None:
    user = services.create_agent(SYSTEM, agent=AGENT, permissions=(Permission.KEYS,))
    with pytest.raises(errors.GrantExists):
        services.grant_role(SYSTEM, user_id=user.pk, permission=Permission.KEYS)
    services.grant_role(SYSTEM, user_id=user.pk, permission=Permission.KEYS, scope_kind="SCHOOL", scope_id=3)
    assert len(grants_of(user)) == 2


def test_a_revoked_role_ends_today_and_stays_in_the_history() -> None:
    with time_machine.travel(
        datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Paris")), tick=False
    ) as clock:
        user = services.create_agent(SYSTEM, agent=AGENT)
        grant = services.grant_role(SYSTEM, user_id=user.pk, permission=Permission.KEYS)
        clock.shift(timedelta(days=3))
        services.revoke_role(SYSTEM, grant_id=grant.pk, reason="Change de service")
        assert grants_of(user) == ()
        assert RoleGrant.objects.get().end == date(2026, 11, 27)
        event = AuditEvent.objects.order_by("-id")[0]
        assert (event.action, event.reason) == ("accounts.revoke_role", "Change de service")


def test_a_role_given_by_mistake_the_same_day_is_removed() -> None:
    user = services.create_agent(SYSTEM, agent=AGENT)
    grant = services.grant_role(SYSTEM, user_id=user.pk, permission=Permission.KEYS)
    services.revoke_role(SYSTEM, grant_id=grant.pk)
    assert grants_of(user) == ()
