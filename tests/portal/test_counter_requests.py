"""« Demandé le »: shown to an agent who acts for a family, recomputed before it is confirmed, refused to a parent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from espace.bookings.models import Booking, Enrolment
from espace.bookings.services import enrol
from espace.demo.town import Reference
from tests.portal.test_booking_month import check, confirm, fields, month_url, text
from tests.support.cast import Character
from tests.support.pages import StrictClient

CANTEEN, WEDNESDAY = "restauration-scolaire", "accueil-de-loisirs-du-mercredi"
SOON, DAY = date(2026, 11, 30), date(2026, 12, 10)
STAMP = {"demande_jour": "2026-11-12", "demande_heure": "09:30"}
WHY = {"motif": "Formulaire papier"}
MONTH = "2026-12"  # its first week holds 30 November


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, DAY).pk)
    return child


@pytest.fixture
def counter(denise: Character, alice: Character) -> StrictClient:
    """Denise on the portal, acting for Alice's family."""
    denise.client.post(f"/agents/familles/{alice.household.pk}/agir/")
    return denise.client


def again(client: StrictClient, child: int, recap: Any, **stamp: str) -> Any:
    """« Recalculer à cette date »."""
    sent = fields(recap, "confirmer/") | {name: [value] for name, value in stamp.items()}
    return client.post(month_url(child, MONTH) + "verifier/", sent)


def test_the_consequence_is_recomputed_before_it_is_confirmed(
    counter: StrictClient, zoe: int, town: Reference
) -> None:
    recap = check(counter, zoe, tick=(town.slot(CANTEEN, SOON).pk,))
    assert "majoré de 2,50 €" in text(recap)
    recap = again(counter, zoe, recap, **STAMP)
    assert "Les délais sont jugés au jeudi 12 novembre 2026 à 9 h 30" in text(recap)
    assert "majoré" not in text(recap)
    assert not Booking.objects.exists()
    unexplained = confirm(counter, zoe, recap, **STAMP)
    assert "Indiquez pourquoi cette demande est saisie après coup" in text(unexplained)
    done = counter.get(confirm(counter, zoe, unexplained, **STAMP, **WHY)["Location"])
    assert "Demandé au guichet le jeudi 12 novembre 2026 à 9 h 30" in text(done)
    assert not Booking.objects.get().is_late


def test_a_date_changed_after_the_recap_is_read_again_first(
    counter: StrictClient, zoe: int, town: Reference
) -> None:
    recap = check(counter, zoe, tick=(town.slot(CANTEEN, SOON).pk,))
    answer = confirm(counter, zoe, recap, **STAMP, **WHY)
    assert "Les délais sont jugés au jeudi 12 novembre 2026" in text(answer)
    assert 'value="Formulaire papier"' in answer.content.decode()
    back = confirm(counter, zoe, answer, demande_jour="", demande_heure="", **WHY)
    assert "majoré de 2,50 €" in text(back)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"demande_jour": "hier", "demande_heure": "09:30"}, "Indiquez une date"),
        ({"demande_jour": "2026-11-12", "demande_heure": "25:99"}, "Indiquez une heure"),
        ({"demande_jour": "2026-11-12"}, "Indiquez le jour et l’heure"),
        ({"demande_heure": "09:30"}, "Indiquez le jour et l’heure"),
        ({"demande_jour": "2026-11-25", "demande_heure": "09:30"}, "La date de la demande est à venir"),
        ({"demande_jour": "9999-12-31", "demande_heure": "23:59"}, "La date de la demande est à venir"),
        ({"demande_jour": "2026-09-01", "demande_heure": "09:30"}, "plus de 60 jours"),
        ({"demande_jour": "0001-01-01", "demande_heure": "00:00"}, "plus de 60 jours"),
    ],
)
def test_a_date_that_cannot_be_is_a_sentence_and_judges_nothing(
    counter: StrictClient, zoe: int, town: Reference, sent: dict[str, str], said: str
) -> None:
    recap = check(counter, zoe, tick=(town.slot(CANTEEN, SOON).pk,))
    for answer in (again(counter, zoe, recap, **sent), confirm(counter, zoe, recap, **sent, **WHY)):
        assert said in text(answer)
        assert "majoré de 2,50 €" in text(answer)
    assert not Booking.objects.exists()


def test_a_parent_is_never_offered_it_and_never_heard(alice: Character, zoe: int, town: Reference) -> None:
    recap = check(alice.client, zoe, tick=(town.slot(CANTEEN, SOON).pk,))
    for page in (alice.client.get(month_url(zoe)), recap, alice.client.get(f"/inscrire/{zoe}/")):
        assert "demande_jour" not in page.content.decode()
    seen = {"demande_vue": "2026-11-12T09:30:00+01:00"}
    for answer in (
        alice.client.post(month_url(zoe), STAMP),
        again(alice.client, zoe, recap, **STAMP),
        confirm(alice.client, zoe, recap, **STAMP, **WHY),
        confirm(alice.client, zoe, recap, **STAMP, **WHY, **seen),
        alice.client.post(f"/inscrire/{zoe}/", {"p": town.period(WEDNESDAY, DAY).pk, **STAMP, **WHY}),
    ):
        assert "Seul un agent, au guichet, peut indiquer la date d’une demande." in text(answer)
        assert "Les délais sont jugés" not in text(answer)
    assert not Booking.objects.exists()
    assert Enrolment.objects.count() == 1


def test_the_month_is_seen_at_that_date_and_keeps_it(
    counter: StrictClient, zoe: int, town: Reference
) -> None:
    slot = town.slot(CANTEEN, SOON).pk
    sent = fields(counter.get(month_url(zoe)), "verifier/") | {"r": [str(slot)], **STAMP}
    page = counter.post(month_url(zoe), sent)
    assert "Libre, hors délai" not in text(page).partition("mardi 8 décembre")[0]
    recap = counter.post(month_url(zoe) + "verifier/", fields(page, "verifier/") | STAMP)
    assert "Les délais sont jugés" in text(recap)


def test_a_weekly_pattern_takes_it(counter: StrictClient, zoe: int, town: Reference) -> None:
    url = f"/reserver/{zoe}/semaine-type/"
    week = {"j": f"0-{town.slot(CANTEEN, SOON).formula_id}", "depuis": "2026-11-30"}
    assert "majoré" in text(counter.post(url, week))
    recap = counter.post(url, week | STAMP)
    assert "majoré" not in text(recap)
    answer = counter.post(url + "confirmer/", fields(recap, "confirmer/") | STAMP | WHY)
    assert answer.status_code == 303
    assert not Booking.objects.filter(is_late=True).exists()


def test_an_enrolment_takes_it(counter: StrictClient, alice: Character, town: Reference) -> None:
    child = alice.children[0].pk
    sent = {"p": town.period(CANTEEN, DAY).pk, **STAMP}
    assert "Indiquez pourquoi" in text(counter.post(f"/inscrire/{child}/", sent))
    assert not Enrolment.objects.exists()
    assert counter.post(f"/inscrire/{child}/", sent | WHY).status_code == 303
    assert Enrolment.objects.get().requested_at.date() == date(2026, 11, 12)
