"""« Tableau de bord »: what is left to do, the next days, what comes, the bills; and an account without a family."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
import time_machine

from espace.activities.models import Formula
from espace.attendance.services import close_month
from espace.billing import services as billing
from espace.bookings import services as bookings
from espace.demo.town import Reference
from espace.families.enums import KeyRequestState
from espace.families.models import KeyRequest, Person
from espace.families.services import request_key
from espace.kernel import clock
from espace.kernel.actor import SYSTEM
from espace.kernel.calendar import at
from espace.portal.dashboard.pages import greeting
from tests.support.cast import Character, make_account, signed_in

ADDRESS = "/tableau-de-bord/"


def read(someone: Character, status: int = 200) -> str:
    answer = someone.client.get(ADDRESS)
    assert answer.status_code == status
    return answer.content.decode()


def enrol(who: Character, child: Person, activity: str, town: Reference) -> int:
    return bookings.enrol(who.actor, child_id=child.pk, period_id=town.period(activity, town.today).pk).pk


def book_week(who: Character, child: Person, town: Reference, *weekdays: int) -> None:
    """Meals on these weekdays for the year, asked in August."""
    with clock.as_of(at(date(2026, 8, 20), time(10))):
        enrolment = enrol(who, child, "restauration-scolaire", town)
        meal = Formula.objects.get(code="REPAS").pk
        days = [(weekday, meal) for weekday in weekdays]
        wanted = {"enrolment_ids": [enrolment], "days": days, "from_day": date(2026, 9, 1)}
        shown = bookings.preview_pattern(who.actor, **wanted)  # type: ignore[arg-type]
        token = f"{child.pk:032d}"
        bookings.apply_pattern(who.actor, **wanted, token=token, expected=shown.digest)  # type: ignore[arg-type]


def bill_october(town: Reference) -> None:
    office = town.office.pk
    with clock.as_of(at(date(2026, 11, 2), time(10))):
        close_month(SYSTEM, cash_office_id=office, month=date(2026, 10, 1))
        run = billing.open_run(SYSTEM, cash_office_id=office, month=date(2026, 10, 1)).pk
        billing.compute_run(SYSTEM, run_id=run)
        billing.review_run(SYSTEM, run_id=run)
        billing.issue_run(SYSTEM, run_id=run)


def test_nothing_to_do_says_so(alice: Character, town: Reference) -> None:
    for child in alice.children:
        book_week(alice, child, town, 1)
    assert "Bonjour Alice, tout est en ordre." in read(alice)


def test_a_child_enrolled_in_nothing_is_something_to_do(alice: Character, town: Reference) -> None:
    """A parent who has just typed their key was told that all was in order."""
    zoe, tom = alice.children
    page = read(alice)
    assert "Bonjour Alice, il reste deux choses à faire." in page
    for child in (zoe, tom):
        assert f'href="/inscrire/{child.pk}/">Inscrire {child.first_name}</a>' in page
    assert "Ouvert cette année\u00a0: restauration scolaire" in page
    enrol(alice, zoe, "restauration-scolaire", town)
    page = read(alice)
    assert f"/inscrire/{zoe.pk}/" not in page
    assert f"/inscrire/{tom.pk}/" in page


def test_an_enrolment_without_days_is_something_to_do(alice: Character, town: Reference) -> None:
    enrol(alice, alice.children[0], "restauration-scolaire", town)
    enrol(alice, alice.children[0], "accueil-du-soir", town)
    book_week(alice, alice.children[1], town, 1)
    page = read(alice)
    assert "Bonjour Alice, il reste une chose à faire." in page
    assert "Réserver des jours\u00a0: restauration scolaire et accueil du soir" in page
    assert f"/reserver/{alice.children[0].pk}/semaine-type/" in page


def test_the_next_days_of_each_child(alice: Character, town: Reference) -> None:
    book_week(alice, alice.children[0], town, 1, 3)
    page = read(alice)
    assert "Repas" in page
    assert 'datetime="2026-11-24"' in page  # Tuesday
    assert 'datetime="2026-11-26"' in page  # Thursday
    assert "rien de réservé" in page  # Tom


def test_the_deadlines_that_come(alice: Character, town: Reference) -> None:
    book_week(alice, alice.children[0], town, 3)
    page = read(alice)
    # Thursday 26 November: free until Tuesday 24 at noon
    assert "Aujourd’hui à 12\u00a0h" in page
    assert "annuler sans frais le jeudi 26 novembre 2026, pour Zoé (restauration scolaire)" in page


def test_a_bill_to_pay_is_something_to_do(alice: Character, town: Reference) -> None:
    book_week(alice, alice.children[0], town, 1)
    bill_october(town)
    page = read(alice)
    assert "Régler la facture d’octobre 2026" in page
    assert "avant le mercredi 2 décembre 2026" in page
    assert "Octobre 2026" in page


def test_a_bill_past_its_date_says_so(
    alice: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    book_week(alice, alice.children[0], town, 1)
    bill_october(town)
    frozen.move_to(at(date(2026, 12, 10), time(19)))
    alice.client = signed_in(alice.user)  # the session has ended meanwhile
    page = read(alice)
    assert "Bonsoir Alice" in page
    assert "l’échéance était le mercredi 2 décembre 2026" in page


def test_recent_submissions_lead_to_their_acknowledgement(alice: Character, town: Reference) -> None:
    book_week(alice, alice.children[0], town, 1, 3)
    page = read(alice)
    assert "/reserver/fait/RES-" in page
    assert "jours réservés" in page


def test_a_stranger_sees_nothing_of_it(alice: Character, charlie: Character, town: Reference) -> None:
    book_week(alice, alice.children[0], town, 1, 3)
    bill_october(town)
    page = read(charlie)
    assert "Zoé" not in page
    assert "octobre 2026" not in page


def test_the_other_parent_sees_their_own_days_only(alice: Character, bob: Character, town: Reference) -> None:
    tom = alice.children[1]
    book_week(alice, tom, town, 0, 1, 3, 4)
    pages = [read(someone) for someone in (alice, bob)]
    seen = ['<li class="chip"' in page for page in pages]
    assert sorted(seen) == [False, True] or seen == [True, True]
    assert "Zoé" not in pages[1]


def test_an_account_without_a_family(town: Reference) -> None:
    solo = Character(user := make_account("Sam", "Petit"), signed_in(user))
    page = read(solo)
    assert "Bonjour Sam, il reste une chose à faire." in page
    assert 'href="/cle-enfance/"' in page
    assert 'href="/cle-enfance/pas-de-cle/"' in page


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (KeyRequestState.OPEN, "la mairie doit vous répondre."),
        (KeyRequestState.NEW_FAMILY, "la mairie doit vous répondre."),
        (KeyRequestState.LETTER_SENT, "il reste une chose à faire."),
        (KeyRequestState.REFUSED, "il reste une chose à faire."),
    ],
)
def test_an_account_whose_request_waits_is_told_who_acts(
    town: Reference, state: KeyRequestState, sentence: str
) -> None:
    """The key of a letter is to be typed, and a refusal leads to the guichet; the rest is the town's to do."""
    solo = Character(user := make_account("Sam", "Petit"), signed_in(user))
    asked = request_key(
        solo.actor, already_known=True, child_first_name="Léo", child_last_name="Petit",
        child_birth_date=date(2019, 3, 4),
    )  # fmt: skip
    KeyRequest.objects.filter(pk=asked.pk).update(state=state)
    page = read(solo)
    assert f"Bonjour Sam, {sentence}" in page
    assert ("Ce qu’il vous reste à faire" in page) is ("une chose" in sentence)


