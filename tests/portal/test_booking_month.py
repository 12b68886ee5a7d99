"""The month of a child: drawn, checked, confirmed; nothing to a stranger; nothing by bad input."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.activities.models import CapacityPool
from espace.bookings.models import Booking, Submission
from espace.bookings.services import enrol
from espace.demo.town import Reference
from espace.notifications.models import OutboxMessage
from tests.support.cast import Character, signed_in
from tests.support.pages import StrictClient
from tests.support.statements import MOST

CANTEEN, MORNING, WEDNESDAY = "restauration-scolaire", "accueil-du-matin", "accueil-de-loisirs-du-mercredi"
DAY = date(2026, 12, 10)
MONTH = "2026-12"


def text(response: Any) -> str:
    """What is read, without the tags; no-break spaces become plain ones."""
    words = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"[\s\u00a0\u202f]+", " ", words)


def fields(response: Any, action: str) -> dict[str, list[str]]:
    """What the browser would send from the form to `action`, nothing touched."""
    html = response.content.decode()
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', html, re.DOTALL)
    assert form is not None, f"no form to {action}"
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form.group(1)):
        kind = (re.search(r'type="(\w+)"', tag) or ["", "text"])[1]
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (kind == "hidden" or "checked" in tag):
            sent.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return sent


def month_url(child: int, month: str = MONTH) -> str:
    return f"/reserver/{child}/{month}/"


def check(
    client: StrictClient, child: int, *, tick: tuple[int, ...] = (), untick: tuple[int, ...] = ()
) -> Any:
    """Opens the month, ticks and unticks, asks to check."""
    sent = fields(client.get(month_url(child)), "verifier/")
    kept = [r for r in sent.get("r", []) if int(r) not in untick]
    return client.post(month_url(child) + "verifier/", {**sent, "r": [*kept, *map(str, tick)]})


def confirm(client: StrictClient, child: int, recap: Any, **extra: str) -> Any:
    sent = fields(recap, "confirmer/") | {k: [v] for k, v in extra.items()}
    return client.post(month_url(child) + "confirmer/", sent)


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    child = alice.children[0].pk
    for slug in (CANTEEN, MORNING, WEDNESDAY):
        enrol(alice.actor, child_id=child, period_id=town.period(slug, DAY).pk)
    return child


def test_the_month_says_state_price_and_until_when(alice: Character, zoe: int) -> None:
    page = text(alice.client.get(month_url(zoe)))
    assert "Réserver pour Zoé" in page
    assert "jeudi 10 décembre 2026" in page
    assert "Réserver sans majoration jusqu’au mercredi 25 novembre 2026 à 23 h 59" in page
    assert "Libre, hors délai" in page
    assert "+2,50 €" in page
    assert "Pas d’école" in page
    assert "Calculer et vérifier" in page


def test_from_the_box_to_the_acknowledgement(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, DAY).pk
    recap = check(alice.client, zoe, tick=(slot,))
    words = text(recap)
    assert "Rien n’est encore enregistré" in words
    assert "Repas" in words
    assert "812 → tranche" in words
    assert "Sans frais jusqu’au" in words
    assert "8 déc. à 12 h" in words
    assert not Booking.objects.exists()
    answer = confirm(alice.client, zoe, recap)
    assert answer.status_code == 303
    done = alice.client.get(answer["Location"])
    reference = Submission.objects.get().reference
    assert reference in text(done)
    assert "Un e-mail vous est envoyé" in text(done)
    file = alice.client.get(answer["Location"] + "calendrier.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert b"DTSTART:20261210T1" in file.content
    assert OutboxMessage.objects.get().recipient == alice.user.email
    assert "Réservé" in text(alice.client.get(month_url(zoe)))


def test_a_cancellation_says_what_it_does(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, DAY).pk
    confirm(alice.client, zoe, check(alice.client, zoe, tick=(slot,)))
    assert "rien n’est facturé" in text(check(alice.client, zoe, untick=(slot,)))
    with time_machine.travel(datetime(2026, 12, 9, 10, 0, tzinfo=ZoneInfo("Europe/Paris")), tick=False):
        words = text(check(signed_in(alice.user), zoe, untick=(slot,)))
    assert "le prix reste dû" in words


def test_a_day_cancelled_too_late_stays_said(
    alice: Character, zoe: int, town: Reference, frozen: time_machine.Traveller
) -> None:
    """Neither free nor forgotten: the calendar says that it is still owed, and taking it back costs the difference."""
    slot = town.slot(CANTEEN, DAY).pk
    confirm(alice.client, zoe, check(alice.client, zoe, tick=(slot,)))
    frozen.move_to(datetime(2026, 12, 9, 9, 0, tzinfo=ZoneInfo("Europe/Paris")))
    later = signed_in(alice.user)
    confirm(later, zoe, check(later, zoe, untick=(slot,)))
    assert "Annulé, reste dû" in text(later.get(month_url(zoe)))
    assert "2,35 € déjà dus" in text(check(later, zoe, tick=(slot,)))


def test_the_same_confirmation_twice_is_done_once(alice: Character, zoe: int, town: Reference) -> None:
    recap = check(alice.client, zoe, tick=(town.slot(CANTEEN, DAY).pk,))
    first, second = (confirm(alice.client, zoe, recap) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Booking.objects.count() == 1


def test_a_form_made_before_another_change_shows_the_difference(
    alice: Character, zoe: int, town: Reference
) -> None:
    mine, theirs = town.slot(CANTEEN, DAY).pk, town.slot(MORNING, DAY).pk
    stale = fields(alice.client.get(month_url(zoe)), "verifier/")
    recap = check(alice.client, zoe, tick=(mine,))
    confirm(alice.client, zoe, check(alice.client, zoe, tick=(theirs,)))
    again = confirm(alice.client, zoe, recap)
    assert again.status_code == 200
    assert "réservé entre-temps" in text(again)
    assert Booking.objects.count() == 1
    late = alice.client.post(month_url(zoe) + "verifier/", {**stale, "r": [str(mine)]})
    assert "réservé entre-temps" in text(late)
    assert confirm(alice.client, zoe, again).status_code == 303
    assert Booking.objects.count() == 2


def test_what_was_ticked_is_kept_when_one_goes_back(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, DAY).pk
    sent = fields(check(alice.client, zoe, tick=(slot,)), "confirmer/")
    page = alice.client.post(month_url(zoe), sent).content.decode()
    assert re.search(rf'value="{slot}" checked', page)
    assert not Booking.objects.exists()


def test_a_full_day_is_said_and_the_rest_is_a_choice(alice: Character, zoe: int, town: Reference) -> None:
    full, free = town.slot(CANTEEN, DAY), town.slot(CANTEEN, date(2026, 12, 11))
    recap = check(alice.client, zoe, tick=(full.pk, free.pk))
    CapacityPool.objects.filter(pk=full.pool_id).update(capacity=0)
    again = confirm(alice.client, zoe, recap)
    assert "Il n’y a plus de place" in text(again)
    assert "Enregistrer seulement ce qui est possible" in text(again)
    assert not Booking.objects.exists()
    assert confirm(alice.client, zoe, again, partiel="1").status_code == 303
    assert Booking.objects.get().slot_id == free.pk
    assert "Complet" in text(alice.client.get(month_url(zoe)))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("end", ["", "verifier/", "confirmer/"])
def test_a_stranger_finds_nothing(
    charlie: Character, alice: Character, zoe: int, method: str, end: str
) -> None:
    url = month_url(zoe) + end
    answer = getattr(charlie.client, method)(url, {"r": ["1"]} if method == "post" else {})
    assert answer.status_code in ((404,) if method == "post" else (302, 404, 405))
    if answer.status_code == 302:
        assert charlie.client.get(answer["Location"]).status_code == 404


def test_a_stranger_does_not_read_the_acknowledgement(
    charlie: Character, alice: Character, zoe: int, town: Reference
) -> None:
    answer = confirm(alice.client, zoe, check(alice.client, zoe, tick=(town.slot(CANTEEN, DAY).pk,)))
    for url in (answer["Location"], answer["Location"] + "calendrier.ics", "/reserver/fait/RES-99999-X/"):
        assert charlie.client.get(url).status_code == 404


def test_the_booking_of_another_family_is_not_cancelled(
    charlie: Character, alice: Character, zoe: int, town: Reference
) -> None:
    confirm(alice.client, zoe, check(alice.client, zoe, tick=(town.slot(CANTEEN, DAY).pk,)))
    booking, lina = Booking.objects.get(), charlie.children[0].pk
    answer = charlie.client.post(
        month_url(lina) + "verifier/", {"vu": f"{booking.slot_id}.{booking.pk}", "r": []}
    )
    assert "Cette réservation n’existe plus" in text(answer)
    assert Booking.objects.get().cancelled_at is None


BROKEN: list[dict[str, object]] = [
    {"r": ["-1"]},
    {"r": ["1e9"]},
    {"r": ["99999999999999999999999"]},
    {"r": ["١٢٣"]},
    {"r": ["12'; drop table"]},
    {"r": ["\x00"]},
    {"r": [str(n) for n in range(1, 700)]},
    {"vu": "1"},
    {"vu": "a.b"},
    {"vu": "1.2 " * 700},
    {"semaine": "hier"},
    {"motif": "x" * 501},
    {"motif": "retour\u202enoitatucexe"},
    {"jeton": "é" * 65},
]


@pytest.mark.parametrize("end", ["", "verifier/", "confirmer/"])
def test_a_broken_form_is_a_sentence(alice: Character, zoe: int, end: str) -> None:
    for sent in BROKEN:
        answer = alice.client.post(month_url(zoe) + end, sent)
        assert (answer.status_code, "Ce formulaire n’est plus valable" in text(answer)) == (200, True), sent
    assert not Booking.objects.exists()


def test_a_confirmation_without_a_good_token_does_nothing(
    alice: Character, zoe: int, town: Reference
) -> None:
    recap = check(alice.client, zoe, tick=(town.slot(CANTEEN, DAY).pk,))
    for token in ("", "court", "é" * 30, "\U0001f600" * 20):
        answer = confirm(alice.client, zoe, recap, jeton=token)
        assert "Ce formulaire n’est plus valable" in text(answer)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "address", ["2026-13", "2026-00", "1999-12", "9999-01", "0000-01", "26-12", "2026-1", "décembre"]
)
def test_a_month_that_is_none_is_not_found(alice: Character, zoe: int, address: str) -> None:
    assert alice.client.get(f"/reserver/{zoe}/{address}/").status_code == 404


@pytest.mark.parametrize("month", ["2024-01", "2031-05", "2027-07"])
def test_a_month_outside_the_year_is_empty(alice: Character, zoe: int, month: str) -> None:
    assert alice.client.get(month_url(zoe, month)).status_code == 200


@pytest.mark.parametrize(
    "week", ["2026-12-07", "2026-12-09", "2030-01-01", "n-importe-quoi", "", "2026-12-99"]
)
def test_a_phone_shows_one_week(alice: Character, zoe: int, week: str) -> None:
    page = alice.client.get(month_url(zoe), {"semaine": week}).content.decode()
    (shown,) = re.findall(r'week-now" data-monday="([\d-]+)"', page)
    assert shown == ("2026-12-07" if week in ("2026-12-07", "2026-12-09") else "2026-11-30")


def test_the_weeks_follow_one_another_over_the_months(alice: Character, zoe: int) -> None:
    url, seen = month_url(zoe, "2026-11") + "?semaine=2026-11-02", []
    for _step in range(10):
        page = alice.client.get(url).content.decode()
        seen += re.findall(r'week-now" data-monday="([\d-]+)"', page)
        url = unescape(re.findall(r'<a[^>]*href="([^"]+)" data-week', page)[1])
    assert seen == [date.fromordinal(date(2026, 11, 2).toordinal() + 7 * n).isoformat() for n in range(10)]


def test_the_month_costs_a_constant_number_of_queries(
    alice: Character, charlie: Character, zoe: int, town: Reference, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(MOST) as counted:  # type: ignore[operator]
        alice.client.get(month_url(zoe))
    before = len(counted)
    slots = tuple(town.slot(CANTEEN, date(2026, 12, n)).pk for n in (10, 11, 14, 15, 17, 18))
    confirm(alice.client, zoe, check(alice.client, zoe, tick=slots))
    with django_assert_max_num_queries(before):  # type: ignore[operator]
        alice.client.get(month_url(zoe))


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: StrictClient, zoe: int) -> None:
    assert "/connexion/" in client.get(month_url(zoe))["Location"]


def test_one_child_goes_straight_to_the_month(charlie: Character, town: Reference) -> None:
    answer = charlie.client.get("/reserver/", follow=True)
    assert answer.redirect_chain[-1][0].endswith("/2026-11/")
    assert "n’est inscrit à aucune activité" in text(answer)


def test_several_children_are_a_choice(alice: Character) -> None:
    page = text(alice.client.get("/reserver/"))
    assert "Zoé" in page
    assert "Tom" in page


def test_each_parent_sees_their_own_days(alice: Character, bob: Character, town: Reference) -> None:
    tom = alice.children[1].pk
    enrol(alice.actor, child_id=tom, period_id=town.period(CANTEEN, DAY).pk)
    for parent in (alice, bob):
        assert "Chez son autre parent" in text(parent.client.get(month_url(tom)))
