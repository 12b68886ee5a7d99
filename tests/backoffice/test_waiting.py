"""The agents' side of the waiting list: who waits, an offer by hand, places, rules, what counts for a child."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from espace.activities.enums import PriorityCode, WaitingMode
from espace.activities.errors import CanteenHasNoCriterion, FamiliesWait
from espace.activities.models import Activity, CapacityPool, PriorityCriterion, Slot
from espace.activities.services import publish_criterion, set_waiting_list
from espace.audit.models import AuditEvent
from espace.bookings.models import ChildCriterion
from espace.bookings.queries.proof import preuve
from espace.demo.town import Reference
from tests.portal.test_booking_month import text
from tests.support.cast import Character
from tests.support.town import NOW
from tests.support.waiting import WEDNESDAY, Waiter, full_day, waiter, with_list

CANTEEN = "restauration-scolaire"


@pytest.fixture
def slot(town: Reference) -> Slot:
    with_list(WaitingMode.BY_AGENT)
    return full_day(town, places=1)


@pytest.fixture
def families(town: Reference, slot: Slot, frozen: Any) -> list[Waiter]:
    """Ana has the place, Ben then Cléo wait; then Ana gives it back: an agent has to offer it."""
    found = [waiter(town, name) for name in ("Ana", "Ben", "Cleo")]
    for minutes, one in enumerate(found):
        frozen.move_to(NOW + timedelta(minutes=minutes))
        one.ask(slot)
    found[0].cancel()
    return found


def test_the_lists_that_need_an_agent_come_first(
    denise: Character, families: list[Waiter], slot: Slot
) -> None:
    page = denise.client.get("/agents/listes-d-attente/")
    assert (
        "Mercredi 16 décembre 2026 Centre de loisirs du Moulin Accueil de loisirs du mercredi 2 0 1"
        in text(page)
    )
    said = text(denise.client.get(f"/agents/listes-d-attente/{slot.pool_id}/"))
    assert said.index("1. PetitBen Attente") < said.index("2. PetitCleo Attente")
    assert "0 point" in said
    assert "Propositions possibles jusqu’au lundi 14 décembre 2026 à 23 h 59" in said


def test_the_first_is_offered_in_one_click_the_others_with_a_reason(
    denise: Character, families: list[Waiter], slot: Slot
) -> None:
    _, ben, cleo = families
    page = denise.client.post(f"/agents/listes-d-attente/proposer/{cleo.booking.pk}/", follow=True)
    assert "Indiquez le motif" in text(page)
    page = denise.client.post(f"/agents/listes-d-attente/proposer/{ben.booking.pk}/", follow=True)
    assert "La place est proposée, la famille est prévenue." in text(page)
    assert "Places proposées PetitBen" in text(page).replace("Enfant Formule Réponse avant le ", "").replace(
        "Places proposées, en attente de réponse ", ""
    )
    assert ben.booking.state == "OFFERED"
    page = denise.client.post(
        f"/agents/listes-d-attente/proposer/{cleo.booking.pk}/", {"reason": "Urgence"}, follow=True
    )
    assert "Il n’y a plus de place" in text(page)


def test_places_can_be_added(denise: Character, families: list[Waiter], slot: Slot) -> None:
    with_list(WaitingMode.AUTOMATIC)
    address = f"/agents/listes-d-attente/{slot.pool_id}/places/"
    page = denise.client.post(address, {"capacity": "3", "waitlist_capacity": "5"}, follow=True)
    assert "2 places proposées aussitôt." in text(page)
    assert [one.booking.state for one in families[1:]] == ["OFFERED", "OFFERED"]
    page = denise.client.post(address, {"capacity": "1", "waitlist_capacity": ""})
    assert "2 places sont prises" in text(page)
    page = denise.client.post(address, {"capacity": "beaucoup", "waitlist_capacity": ""})
    assert "Écrivez un nombre entier" in text(page)
    assert CapacityPool.objects.get(pk=slot.pool_id).capacity == 3


def test_a_list_is_set_and_can_t_be_stopped_under_families(
    denise: Character, families: list[Waiter], town: Reference
) -> None:
    activity = town.activities[WEDNESDAY].pk
    address, prefix = f"/agents/listes-d-attente/reglages/{activity}/", f"liste{activity}"
    sent = {f"{prefix}-mode": "AUTOMATIC", f"{prefix}-offer_hours": "48", f"{prefix}-offers_stop_days": "3"}
    assert "Le réglage est enregistré" in text(denise.client.post(address, sent, follow=True))
    row = Activity.objects.get(pk=activity)
    assert (row.waiting_list, row.offer_hours, row.offers_stop_days) == ("AUTOMATIC", 48, 3)
    page = denise.client.post(address, {**sent, f"{prefix}-mode": "OFF"})
    assert "Des familles attendent une place" in text(page)
    with pytest.raises(FamiliesWait):
        set_waiting_list(
            denise.actor, activity_id=activity, mode=WaitingMode.OFF, offer_hours=24, offers_stop_days=2
        )
    assert AuditEvent.objects.filter(action="activities.set_waiting_list").count() == 1


def test_a_criterion_is_published_then_recorded_for_a_child(
    denise: Character, alice: Character, town: Reference, slot: Slot
) -> None:
    activity, child = town.activities[WEDNESDAY].pk, alice.children[0].pk
    prefix = f"critere{activity}"
    sent = {f"{prefix}-code": "TWO_PARENTS_WORKING", f"{prefix}-points": "10"}
    page = denise.client.post(f"/agents/listes-d-attente/criteres/{activity}/", sent, follow=True)
    assert "Deux parents en activité : 10 points" in text(page)
    again = denise.client.post(f"/agents/listes-d-attente/criteres/{activity}/", sent, follow=True)
    assert "Ce critère est déjà publié pour cette activité." in text(again)
    criterion = PriorityCriterion.objects.get()
    address = f"/agents/enfants/{child}/priorites/"
    typed = {
        "criterion": str(criterion.pk),
        "first": "2026-09-01",
        "last": "2027-06-30",
        "evidence": "Attestations",
    }
    page = denise.client.post(address, typed, follow=True)
    assert (
        "Deux parents en activité Accueil de loisirs du mercredi 10 01/09/2026 – 30/06/2027 Attestations Denise Roux"
        in text(page)
    )
    assert "déjà enregistré" in text(denise.client.post(address, typed))
    assert "avant le premier" in text(denise.client.post(address, {**typed, "last": "2026-08-01"}))
    page = denise.client.post(
        f"/agents/enfants/priorites/{ChildCriterion.objects.get().pk}/terminer/", follow=True
    )
    assert "terminé" in text(page)
    assert "enregistre un critère de priorité" in text(
        denise.client.get(f"/agents/familles/{alice.household.pk}/")
    )
    denise.client.post(f"/agents/listes-d-attente/retirer/{criterion.pk}/")
    criterion.refresh_from_db()
    assert criterion.end == NOW.date() + timedelta(days=1)


def test_never_a_criterion_for_the_canteen(denise: Character, town: Reference) -> None:
    """The screen, the service, the database, and the nightly proof."""
    canteen = town.activities[CANTEEN]
    page = text(denise.client.get("/agents/listes-d-attente/reglages/"))
    assert "La cantine est un droit pour tous les élèves" in page
    assert "Publier un critère pour Restauration scolaire" not in page
    prefix = f"critere{canteen.pk}"
    sent = {f"{prefix}-code": "TWINS", f"{prefix}-points": "10"}
    page = text(denise.client.post(f"/agents/listes-d-attente/criteres/{canteen.pk}/", sent, follow=True))
    assert "aucun critère de priorité ne s’y applique" in page
    with pytest.raises(CanteenHasNoCriterion):
        publish_criterion(
            denise.actor, activity_id=canteen.pk, code=PriorityCode.TWINS, label="Jumeaux", points=1
        )
    row = PriorityCriterion(
        activity=canteen,
        activity_kind="CANTEEN",
        code="TWINS",
        label="Jumeaux",
        points=1,
        position=1,
        start=NOW.date(),
    )
    with pytest.raises(IntegrityError, match="activities_criterion_never_canteen"), transaction.atomic():
        row.save()
    assert preuve() == []
    row.activity_kind = "WEDNESDAY"  # a lie that the database can't see
    row.save()
    assert preuve() == [
        "Le critère «\xa0Jumeaux\xa0» n’est pas du type de l’activité «\xa0Restauration scolaire\xa0»."
    ]


def test_nothing_but_what_the_law_allows_can_be_stored(town: Reference) -> None:
    row = PriorityCriterion(
        activity=town.activities[WEDNESDAY], activity_kind="WEDNESDAY", code="ANCIENNETE_COMMUNE", label="x", points=1,
        position=1, start=NOW.date(),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="activities_criterion_lawful"), transaction.atomic():
        row.save()


def test_who_may_not_finds_nothing(
    remi: Character, alice: Character, families: list[Waiter], slot: Slot
) -> None:
    addresses = (
        "/agents/listes-d-attente/", f"/agents/listes-d-attente/{slot.pool_id}/", "/agents/listes-d-attente/reglages/",
        f"/agents/enfants/{families[1].child}/priorites/",
    )  # fmt: skip
    for address in addresses:
        for who in (remi, alice):
            assert who.client.get(address).status_code == 404, address


def test_the_proof_sees_a_place_that_lies_free(families: list[Waiter], slot: Slot) -> None:
    assert preuve() == []  # by agent: kept for them to offer
    with_list(WaitingMode.AUTOMATIC)
    assert preuve() == [
        "Centre de loisirs du Moulin, mercredi 16 décembre 2026, journée\xa0: "
        "une place est libre alors que des familles attendent."
    ]
    CapacityPool.objects.filter(pk=slot.pool_id).update(waiting=5)
    assert any("5 en attente comptés pour 2 sur la liste" in sentence for sentence in preuve())
