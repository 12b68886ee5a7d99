"""« Malade aujourd’hui », then the proof: what a parent reads and does."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.attendance.enums import ProofState
from espace.attendance.models import AbsenceDeclaration
from espace.bookings.models import Booking
from espace.demo.town import Reference
from espace.documents.models import Document
from tests.support.absences import EVENING, FRIDAY, MONDAY, PDF, THURSDAY, TUESDAY, announce, week
from tests.support.cast import Character, signed_in

NEW, CONFIRM = "/absences/declarer/", "/absences/confirmer/"


@pytest.fixture
def meals(alice: Character, town: Reference) -> list[Booking]:
    return week(town, alice.children[0], TUESDAY, THURSDAY, FRIDAY, MONDAY)


def words(answer: Any) -> str:
    """What a reader sees of a page: its tags left out."""
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(unescape(bare).replace("\u00a0", " ").split())


def form(alice: Character, **other: object) -> dict[str, object]:
    return {
        "enfants": [str(alice.children[0].pk)], "debut": TUESDAY.isoformat(), "retour": MONDAY.isoformat(),
        "raison": "ILLNESS", **other,
    }  # fmt: skip


def digest_in(answer: Any) -> str:
    found: str = answer.context["recap"].digest
    return found


def declared(alice: Character) -> AbsenceDeclaration:
    (row,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    return row


def test_the_dashboard_and_the_home_page_lead_to_it(alice: Character) -> None:
    for path in ("/tableau-de-bord/", "/"):
        assert f'href="{NEW}"' in alice.client.get(path).content.decode()


def test_the_consequence_of_today_is_said_before_anything_is_asked(
    alice: Character, meals: list[Booking]
) -> None:
    page = words(alice.client.get(NEW))
    assert "Pour aujourd’hui" in page
    assert "dû, sauf justificatif" in page
    assert "un certificat ou un autre justificatif avant le vendredi 27 novembre 2026 à 23 h 59" in page
    assert "Les 2 premiers jours restent dus".lower() in page.lower()
    assert "N’indiquez jamais le motif médical" in page


def test_two_presses_and_it_is_announced(alice: Character, meals: list[Booking]) -> None:
    recap = alice.client.post(NEW, form(alice))
    page = words(recap)
    assert "Avec un justificatif à temps 0,00 €" in page
    assert "Sans justificatif 2,35 €" in page
    assert "annulé à temps" in page
    assert not AbsenceDeclaration.objects.exists()
    done = alice.client.post(CONFIRM, form(alice, empreinte=digest_in(recap)))
    row = AbsenceDeclaration.objects.get()
    assert (done.status_code, done["Location"]) == (303, f"/absences/{row.pk}/")
    page = words(alice.client.get(done["Location"]))
    assert "justificatif à déposer" in page
    assert "C’est noté." in page


def test_what_changed_meanwhile_is_shown_again(
    alice: Character, meals: list[Booking], frozen: time_machine.Traveller
) -> None:
    agreed = digest_in(alice.client.post(NEW, form(alice)))
    frozen.shift(timedelta(hours=3))
    again = alice.client.post(CONFIRM, form(alice, empreinte=agreed))
    assert "La situation a changé" in words(again)
    assert not AbsenceDeclaration.objects.exists()
    assert alice.client.post(CONFIRM, form(alice, empreinte=digest_in(again))).status_code == 303


def test_twice_is_told_with_the_way_to_the_first(alice: Character, meals: list[Booking]) -> None:
    row = declared(alice)
    page = alice.client.post(NEW, form(alice))
    assert "est déjà annoncée" in words(page)
    assert f'href="/absences/{row.pk}/"' in page.content.decode()
    assert AbsenceDeclaration.objects.count() == 1


def test_correcting_loses_nothing(alice: Character, meals: list[Booking]) -> None:
    page = alice.client.post(NEW, form(alice, modifier="1")).content.decode()
    assert f'value="{MONDAY.isoformat()}"' in page
    assert 'value="ILLNESS"' in page
    assert "checked" in page


def test_a_day_of_the_agenda_leads_to_it(alice: Character, meals: list[Booking]) -> None:
    child = alice.children[0].pk
    page = unescape(alice.client.get(f"/ma-famille/{child}/").content.decode())
    link = f"{NEW}?enfant={child}&jour={FRIDAY.isoformat()}"
    assert link in page
    asked = alice.client.get(link).content.decode()
    assert f'value="{FRIDAY.isoformat()}"' in asked
    assert f'value="{MONDAY.isoformat()}"' in asked  # the next school day


def test_away_it_reads_absent_on_the_agenda_and_the_dashboard(alice: Character, meals: list[Booking]) -> None:
    row = declared(alice)
    page = words(alice.client.get(f"/ma-famille/{alice.children[0].pk}/"))
    assert page.count("absence signalée") == 3
    dashboard = alice.client.get("/tableau-de-bord/")
    assert "absence signalée" in words(dashboard)
    assert "Justifier l’absence de Zoé" in words(dashboard)
    assert f'href="/absences/{row.pk}/"' in dashboard.content.decode()


def test_a_certificate_is_deposited_and_given_back(alice: Character, meals: list[Booking]) -> None:
    row = declared(alice)
    sent = SimpleUploadedFile("varicelle.pdf", PDF, content_type="text/html")
    done = alice.client.post(f"/absences/{row.pk}/justificatif/", {"fichier": sent})
    assert (done.status_code, done["Location"]) == (303, f"/absences/{row.pk}/")
    row.refresh_from_db()
    assert row.proof_state == ProofState.RECEIVED
    page = alice.client.get(f"/absences/{row.pk}/")
    assert "varicelle.pdf" in words(page)  # to who sent it
    document = Document.objects.get()
    given = alice.client.get(f"/documents/{document.pk}/")
    assert given.content == PDF
    assert given["Content-Type"] == "application/pdf"
    assert given["Content-Disposition"] == f'attachment; filename="document-{document.pk}.pdf"'
    assert given["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><script>alert(1)</script>", "ni un PDF ni une photo"),
        (b"", "est vide"),
        (b"%PDF-1.7" + b" " * (10 * 1024 * 1024), "10 Mo au plus"),
    ],
)
def test_a_file_that_is_not_taken_says_why(
    alice: Character, meals: list[Booking], content: bytes, said: str
) -> None:
    row = declared(alice)
    answer = alice.client.post(
        f"/absences/{row.pk}/justificatif/", {"fichier": SimpleUploadedFile("a.pdf", content)}
    )
    assert said in words(answer)
    assert not Document.objects.exists()


def test_late_is_told_and_taken(
    alice: Character, meals: list[Booking], frozen: time_machine.Traveller
) -> None:
    row = declared(alice)
    frozen.shift(timedelta(days=5))
    alice.client = signed_in(alice.user)  # the session has ended meanwhile
    page = words(alice.client.get(f"/absences/{row.pk}/"))
    assert "Déposer malgré le retard" in page
    assert "compte encore. Les 2 premiers jours restent dus." in page
    frozen.shift(timedelta(days=10))
    alice.client = signed_in(alice.user)
    page = words(alice.client.get(f"/absences/{row.pk}/"))
    assert "le dernier délai finissait le" in page
    done = alice.client.post(
        f"/absences/{row.pk}/justificatif/", {"fichier": SimpleUploadedFile("a.pdf", PDF)}
    )
    assert done.status_code == 303


def test_a_declaration_on_honour_is_signed_in_the_same_form(alice: Character, town: Reference) -> None:
    week(town, alice.children[0], TUESDAY, activity=EVENING)
    recap = alice.client.post(NEW, form(alice))
    assert "Je déclare sur l’honneur" in words(recap)
    alice.client.post(CONFIRM, form(alice, empreinte=digest_in(recap), signe="1"))
    row = AbsenceDeclaration.objects.get()
    assert row.proof_state == ProofState.ACCEPTED
    assert "absence justifiée" in words(alice.client.get(f"/absences/{row.pk}/"))


def test_the_return_is_moved_after_a_look(alice: Character, meals: list[Booking]) -> None:
    row = declared(alice)
    path = f"/absences/{row.pk}/retour/"
    page = alice.client.post(path, {"retour": FRIDAY.isoformat()})
    assert "Zoé revient le vendredi 27 novembre 2026" in words(page)
    assert "repris" in words(page)
    digest = page.context["plan"].digest
    assert alice.client.post(path, {"retour": FRIDAY.isoformat(), "empreinte": digest}).status_code == 303
    row.refresh_from_db()
    assert row.end == FRIDAY


def test_finally_the_child_comes(alice: Character, meals: list[Booking]) -> None:
    row = declared(alice)
    assert alice.client.post(f"/absences/{row.pk}/retirer/").status_code == 303
    assert alice.client.get(f"/absences/{row.pk}/").status_code == 404
    assert {b.state for b in Booking.objects.all()} == {"CONFIRMED"}


def test_a_stranger_and_the_other_parent_get_a_404(
    alice: Character, bob: Character, charlie: Character, meals: list[Booking]
) -> None:
    row = declared(alice)
    alice.client.post(f"/absences/{row.pk}/justificatif/", {"fichier": SimpleUploadedFile("a.pdf", PDF)})
    document = Document.objects.get()
    for someone in (bob, charlie):
        for path in (f"/absences/{row.pk}/", f"/documents/{document.pk}/"):
            assert someone.client.get(path).status_code == 404
        for act in ("retour", "retirer", "justificatif", "signer"):
            data = {"retour": FRIDAY.isoformat(), "fichier": SimpleUploadedFile("a.pdf", PDF), "accord": "1"}
            assert someone.client.post(f"/absences/{row.pk}/{act}/", data).status_code == 404
        assert "Zoé" not in words(someone.client.get("/absences/"))
        refused = someone.client.post(NEW, form(alice))
        assert "à corriger" in words(refused)
    assert AbsenceDeclaration.objects.count() == 1


def test_an_agent_at_the_counter_stamps_the_day(
    alice: Character, denise: Character, meals: list[Booking], frozen: time_machine.Traveller
) -> None:
    assert "Demande reçue le" not in words(alice.client.get(NEW))
    denise.client.post(f"/agents/familles/{alice.household.pk}/agir/")
    assert "Demande reçue le" in words(denise.client.get(NEW))
    sent = form(alice, recu="2026-11-23")
    recap = denise.client.post(NEW, sent)
    denise.client.post(CONFIRM, {**sent, "empreinte": digest_in(recap)})
    row = AbsenceDeclaration.objects.get()
    assert f"{row.declared_at:%Y-%m-%d}" == "2026-11-22"  # midnight in Paris is 23:00 of the eve in UTC
    assert row.declared_by == "Denise Roux"
    tomorrow = denise.client.post(NEW, form(alice, recu="2026-11-25"))
    assert "ne peut pas avoir été reçue dans le futur" in words(tomorrow)


def test_queries_do_not_grow_with_the_absences(
    alice: Character, town: Reference, meals: list[Booking]
) -> None:
    declared(alice)
    with CaptureQueriesContext(connection) as one:
        alice.client.get("/absences/")
    week(town, alice.children[0], MONDAY + timedelta(days=1), MONDAY + timedelta(days=3))
    announce(alice.actor, alice.children[:1], MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    announce(alice.actor, alice.children[:1], MONDAY + timedelta(days=3), MONDAY + timedelta(days=4))
    with CaptureQueriesContext(connection) as three:
        alice.client.get("/absences/")
    assert len(three) == len(one) <= 12
    with CaptureQueriesContext(connection) as asked:
        alice.client.get(NEW)
    assert len(asked) <= 32
