"""Who is away today, the proofs to read, and the rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from espace.attendance import services
from espace.attendance.enums import ProofState
from espace.attendance.models import AbsenceDeclaration, AbsencePolicy
from espace.audit.models import AuditEvent
from espace.demo.town import Reference
from espace.kernel.actor import Permission
from espace.notifications.models import OutboxMessage
from tests.portal.test_absences import words
from tests.support.absences import CANTEEN, FRIDAY, PDF, TUESDAY, UPLOAD, announce, week
from tests.support.cast import Character, make_agent

DAY, PROOFS, RULES = "/agents/absences/", "/agents/absences/justificatifs/", "/agents/absences/regles/"


@pytest.fixture
def sent(alice: Character, town: Reference) -> AbsenceDeclaration:
    week(town, alice.children[0], TUESDAY)
    (row,) = announce(alice.actor, alice.children[:1], TUESDAY, FRIDAY)
    return services.send_certificate(alice.actor, declaration_id=row.pk, upload=UPLOAD)


@pytest.fixture
def hana(town: Reference) -> Character:
    return make_agent("Hana", "Petit", (Permission.HEALTH, Permission.FAMILIES_READ))


def test_who_is_away_is_listed_site_by_site(denise: Character, sent: AbsenceDeclaration) -> None:
    page = words(denise.client.get(DAY))
    assert "École élémentaire du Lavoir" in page
    assert "Zoé Moreau" in page
    assert "aujourd’hui à 10 h" in page
    assert "1 enfant absent" in page
    assert "aladie" not in page
    other = words(denise.client.get(f"{DAY}?jour={(TUESDAY + timedelta(days=7)).isoformat()}"))
    assert "Personne n’est annoncé absent" in other


def test_a_proof_is_read_then_accepted(hana: Character, alice: Character, sent: AbsenceDeclaration) -> None:
    page = hana.client.get(PROOFS)
    assert "Zoé" in words(page)
    assert "varicelle" not in words(page)
    given = hana.client.get(f"/agents/documents/{sent.document_id}/")
    assert (given.content, given["X-Content-Type-Options"]) == (PDF, "nosniff")
    event = AuditEvent.objects.get(action="documents.read")
    assert (event.household_id, event.actor_label) == (alice.household.pk, "Hana Petit")
    done = hana.client.post(f"{PROOFS}{sent.pk}/", {"document": sent.document_id, "decision": "oui"})
    assert done.status_code == 303
    sent.refresh_from_db()
    assert (sent.proof_state, sent.checked_by) == (ProofState.ACCEPTED, "Hana Petit")
    assert OutboxMessage.objects.filter(subject__contains="justificatif accepté").count() == 1


def test_a_refusal_says_why(hana: Character, sent: AbsenceDeclaration) -> None:
    data = {"document": sent.document_id, "decision": "non"}
    silent = hana.client.post(f"{PROOFS}{sent.pk}/", data, follow=True)
    assert "la famille lira cette phrase" in words(silent)
    hana.client.post(f"{PROOFS}{sent.pk}/", {**data, "reason": "Les dates sont coupées."})
    sent.refresh_from_db()
    assert (sent.proof_state, sent.refusal) == (ProofState.REFUSED, "Les dates sont coupées.")


def test_without_the_health_permission_there_is_nothing(
    denise: Character, alice: Character, charlie: Character, sent: AbsenceDeclaration
) -> None:
    for someone in (denise, alice, charlie):
        for path in (PROOFS, f"/agents/documents/{sent.document_id}/"):
            assert someone.client.get(path).status_code == 404
        assert someone.client.post(f"{PROOFS}{sent.pk}/", {"decision": "oui"}).status_code == 404
    assert not AuditEvent.objects.filter(action="documents.read").exists()


def test_the_home_page_counts_the_proofs_to_read(hana: Character, sent: AbsenceDeclaration) -> None:
    assert "1 justificatif d’absence à lire" in words(hana.client.get("/agents/"))


def test_a_rule_is_read_and_changed(denise: Character, town: Reference) -> None:
    AbsencePolicy.objects.filter(activity=town.activities["accueil-du-matin"]).delete()
    page = words(denise.client.get(RULES))
    assert "sous 3 jours calendaires après le premier jour d’absence" in page
    assert "Jusqu’à 10 jours calendaires : 2 jours restent dus. Ensuite, tout reste dû." in page
    assert "Une absence ne change pas le prix." in page  # the morning
    canteen = town.activities[CANTEEN].pk
    assert 'value="10"' in denise.client.get(f"{RULES}{canteen}/").content.decode()
    sent = {
        "proof": "DECLARATION", "delay": "5", "refused_after": "5", "unit": "WORKING_DAYS", "anchor": "LAST_DAY",
        "carence": "1", "late_carence": "1", "start": "2027-01-04",
    }  # fmt: skip
    assert denise.client.post(f"{RULES}{canteen}/", sent).status_code == 303
    row = AbsencePolicy.objects.get(activity=canteen, end=None)
    assert (row.proof, row.delay, row.unit, row.start) == ("DECLARATION", 5, "WORKING_DAYS", date(2027, 1, 4))
    page = words(denise.client.get(RULES))
    assert "À partir du lun. 4 janv. 2027 : Une déclaration sur l’honneur, sous 5 jours ouvrés" in page


def test_a_rule_that_contradicts_itself_is_told(denise: Character, town: Reference) -> None:
    canteen = town.activities[CANTEEN].pk
    sent = {
        "proof": "CERTIFICATE", "delay": "10", "refused_after": "3", "unit": "CALENDAR_DAYS", "anchor": "FIRST_DAY",
        "carence": "0", "late_carence": "0", "start": TUESDAY.isoformat(),
    }  # fmt: skip
    page = words(denise.client.post(f"{RULES}{canteen}/", sent))
    assert "Le dernier délai ne peut pas finir avant le premier." in page
    assert AbsencePolicy.objects.filter(activity=canteen).count() == 1


def test_queries_stay_few(
    denise: Character, hana: Character, sent: AbsenceDeclaration, django_assert_max_num_queries: object
) -> None:
    for someone, path in ((denise, DAY), (hana, PROOFS), (denise, RULES)):
        with django_assert_max_num_queries(15):  # type: ignore[operator]
            someone.client.get(path)
