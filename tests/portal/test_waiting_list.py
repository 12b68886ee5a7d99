"""The waiting list as a family meets it: the full case, the wait, the place offered, the answer."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.activities.enums import PriorityCode
from espace.activities.models import CapacityPool, Slot
from espace.activities.services import publish_criterion
from espace.bookings.enums import BookingState
from espace.bookings.models import Booking
from espace.bookings.services import enrol
from espace.demo.town import Reference
from espace.notifications.models import OutboxMessage
from tests.portal.test_booking_month import fields, month_url, text
from tests.support.cast import Character, signed_in
from tests.support.town import NOW
from tests.support.waiting import DAY, WEDNESDAY, Waiter, full_day, waiter, with_list


@pytest.fixture
def slot(town: Reference) -> Slot:
    with_list()
    return full_day(town, places=1)


@pytest.fixture
def ana(town: Reference, slot: Slot) -> Waiter:
    """Another family has the only place."""
    holder = waiter(town, "Ana")
    holder.ask(slot)
    return holder


@pytest.fixture
def zoe(alice: Character, town: Reference, ana: Waiter) -> int:
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(WEDNESDAY, DAY).pk)
    return child


@pytest.fixture
def waits(alice: Character, zoe: int, slot: Slot, frozen: Any) -> Booking:
    """Zoé waits, first of the list."""
    frozen.move_to(NOW + timedelta(minutes=1))
    one = Waiter(alice.actor, zoe, alice.user.email)
    one.ask(slot)
    return one.booking


def cell(page: Any, day: str, formula: str = "Journée") -> str:
    """The words of one case of the calendar."""
    html = page.content.decode()
    found = re.search(rf'datetime="{day}">.*?</li>', html, re.DOTALL)
    assert found
    cases = re.findall(r'<(?:div|label) class="slot[^"]*".*?</(?:div|label)>', found[0], re.DOTALL)
    words = [re.sub(r"[\s\xa0]+", " ", re.sub(r"<[^>]+>", " ", case)) for case in cases]
    return next(case.strip() for case in words if case.strip().lstrip("0123456789! ").startswith(formula))


def test_a_full_day_leads_to_the_list(alice: Character, zoe: int, slot: Slot) -> None:
    month = alice.client.get(month_url(zoe))
    assert "Complet — liste d’attente" in cell(month, "2026-12-16")
    page = alice.client.get(f"/reserver/{zoe}/attendre/{slot.pk}/")
    said = text(page)
    for words in (
        "Mercredi 16 décembre 2026", "1er en attente", "Aucune famille n’attend avant vous",
        "24 heures pour répondre", "jusqu’au lundi 14 décembre 2026 à 23 h 59", "Les autres choix ce jour-là",
        "Matin + repas complet, liste d’attente",
    ):  # fmt: skip
        assert words in said, words
    sent = dict(re.findall(r'name="(jeton|empreinte)" value="([^"]*)"', page.content.decode()))
    done = alice.client.post(f"/reserver/{zoe}/attendre/{slot.pk}/", sent)
    assert done.status_code == 303
    receipt = text(alice.client.get(done.headers["Location"]))
    assert "Liste d’attente 1" in receipt
    assert "Mer. 16 Journée liste d’attente, rang 1" in receipt
    again = alice.client.post(f"/reserver/{zoe}/attendre/{slot.pk}/", sent)
    assert again.headers["Location"] == done.headers["Location"]
    assert Booking.objects.filter(child_id=zoe).count() == 1


def test_the_rank_is_read_in_the_case_and_the_list_can_be_left(
    alice: Character, zoe: int, waits: Booking
) -> None:
    assert "1er en attente, quitter" in cell(alice.client.get(month_url(zoe)), "2026-12-16").replace(
        " ,", ","
    )
    assert "checked" not in alice.client.get(month_url(zoe)).content.decode()
    address = f"/reserver/attente/{waits.pk}/"
    assert "Votre rang 1er en attente" in text(alice.client.get(address))
    left = alice.client.post(address, {"reponse": "quitter"}, follow=True)
    assert "Vous n’attendez plus de place ce jour-là" in text(left)
    assert "Vous avez quitté la liste d’attente" in text(left)
    waits.refresh_from_db()
    assert waits.state == BookingState.CANCELLED
    assert "Complet" in cell(alice.client.get(month_url(zoe)), "2026-12-16")


def test_a_place_offered_is_on_the_dashboard_and_can_be_taken(
    alice: Character, zoe: int, waits: Booking, ana: Waiter
) -> None:
    ana.cancel()
    said = text(alice.client.get("/tableau-de-bord/"))
    assert "Une place s’est libérée pour le mercredi 16 décembre 2026" in said
    assert (
        "Répondez avant demain, mercredi 25 novembre 2026 à 10 h 01, sinon elle passe à la famille suivante."
        in said
    )
    assert "Journée à" in said
    assert "Prendre la place" in said
    assert "Laisser passer" in said
    assert "Place proposée" in cell(alice.client.get(month_url(zoe)), "2026-12-16")
    address = f"/reserver/attente/{waits.pk}/"
    page = alice.client.get(address)
    assert "Sans majoration : votre demande était arrivée dans le délai." in text(page)
    digest = re.search(r'name="empreinte" value="([^"]*)"', page.content.decode())
    assert digest
    done = alice.client.post(address, {"reponse": "prendre", "empreinte": digest[1]})
    assert done.status_code == 303
    assert "Mer. 16 + Journée" in text(alice.client.get(done.headers["Location"]))
    waits.refresh_from_db()
    assert waits.state == BookingState.CONFIRMED
    assert "Réservé" in cell(alice.client.get(month_url(zoe)), "2026-12-16")
    history = text(alice.client.get(address))
    assert "La place est prise" in history
    assert "Une place vous a été proposée" in history


def test_a_place_can_be_passed_on(
    alice: Character, zoe: int, waits: Booking, ana: Waiter, slot: Slot
) -> None:
    ana.cancel()
    page = alice.client.post(f"/reserver/attente/{waits.pk}/", {"reponse": "passer"}, follow=True)
    assert "Vous laissez passer cette place" in text(page)
    assert "Une place s’est libérée" not in text(page)
    pool = CapacityPool.objects.get(pk=slot.pool_id)
    assert (pool.taken, pool.waiting) == (0, 0)


def test_too_late_is_told(alice: Character, waits: Booking, ana: Waiter, frozen: Any) -> None:
    ana.cancel()
    page = alice.client.get(f"/reserver/attente/{waits.pk}/")
    digest = re.search(r'name="empreinte" value="([^"]*)"', page.content.decode())
    assert digest
    frozen.move_to(NOW + timedelta(days=1, hours=1))
    client = signed_in(alice.user)
    answer = client.post(f"/reserver/attente/{waits.pk}/", {"reponse": "prendre", "empreinte": digest[1]})
    assert "le délai de réponse est passé" in text(answer)
    assert "Une place s’est libérée pour le" not in text(client.get("/tableau-de-bord/"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_nothing(
    charlie: Character, zoe: int, waits: Booking, slot: Slot, method: str
) -> None:
    for address in (f"/reserver/attente/{waits.pk}/", f"/reserver/{zoe}/attendre/{slot.pk}/"):
        response = getattr(charlie.client, method)(address, {"reponse": "quitter"})
        assert response.status_code == 404, address
    waits.refresh_from_db()
    assert waits.state == BookingState.WAITLISTED


def test_the_other_parent_of_a_shared_child_sees_only_their_own_days(
    alice: Character, bob: Character, town: Reference, ana: Waiter, slot: Slot
) -> None:
    tom = alice.children[1].pk
    enrol(alice.actor, child_id=tom, period_id=town.period(WEDNESDAY, DAY).pk)
    found = {}
    for who in (alice, bob):
        page = who.client.get(month_url(tom))
        found[who.user.first_name] = (
            "Chez son autre parent"
            in re.search(  # type: ignore[index]
                r'datetime="2026-12-16">.*?</li>', page.content.decode(), re.DOTALL
            )[0]
        )
    assert sorted(found.values()) == [False, True]
    owner, other = (alice, bob) if not found["Alice"] else (bob, alice)
    one = Waiter(owner.actor, tom, owner.user.email)
    one.ask(slot)
    ana.cancel()
    assert OutboxMessage.objects.get(kind="bookings.offer").recipient == owner.user.email
    assert other.client.get(f"/reserver/attente/{one.booking.pk}/").status_code == 404
    assert "Une place s’est libérée" not in text(other.client.get("/tableau-de-bord/"))


def test_the_recap_offers_three_ways_on(alice: Character, zoe: int, town: Reference, slot: Slot) -> None:
    free = town.slot(WEDNESDAY, date(2027, 1, 6))
    address = f"/reserver/{zoe}/semaine-type/"
    sent = {"j": [f"2-{slot.formula_id}"], "depuis": "2026-12-15"}
    page = alice.client.post(address, sent)
    said = text(page)
    for words in (
        "Enregistrer seulement ce qui est possible",
        "Enregistrer, et attendre les jours complets",
        "Trois façons",
    ):
        assert words in said, words
    form = fields(page, "semaine-type/confirmer/")
    done = alice.client.post(f"{address}confirmer/", {**form, "attente": "1"})
    receipt = text(alice.client.get(done.headers["Location"]))
    assert "Liste d’attente 1" in receipt
    states = dict(Booking.objects.filter(child_id=zoe).order_by("date").values_list("slot_id", "state"))
    assert (states[slot.pk], states[free.pk]) == ("WAITLISTED", "CONFIRMED")
    # The week changed: the request that is no longer wanted is left, nothing is due.
    page = alice.client.post(address, {"j": [], "depuis": "2026-12-15"})
    assert "vous n’attendrez plus de place ce jour-là" in text(page)
    alice.client.post(f"{address}confirmer/", fields(page, "semaine-type/confirmer/"))
    assert not Booking.objects.filter(child_id=zoe, state="WAITLISTED").exists()
    assert CapacityPool.objects.get(pk=slot.pool_id).waiting == 0


def test_how_places_are_given_is_public(client: Any, denise: Character, town: Reference, slot: Slot) -> None:
    publish_criterion(
        denise.actor,
        activity_id=town.activities[WEDNESDAY].pk,
        code=PriorityCode.TWINS,
        label="Jumeaux",
        points=5,
    )
    said = text(client.get("/liste-d-attente/"))
    for words in ("Accueil de loisirs du mercredi", "Jumeaux 5 points", "24 heures pour répondre", "L131-13"):
        assert words in said, words
    assert "Restauration scolaire" not in said  # no list there
    assert "liste-d-attente" in client.get("/plan-du-site/").content.decode()


def test_waiting_costs_the_month_one_query_more(alice: Character, zoe: int, slot: Slot) -> None:
    def queries() -> int:
        alice.client.get(month_url(zoe))
        with CaptureQueriesContext(connection) as captured:
            alice.client.get(month_url(zoe))
        return len(captured)

    without = queries()
    Waiter(alice.actor, zoe, alice.user.email).ask(slot)
    assert queries() == without + 1
