"""The screen of protection measures: for its own permission; recorded, read under the journal's eye, ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from espace.accounts.models import RoleGrant
from espace.audit.models import AuditEvent
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference
from espace.families.models import ProtectionMeasure
from espace.kernel.actor import Permission
from espace.notifications.services import enqueue
from tests.portal.test_booking_month import text
from tests.support.cast import SINCE, Character, make_agent


@pytest.fixture
def url(alice: Character) -> str:
    return f"/agents/familles/{alice.household.pk}/protection/"


@pytest.fixture
def may(denise: Character) -> Character:
    RoleGrant.objects.create(user=denise.user, permission=Permission.PROTECTION, start=SINCE)
    return denise


def sheet(alice: Character, bob: Character, **changed: Any) -> dict[str, Any]:
    return {
        "protected": [str(alice.adult.pk), str(alice.children[1].pk)], "hidden_from": str(bob.adult.pk), "end": "",
        "evidence": "Ordonnance du 20 novembre 2026", **changed,
    }  # fmt: skip


def test_recorded_then_read_then_ended(may: Character, alice: Character, bob: Character, url: str) -> None:
    assert "Aucune." in text(may.client.get(url))
    done = may.client.post(url, sheet(alice, bob, end="2027-05-20"))
    assert (done.status_code, done["Location"]) == (303, url)
    rows = ProtectionMeasure.objects.order_by("id")
    assert {r.end for r in rows} == {date(2027, 5, 21)}
    page = text(may.client.get(url))
    assert "Protection vis-à-vis de Bob Lefèvre" in page
    assert "Ordonnance" not in page.partition("Enregistrer une mesure")[0]
    assert "Ordonnance du 20 novembre 2026" in text(may.client.get(f"{url}{rows[0].pk}/piece/"))
    assert AuditEvent.objects.filter(action="families.read_protection").count() == 1
    told = may.client.post(f"{url}{rows[0].pk}/fin/", {"reason": ""}, follow=True)
    assert "Indiquez pourquoi elle prend fin" in text(told)
    may.client.post(f"{url}{rows[0].pk}/fin/", {"reason": "Levée"})
    assert ProtectionMeasure.objects.count() == 1  # of today: it held no day


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"protected": []}, "Choisissez au moins une personne"),
        ({"protected": ["999999"]}, "Choisissez dans la liste"),
        ({"hidden_from": "x"}, "Choisissez dans la liste"),
        ({"end": "2026-11-01"}, "Cette date est passée"),
        ({"evidence": " "}, "obligatoire"),
        ({"evidence": "a\x07b"}, "signe que nous ne pouvons pas garder"),
    ],
)
def test_bad_input_is_a_sentence(
    may: Character, alice: Character, bob: Character, url: str, changed: dict[str, Any], said: str
) -> None:
    page = text(may.client.post(url, sheet(alice, bob, **changed)))
    assert said in page
    assert not ProtectionMeasure.objects.exists()


def test_protecting_someone_from_themselves_is_a_sentence(
    may: Character, alice: Character, bob: Character, url: str
) -> None:
    page = text(may.client.post(url, sheet(alice, bob, hidden_from=str(alice.adult.pk))))
    assert "de quelle autre personne" in page


def test_without_the_permission_nothing_is_there(
    denise: Character, remi: Character, alice: Character, bob: Character, url: str
) -> None:
    for who in (denise, remi, alice, bob):
        assert who.client.get(url).status_code == 404
        assert who.client.post(url, sheet(alice, bob)).status_code == 404
        assert who.client.get(f"{url}1/piece/").status_code == 404
    assert "protection" not in text(denise.client.get(f"/agents/familles/{alice.household.pk}/")).lower()
    assert not ProtectionMeasure.objects.exists()


def journal(page: Any) -> str:
    return text(page).partition("Journal")[2].partition("Qui l’a lu")[0]


def test_the_journal_of_a_file_tells_no_more_of_a_hidden_child(
    may: Character, alice: Character, bob: Character, town: Reference, url: str
) -> None:
    """Days that Bob booked before Tom was hidden from him: his file keeps the reference, and no more."""
    tom, reader = alice.children[1].pk, make_agent("Inès", "Petit", (Permission.FAMILIES_READ,))
    day = date(2026, 12, 14)
    enrol(bob.actor, child_id=tom, period_id=town.period("restauration-scolaire", day).pk)
    asked: dict[str, Any] = {
        "child_id": tom, "add": [town.slot("restauration-scolaire", day, venue="tilleuls").pk], "remove": [],
    }  # fmt: skip
    expected = preview_changes(bob.actor, **asked).digest
    done = apply_changes(bob.actor, **asked, token="jeton-du-journal-1", expected=expected)
    AuditEvent.objects.filter(object_kind="submission").update(reason="Tom a changé d’avis")
    AuditEvent.objects.filter(object_kind="enrolment").update(household_id=bob.household.pk)
    file = f"/agents/familles/{bob.household.pk}/"
    told = ("Tom", "14 déc.", "Restauration scolaire", "changé d’avis")
    before = journal(reader.client.get(file))
    assert [words for words in told if words not in before] == []
    may.client.post(url, sheet(alice, bob))
    after = journal(reader.client.get(file))
    assert done.reference in after
    assert [words for words in told if words in after] == []
    assert journal(may.client.get(file)).count("Tom") == before.count("Tom")


def test_nor_do_the_subjects_of_its_messages(
    may: Character, alice: Character, bob: Character, url: str
) -> None:
    for subject in ("Absence de Tom : retirée", "Paiement reçu : 12,00 €"):
        enqueue(
            recipient=bob.user.email, kind="essai", subject=subject, body="", household_id=bob.household.pk
        )
    file, reader = (
        f"/agents/familles/{bob.household.pk}/",
        make_agent("Inès", "Petit", (Permission.FAMILIES_READ,)),
    )
    assert "Absence de Tom" in text(reader.client.get(file))
    may.client.post(url, sheet(alice, bob))
    page = text(reader.client.get(file))
    assert "Absence de Tom" not in page
    assert "Un message" in page
    assert "Paiement reçu" in page


def test_a_measure_of_another_home_is_not_found(
    may: Character, alice: Character, bob: Character, charlie: Character, url: str
) -> None:
    may.client.post(url, sheet(alice, bob))
    row = ProtectionMeasure.objects.order_by("id")[0]
    other = f"/agents/familles/{charlie.household.pk}/protection/{row.pk}/"
    assert may.client.get(f"{other}piece/").status_code == 404
    assert may.client.post(f"{other}fin/", {"reason": "x"}).status_code == 404
