"""« Semaine type »: every date before confirming, then the year in one go."""

from __future__ import annotations

import re
from datetime import date

import pytest

from espace.activities.models import CapacityPool
from espace.bookings.models import Booking, WeeklyPattern
from espace.bookings.services import enrol
from espace.demo.town import Reference
from tests.portal.test_booking_month import fields, text
from tests.support.cast import Character

CANTEEN, WEDNESDAY = "restauration-scolaire", "accueil-de-loisirs-du-mercredi"
DAY = date(2026, 12, 10)


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    child = alice.children[0].pk
    for slug in (CANTEEN, WEDNESDAY):
        enrol(alice.actor, child_id=child, period_id=town.period(slug, DAY).pk)
    return child


@pytest.fixture
def url(zoe: int) -> str:
    return f"/reserver/{zoe}/semaine-type/"


@pytest.fixture
def monday(town: Reference) -> str:
    return f"0-{town.formulas[CANTEEN, 'REPAS'].pk}"


def test_the_page_proposes_the_weekdays_that_exist(alice: Character, url: str) -> None:
    page = text(alice.client.get(url))
    assert "Restauration scolaire" in page
    assert "2,35 €" in page
    assert "Sans majoration dès le mercredi 9 décembre 2026" in page


def test_every_date_and_price_before_then_done(alice: Character, url: str, monday: str) -> None:
    recap = alice.client.post(url, {"j": [monday], "depuis": "2026-12-01", "voie": "demain"})
    words = text(recap)
    for expected in (
        "Lun. 7 ",
        "hors délai",
        "majoré de 2,50 €",
        "Lun. 14 ",
        "Janvier 2027",
        "812 → tranche",
    ):
        assert expected in words
    assert "Sans frais jusqu’au" in words
    assert "10 déc. à 12 h" in words
    assert not Booking.objects.exists()
    answer = alice.client.post(url + "confirmer/", fields(recap, "confirmer/"))
    assert answer.status_code == 303
    assert Booking.objects.filter(date__week_day=2).count() == Booking.objects.count() > 5
    assert "RES-" in text(alice.client.get(answer["Location"]))
    assert "checked><span>lun." in alice.client.get(url).content.decode()


def test_a_month_folds_and_a_usual_day_is_one_line(
    alice: Character, zoe: int, url: str, town: Reference
) -> None:
    enrol(alice.actor, child_id=zoe, period_id=town.period("accueil-du-soir", DAY).pk)
    monday = [
        f"0-{town.formulas[slug, code].pk}"
        for slug, code in ((CANTEEN, "REPAS"), ("accueil-du-soir", "SOIR"))
    ]
    answer = alice.client.post(url, {"j": monday, "depuis": "2026-12-01", "voie": "demain"})
    page = answer.content.decode()
    assert page.count('class="month-fold"') == 3
    assert page.count('<details class="month-fold" id="m202612" open>') == page.count(" open>") == 1
    words = text(answer)
    assert "Lun. 14 + Repas, Soir" in words, (
        "two formulas of one day, changed until the same instant, are one line"
    )
    assert page.count('<tr class="late">') == 1
    assert "Décembre 2026 2 jours" in words
    assert re.search(r'class="bar .*Confirmer', page, re.DOTALL), "the bar stays in sight, with the total"


def test_after_the_deadline_two_ways_are_priced_and_in_time_is_the_default(
    alice: Character, url: str, monday: str
) -> None:
    for asked in ("2026-12-01", "2026-12-09"):  # a day too soon, or the day that the page proposes
        recap = alice.client.post(url, {"j": [monday], "depuis": asked})
        words = text(recap)
        assert "Deux façons de commencer" in words
        assert "À partir du lundi 14 décembre 2026, dans les délais" in words
        soonest = "lundi 7 décembre" if asked == "2026-12-01" else "lundi 30 novembre"
        assert f"Dès le {soonest} 2026, avec majoration" in words
        extra = "2,50 €" if asked == "2026-12-01" else "5,00 €"
        assert f"dont {extra} parce que le délai est passé" in words
        assert "hors délai" not in words.partition("En tout")[2]
    sent = fields(recap, "confirmer/")
    assert alice.client.post(url + "confirmer/", sent).status_code == 303
    assert not Booking.objects.filter(is_late=True).exists()
    assert Booking.objects.order_by("date")[0].date == date(2026, 12, 14)


def test_the_sooner_way_is_one_press_away(alice: Character, url: str, monday: str) -> None:
    recap = alice.client.post(url, {"j": [monday], "depuis": "2026-12-01"})
    late = alice.client.post(url, {**fields(recap, "semaine-type/"), "voie": "demain"})
    assert alice.client.post(url + "confirmer/", fields(late, "confirmer/")).status_code == 303
    first = Booking.objects.order_by("date")[0]
    assert (first.date, first.is_late) == (date(2026, 12, 7), True)


def test_when_nothing_is_late_there_is_one_way(alice: Character, url: str, monday: str) -> None:
    assert "Deux façons" not in text(alice.client.post(url, {"j": [monday], "depuis": "2026-12-10"}))


