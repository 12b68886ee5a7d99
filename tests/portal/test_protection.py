"""What a parent from whom a child and the other parent are protected can still reach, surface by surface.

Bob shares Tom with Alice; from today Tom and Alice are hidden from him. Each answer is that of a person who never had
Tom in their record: a stranger's 404, or a name without anything beside it.
"""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from espace.accounts.models import RoleGrant
from espace.billing.services import invoice_pdf
from espace.bookings.enums import EnrolmentState
from espace.bookings.models import Enrolment, Submission
from espace.bookings.services import (
    apply_changes,
    decide_enrolment,
    enrol,
    preview_changes,
)
from espace.demo.town import Reference
from espace.families.enums import CustodyKind
from espace.families.models import FamilyKey, HouseholdMember, Schooling
from espace.families.queries import family_facts
from espace.families.rules import Custody
from espace.families.services import (
    add_pickup,
    issue_key,
    make_key_letter,
    record_protection,
    set_custody,
)
from espace.kernel.actor import SYSTEM, Permission
from espace.kernel.calendar import date_range
from espace.notifications.models import OutboxMessage
from tests.portal.test_booking_month import text
from tests.support import bills
from tests.support.cast import SINCE, Character
from tests.support.events import close

EVENING, CANTEEN, SPORT = "accueil-du-soir", "restauration-scolaire", "vacances-sport"
OTHER_SIDE = ("Alice", "rue du Moulin", "Mamie Moreau", "tilleuls", "Tilleuls", "F-00001", "Famille Moreau")


@pytest.fixture
def booked(alice: Character, bob: Character, town: Reference) -> Submission:
    """Before: a lunch that Bob booked for Tom on one of his days; someone of Alice's side may fetch Tom."""
    tom = alice.children[1].pk
    add_pickup(SYSTEM, child=alice.children[1], name="Mamie Moreau", relation="grand-mère", phone="")
    enrol(alice.actor, child_id=tom, period_id=town.period(CANTEEN, date(2026, 12, 10)).pk)
    facts = family_facts([tom], date(2026, 11, 30), date(2026, 12, 12))
    day = next(
        d
        for d in date_range(date(2026, 11, 30), date(2026, 12, 12))
        if d.weekday() in (0, 1, 3, 4) and facts.household_on(tom, d) == bob.household.pk
    )
    add = [town.slot(CANTEEN, day, venue="tilleuls").pk]
    expected = preview_changes(bob.actor, child_id=tom, add=add, remove=[]).digest
    done = apply_changes(
        bob.actor, child_id=tom, add=add, remove=[], token="jeton-de-bob-00001", expected=expected
    )
    OutboxMessage.objects.all().delete()
    return done


@pytest.fixture
def apart(alice: Character, bob: Character, booked: Submission) -> Submission:
    """From today on Tom and Alice are hidden from Bob."""
    protected = [alice.adult.pk, alice.children[1].pk]
    record_protection(SYSTEM, protected_ids=protected, hidden_from_id=bob.adult.pk, evidence="Ordonnance")
    return booked


def tells_nothing(page: str) -> None:
    for word in (*OTHER_SIDE, "protection", "protég"):
        assert word not in page, word


def test_the_page_my_family_keeps_the_name_and_nothing_else(bob: Character, apart: Submission) -> None:
    page = text(bob.client.get("/ma-famille/"))
    assert "Tom Moreau-Lefèvre" in page
    assert "pas d’école enregistrée" in page
    assert "L’agenda de Tom" not in page
    assert "Garde" not in page
    tells_nothing(page)


@pytest.mark.parametrize(
    "path",
    [
        "/ma-famille/{child}/", "/reserver/{child}/", "/reserver/{child}/2026-12/", "/reserver/{child}/semaine-type/",
        "/inscrire/{child}/", "/reserver/fait/{reference}/", "/reserver/fait/{reference}/calendrier.ics",
    ],
)  # fmt: skip
def test_a_page_and_a_calendar_file_answer_as_to_a_stranger(
    alice: Character, bob: Character, charlie: Character, apart: Submission, path: str
) -> None:
    url = path.format(child=alice.children[1].pk, reference=apart.reference)
    his = bob.client.get(url, follow=True)
    strangers = charlie.client.get(url, follow=True)
    assert his.status_code == strangers.status_code == 404
    names = ("Bob Lefèvre", "Charlie Nguyen")
    pages = [
        text(answer).replace(name, "").replace(name.partition(" ")[0], "")
        for answer, name in zip((his, strangers), names, strict=True)
    ]
    assert pages[0] == pages[1]


def test_the_other_parent_loses_nothing(alice: Character, apart: Submission) -> None:
    page = text(alice.client.get(f"/ma-famille/{alice.children[1].pk}/"))
    assert "Sa garde" in page
    assert "Mamie Moreau" in text(alice.client.get("/ma-famille/"))


def test_the_dashboard_speaks_of_him_no_more(bob: Character, apart: Submission) -> None:
    page = text(bob.client.get("/tableau-de-bord/"))
    assert "Tom" not in page
    assert apart.reference not in page
    tells_nothing(page)


def test_booking_offers_no_child(bob: Character, apart: Submission) -> None:
    assert "Tom" not in text(bob.client.get("/reserver/", follow=True))


