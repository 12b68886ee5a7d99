"""The cast can be called in any test, and everyone is who they say."""

from __future__ import annotations

from espace.bookings.models import Enrolment
from espace.families.models import CustodyArrangement
from espace.kernel.actor import Permission
from tests.support.cast import Character


def test_the_cast_is_ready(
    alice: Character, bob: Character, charlie: Character, denise: Character, remi: Character
) -> None:
    assert [c.first_name for c in alice.children] == ["Zoé", "Tom"]
    assert bob.children == alice.children[1:]
    assert len(set(CustodyArrangement.objects.get(child=bob.children[0]).owners)) == 2
    assert charlie.household != alice.household
    assert denise.actor.may(Permission.KEYS)
    assert not denise.actor.may(Permission.BILLING_ISSUE)
    assert remi.actor.may(Permission.BILLING_ISSUE)
    assert denise.acting_for(alice.household).on_behalf_of == alice.household.pk
    assert not alice.actor.is_agent
    assert Enrolment.objects.count() == 0
