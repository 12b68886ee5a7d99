"""The month of all the children: a row a child, one recap, one acknowledgement; and a week copied from the grid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from espace.bookings.enums import BookingState
from espace.bookings.models import Booking, Submission
from espace.bookings.services import enrol
from espace.demo.town import Reference
from tests.portal.test_booking_month import fields, text
from tests.support.cast import Character
from tests.support.statements import too_costly

CANTEEN = "restauration-scolaire"
MONDAY = date(2026, 12, 14)
URL = "/reserver/ensemble/2026-12/"


@pytest.fixture
def both(alice: Character, town: Reference) -> tuple[int, int]:
    zoe, tom = (child.pk for child in alice.children)
    for child in (zoe, tom):
        enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, MONDAY).pk)
    return zoe, tom


def ticked(who: Character, town: Reference, both: tuple[int, int]) -> dict[str, Any]:
    """The common month with a meal ticked for each child."""
    zoe, tom = both
    return {
        **fields(who.client.get(URL), "verifier/"),
        f"{zoe}-r": [str(town.slot(CANTEEN, MONDAY, venue="lavoir").pk)],
        f"{tom}-r": [str(town.slot(CANTEEN, MONDAY, venue="tilleuls").pk)],
    }


def test_one_month_one_recap_one_acknowledgement(
    alice: Character, town: Reference, both: tuple[int, int]
) -> None:
    assert "/reserver/ensemble/2026-11/" in alice.client.get("/reserver/").content.decode()
    page = text(alice.client.get(URL))
    assert "Réserver pour Zoé et Tom" in page
    assert "Les deux" in page
    sent = ticked(alice, town, both)
    assert "checked" in alice.client.post(URL, sent).content.decode()
    recap = alice.client.post(URL + "verifier/", sent)
    assert "Repas (Zoé)" in text(recap)
    assert "Repas (Tom)" in text(recap)
    assert not Booking.objects.exists()
    answer = alice.client.post(URL + "confirmer/", fields(recap, "confirmer/"))
    assert answer.status_code == 303
    assert (Submission.objects.count(), Booking.objects.count()) == (1, 2)
    assert "Zoé et Tom" in text(alice.client.get(answer["Location"]))


def test_it_asks_as_little_as_a_single_month(alice: Character, both: tuple[int, int]) -> None:
    assert too_costly(alice.client, [URL, URL + "?semaine=2026-12-14"]) == {}


def test_what_the_other_parent_did_meanwhile_is_shown_with_its_child(
    alice: Character, town: Reference, both: tuple[int, int]
) -> None:
    sent = ticked(alice, town, both)
    once = fields(alice.client.post(URL + "verifier/", sent), "confirmer/")
    assert alice.client.post(URL + "confirmer/", once).status_code == 303
    again = text(alice.client.post(URL + "verifier/", sent))
    assert "Repas, lundi 14 décembre 2026 (Tom) : réservé entre-temps" in again
    assert "Il ne reste rien à changer" in again


def test_a_week_is_copied_without_a_script(alice: Character, town: Reference, both: tuple[int, int]) -> None:
    zoe, _ = both
    assert 'name="copier" value="2026-12-14"' in alice.client.get(URL).content.decode()
    sent = ticked(alice, town, both) | {"copier": "2026-12-14"}
    page = alice.client.post(URL + "copier/", sent)
    words = text(page)
    assert "Ce que contient la semaine" in words
    assert "va jusqu’au bout des inscriptions" in words
    chosen = fields(page, "verifier/") | {"jusque": ["2027-01-15"]}
    recap = alice.client.post(URL + "verifier/", chosen)
    assert "jusqu’au vendredi 15 janvier 2027" in text(recap)
    again = alice.client.post(URL + "copier/", fields(recap, "confirmer/"))
    assert 'value="2027-01-15"' in again.content.decode()
    answer = alice.client.post(URL + "confirmer/", fields(recap, "confirmer/"))
    assert answer.status_code == 303
    rows = Booking.objects.filter(child_id=zoe, state=BookingState.CONFIRMED).order_by("date")
    days = list(rows.values_list("date", flat=True))
    assert days[0] == MONDAY
    assert set(days[1:]) <= {date(2027, 1, 4), date(2027, 1, 11)}
    assert len(days) > 1


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"jusque": "2026-12-15"}, "Choisissez un jour d’une des semaines qui suivent."),
        ({"jusque": "demain"}, "Indiquez une date, par exemple 01/12/2026."),
        ({"copier": "1999-01-04"}, "Ce formulaire n’est plus valable"),
        ({"copier": "x"}, "Ce formulaire n’est plus valable"),
        ({"vu": "x"}, "Ce formulaire n’est plus valable"),
    ],
)
@pytest.mark.parametrize("step", ["copier/", "verifier/"])
def test_bad_input_is_a_sentence(
    alice: Character, town: Reference, both: tuple[int, int], extra: dict[str, str], said: str, step: str
) -> None:
    sent = ticked(alice, town, both) | {"copier": "2026-12-14"}
    sent |= {f"{both[0]}-vu" if name == "vu" else name: value for name, value in extra.items()}
    assert said in text(alice.client.post(URL + step, sent))
    assert not Booking.objects.exists()


def test_a_stranger_s_child_is_not_found(
    alice: Character, charlie: Character, town: Reference, both: tuple[int, int]
) -> None:
    slot = str(town.slot(CANTEEN, MONDAY).pk)
    for step in ("verifier/", "confirmer/"):
        answer = charlie.client.post(URL + step, {f"{both[0]}-r": [slot], "jeton": "jeton-0000000000000009"})
        assert answer.status_code == 404
    assert not Booking.objects.exists()


def test_the_addresses_of_the_steps_lead_back(alice: Character, both: tuple[int, int]) -> None:
    for step in ("verifier/", "copier/", "confirmer/"):
        assert alice.client.get(URL + step)["Location"] == URL
    single = f"/reserver/{both[0]}/2026-12/"
    assert alice.client.get(single + "copier/")["Location"] == single
