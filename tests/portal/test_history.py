"""« Historique »: who did what, when, under which rule, in the family's words; and the story of one booking."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.activities.enums import EventEffect
from espace.audit.models import AuditEvent
from espace.audit.services import record
from espace.bookings.models import Booking, Enrolment
from espace.bookings.services import (
    apply_changes,
    decide_enrolment,
    declare_event,
    enrol,
    preview_changes,
    undo_event,
)
from espace.demo.town import Reference
from espace.families.models import Guardianship, HouseholdMember
from espace.families.services import record_protection, set_health_plan
from espace.kernel.actor import SYSTEM, Actor
from espace.portal.history.words import BY_ITS_FORM, REASON_TOLD, TITLES
from tests.backoffice.test_journal_words import ESPACE, acts_of_a_family
from tests.portal.test_booking_month import check, confirm
from tests.support.absences import announce
from tests.support.cast import Character
from tests.support.events import draft
from tests.support.pages import StrictClient
from tests.support.statements import MOST

CANTEEN, SPORT = "restauration-scolaire", "vacances-sport"
THURSDAY, MONDAY = date(2026, 12, 17), date(2026, 12, 14)


def read(client: StrictClient, url: str = "/historique/") -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\u00a0", " ")


def book(
    who: Character, town: Reference, *days: date, actor: Actor | None = None, reason: str = ""
) -> Booking:
    child, acting = who.children[0].pk, actor or who.actor
    if not Enrolment.objects.filter(child_id=child).exists():
        enrol(who.actor, child_id=child, period_id=town.period(CANTEEN, days[0]).pk)
    slots = [town.slot(CANTEEN, day).pk for day in days]
    expected = preview_changes(acting, child_id=child, add=slots, remove=[]).digest
    done = apply_changes(
        acting,
        child_id=child,
        add=slots,
        remove=[],
        token="jeton-historique-" + "-".join(map(str, slots)),
        expected=expected,
        reason=reason,
    )
    return done.bookings.order_by("date")[0]


def cancel(who: Character, booking: Booking) -> None:
    child = who.children[0].pk
    expected = preview_changes(who.actor, child_id=child, add=[], remove=[booking.pk]).digest
    apply_changes(
        who.actor,
        child_id=child,
        add=[],
        remove=[booking.pk],
        token=f"jeton-annule-{booking.pk:08d}",
        expected=expected,
    )


# What is read -----------------------------------------------------------------------------------------------------


def test_nothing_yet(alice: Character) -> None:
    assert "Rien pour l’instant" in read(alice.client)


def test_a_request_and_a_cancellation(
    alice: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    booking = book(alice, town, MONDAY, THURSDAY)
    frozen.shift(timedelta(hours=1))
    cancel(alice, booking)
    page = read(alice.client)
    assert page.index("1 jour annulé") < page.index("2 jours réservés") < page.index("Inscription demandée")
    assert "10 h, vous" in page
    assert "Dans les délais." in page
    assert "Zoé : Repas, lundi 14 décembre 2026" in page
    assert f'href="/historique/reservation/{booking.pk}/"' in page
    assert "Accusé de réception " in page


def test_days_booked_late_are_counted(alice: Character, town: Reference) -> None:
    book(alice, town, date(2026, 12, 3), THURSDAY)
    assert "Dont 1 hors délai." in read(alice.client)


def test_the_other_adult_is_named_and_an_agent_is_not(
    alice: Character, bob: Character, denise: Character, town: Reference
) -> None:
    HouseholdMember.objects.create(
        household=alice.household, person=bob.adult, role="ADULT", start=date(2026, 1, 1)
    )
    book(alice, town, THURSDAY)
    book(
        alice, town, MONDAY, actor=denise.acting_for(alice.household), reason="Appel de la mère, hospitalisée"
    )
    assert "Alice Moreau" in read(bob.client)
    page = read(alice.client)
    assert "un agent de la mairie, pour vous" in page
    assert "Denise" not in page
    assert "hospitalisée" not in page


def test_an_answer_with_its_reason(alice: Character, denise: Character, town: Reference) -> None:
    asked = enrol(
        alice.actor, child_id=alice.children[0].pk, period_id=town.period(SPORT, date(2026, 12, 22)).pk
    )
    decide_enrolment(
        denise.actor, enrolment_id=asked.pk, accept=False, reason="Le stage est réservé aux collégiens"
    )
    page = read(alice.client)
    assert "Inscription refusée" in page
    assert "Motif : Le stage est réservé aux collégiens" in page
    assert "un agent de la mairie" in page


def test_an_event_and_its_undoing(alice: Character, denise: Character, town: Reference) -> None:
    book(alice, town, THURSDAY)
    done = declare_event(denise.actor, draft=draft(EventEffect.CLOSED, THURSDAY, reason="Panne de chauffage"))
    page = read(alice.client)
    assert "Réservations annulées par la commune, sans frais" in page
    assert "Grève : Panne de chauffage" in page
    assert "1 réservation concernée" in page
    undo_event(denise.actor, event_id=done.event_id)
    page = read(alice.client)
    assert "Événement qui n’a plus lieu" in page
    assert "1 réservation rétablie" in page


def test_an_absence_never_says_why(alice: Character, town: Reference) -> None:
    zoe = alice.children[0]
    book(alice, town, date(2026, 12, 3))
    announce(alice.actor, [zoe], date(2026, 12, 3), date(2026, 12, 4))
    page = read(alice.client)
    assert "Absence annoncée" in page
    assert "Zoé, le jeudi 3 décembre 2026" in page
    assert "malad" not in page.lower().replace("malade aujourd’hui", "")


def test_protected_acts_are_not_there(alice: Character, town: Reference) -> None:
    set_health_plan(SYSTEM, child=alice.children[0], packed_lunch=True, detail="Arachide")
    record(SYSTEM, "families.read_health_plan", object_kind="person", household_id=alice.household.pk)
    assert AuditEvent.objects.filter(household_id=alice.household.pk).exists()
    assert "Rien pour l’instant" in read(alice.client)


def test_nothing_is_told_of_a_child_protected_from_the_reader(
    alice: Character, bob: Character, town: Reference
) -> None:
    tom, day = alice.children[1], date(2026, 12, 17)
    asked = enrol(alice.actor, child_id=tom.pk, period_id=town.period(CANTEEN, day).pk)
    for home in (alice.household, bob.household):
        record(SYSTEM, "bookings.enrol", object_kind="enrolment", object_id=asked.pk, household_id=home.pk)
    assert "Tom" in read(bob.client)
    record_protection(SYSTEM, protected_ids=[tom.pk], hidden_from_id=bob.adult.pk, evidence="Ordonnance")
    assert "Rien pour l’instant" in read(bob.client)
    assert "Tom" in read(alice.client)


def test_every_act_on_bookings_has_the_family_s_words() -> None:
    done = {
        act
        for path in ESPACE.glob("*/**/*.py")
        for act in acts_of_a_family(ast.parse(path.read_text(encoding="utf-8")))
        if act.startswith(("bookings.", "attendance."))
    }
    assert done - set(TITLES) == {BY_ITS_FORM}
    assert set(TITLES) >= REASON_TOLD
    assert {act.partition(".")[0] for act in TITLES} == {"bookings", "attendance"}


# Whose it is ------------------------------------------------------------------------------------------------------


def test_each_home_reads_its_own(
    alice: Character, bob: Character, charlie: Character, town: Reference
) -> None:
    booking = book(alice, town, THURSDAY)
    assert "1 jour réservé" in read(alice.client)
    for other in (bob, charlie):
        assert "Rien pour l’instant" in read(other.client)
        assert other.client.get(f"/historique/reservation/{booking.pk}/").status_code == 404


def test_a_shared_child_s_booking_is_its_day_s_home_s(
    alice: Character, bob: Character, town: Reference
) -> None:
    tom = alice.children[1]
    day = date(2026, 12, 17)
    enrol(alice.actor, child_id=tom.pk, period_id=town.period(CANTEEN, day).pk)
    booking = Booking.objects.create(
        child=tom, slot=town.slot(CANTEEN, day, venue="tilleuls"), enrolment=Enrolment.objects.get(child=tom), date=day,
        state="CONFIRMED", origin="UNIT", requested_at=AuditEvent.objects.order_by("id")[0].at, rule_snapshot={},
    )  # fmt: skip
    statuses = {who.client.get(f"/historique/reservation/{booking.pk}/").status_code for who in (alice, bob)}
    assert statuses == {200, 404}


def test_who_left_the_home_reads_nothing(alice: Character, town: Reference) -> None:
    booking = book(alice, town, THURSDAY)
    HouseholdMember.objects.filter(person=alice.adult).update(end=date(2026, 11, 24))
    assert "Rien pour l’instant" in read(alice.client)
    assert alice.client.get(f"/historique/reservation/{booking.pk}/").status_code == 404


def test_a_child_whose_agenda_is_not_theirs_is_not_named(alice: Character, town: Reference) -> None:
    book(alice, town, THURSDAY)
    Guardianship.objects.filter(child=alice.children[0]).update(can_see_agenda=False)
    assert "Zoé" not in read(alice.client)


# One booking ------------------------------------------------------------------------------------------------------


def test_the_rule_is_told_as_it_was(
    alice: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    booking = book(alice, town, THURSDAY)
    page = read(alice.client, f"/historique/reservation/{booking.pk}/")
    assert (
        "Demandé le mardi 24 novembre 2026 à 10 h ; limite sans majoration : mercredi 2 décembre 2026 à 23 h 59."
        in page
    )
    assert "dans les délais" in page
    frozen.shift(timedelta(hours=1))
    cancel(alice, booking)
    page = read(alice.client, f"/historique/reservation/{booking.pk}/")
    assert "Annulé dans les délais : rien n’est dû." in page
    assert "Mardi 24 novembre 2026 à 11 h" in page


def test_a_day_that_an_event_took_says_which(alice: Character, denise: Character, town: Reference) -> None:
    booking = book(alice, town, THURSDAY)
    declare_event(denise.actor, draft=draft(EventEffect.CLOSED, THURSDAY))
    page = read(alice.client, f"/historique/reservation/{booking.pk}/")
    assert "Annulé par la commune : rien n’est dû. Grève : Grève nationale" in page


# Pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["?page=2", "?page=999", "?page=abc", "?page=-1"])
def test_it_is_paginated(query: str, alice: Character, town: Reference) -> None:
    booking = book(alice, town, THURSDAY)
    for _number in range(24):
        record(
            alice.actor, "bookings.leave_list", object_kind="booking", object_id=booking.pk,
            household_id=alice.household.pk,
        )  # fmt: skip
    first, other = read(alice.client), read(alice.client, f"/historique/{query}")
    assert first.count("<li><p><b>") == 20
    assert "Pages" in first
    if query in ("?page=2", "?page=999"):
        assert "Inscription demandée" in other


def test_a_long_page_asks_little(alice: Character, denise: Character, town: Reference) -> None:
    zoe = alice.children[0]
    book(alice, town, date(2026, 12, 3), THURSDAY, MONDAY)
    announce(alice.actor, [zoe], date(2026, 12, 3), date(2026, 12, 4))
    declare_event(denise.actor, draft=draft(EventEffect.CLOSED, THURSDAY))
    assert confirm(
        alice.client, zoe.pk, check(alice.client, zoe.pk, tick=(town.slot(CANTEEN, date(2026, 12, 15)).pk,))
    )
    with CaptureQueriesContext(connection) as asked:
        read(alice.client)
    assert len(asked) <= MOST, [q["sql"][:90] for q in asked]
