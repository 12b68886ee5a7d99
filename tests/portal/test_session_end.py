"""A session that ends while a form is open: one signs in again, is back at the form, and nothing was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.bookings.models import Booking, WeeklyPattern
from espace.bookings.services import enrol
from espace.demo.town import Reference
from tests.portal.test_booking_month import CANTEEN, DAY, check, fields, month_url, text
from tests.support.cast import PASSWORD, Character
from tests.support.pages import StrictClient

SITE = "http://testserver"
ENDED = "Votre session avait pris fin. Reconnectez-vous : rien n’a été enregistré."
AGAIN = "Vos choix sont de nouveau cochés"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    noon = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Paris"))
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, DAY).pk)
    return child


def send(client: StrictClient, path: str, data: Any = None, *, open_at: str = "") -> Any:
    """Posts as the browser does from the page `open_at`."""
    headers = {"referer": open_at} if open_at else {}
    return client.post(path, data or {}, headers=headers)


def sign_in(client: StrictClient, asked: Any, username: str = "alice") -> Any:
    """Follows to the sign-in page and signs in; returns the page one lands on."""
    page = client.get(asked["Location"])
    assert ENDED in text(page)
    sent = {"login": username, "password": PASSWORD, "next": page.wsgi_request.GET["next"]}
    return client.post("/connexion/", sent, follow=True)


def test_one_comes_back_to_the_page_of_the_button(alice: Character) -> None:
    alice.client.logout()
    asked = send(alice.client, "/factures/RC-2026-000001/regler/", open_at=f"{SITE}/factures/?page=2")
    assert (asked.status_code, asked["Location"]) == (303, "/connexion/?next=/factures/%3Fpage%3D2")
    assert ENDED in text(alice.client.get(asked["Location"]))


@pytest.mark.parametrize(
    "origin", ["", "https://ailleurs.example/piege/", "//ailleurs.example/", "javascript:alert(1)"]
)
def test_without_a_page_of_ours_one_comes_home(alice: Character, denise: Character, origin: str) -> None:
    alice.client.logout()
    asked = send(alice.client, "/factures/RC-2026-000001/regler/", open_at=origin)
    assert asked["Location"] == "/connexion/?next=/tableau-de-bord/"
    denise.client.logout()
    asked = send(denise.client, f"/agents/familles/{alice.household.pk}/agir/", open_at=origin)
    assert asked["Location"] == "/connexion/?next=/agents/"


def test_a_page_only_read_is_found_again_without_a_word(alice: Character) -> None:
    alice.client.logout()
    asked = alice.client.get("/factures/")
    assert asked["Location"] == "/connexion/?next=/factures/"
    assert ENDED not in text(alice.client.get(asked["Location"]))


def test_the_days_ticked_are_still_ticked(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, DAY).pk
    recap = check(alice.client, zoe, tick=(slot,))
    sent = fields(recap, "confirmer/")
    alice.client.logout()
    asked = send(
        alice.client, month_url(zoe) + "confirmer/", sent, open_at=SITE + month_url(zoe) + "verifier/"
    )
    month = sign_in(alice.client, asked)
    assert month.redirect_chain[-1][0] == month_url(zoe)
    assert AGAIN in text(month)
    again = fields(month, "verifier/")
    assert str(slot) in again["r"]
    assert not Booking.objects.exists()
    recap = alice.client.post(month_url(zoe) + "verifier/", again)
    assert alice.client.post(month_url(zoe) + "confirmer/", fields(recap, "confirmer/")).status_code == 303
    assert Booking.objects.get().slot_id == slot
    assert AGAIN not in text(alice.client.get(month_url(zoe)))


def test_the_week_chosen_is_still_chosen(alice: Character, zoe: int, town: Reference) -> None:
    url = f"/reserver/{zoe}/semaine-type/"
    sent = {"j": [f"0-{town.formulas[CANTEEN, 'REPAS'].pk}"], "depuis": "2026-12-14"}
    alice.client.logout()
    page = sign_in(alice.client, send(alice.client, url, sent, open_at=SITE + url))
    assert AGAIN in text(page)
    assert "checked><span>lun." in page.content.decode()
    assert 'value="2026-12-14"' in page.content.decode()
    assert not WeeklyPattern.objects.exists()


def test_nothing_is_offered_after_half_an_hour(
    alice: Character, zoe: int, town: Reference, clock: time_machine.Traveller
) -> None:
    sent = {"r": [str(town.slot(CANTEEN, DAY).pk)], "vu": ""}
    alice.client.logout()
    asked = send(alice.client, month_url(zoe) + "verifier/", sent, open_at=SITE + month_url(zoe))
    clock.shift(timedelta(minutes=31))
    month = sign_in(alice.client, asked)
    assert AGAIN not in text(month)
    assert "r" not in fields(month, "verifier/")


def test_a_stranger_who_signs_in_next_finds_nothing(
    alice: Character, charlie: Character, zoe: int, town: Reference
) -> None:
    sent = {"r": [str(town.slot(CANTEEN, DAY).pk)], "vu": ""}
    alice.client.logout()
    asked = send(alice.client, month_url(zoe) + "verifier/", sent, open_at=SITE + month_url(zoe))
    assert sign_in(alice.client, asked, "charlie").status_code == 404


@pytest.mark.parametrize(
    "sent", [{"r": ["x"]}, {"r": ["\x00"]}, {"vu": "1" * 90_000}, {"j": ["9-9"], "depuis": "z"}]
)
@pytest.mark.parametrize("path", ["2026-12/verifier/", "2026-12/confirmer/", "semaine-type/"])
def test_a_form_that_cannot_be_read_is_forgotten(
    alice: Character, zoe: int, path: str, sent: dict[str, Any]
) -> None:
    alice.client.logout()
    asked = send(alice.client, f"/reserver/{zoe}/{path}", sent, open_at=f"{SITE}/reserver/{zoe}/{path}")
    assert sign_in(alice.client, asked).status_code == 200
    assert not Booking.objects.exists()