def test_an_old_form_changes_nothing(alice: Character, bob: Character, apart: Submission) -> None:
    tom = alice.children[1].pk
    for path in ("2026-12/verifier/", "2026-12/confirmer/", "semaine-type/", "semaine-type/confirmer/"):
        answer = bob.client.post(f"/reserver/{tom}/{path}", {"r": ["1"], "jeton": "x" * 20})
        assert answer.status_code == 404


def test_mails_about_him_go_to_the_other_home_alone(
    alice: Character, bob: Character, denise: Character, town: Reference, apart: Submission
) -> None:
    day = date(2026, 12, 22)
    zoe = alice.children[0]
    for child in (zoe, alice.children[1]):
        Enrolment.objects.create(
            child=child, activity=town.activities[SPORT], period=town.period(SPORT, day), venue=town.venues["gymnase"],
            state=EnrolmentState.PENDING, requested_at=bills.REQUESTED, start=day, end=date(2026, 12, 30),
        )  # fmt: skip
    for row in Enrolment.objects.filter(state=EnrolmentState.PENDING).order_by("id"):
        decide_enrolment(denise.actor, enrolment_id=row.pk, accept=True)
    close(denise.actor, date(2026, 11, 30), date(2026, 12, 12), activity=town.activities[CANTEEN].pk)
    set_custody(SYSTEM, child=alice.children[1], custody=Custody(CustodyKind.SINGLE, (alice.household.pk,)))
    mails = OutboxMessage.objects.order_by("id")
    assert {m.kind for m in mails} >= {"bookings.enrolment"}
    assert {m.recipient for m in mails} == {alice.user.email}


def test_his_invoices_and_their_pdf_tell_nothing_of_the_other_side(
    alice: Character, bob: Character, remi: Character, town: Reference, booked: Submission, tmp_path: Path
) -> None:
    tom = alice.children[1]
    Schooling.objects.filter(child=tom).update(start=SINCE)
    facts = family_facts([tom.pk], bills.OCTOBER, date(2026, 11, 1))
    mine = [
        d
        for d in bills.october(5, 6, 8, 9, 12, 13, 15, 16)
        if facts.household_on(tom.pk, d) == bob.household.pk
    ]
    bills.book_days(town, tom, EVENING, mine, venue="tilleuls")
    protected = [alice.adult.pk, tom.pk]
    record_protection(SYSTEM, protected_ids=protected, hidden_from_id=bob.adult.pk, evidence="Ordonnance")
    invoice = bills.bill(remi, office_id=town.office.pk).of(bob)
    page = text(bob.client.get(f"/factures/{invoice.reference}/"))
    assert "Tom" in page
    tells_nothing(page)
    paper = tmp_path / "facture.pdf"
    paper.write_bytes(invoice_pdf(bob.actor, reference=invoice.reference))
    words = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Bob Lefèvre" in words
    tells_nothing(words)


def test_the_letter_of_his_key_does_not_name_the_child(
    alice: Character, bob: Character, apart: Submission, tmp_path: Path
) -> None:
    FamilyKey.objects.all().delete()
    bob.adult.user = None
    bob.adult.save()
    key = issue_key(SYSTEM, household=bob.household, adult=bob.adult)
    paper = tmp_path / "cle.pdf"
    paper.write_bytes(make_key_letter(SYSTEM, key_id=key.pk))
    words = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Tom" not in words
    tells_nothing(words)


def test_the_agents_file_of_his_home_and_its_journal_are_silent_without_the_permission(
    alice: Character, bob: Character, denise: Character, apart: Submission
) -> None:
    url = f"/agents/familles/{bob.household.pk}/"
    page = text(denise.client.get(url))
    assert "Tom Moreau-Lefèvre" in page
    assert "Repas" not in page
    tells_nothing(page)
    RoleGrant.objects.create(user=denise.user, permission=Permission.PROTECTION, start=SINCE)
    assert "Repas" in text(denise.client.get(url))


def test_a_search_on_the_screen_of_the_desk_shows_no_address(
    alice: Character, denise: Character, apart: Submission
) -> None:
    page = text(denise.client.post("/agents/recherche/", {"q": "Moreau"}, follow=True))
    assert "Famille Moreau" in page
    assert "rue du Moulin" not in page


def test_an_agent_acting_for_his_home_sees_what_he_sees(
    bob: Character, alice: Character, denise: Character, apart: Submission
) -> None:
    denise.client.post(f"/agents/familles/{bob.household.pk}/agir/")
    assert denise.client.get(f"/reserver/{alice.children[1].pk}/2026-12/").status_code == 404
    tells_nothing(text(denise.client.get("/ma-famille/")))


def test_two_adults_of_one_home_are_hidden_from_each_other_where_it_is_recorded(
    alice: Character, bob: Character
) -> None:
    """Just parted, still in one file: the one from whom the other is hidden reads no telephone of hers."""
    HouseholdMember.objects.create(household=alice.household, person=bob.adult, role="ADULT", start=SINCE)
    record_protection(
        SYSTEM, protected_ids=[alice.adult.pk], hidden_from_id=bob.adult.pk, evidence="Ordonnance"
    )
    page = text(bob.client.get("/ma-famille/"))
    assert "Alice Moreau" not in page
    assert alice.user.email not in page
