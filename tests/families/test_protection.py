"""A protection measure: who may record it, what `visible_to` hides, and that nothing tells of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from espace.audit.models import AuditEvent
from espace.demo.town import Reference
from espace.families import errors, services
from espace.families.models import Party, ProtectionMeasure
from espace.families.queries import (
    adults_to_notify,
    children_for,
    debtor_snapshots,
    family_files,
    measures_for,
    person_for,
    search_for,
    sight_of_home,
    visible_to,
)
from espace.kernel.actor import Actor, Channel, Grant, Permission
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from tests.support.cast import Character
from tests.support.town import NOW, TODAY

ORDER = "Ordonnance de protection du 20 novembre 2026, n° 26/01234"


@pytest.fixture
def protector() -> Actor:
    grants = (Grant(Permission.PROTECTION), Grant(Permission.FAMILIES_READ))
    return Actor(None, "Denise Roux", Channel.COUNTER, grants=grants)


@pytest.fixture
def measures(alice: Character, bob: Character, protector: Actor) -> list[ProtectionMeasure]:
    """Alice and Tom are hidden from Bob."""
    tom = alice.children[1]
    return services.record_protection(
        protector, protected_ids=[alice.adult.pk, tom.pk], hidden_from_id=bob.adult.pk, evidence=ORDER
    )


def test_it_hides_from_that_person_alone(
    alice: Character, bob: Character, charlie: Character, measures: list[ProtectionMeasure]
) -> None:
    tom = alice.children[1]
    assert visible_to(bob.actor).hidden == {alice.adult.pk, tom.pk}
    assert not visible_to(alice.actor).hidden
    assert not visible_to(charlie.actor).hidden
    assert children_for(bob.actor) == []
    assert tom in children_for(alice.actor)
    with pytest.raises(NotFound):
        person_for(bob.actor, tom.pk)


def test_it_hides_and_ends_on_its_day_whatever_was_asked_before(
    alice: Character, bob: Character, denise: Character, measures: list[ProtectionMeasure],
    frozen: time_machine.Traveller,
) -> None:  # fmt: skip
    tom, readers = alice.children[1], (bob.actor, denise.acting_for(bob.household))
    ProtectionMeasure.objects.update(start=TODAY + timedelta(days=1), end=TODAY + timedelta(days=2))
    for day, seen in ((0, True), (1, False), (2, True)):
        frozen.move_to(NOW + timedelta(days=day))
        assert [tom in children_for(reader) for reader in readers] == [seen, seen]
        assert [visible_to(reader).sees(tom.pk) for reader in readers] == [seen, seen]


def test_an_agent_acting_for_that_home_sees_what_its_adults_see(
    denise: Character, bob: Character, measures: list[ProtectionMeasure]
) -> None:
    assert children_for(denise.acting_for(bob.household)) == []


def test_of_a_hidden_child_only_the_name_is_left_as_of_an_empty_record(
    alice: Character, bob: Character, measures: list[ProtectionMeasure]
) -> None:
    tom = alice.children[1]
    services.add_pickup(
        Actor(None, "", Channel.SYSTEM), child=tom, name="Mamie Moreau", relation="", phone=""
    )
    (file,) = family_files([bob.household], visible_to(bob.actor))
    (card,) = file.children
    assert card.person == tom
    assert (card.school, card.school_class, card.custody, card.pickups, card.guardians) == (
        "",
        "",
        None,
        [],
        [],
    )


def test_of_a_hidden_adult_neither_the_name_nor_who_fetches_the_child(
    alice: Character, bob: Character, protector: Actor
) -> None:
    tom = alice.children[1]
    services.add_pickup(
        Actor(None, "", Channel.SYSTEM), child=tom, name="Mamie Moreau", relation="", phone=""
    )
    services.record_protection(
        protector, protected_ids=[alice.adult.pk], hidden_from_id=bob.adult.pk, evidence=ORDER
    )
    (file,) = family_files([bob.household], visible_to(bob.actor))
    (card,) = file.children
    assert card.school
    assert [str(link.party) for link in card.guardians] == ["Bob Lefèvre"]
    assert card.pickups == []
    (hers,) = family_files([alice.household], visible_to(alice.actor))
    assert [p.name for p in hers.children[1].pickups] == ["Mamie Moreau"]


def test_a_message_about_the_child_does_not_go_to_that_person(
    alice: Character, bob: Character, measures: list[ProtectionMeasure]
) -> None:
    tom, homes = alice.children[1].pk, [alice.household.pk, bob.household.pk]
    told = adults_to_notify(homes, about=[tom])
    assert [len(told[h]) for h in homes] == [1, 0]
    # What does not say whom it speaks of is not sent either, a bill's amount is.
    assert adults_to_notify(homes)[bob.household.pk] == []
    assert len(adults_to_notify(homes, about=[alice.children[0].pk])[bob.household.pk]) == 1
    assert len(adults_to_notify(homes, for_bills=True)[bob.household.pk]) == 1


def test_a_payer_kept_apart_reads_no_address(
    alice: Character, bob: Character, measures: list[ProtectionMeasure]
) -> None:
    party = Party.objects.get(person=bob.adult)
    snapshot = debtor_snapshots({alice.household.pk: party.pk})[alice.household.pk]
    assert snapshot["name"] == "Bob Lefèvre"
    assert [snapshot[k] for k in ("household", "number", "street", "postcode", "city")] == [""] * 5
    own = debtor_snapshots({bob.household.pk: party.pk})[bob.household.pk]
    assert own["street"] == "4, quai de l’Aune"


def test_a_search_leaves_the_address_out_but_for_who_may_know(
    alice: Character, bob: Character, denise: Character, protector: Actor, measures: list[ProtectionMeasure]
) -> None:
    def addresses(actor: Actor) -> dict[int, str]:
        return {f.household.pk: f.address for f in search_for(actor, "moreau").found}

    assert addresses(denise.actor)[alice.household.pk] == ""
    assert addresses(protector)[alice.household.pk].startswith("12, rue du Moulin")
    assert sight_of_home(denise.actor, bob.household).hidden
    assert not sight_of_home(protector, bob.household).hidden


def test_no_journal_of_a_family_and_no_message_tell_of_it(
    alice: Character, bob: Character, protector: Actor, measures: list[ProtectionMeasure]
) -> None:
    events = AuditEvent.objects.filter(action__endswith="protection").order_by("id")
    assert {(e.action, e.household_id, e.payload) for e in events} == {
        ("families.record_protection", None, None)
    }
    assert not OutboxMessage.objects.exists()
    assert ORDER.encode() not in bytes(measures[0].evidence)
    assert services.read_evidence(protector, measure_id=measures[0].pk) == ORDER
    assert AuditEvent.objects.filter(action="families.read_protection").count() == 1


def test_it_ends_on_its_day_or_when_an_agent_says_so(
    alice: Character, bob: Character, protector: Actor, frozen: time_machine.Traveller
) -> None:
    tom = alice.children[1].pk
    (row,) = services.record_protection(
        protector,
        protected_ids=[tom],
        hidden_from_id=bob.adult.pk,
        evidence=ORDER,
        end=TODAY + timedelta(days=30),
    )
    assert children_for(bob.actor) == []
    frozen.move_to("2026-12-25 08:00:00+01:00")
    assert [c.pk for c in children_for(bob.actor)] == [tom]
    frozen.move_to("2026-11-26 08:00:00+01:00")
    with pytest.raises(errors.ReasonRequired):
        services.end_protection(protector, measure_id=row.pk, reason=" ")
    services.end_protection(protector, measure_id=row.pk, reason="Ordonnance levée")
    assert [c.pk for c in children_for(bob.actor)] == [tom]
    with pytest.raises(NotFound):
        services.end_protection(protector, measure_id=row.pk, reason="Ordonnance levée")


def test_what_makes_no_sense_is_refused(
    alice: Character, bob: Character, protector: Actor, measures: list[ProtectionMeasure]
) -> None:
    tom = alice.children[1].pk
    cases = [
        ([], bob.adult.pk, ORDER, None, errors.NobodyToProtect),
        ([bob.adult.pk], bob.adult.pk, ORDER, None, errors.NobodyToProtect),
        ([tom], bob.adult.pk, ORDER, TODAY, errors.NobodyToProtect),
        ([tom], bob.adult.pk, " ", None, errors.ReasonRequired),
        ([tom], bob.adult.pk, ORDER, None, errors.AlreadyProtected),
        ([999_999], bob.adult.pk, ORDER, None, NotFound),
    ]
    for protected, other, evidence, end, refusal in cases:
        with pytest.raises(refusal):
            services.record_protection(
                protector, protected_ids=protected, hidden_from_id=other, evidence=evidence, end=end
            )
    assert ProtectionMeasure.objects.count() == 2


def test_only_its_own_permission_opens_it(
    alice: Character, bob: Character, denise: Character, measures: list[ProtectionMeasure]
) -> None:
    for actor in (denise.actor, alice.actor, bob.actor):
        assert measures_for(actor, alice.household) == []
        with pytest.raises(NotFound):
            services.record_protection(
                actor, protected_ids=[alice.children[0].pk], hidden_from_id=bob.adult.pk, evidence=ORDER
            )
        with pytest.raises(NotFound):
            services.end_protection(actor, measure_id=measures[0].pk, reason="x")
        with pytest.raises(NotFound):
            services.read_evidence(actor, measure_id=measures[0].pk)


def test_the_database_refuses_a_measure_against_oneself(
    alice: Character, measures: list[ProtectionMeasure]
) -> None:
    row = measures[0]
    row.hidden_from_id = row.protected_id
    with pytest.raises(IntegrityError, match="families_protection_of_someone_else"), transaction.atomic():
        row.save()


def test_a_home_without_measure_costs_nothing_more(
    alice: Character, town: Reference, django_assert_num_queries: object
) -> None:
    actor = alice.actor
    with django_assert_num_queries(1):  # type: ignore[operator]
        children_for(actor)
