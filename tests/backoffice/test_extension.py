"""The agents' page that puts deadlines back after a failure."""

from __future__ import annotations

from datetime import date

import pytest

from espace.activities.models import DeadlineExtension
from espace.bookings.models import Booking
from espace.bookings.services import enrol
from espace.demo.town import Reference
from tests.bookings.test_booking_days import CANTEEN, IN_TIME, confirm
from tests.portal.test_booking_month import text
from tests.support.cast import Character

URL = "/agents/regles/prolonger/"
SENT = {
    "activity": "",
    "start_day": "2026-11-23",
    "start_at": "18:00",
    "end_day": "2026-11-24",
    "end_at": "08:00",
    "until_day": "2026-11-24",
    "until_at": "",
    "reason": "Le portail n’a pas répondu",
}


def test_counted_then_done_then_listed(denise: Character, alice: Character, town: Reference) -> None:
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, IN_TIME).pk)
    confirm(alice.actor, child, add=[town.slot(CANTEEN, date(2026, 12, 8)).pk])
    preview = text(denise.client.post(URL, SENT))
    for said in (
        "Toutes les activités",
        "Réservations qui ne sont plus en retard 1",
        "Majorations retirées 2,50 €",
        "Familles prévenues 1",
    ):
        assert said in preview, said
    assert not DeadlineExtension.objects.exists()
    done = text(denise.client.post(URL + "confirmer/", SENT, follow=True))
    assert "1 demande dans les délais, 1 famille prévenue." in done
    assert "mardi 24 novembre 2026 à 23 h 59 Le portail n’a pas répondu" in done
    assert not Booking.objects.get().is_late
    again = text(denise.client.post(URL + "confirmer/", SENT, follow=True))
    assert "rien n’a été fait deux fois" in again


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start_day": ""}, "Indiquez le jour"),
        ({"start_at": ""}, "Écrivez l’heure en chiffres"),
        ({"end_at": "25:00"}, "Écrivez l’heure en chiffres"),
        ({"end_day": "2026-11-22"}, "La panne doit finir après avoir commencé"),
        ({"until_day": "2026-12-31"}, "un mois au plus"),
        ({"until_day": "9999-12-31"}, "trop loin"),
        ({"activity": "99999999"}, "Choisissez dans la liste"),
        ({"reason": ""}, "Indiquez le motif"),
    ],
)
def test_bad_input_extends_nothing(
    denise: Character, town: Reference, change: dict[str, str], said: str
) -> None:
    for end in ("", "confirmer/"):
        answer = denise.client.post(URL + end, {**SENT, **change}, follow=True)
        assert answer.status_code == 200
        assert said in text(answer), end
    assert not DeadlineExtension.objects.exists()


def test_only_an_agent_of_the_activities_opens_it(alice: Character, remi: Character, town: Reference) -> None:
    for who in (alice, remi):
        assert who.client.get(URL).status_code == 404
        assert who.client.post(URL + "confirmer/", SENT).status_code == 404


def test_typed_again_without_losing_anything(denise: Character, town: Reference) -> None:
    back = denise.client.post(URL, SENT | {"modifier": "1"}).content.decode()
    assert 'value="Le portail n’a pas répondu"' in back
    assert date(2026, 11, 24).isoformat() in back
