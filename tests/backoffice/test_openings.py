"""The agents' page of a period's opening."""

from __future__ import annotations

from datetime import date

import pytest

from espace.activities.models import Period, PeriodOpening
from espace.demo.town import Reference
from tests.portal.test_booking_month import text
from tests.support.cast import Character

CANTEEN = "restauration-scolaire"
SENT = {
    "opens_day": "2026-11-30",
    "opens_at": "18:00",
    "others_day": "2026-12-07",
    "others_at": "18:00:30",
    "closes_day": "2027-06-30",
    "closes_at": "",
    "reason": "Délibération du 12 novembre",
}


@pytest.fixture
def period(town: Reference) -> Period:
    return town.period(CANTEEN, date(2026, 12, 10))


def test_set_then_read_on_the_page_of_the_activity(
    denise: Character, alice: Character, period: Period
) -> None:
    url = f"/agents/regles/periodes/{period.pk}/"
    done = text(denise.client.post(url, SENT, follow=True))
    assert "L’ouverture est enregistrée" in done
    assert (
        "lundi 30 novembre 2026 à 18 h familles hors commune : lundi 7 décembre 2026 à 18 h mercredi 30 juin 2027 à 23 h 59"
        in done
    )
    assert PeriodOpening.objects.get(period=period).opens_at.second == 30, "to the second"
    form = denise.client.get(url).content.decode()
    for name, value in (("opens_day", "2026-11-30"), ("others_at", "18:00:30"), ("closes_day", "2027-06-30")):
        assert f'name="{name}" value="{value}"' in form, name
    page = text(alice.client.get(f"/inscrire/{alice.children[0].pk}/"))
    assert "ouvrent le lundi 30 novembre 2026 à 18 h pour vous" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"opens_day": ""}, "Indiquez le jour de l’ouverture"),
        ({"opens_at": "midi"}, "Écrivez l’heure en chiffres"),
        ({"closes_day": "2026-12-01"}, "fermer après s’être ouvertes pour tous"),
        ({"others_day": "9999-12-31"}, "trop loin"),
        ({"reason": ""}, "Indiquez le motif"),
    ],
)
def test_bad_input_changes_nothing(
    denise: Character, period: Period, change: dict[str, str], said: str
) -> None:
    answer = denise.client.post(f"/agents/regles/periodes/{period.pk}/", {**SENT, **change})
    assert answer.status_code == 200
    assert said in text(answer)
    assert Period.objects.get(pk=period.pk).opens_at == period.opens_at
    assert not PeriodOpening.objects.filter(period=period).exists()


def test_only_an_agent_of_the_activities_opens_it(alice: Character, remi: Character, period: Period) -> None:
    for who in (alice, remi):
        assert who.client.get(f"/agents/regles/periodes/{period.pk}/").status_code == 404
        assert who.client.post(f"/agents/regles/periodes/{period.pk}/", SENT).status_code == 404
