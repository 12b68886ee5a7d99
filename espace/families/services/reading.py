"""An agent reads a family's file: it can be found again, as « Mes données » promises the families."""

from __future__ import annotations

from espace.audit.queries import noted, was_noted
from espace.audit.services import record
from espace.families.models import Household
from espace.families.queries import household_for
from espace.families.services.common import require
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import journaled_read, write_transaction
from espace.kernel.locks import lock_name

READ_FILE = "families.read_file"


def read_file(actor: Actor, *, household_id: int) -> Household:
    """The household whose file the agent opens, or `NotFound`; that they read it is journaled, a GET's reading too: one
    row an agent, household and hour of the clock.

    More would say nothing more and make a writer of each click. 1 query once it is noted.
    """
    require(actor, Permission.FAMILIES_READ)
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    household = household_for(actor, household_id, is_noted=noted(actor, READ_FILE, since=hour))
    if household.is_noted:  # type: ignore[attr-defined]  # annotated
        return household
    with journaled_read(), write_transaction():
        lock_name(f"lecture {actor.user_id} {household.pk}")
        if not was_noted(actor, READ_FILE, household_id=household.pk, since=hour):
            record(
                actor,
                READ_FILE,
                object_kind="household",
                object_id=household.pk,
                household_id=household.pk,
            )
    return household
