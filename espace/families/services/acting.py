"""An agent who acts for a family: the coming and the going are journaled, each act in between carries both names."""

from __future__ import annotations

from espace.audit.services import record
from espace.families.models import Household
from espace.families.services.common import require
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction


def start_acting(actor: Actor, *, household: Household) -> None:
    """Journals that the agent opens the portal for this household; the caller keeps it in the session."""
    require(actor, Permission.FAMILIES_ACT)
    with write_transaction():
        record(
            actor,
            "families.start_acting",
            object_kind="household",
            object_id=household.pk,
            household_id=household.pk,
        )


def stop_acting(actor: Actor, *, household_id: int) -> None:
    """Journals that the agent is done."""
    with write_transaction():
        record(
            actor,
            "families.stop_acting",
            object_kind="household",
            object_id=household_id,
            household_id=household_id,
        )
