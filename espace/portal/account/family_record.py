"""A change of one's contact details is also a question to the family's record, once linked to one."""

from __future__ import annotations

from dataclasses import asdict

from espace.accounts.services import Contact
from espace.families import queries, services
from espace.families.enums import ChangeState
from espace.families.errors import FamilyRefusal
from espace.kernel.actor import Actor


def tell_family_record(actor: Actor, contact: Contact) -> bool:
    """Asks to change the family's record accordingly; whether something now waits for the guichet.

    An agent acting for a family changes their own account here, never that family.
    """
    person = queries.person_of(actor)
    if person is None or actor.on_behalf_of is not None:
        return False
    waiting = False
    values = asdict(contact)
    phone = {"phone": values.pop("phone")}
    for household in queries.households_for(actor)[:1]:
        for about, changed in ((None, values), (person.pk, phone)):
            try:
                asked = services.ask_record_change(
                    actor, household_id=household.pk, person_id=about, values=changed
                )
            except FamilyRefusal:
                continue  # the record already says so
            waiting = waiting or any(change.state == ChangeState.PENDING for change in asked)
    return waiting