def test_a_visitor_signs_in_first(town: Reference, client: object) -> None:
    answer = client.get(ADDRESS)  # type: ignore[attr-defined]
    assert answer.status_code == 302
    assert "/connexion/" in answer["Location"]


def test_an_agent_has_their_own_face(denise: Character) -> None:
    assert denise.client.get(ADDRESS).status_code == 302


def test_an_agent_who_acts_sees_the_family(denise: Character, alice: Character, town: Reference) -> None:
    book_week(alice, alice.children[0], town, 1)
    session = denise.client.session
    session["acting_for"] = alice.household.pk
    session.save()
    page = read(denise)
    assert "Zoé" in page
    assert "la famille Moreau" in page


def test_the_dashboard_asks_few_questions(
    alice: Character, bob: Character, town: Reference, django_assert_max_num_queries: object
) -> None:
    for child in alice.children:
        book_week(alice, child, town, 1, 3)
        enrol(alice, child, "accueil-du-soir", town)
    bill_october(town)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        read(alice)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("tasks", "hour", "sentence"),
    [
        (0, 8, "Bonjour Alice, tout est en ordre."),
        (1, 8, "Bonjour Alice, il reste une chose à faire."),
        (2, 20, "Bonsoir Alice, il reste deux choses à faire."),
        (14, 8, "Bonjour Alice, il reste 14 choses à faire."),
    ],
)
def test_the_sentence(tasks: int, hour: int, sentence: str) -> None:
    assert (
        greeting("Alice", tasks, datetime(2026, 11, 24, tzinfo=clock.PARIS) + timedelta(hours=hour))
        == sentence
    )
