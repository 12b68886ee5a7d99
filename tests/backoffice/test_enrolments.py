"""Enrolments that wait for an agent."""

from __future__ import annotations

from datetime import date

import pytest

from espace.activities.models import CapacityPool
from espace.audit.models import AuditEvent
from espace.backoffice.activities.views import PER_PAGE
from espace.bookings.enums import BookingState, EnrolmentState
from espace.bookings.errors import AlreadyDecided, NotAllowed
from espace.bookings.models import Booking, Enrolment
from espace.bookings.services import apply_changes, decide_enrolment, enrol, preview_changes
from espace.demo.town import Reference
from espace.families.models import Person
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from tests.portal.test_booking_month import text
from tests.support.cast import Character

SPORT, DAY = "vacances-sport", date(2026, 12, 22)


@pytest.fixture
def asked(alice: Character, town: Reference) -> Enrolment:
    """Zoé asks for sport at Christmas, and books a day meanwhile."""
    child = alice.children[0].pk
    found = enrol(alice.actor, child_id=child, period_id=town.period(SPORT, DAY).pk)
    slot = town.slot(SPORT, DAY).pk
    expected = preview_changes(alice.actor, child_id=child, add=[slot], remove=[]).digest
    apply_changes(
        alice.actor, child_id=child, add=[slot], remove=[], token="jeton-du-sport-0001", expected=expected
    )
    OutboxMessage.objects.all().delete()
    return found


def taken() -> int:
    return sum(CapacityPool.objects.order_by("id").values_list("taken", flat=True))


def url(enrolment: Enrolment) -> str:
    return f"/agents/inscriptions/{enrolment.pk}/"


def test_a_pending_day_holds_its_place_and_is_late_when_asked(asked: Enrolment) -> None:
    booking = Booking.objects.get()
    assert (booking.state, booking.is_late) == (BookingState.PENDING_ENROLMENT, True)
    assert taken() == 1


def test_the_agent_sees_what_waits(denise: Character, asked: Enrolment) -> None:
    page = text(denise.client.get("/agents/inscriptions/"))
    for expected in ("Zoé Moreau", "Vacances sport", "mardi 24 novembre 2026 à 10 h", "Jours en attente 1"):
        assert expected in page


def test_what_waits_in_a_large_town_comes_a_page_at_a_time(
    denise: Character, asked: Enrolment, django_assert_max_num_queries: object
) -> None:
    born = [Person(first_name=f"Enfant {n}", last_name="Moreau", search_text="") for n in range(PER_PAGE)]
    Enrolment.objects.bulk_create(
        Enrolment(
            child=child, activity=asked.activity, period=asked.period, venue=asked.venue, state=asked.state,
            requested_at=asked.requested_at, start=asked.start, end=asked.end,
        )
        for child in Person.objects.bulk_create(born)
    )  # fmt: skip
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        first = text(denise.client.get("/agents/inscriptions/"))
    assert "Zoé Moreau" in first
    assert first.count("Jours en attente") == PER_PAGE
    assert "Enfant 19 Moreau" in text(denise.client.get("/agents/inscriptions/?page=2"))


def test_accepting_confirms_the_days_and_tells_the_family(
    denise: Character, alice: Character, asked: Enrolment
) -> None:
    answer = denise.client.post(url(asked), {"decision": "oui"}, follow=True)
    assert "L’inscription de Zoé est acceptée, la famille est prévenue" in text(answer)
    asked.refresh_from_db()
    assert asked.state == EnrolmentState.ACCEPTED
    assert (Booking.objects.get().state, taken()) == (BookingState.CONFIRMED, 1)
    message = OutboxMessage.objects.get()
    assert (message.recipient, "acceptée" in message.body) == (alice.user.email, True)
    assert AuditEvent.objects.filter(
        action="bookings.accept_enrolment", household_id=alice.household.pk
    ).exists()


def test_refusing_frees_the_days_and_says_why(denise: Character, asked: Enrolment) -> None:
    denise.client.post(url(asked), {"decision": "non", "reason": "Le stage est complet."})
    asked.refresh_from_db()
    assert asked.state == EnrolmentState.REFUSED
    assert (Booking.objects.get().state, taken()) == (BookingState.REFUSED, 0)
    assert "Le stage est complet." in OutboxMessage.objects.get().body
    assert AuditEvent.objects.get(action="bookings.refuse_enrolment").reason == "Le stage est complet."


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"decision": "non"}, "Indiquez le motif"),
        ({"decision": "peut-être"}, "Rechargez la page"),
        ({}, "Rechargez la page"),
        ({"decision": "non", "reason": "x" * 501}, "500"),
        ({"decision": "non", "reason": "\u202e"}, "signe que nous ne pouvons pas garder"),
    ],
)
def test_bad_input_decides_nothing(
    denise: Character, asked: Enrolment, sent: dict[str, str], said: str
) -> None:
    assert said in text(denise.client.post(url(asked), sent, follow=True))
    asked.refresh_from_db()
    assert asked.state == EnrolmentState.PENDING


def test_a_decision_is_given_once(denise: Character, asked: Enrolment) -> None:
    decide_enrolment(denise.actor, enrolment_id=asked.pk, accept=True)
    with pytest.raises(AlreadyDecided):
        decide_enrolment(denise.actor, enrolment_id=asked.pk, accept=False, reason="Trop tard")
    assert denise.client.post("/agents/inscriptions/999999/", {"decision": "oui"}).status_code == 404
    with pytest.raises(NotFound):
        decide_enrolment(denise.actor, enrolment_id=999_999, accept=True)


def test_only_an_agent_of_the_enrolments_decides(alice: Character, remi: Character, asked: Enrolment) -> None:
    for who in (alice, remi):
        assert who.client.get("/agents/inscriptions/").status_code == 404
        assert who.client.post(url(asked), {"decision": "oui"}).status_code == 404
        with pytest.raises(NotAllowed):
            decide_enrolment(who.actor, enrolment_id=asked.pk, accept=True)


def test_the_menu_and_the_home_count_what_waits_and_the_card_leads_to_the_family(
    denise: Character, alice: Character, asked: Enrolment
) -> None:
    home = text(denise.client.get("/agents/"))
    assert "Inscriptions 1 en attente" in home
    assert "1 inscription à décider, depuis mar. 24 nov." in home
    family = f"/agents/familles/{alice.household.pk}/"
    assert (
        f'<a href="{family}">Famille Moreau</a>'
        in denise.client.get("/agents/inscriptions/").content.decode()
    )
    assert "1 inscription à décider" in text(denise.client.get(family))


def test_the_journal_says_whose_days_which_and_under_what_reference(
    denise: Character, alice: Character, asked: Enrolment
) -> None:
    page = text(denise.client.get(f"/agents/familles/{alice.household.pk}/"))
    assert "inscrit un enfant : Zoé, Vacances sport" in page
    assert "change des réservations : Zoé, réserve 22 déc., RES-" in page
