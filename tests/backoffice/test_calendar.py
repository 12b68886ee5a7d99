"""The agents' calendar: a month read day by day, and a correction counted before it is made."""

from __future__ import annotations

from datetime import date

import pytest

from espace.bookings.services import enrol
from espace.demo.town import Reference, correct_calendar
from espace.town.models import CalendarDay
from tests.portal.test_booking_month import text
from tests.support.cast import Character

URL = "/agents/calendrier/"
SENT = {
    "first": "2026-12-11",
    "last": "",
    "kind": "CLOSED",
    "label": "Journée des enseignants",
    "reason": "Conseil d’école",
}


def test_a_month_says_what_each_day_is(denise: Character, town: Reference) -> None:
    page = text(denise.client.get(URL))
    assert "Novembre 2026" in page
    assert "mercredi 11 novembre 2026 Férié , corriger le mercredi 11 novembre 2026 Armistice" in page
    december = text(denise.client.get(URL + "?mois=2026-12"))
    assert "Vacances de Noël" in december
    assert "vendredi 11 décembre 2026 École" in december


def test_from_a_day_to_its_correction(denise: Character, town: Reference) -> None:
    form = denise.client.get(URL + "?mois=2026-12&jour=2026-12-11").content.decode()
    assert 'value="2026-12-11"' in form
    preview = text(denise.client.post(URL, SENT))
    for expected in (
        "Jours qui changent 1",
        "Ils deviennent fermé, Journée des enseignants",
        "déclarez aussi un événement",
    ):
        assert expected in preview
    assert not CalendarDay.objects.filter(corrected_at__isnull=False).exists()
    done = text(denise.client.post(URL + "corriger/", SENT, follow=True))
    assert "1 jour corrigé : les délais à venir suivent." in done
    assert "Décembre 2026" in done
    assert "corrigé Le mar. 24 nov., par Denise Roux : Conseil d’école. Publié : école." in done
    back = text(denise.client.post(URL + "corriger/", SENT | {"kind": "PUBLIE"}, follow=True))
    assert "par Denise Roux" not in back


def test_families_read_the_new_day(denise: Character, alice: Character, town: Reference) -> None:
    period = town.period("restauration-scolaire", date(2026, 12, 10)).pk
    enrol(alice.actor, child_id=alice.children[0].pk, period_id=period)
    denise.client.post(URL + "corriger/", SENT | {"first": "2026-12-09", "label": "Écoles fermées"})
    page = text(alice.client.get(f"/reserver/{alice.children[0].pk}/2026-12/"))
    assert "mercredi 9 décembre 2026 9 Mercredi 9 décembre Pas d’école Écoles fermées" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first": ""}, "obligatoire"),
        ({"first": "hier"}, "Écrivez la date en chiffres"),
        ({"first": "0001-01-01"}, "Le calendrier de la commune va du"),
        ({"last": "9999-12-31"}, "Le calendrier de la commune va du"),
        ({"last": "2026-12-10"}, "Le dernier jour est avant le premier"),
        ({"first": "2026-12-12", "last": "2026-12-13"}, "Rien ne change"),
        ({"kind": "PUBLIE"}, "Rien ne change"),
        ({"kind": "NOEL"}, "Choisissez dans la liste"),
        ({"label": ""}, "Nommez ces jours"),
        ({"reason": ""}, "Indiquez le motif"),
        ({"reason": "x" * 201}, "200"),
        ({"label": "Po\u202ent"}, "signe que nous ne pouvons pas garder"),
    ],
)
def test_bad_input_corrects_nothing(
    denise: Character, town: Reference, change: dict[str, str], said: str
) -> None:
    for end in ("", "corriger/"):
        answer = denise.client.post(URL + end, {**SENT, **change}, follow=True)
        assert answer.status_code == 200
        assert said in text(answer), end
    assert not CalendarDay.objects.filter(corrected_at__isnull=False).exists()


@pytest.mark.parametrize(
    "query", ["?mois=2026-13", "?mois=0001-01", "?jour=x", "?mois=2099-12", "?mois=2041-02"]
)
def test_any_address_shows_a_month(denise: Character, town: Reference, query: str) -> None:
    assert denise.client.get(URL + query).status_code == 200


def test_what_is_not_published_says_so(denise: Character, town: Reference) -> None:
    assert "Pas publié" in text(denise.client.get(URL + "?mois=2041-02"))


def test_only_an_agent_of_the_activities_opens_it(alice: Character, remi: Character, town: Reference) -> None:
    for who in (alice, remi):
        assert who.client.get(URL).status_code == 404
        assert who.client.post(URL + "corriger/", SENT).status_code == 404


def test_the_month_costs_few_queries(
    denise: Character, town: Reference, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        denise.client.get(URL)
    with django_assert_max_num_queries(17):  # type: ignore[operator]
        denise.client.post(URL, SENT)


def test_the_demonstration_corrects_the_bridge_that_was_forgotten(denise: Character, town: Reference) -> None:
    assert CalendarDay.objects.get(date=date(2026, 5, 15)).kind == "SCHOOL"
    correct_calendar(denise.actor)
    page = text(denise.client.get(URL + "?mois=2026-05"))
    assert "Pont de l’Ascension corrigé Le" in page