def test_one_week_in_two(alice: Character, url: str, monday: str) -> None:
    page = text(alice.client.get(url))
    assert "Semaines paires" in page
    assert "à partir du lundi 4 janvier 2027, deux semaines impaires se suivent" in page
    asked = {"j": [monday], "depuis": "2026-12-10", "semaines": "ODD"}
    alice.client.post(url + "confirmer/", fields(alice.client.post(url, asked), "confirmer/"))
    weeks = [d.isocalendar().week for d in Booking.objects.order_by("date").values_list("date", flat=True)]
    assert weeks[:3] == [51, 1, 3]
    assert 'value="ODD" checked' in alice.client.get(url).content.decode()


def test_a_shared_child_has_weeks_of_custody(
    alice: Character, bob: Character, town: Reference, monday: str
) -> None:
    tom = alice.children[1].pk
    enrol(alice.actor, child_id=tom, period_id=town.period(CANTEEN, DAY).pk)
    url = f"/reserver/{tom}/semaine-type/"
    page = alice.client.get(url)
    assert "Mes semaines de garde" in text(page)
    assert 'value="CUSTODY" checked' in page.content.decode()
    assert 'value="EVERY"' not in page.content.decode()
    refused = alice.client.post(url, {"j": [monday], "depuis": "2026-12-10", "semaines": "EVERY"})
    assert "Ce formulaire n’est plus valable" in text(refused)


def test_a_full_day_is_a_choice(alice: Character, url: str, monday: str, town: Reference) -> None:
    full = town.slot(CANTEEN, date(2026, 12, 14))
    CapacityPool.objects.filter(pk=full.pool_id).update(capacity=0)
    recap = alice.client.post(url, {"j": [monday], "depuis": "2026-12-10"})
    assert "lundi 14 décembre 2026 : Il n’y a plus de place" in text(recap)
    sent = fields(recap, "confirmer/")
    refused = alice.client.post(url + "confirmer/", sent)
    assert "rien n’a été enregistré" in text(refused)
    assert not Booking.objects.exists()
    assert alice.client.post(url + "confirmer/", {**sent, "partiel": "1"}).status_code == 303
    assert not Booking.objects.filter(date=full.date).exists()


def test_the_boxes_are_kept_when_one_goes_back(alice: Character, url: str, monday: str) -> None:
    page = alice.client.post(url, {"j": [monday], "depuis": "2026-12-10", "modifier": "1"}).content.decode()
    assert f'value="{monday}" checked' in page


def test_the_same_week_sent_twice_is_done_once(alice: Character, url: str, monday: str) -> None:
    sent = fields(alice.client.post(url, {"j": [monday], "depuis": "2026-12-10"}), "confirmer/")
    places = {alice.client.post(url + "confirmer/", sent)["Location"] for _ in range(2)}
    assert len(places) == 1
    assert WeeklyPattern.objects.count() == 2  # one an enrolment


def test_bad_input_is_a_sentence(alice: Character, url: str, monday: str) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({"j": [monday], "depuis": ""}, "Indiquez à partir de quel jour"),
        ({"j": [monday], "depuis": "demain"}, "Indiquez une date"),
        ({"j": [monday], "depuis": "2030-01-01"}, "Choisissez une date de l’année scolaire"),
        ({"j": [monday], "depuis": "2020-01-01"}, "Choisissez une date de l’année scolaire"),
        ({"j": ["9-999999"], "depuis": "2026-12-10"}, "Ce formulaire n’est plus valable"),
        ({"j": ["\u202e"], "depuis": "2026-12-10"}, "Ce formulaire n’est plus valable"),
    ]
    for sent, said in cases:
        for end in ("", "confirmer/"):
            answer = alice.client.post(url + end, sent)
            assert answer.status_code == 200
            assert said in text(answer), (sent, end)
    assert "Cochez au moins un jour." in text(alice.client.post(url, {"j": [], "depuis": "2026-12-10"}))
    assert not Booking.objects.exists()


def test_two_formulas_at_the_same_hour_are_said(alice: Character, url: str, town: Reference) -> None:
    both = [f"2-{town.formulas[WEDNESDAY, code].pk}" for code in ("JOURNEE", "MATIN_REPAS")]
    assert "déjà attendu ailleurs à la même heure" in text(
        alice.client.post(url, {"j": both, "depuis": "2026-12-10"})
    )


def test_a_stranger_finds_nothing(charlie: Character, url: str, monday: str) -> None:
    assert charlie.client.get(url).status_code == 404
    for end in ("", "confirmer/"):
        assert charlie.client.post(url + end, {"j": [monday], "depuis": "2026-12-10"}).status_code == 404


def test_without_enrolment_the_page_leads_to_it(charlie: Character, town: Reference) -> None:
    page = text(charlie.client.get(f"/reserver/{charlie.children[0].pk}/semaine-type/"))
    assert "Aucune inscription à l’année" in page
