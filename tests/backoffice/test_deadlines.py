"""The agents' page of deadlines: read in sentences, changed after a preview, told to families."""

from __future__ import annotations

from datetime import date

import pytest

from espace.activities.models import DeadlineTier
from espace.bookings.services import enrol
from espace.demo.town import Reference
from tests.portal.test_booking_month import text
from tests.support.cast import Character

CANTEEN = "restauration-scolaire"
SENT = {
    "IN_TIME_offset": "8",
    "IN_TIME_unit": "CALENDAR_DAYS",
    "IN_TIME_anchor": "SLOT_DAY",
    "IN_TIME_at": "",
    "IN_TIME_fixed": "",
    "LATE_offset": "1",
    "LATE_unit": "WORKING_DAYS",
    "LATE_anchor": "SLOT_DAY",
    "LATE_at": "12:00",
    "LATE_fixed": "",
    "AGENT_ONLY_offset": "",
    "AGENT_ONLY_unit": "CALENDAR_DAYS",
    "AGENT_ONLY_anchor": "",
    "AGENT_ONLY_at": "",
    "AGENT_ONLY_fixed": "",
    "window_timing": "",
    "window_day": "",
    "window_at": "",
    "window_label": "",
    "reason": "Délibération du 12 novembre",
}


@pytest.fixture
def url(town: Reference) -> str:
    period = town.period(CANTEEN, date(2026, 12, 10)).pk
    return f"/agents/regles/{town.activities[CANTEEN].pk}/delais/reserver/{period}/"


def test_the_rules_are_said_in_sentences(denise: Character, town: Reference) -> None:
    page = text(denise.client.get("/agents/regles/"))
    assert "Restauration scolaire Sans majoration jusqu’à 15 jours avant à minuit" in page
    one = text(denise.client.get(f"/agents/regles/{town.activities[CANTEEN].pk}/"))
    for said in (
        "Avec majoration jusqu’à la veille ouvrée à 12 h",
        "Au guichet seulement jusqu’au jour même à 7 h 30",
        "Réservations de rentrée : « réserver sans majoration » est possible jusqu’au mercredi 30 septembre 2026 à 23 h 59",
        "Sans frais jusqu’à 2 jours ouvrés avant à 12 h",
        "Toutes les périodes Pas de règle générale : chaque période a la sienne.",
        "Donner sa propre règle à une période , Annuler Année scolaire 2026-2027",
    ):
        assert said in one, said


def test_from_the_form_to_what_a_parent_reads(
    denise: Character, alice: Character, town: Reference, url: str
) -> None:
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, date(2026, 12, 10)).pk)
    new = "Réserver sans majoration jusqu’au mercredi 9 décembre 2026 à 23 h 59"
    assert new not in text(alice.client.get(f"/reserver/{child}/2026-12/"))
    form = denise.client.get(url).content.decode()
    assert 'name="IN_TIME_offset" value="15"' in form
    preview = text(denise.client.post(url, SENT))
    assert "Sans majoration jusqu’à 8 jours avant à minuit" in preview
    assert "jeu. 3 déc. Réserver sans majoration mer. 18 nov. 23 h 59 mer. 25 nov. 23 h 59" in preview
    assert "Réserver au guichet seulement jeu. 3 déc. 7 h 30 pas possible" in preview
    assert not DeadlineTier.objects.filter(offset=8).exists()
    done = text(denise.client.post(url + "enregistrer/", SENT, follow=True))
    assert "La règle est enregistrée" in done
    assert "Sans majoration jusqu’à 8 jours avant à minuit" in done
    assert new in text(alice.client.get(f"/reserver/{child}/2026-12/"))
    assert "8 jours avant" in text(alice.client.get("/aide/"))


def test_corrected_without_losing_what_was_typed(denise: Character, url: str) -> None:
    back = denise.client.post(url, SENT | {"modifier": "1"}).content.decode()
    assert 'name="IN_TIME_offset" value="8"' in back


def test_a_period_gives_up_its_own_rule(denise: Character, town: Reference, url: str) -> None:
    cancel = url.replace("reserver", "annuler")
    assert "Retirer la règle" not in text(denise.client.get(cancel))
    denise.client.post(cancel + "enregistrer/", SENT)
    assert "Retirer la règle de cette période" in text(denise.client.get(cancel))
    assert "Indiquez le motif" in text(denise.client.post(cancel + "retirer/", {"reason": ""}, follow=True))
    done = text(denise.client.post(cancel + "retirer/", {"reason": "Retour à l’ordinaire"}, follow=True))
    assert "La période suit de nouveau la règle de l’activité." in done
    refused = text(denise.client.post(url + "retirer/", {"reason": "Essai"}, follow=True))
    assert "n’a pas de règle générale" in refused


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"IN_TIME_offset": ""}, "Indiquez combien"),
        ({"IN_TIME_offset": "abc"}, "nombre entier, de 0 à 365"),
        ({"IN_TIME_offset": "0"}, "Une limite se termine après"),
        ({"IN_TIME_anchor": ""}, "Choisissez dans la liste"),
        ({"IN_TIME_anchor": "FIXED_DATE"}, "Indiquez la date"),
        ({"IN_TIME_at": "midi"}, "Écrivez l’heure en chiffres"),
        ({"IN_TIME_unit": "SCHOOL_DAYS"}, "au plus 5 jours d’école"),
        ({"IN_TIME_fixed": "9999-12-31"}, "trop loin"),
        ({"window_timing": "IN_TIME"}, "Indiquez jusqu’à quel jour"),
        ({"window_timing": "AGENT_ONLY", "window_day": "2026-12-01"}, "limite qui n’existe pas"),
        ({"reason": " "}, "Indiquez le motif"),
    ],
)
def test_bad_input_changes_nothing(denise: Character, url: str, change: dict[str, str], said: str) -> None:
    sent = {**SENT, **change}
    if change.get("IN_TIME_offset") == "0":
        sent["IN_TIME_unit"] = "WORKING_DAYS"
    for end in ("", "enregistrer/"):
        answer = denise.client.post(url + end, sent, follow=True)
        assert answer.status_code == 200
        assert said in text(answer), end
    assert DeadlineTier.objects.filter(timing="IN_TIME", offset=15).exists()
    assert not DeadlineTier.objects.filter(rule__activity__slug=CANTEEN, offset=8).exists()


def test_only_an_agent_of_the_activities_opens_them(
    alice: Character, remi: Character, town: Reference, url: str
) -> None:
    for who in (alice, remi):
        for address in ("/agents/regles/", url):
            assert who.client.get(address).status_code == 404
        assert who.client.post(url + "enregistrer/", SENT).status_code == 404


def test_an_address_of_nothing_is_not_found(denise: Character, town: Reference, url: str) -> None:
    other = town.period("vacances-loisirs", date(2026, 12, 21)).pk
    here = town.activities[CANTEEN].pk
    for address in (
        f"/agents/regles/{here}/delais/reserver/{other}/",
        "/agents/regles/99999999/",
        f"/agents/regles/{here}/delais/justifier/toutes/",
    ):
        assert denise.client.get(address).status_code == 404


def test_the_pages_cost_few_queries(
    denise: Character, url: str, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        denise.client.get(url)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        denise.client.post(url, SENT)
