"""Collective events at the guichet: counted, then declared in one act; undone, counted before too."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from espace.activities.enums import SlotState
from espace.activities.errors import EventInThePast, NothingThere, NotYoursToChange, PeriodWithoutDays
from espace.activities.models import CapacityPool, CollectiveEvent, Slot
from espace.attendance.errors import MonthNotOver
from espace.attendance.services import close_month
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState, CancelTiming
from espace.bookings.models import Booking
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference
from espace.notifications.models import OutboxMessage
from tests.portal.test_booking_month import text
from tests.support.bills import book
from tests.support.cast import Character
from tests.support.events import close

CANTEEN, DAY = "restauration-scolaire", date(2026, 12, 10)
SENT = {
    "who": "TOWN",
    "activity": "",
    "first": "2026-12-10",
    "last": "2026-12-11",
    "kind": "STRIKE",
    "effect": "CLOSED",
    "to_venue": "",
    "reason": "Grève nationale",
}
DECLARE, CONFIRM = "/agents/evenements/declarer/", "/agents/evenements/confirmer/"


@pytest.fixture
def booked(alice: Character, charlie: Character, town: Reference) -> int:
    """Two families have two days each in the canteen of « lavoir »; returns its activity."""
    for who in (alice, charlie):
        child = who.children[0].pk
        enrol(who.actor, child_id=child, period_id=town.period(CANTEEN, DAY).pk)
        slots = [town.slot(CANTEEN, day).pk for day in (DAY, date(2026, 12, 11))]
        expected = preview_changes(who.actor, child_id=child, add=slots, remove=[]).digest
        apply_changes(
            who.actor,
            child_id=child,
            add=slots,
            remove=[],
            token=f"jeton-{who.user.username}-0001",
            expected=expected,
        )
    OutboxMessage.objects.all().delete()
    return town.activities[CANTEEN].pk


def test_it_is_counted_before(denise: Character, booked: int) -> None:
    page = text(denise.client.post(DECLARE, {**SENT, "activity": str(booked)}))
    for expected in (
        "Restauration scolaire",
        "du jeudi 10 décembre 2026 au vendredi 11 décembre 2026",
        "Réservations annulées sans frais 4",
        "Enfants concernés 2",
        "Foyers prévenus 2",
        "Repas parmi ces réservations 4",
        "Montant qui ne sera plus facturé 8,20 €",
        "Famille Moreau F-00001 Zoé 2",
        "Famille Nguyen F-00003 Lina 2",
    ):
        assert expected in page
    assert not CollectiveEvent.objects.exists()
    assert Booking.objects.filter(state=BookingState.CONFIRMED).count() == 4


def test_it_closes_cancels_frees_and_tells_in_one_act(
    denise: Character, alice: Character, booked: int
) -> None:
    answer = denise.client.post(CONFIRM, {**SENT, "activity": str(booked)}, follow=True)
    assert "4 réservations annulées sans frais, 2 foyers prévenus" in text(answer)
    assert "Grève nationale" in text(answer)
    states = Booking.objects.order_by("id").values_list("state", "cancel_timing")
    assert set(states) == {(BookingState.CANCELLED, CancelTiming.SERVICE)}
    assert not CapacityPool.objects.exclude(taken=0).exists()
    assert set(
        Slot.objects.filter(date=DAY, activity_id=booked).order_by("id").values_list("state", "closed_reason")
    ) == {(SlotState.CLOSED, "Grève nationale")}
    messages = OutboxMessage.objects.order_by("id")
    assert len(messages) == 2
    assert "jeudi 10 décembre 2026" in messages[0].body
    assert "Grève nationale" in messages[0].body
    events = AuditEvent.objects.filter(action="bookings.cancel_by_service").order_by("id")
    assert {e.household_id for e in events} >= {alice.household.pk}
    assert AuditEvent.objects.filter(action="activities.declare_event").count() == 1


def test_the_parent_reads_why(denise: Character, alice: Character, booked: int) -> None:
    close(denise.actor, DAY)
    page = text(alice.client.get(f"/reserver/{alice.children[0].pk}/2026-12/"))
    assert "Grève nationale. Vos réservations ont été retirées, rien n’est facturé." in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first": ""}, "obligatoire"),
        ({"first": "hier"}, "Écrivez la date en chiffres"),
        ({"last": "2026-12-09"}, "Le dernier jour est avant le premier"),
        ({"first": "2026-11-23"}, "Un événement se déclare à partir d’aujourd’hui"),
        ({"last": "2029-12-09"}, "Un événement dure un an au plus"),
        ({"reason": ""}, "Indiquez le motif"),
        ({"reason": "x" * 201}, "200"),
        ({"reason": "Gr\u202eève"}, "signe que nous ne pouvons pas garder"),
        ({"activity": "999999"}, "Choisissez dans la liste"),
        ({"who": ""}, "Choisissez qui est concerné"),
        ({"who": "CLASS-999999"}, "Choisissez dans la liste"),
        ({"to_venue": "\x00", "effect": "MOVED"}, "Choisissez dans la liste"),
        ({"effect": "MOVED"}, "Choisissez le lieu où vont les enfants"),
        ({"effect": ""}, "Choisissez ce que deviennent les réservations"),
        ({"kind": "x"}, "Choisissez dans la liste"),
        ({"first": "2026-12-12", "last": "2026-12-13"}, "il n’y a rien à changer"),
    ],
)
def test_bad_input_declares_nothing(
    denise: Character, town: Reference, change: dict[str, str], said: str
) -> None:
    for path in (DECLARE, CONFIRM):
        answer = denise.client.post(path, {**SENT, **change}, follow=True)
        assert answer.status_code == 200
        assert said in text(answer), path
    assert not CollectiveEvent.objects.exists()


def test_what_was_typed_can_be_corrected(denise: Character, town: Reference) -> None:
    page = denise.client.post(DECLARE, {**SENT, "modifier": "1"}).content.decode()
    assert 'value="Grève nationale"' in page


def test_only_an_agent_of_the_activities_declares(alice: Character, remi: Character, town: Reference) -> None:
    for who in (alice, remi):
        for path in ("/agents/evenements/", DECLARE, "/agents/cuisine/"):
            assert who.client.get(path).status_code == 404
        assert who.client.post(CONFIRM, SENT).status_code == 404
        with pytest.raises(NotYoursToChange):
            close(who.actor, DAY)


def test_an_event_without_days_or_slots_is_refused(denise: Character, town: Reference) -> None:
    with pytest.raises(PeriodWithoutDays):
        close(denise.actor, DAY, DAY)
    with pytest.raises(NothingThere):
        close(denise.actor, date(2026, 12, 12))


def test_a_day_gone_by_is_not_closed(denise: Character, alice: Character, town: Reference) -> None:
    """It may be billed already, and « sans frais » would be false."""
    booking = book(alice.children[0], town.slot(CANTEEN, date(2026, 11, 23)))
    with pytest.raises(EventInThePast, match="à partir d’aujourd’hui"):
        close(denise.actor, date(2026, 11, 23), date(2026, 11, 26))
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    assert not OutboxMessage.objects.exists()
    close(denise.actor, date(2026, 11, 24), date(2026, 11, 25))  # today can


@pytest.mark.parametrize("now", ["2026-11-30 23:59:30+01:00", "2026-12-01 00:00:30+01:00"])
def test_no_closure_touches_a_closed_month(
    denise: Character, remi: Character, town: Reference, frozen: time_machine.Traveller, now: str
) -> None:
    """At every instant a month is either still open to closures or may be closed for billing, never both."""
    frozen.move_to(now)
    may_be_billed = True
    try:
        close_month(remi.actor, cash_office_id=town.office.pk, month=date(2026, 11, 1))
    except MonthNotOver:
        may_be_billed = False
    may_be_shut = True
    try:
        close(denise.actor, date(2026, 11, 30), date(2026, 12, 1))
    except EventInThePast:
        may_be_shut = False
    assert may_be_billed is not may_be_shut


def moving(town: Reference, to: str) -> dict[str, str]:
    return {
        **SENT,
        "who": f"VENUE-{town.venues['lavoir'].pk}",
        "activity": str(town.activities[CANTEEN].pk),
        "effect": "MOVED",
        "to_venue": str(town.venues[to].pk),
    }


def test_what_cannot_be_moved_is_listed_and_asks_for_an_answer(
    denise: Character, booked: int, town: Reference
) -> None:
    """Nothing is done until the agent says what becomes of it; and the form comes back as it was."""
    sent = moving(town, "gymnase")
    page = text(denise.client.post(DECLARE, sent))
    assert "Réservations sans place dans l’autre lieu 4" in page
    assert "Zoé, Repas, jeudi 10 décembre 2026 : pas de tel accueil là-bas" in page
    answer = text(denise.client.post(CONFIRM, sent))
    assert "Choisissez d’annuler leurs réservations sans frais, ou un autre lieu" in answer
    assert not CollectiveEvent.objects.exists()
    done = text(denise.client.post(CONFIRM, {**sent, "cancel_left_out": "on"}, follow=True))
    assert "4 réservations annulées sans frais, 2 foyers prévenus" in done


def test_a_full_place_moves_who_fits(denise: Character, booked: int, town: Reference) -> None:
    pool = town.slot(CANTEEN, DAY, venue="tilleuls").pool_id
    CapacityPool.objects.filter(pk=pool).update(capacity=1)
    page = text(denise.client.post(DECLARE, moving(town, "tilleuls")))
    assert "Réservations déplacées 3" in page
    assert "Lina, Repas, jeudi 10 décembre 2026 : plus de place" in page


def test_the_list_tells_coming_and_undone_and_undoes(denise: Character, booked: int) -> None:
    event = close(denise.actor, DAY).event_id
    page = text(denise.client.get("/agents/evenements/"))
    assert "Jeudi 10 décembre 2026 Grève Toute la commune Toutes les activités Fermé" in page
    undo = f"/agents/evenements/{event}/annuler/"
    assert "Réservations rétablies 2" in text(denise.client.get(undo))
    done = text(denise.client.post(undo, follow=True))
    assert "Événement annulé : 2 réservations rétablies, 2 foyers prévenus" in done
    assert "annulé le" in done
    again = text(denise.client.post(undo, follow=True))
    assert "déjà annulé : rien n’a été fait deux fois" in again
    assert "Il ne peut plus être annulé" in text(denise.client.get(undo))


def test_queries_stay_few(denise: Character, booked: int, django_assert_max_num_queries: object) -> None:
    """However many the bookings, the households and the days."""
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        denise.client.get("/agents/evenements/")
    with django_assert_max_num_queries(31):  # type: ignore[operator]
        denise.client.post(DECLARE, SENT)
    event = close(denise.actor, DAY).event_id
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        denise.client.get(f"/agents/evenements/{event}/annuler/")
