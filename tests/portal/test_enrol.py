"""« Inscrire »: what is proposed, with this family's prices; then straight to the days."""

from __future__ import annotations

import pytest

from espace.audit.models import AuditEvent
from espace.bookings.enums import EnrolmentState
from espace.bookings.models import Enrolment
from espace.demo.town import Reference
from tests.portal.test_booking_month import DAY, text
from tests.support.cast import Character

CANTEEN, SPORT = "restauration-scolaire", "vacances-sport"


@pytest.fixture
def url(alice: Character) -> str:
    return f"/inscrire/{alice.children[0].pk}/"


def period(town: Reference, slug: str) -> str:
    return str(town.period(slug, DAY).pk)


def noel(town: Reference) -> str:
    return str(next(p.pk for (slug, _), p in town.periods.items() if slug == SPORT and p.end > DAY))


def test_each_activity_with_the_family_s_own_price(alice: Character, url: str) -> None:
    page = text(alice.client.get(url))
    for expected in (
        "Restauration scolaire",
        "2,35 €",
        "de 11 h 30 à 13 h 30",
        "École élémentaire du Lavoir",
    ):
        assert expected in page
    assert "Aucun document n’est à fournir" in page


def test_a_holiday_whose_limit_is_past_says_what_late_costs(alice: Character, url: str) -> None:
    """Four weeks before 19 December are past; the canteen is booked in time."""
    page = text(alice.client.get(url))
    assert "+2,50 €, soit" in page
    assert "hors délai" not in page.partition("Vacances")[0]


def test_enrolled_at_once_and_sent_to_the_days(alice: Character, url: str, town: Reference) -> None:
    answer = alice.client.post(url, {"p": [period(town, CANTEEN)]})
    assert answer.status_code == 303
    assert answer["Location"].endswith("/semaine-type/")
    assert "Inscription de Zoé faite : restauration scolaire. Il reste à réserver les jours." in text(
        alice.client.get(answer["Location"])
    )
    enrolment = Enrolment.objects.get()
    assert (enrolment.state, enrolment.venue_id) == (EnrolmentState.ACCEPTED, town.venues["lavoir"].pk)
    assert AuditEvent.objects.get(action="bookings.enrol").household_id == alice.household.pk
    assert "Déjà inscrit" in text(alice.client.get(url))


def test_twice_is_once(alice: Character, url: str, town: Reference) -> None:
    for _ in range(2):
        alice.client.post(url, {"p": [period(town, CANTEEN)]})
    assert Enrolment.objects.count() == 1


def test_sport_waits_for_the_service_and_holds_its_place(alice: Character, url: str, town: Reference) -> None:
    answer = alice.client.post(url, {"p": [noel(town)]})
    assert answer["Location"].endswith("/2026-12/?semaine=2026-12-21")
    assert Enrolment.objects.get().state == EnrolmentState.PENDING
    page = text(alice.client.get(answer["Location"]))
    assert "attend la réponse du service" in page
    assert "« Vacances sport » attend l’accord du service, qui répond par e-mail." in page
    assert "leur place est gardée jusqu’à la réponse" in page
    assert "Inscription de Zoé faite" not in page


def test_both_at_once_says_both(alice: Character, url: str, town: Reference) -> None:
    answer = alice.client.post(url, {"p": [period(town, CANTEEN), noel(town)]})
    page = text(alice.client.get(answer["Location"]))
    assert "faite : restauration scolaire. Il reste à réserver les jours. « Vacances sport » attend" in page


def test_a_child_too_young_is_told_so(alice: Character, town: Reference) -> None:
    url = f"/inscrire/{alice.children[1].pk}/"
    assert "Cet enfant est trop jeune" in text(alice.client.get(url))
    assert "n’est pas proposée pour cet enfant" in text(alice.client.post(url, {"p": [noel(town)]}))
    assert not Enrolment.objects.exists()


def test_bad_input_is_a_sentence(alice: Character, url: str, town: Reference) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({}, "Choisissez au moins une activité"),
        ({"p": ["0"]}, "n’est pas proposée"),
        ({"p": ["99999999999999999999"]}, "n’est pas proposée"),
        ({"p": ["\x00", "Zoé \U0001f600"]}, "n’est pas proposée"),
    ]
    for sent, said in cases:
        answer = alice.client.post(url, sent)
        assert (answer.status_code, said in text(answer)) == (200, True), sent
    assert not Enrolment.objects.exists()


def test_a_stranger_finds_nothing(charlie: Character, url: str, town: Reference) -> None:
    assert charlie.client.get(url).status_code == 404
    assert charlie.client.post(url, {"p": [period(town, CANTEEN)]}).status_code == 404
    assert not Enrolment.objects.exists()
