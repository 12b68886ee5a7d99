"""Proving an absence, reading the proof, and what a bill makes of it."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
import time_machine

from espace.attendance import queries, services
from espace.attendance.enums import Consequence, Proof, ProofState
from espace.attendance.errors import (
    AlreadySigned,
    BadPolicy,
    LaterPolicy,
    NothingToCheck,
    NotSigned,
    PolicyInThePast,
    ProofAlreadyAccepted,
    ProofNotNeeded,
    RefusalNeedsReason,
)
from espace.attendance.models import AbsenceDeclaration, AbsencePolicy
from espace.attendance.queries.consumption import excuses
from espace.attendance.rules import Policy
from espace.billing.errors import AnomaliesLeft
from espace.billing.models import Charge, InvoiceLine
from espace.billing.services import compute_run, review_run
from espace.bookings.enums import CancelTiming
from espace.bookings.models import Booking
from espace.demo.town import Reference
from espace.documents.errors import NotADocument
from espace.documents.models import Document, DocumentUse
from espace.documents.services import Upload
from espace.kernel.actor import Permission
from espace.kernel.calendar import at
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.notifications.models import OutboxMessage
from tests.support.absences import CANTEEN, CERTIFICATE, EVENING, MONDAY, TUESDAY, UPLOAD, announce, week
from tests.support.bills import book, compute
from tests.support.cast import Character, make_agent

OCTOBER_WEEK = [date(2026, 10, day) for day in (5, 6, 8, 9, 12)]
BACK = date(2026, 10, 13)


@pytest.fixture
def hana(town: Reference) -> Character:
    """The agent who may read health documents."""
    return make_agent("Hana", "Petit", (Permission.HEALTH, Permission.FAMILIES_READ))


@pytest.fixture
def away(
    alice: Character, town: Reference, frozen: time_machine.Traveller
) -> tuple[AbsenceDeclaration, list[Booking]]:
    """Five meals of October, announced on the Monday morning at eight; the first two days cannot be cancelled."""
    frozen.move_to("2026-10-05 08:00:00+02:00")
    bookings = week(town, alice.children[0], *OCTOBER_WEEK)
    (declaration,) = announce(alice.actor, alice.children[:1], OCTOBER_WEEK[0], BACK)
    return declaration, bookings


def send(alice: Character, declaration: AbsenceDeclaration) -> AbsenceDeclaration:
    return services.send_certificate(alice.actor, declaration_id=declaration.pk, upload=UPLOAD)


def check(hana: Character, declaration: AbsenceDeclaration, *, accept: bool = True, reason: str = "") -> None:
    declaration.refresh_from_db()
    assert declaration.document_id is not None
    services.check_proof(
        hana.actor, declaration_id=declaration.pk, document_id=declaration.document_id, accept=accept, reason=reason
    )  # fmt: skip


def test_a_certificate_in_time_excuses_what_was_due(
    alice: Character, hana: Character, away: tuple[AbsenceDeclaration, list[Booking]]
) -> None:
    declaration, _bookings = away
    view = queries.absence_for(alice.actor, declaration.pk)
    assert [line.consequence for line in view.lines].count(Consequence.IF_PROVED) == 2
    send(alice, declaration)
    check(hana, declaration)
    view = queries.absence_for(alice.actor, declaration.pk)
    assert {line.consequence for line in view.lines} == {Consequence.FREE}
    assert view.state is ProofState.ACCEPTED
    assert "certificat reçu le lun. 5\u00a0oct." in view.lines[0].why
    assert (DocumentUse.objects.get().subject_id, Document.objects.get().review_state) == (
        declaration.pk,
        "ACCEPTED",
    )


def test_a_late_certificate_is_taken_and_leaves_two_days(
    alice: Character, away: tuple[AbsenceDeclaration, list[Booking]], frozen: time_machine.Traveller
) -> None:
    declaration, _bookings = away
    frozen.move_to("2026-10-12 09:00:00+02:00")
    view = queries.absence_for(alice.actor, declaration.pk)
    assert {line.consequence for line in view.lines} == {Consequence.CARENCE, Consequence.FREE}
    send(alice, declaration)
    assert "2 jours de carence" in queries.absence_for(alice.actor, declaration.pk).lines[0].why


def test_after_the_last_limit_it_is_taken_and_changes_nothing(
    alice: Character, away: tuple[AbsenceDeclaration, list[Booking]], frozen: time_machine.Traveller
) -> None:
    declaration, _bookings = away
    frozen.move_to("2026-10-16 09:00:00+02:00")
    assert queries.absence_for(alice.actor, declaration.pk).lines[0].consequence is Consequence.DUE
    assert send(alice, declaration).proof_state == ProofState.RECEIVED
    assert queries.absence_for(alice.actor, declaration.pk).lines[0].consequence is Consequence.DUE


def test_a_refused_certificate_is_told_with_its_reason_and_may_be_sent_again(
    alice: Character, hana: Character, away: tuple[AbsenceDeclaration, list[Booking]]
) -> None:
    declaration, _bookings = away
    send(alice, declaration)
    with pytest.raises(RefusalNeedsReason):
        check(hana, declaration, accept=False)
    check(hana, declaration, accept=False, reason="La photo est illisible.")
    message = OutboxMessage.objects.get(subject__contains="à renvoyer")
    assert "Motif\u00a0: La photo est illisible." in message.body
    view = queries.absence_for(alice.actor, declaration.pk)
    assert (view.state, view.lines[0].consequence) == (ProofState.REFUSED, Consequence.IF_PROVED)
    assert view.may_send
    assert [p.is_refused for p in queries.absences_now_later(alice.actor, TUESDAY, MONDAY).answer.proofs] == [
        True
    ]
    send(alice, declaration)
    assert Document.objects.count() == 1  # the other one is erased


def test_an_agent_decides_on_the_certificate_they_read(
    alice: Character, hana: Character, denise: Character, away: tuple[AbsenceDeclaration, list[Booking]]
) -> None:
    declaration, _bookings = away
    first = send(alice, declaration).document_id
    assert first is not None
    send(alice, declaration)
    with pytest.raises(NothingToCheck):
        services.check_proof(hana.actor, declaration_id=declaration.pk, document_id=first, accept=True)
    with pytest.raises(NotFound):  # without the health permission
        check(denise, declaration)
    assert queries.proofs_to_check_for(denise.actor) == []
    (waiting,) = queries.proofs_to_check_for(hana.actor)
    assert waiting.id == declaration.pk
    check(hana, declaration)
    with pytest.raises(NothingToCheck):
        check(hana, declaration)
    with pytest.raises(ProofAlreadyAccepted):
        send(alice, declaration)


def test_what_is_not_a_document_changes_nothing(
    alice: Character, away: tuple[AbsenceDeclaration, list[Booking]]
) -> None:
    declaration, _bookings = away
    with pytest.raises(NotADocument):
        services.send_certificate(
            alice.actor, declaration_id=declaration.pk, upload=Upload("a.pdf", b"<html>", 6)
        )
    declaration.refresh_from_db()
    assert (declaration.proof_state, Document.objects.count()) == (ProofState.AWAITED, 0)


def test_a_declaration_on_honour_is_signed_once(alice: Character, town: Reference) -> None:
    zoe = alice.children[0]
    week(town, zoe, TUESDAY, activity=EVENING)
    (declaration,) = announce(alice.actor, [zoe], TUESDAY, MONDAY)
    assert (declaration.needed, declaration.proof_state) == (Proof.DECLARATION, ProofState.AWAITED)
    with pytest.raises(NotSigned):
        services.sign(alice.actor, declaration_id=declaration.pk, agreed=False)
    with pytest.raises(ProofNotNeeded):
        send(alice, declaration)
    signed = services.sign(alice.actor, declaration_id=declaration.pk, agreed=True)
    assert (signed.proof_state, signed.honour_version) == (ProofState.ACCEPTED, "2026-11")
    with pytest.raises(AlreadySigned):
        services.sign(alice.actor, declaration_id=declaration.pk, agreed=True)
    assert queries.absence_for(alice.actor, declaration.pk).lines[0].consequence is Consequence.FREE


def test_an_absence_that_costs_nothing_asks_for_nothing(alice: Character, town: Reference) -> None:
    week(town, alice.children[0], MONDAY)
    (declaration,) = announce(alice.actor, alice.children[:1], MONDAY, MONDAY + timedelta(days=1))
    assert (declaration.needed, declaration.proof_state) == (Proof.NONE, ProofState.NOT_NEEDED)
    with pytest.raises(ProofNotNeeded):
        send(alice, declaration)
    assert queries.absences_now_later(alice.actor, TUESDAY, MONDAY).answer.proofs == []


# The bill -------------------------------------------------------------------------------------------------------


def lines_of(
    remi: Character, town: Reference, frozen: time_machine.Traveller, month: date
) -> list[InvoiceLine]:
    frozen.move_to(at((month + timedelta(days=32)).replace(day=2), time(12)))
    compute(remi, month, office_id=town.office.pk)
    return list(InvoiceLine.objects.order_by("position"))


def test_an_excused_day_explains_itself_on_the_bill(
    alice: Character,
    hana: Character,
    remi: Character,
    town: Reference,
    away: tuple[AbsenceDeclaration, list[Booking]],
    frozen: time_machine.Traveller,
) -> None:
    declaration, _bookings = away
    week(town, alice.children[0], date(2026, 10, 15))  # and one meal eaten
    frozen.move_to("2026-10-07 09:00:00+02:00")
    send(alice, declaration)
    check(hana, declaration)
    lines = lines_of(remi, town, frozen, date(2026, 10, 1))
    assert [(line.amount, line.detail) for line in lines] == [
        (Money(0), "les 5 et 6 octobre, absence justifiée\u00a0: certificat reçu le mer. 7\u00a0oct."),
        (Money(235), "jeudi 15 octobre 2026"),
    ]


def test_two_days_of_carence_say_so(
    alice: Character,
    hana: Character,
    remi: Character,
    town: Reference,
    away: tuple[AbsenceDeclaration, list[Booking]],
    frozen: time_machine.Traveller,
) -> None:
    declaration, _bookings = away
    frozen.move_to("2026-10-12 09:00:00+02:00")
    send(alice, declaration)
    check(hana, declaration)
    (line,) = lines_of(remi, town, frozen, date(2026, 10, 1))
    assert line.amount == Money(470)
    assert "2 jours de carence\u00a0: certificat reçu le lun. 12\u00a0oct. hors délai" in line.detail
    assert "donc dû" in str(line.steps)


def test_without_a_proof_the_days_are_due(
    alice: Character,
    remi: Character,
    town: Reference,
    away: tuple[AbsenceDeclaration, list[Booking]],
    frozen: time_machine.Traveller,
) -> None:
    (line,) = lines_of(remi, town, frozen, date(2026, 10, 1))
    assert (line.amount, line.detail) == (Money(470), "les 5 et 6 octobre, absence non justifiée")


def test_a_family_that_owes_nothing_gets_no_bill_of_nothing(
    alice: Character,
    hana: Character,
    remi: Character,
    town: Reference,
    away: tuple[AbsenceDeclaration, list[Booking]],
    frozen: time_machine.Traveller,
) -> None:
    declaration, _bookings = away
    send(alice, declaration)
    check(hana, declaration)
    assert lines_of(remi, town, frozen, date(2026, 10, 1)) == []


def test_a_certificate_to_read_holds_the_month(
    alice: Character,
    hana: Character,
    remi: Character,
    town: Reference,
    away: tuple[AbsenceDeclaration, list[Booking]],
    frozen: time_machine.Traveller,
) -> None:
    declaration, _bookings = away
    send(alice, declaration)
    frozen.move_to("2026-11-02 12:00:00+01:00")
    run = compute(remi, date(2026, 10, 1), office_id=town.office.pk)
    with pytest.raises(AnomaliesLeft):
        review_run(remi.actor, run_id=run.pk)
    check(hana, declaration)
    compute_run(remi.actor, run_id=run.pk)
    review_run(remi.actor, run_id=run.pk)
    assert not Charge.objects.exists()


def test_a_meal_given_up_too_late_the_same_morning_is_excused_too(
    alice: Character, hana: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    """A family that cancelled before it knew of absences loses nothing."""
    given_up = book(alice.children[0], town.slot(CANTEEN, TUESDAY), cancelled=CancelTiming.LATE)
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    assert not excuses(TUESDAY, MONDAY)[given_up.pk].excused
    send(alice, declaration)
    check(hana, declaration)
    assert excuses(TUESDAY, MONDAY)[given_up.pk].excused


def test_the_carence_of_an_absence_over_two_months_is_counted_once(
    alice: Character, hana: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    frozen.move_to("2026-11-28 10:00:00+01:00")
    days = [date(2026, 11, 26), date(2026, 11, 27), MONDAY, date(2026, 12, 1)]
    bookings = week(town, alice.children[0], *days)
    (declaration,) = announce(alice.actor, alice.children[:1], days[0], date(2026, 12, 2))
    frozen.move_to("2026-12-04 10:00:00+01:00")  # late: two days of carence
    send(alice, declaration)
    check(hana, declaration)
    november, december = (
        excuses(date(2026, 11, 1), date(2026, 12, 1)),
        excuses(date(2026, 12, 1), date(2027, 1, 1)),
    )
    assert [november[b.pk].excused for b in bookings[:3]] == [False, False, True]
    assert december[bookings[3].pk].excused


# What the town asks -----------------------------------------------------------------------------------------------


def test_a_rule_changes_from_a_day_on(town: Reference, denise: Character) -> None:
    canteen = town.activities[CANTEEN].pk
    milder = Policy(Proof.DECLARATION, delay=5, refused_after=5)
    services.set_policy(denise.actor, activity_id=canteen, policy=milder, start=date(2027, 1, 4))
    rows = AbsencePolicy.objects.filter(activity=canteen).order_by("start")
    assert [(r.proof, r.end) for r in rows] == [("CERTIFICATE", date(2027, 1, 4)), ("DECLARATION", None)]
    services.set_policy(denise.actor, activity_id=canteen, policy=CERTIFICATE, start=date(2027, 1, 4))
    assert rows.count() == 2


def test_a_rule_that_cannot_be_is_told(town: Reference, denise: Character, remi: Character) -> None:
    canteen = town.activities[CANTEEN].pk
    with pytest.raises(BadPolicy, match="finir avant"):
        services.set_policy(
            denise.actor,
            activity_id=canteen,
            policy=Policy(Proof.NONE, delay=5, refused_after=2),
            start=TUESDAY,
        )
    with pytest.raises(PolicyInThePast):
        services.set_policy(denise.actor, activity_id=canteen, policy=CERTIFICATE, start=date(2026, 11, 23))
    services.set_policy(denise.actor, activity_id=canteen, policy=CERTIFICATE, start=date(2027, 1, 4))
    with pytest.raises(LaterPolicy):
        services.set_policy(denise.actor, activity_id=canteen, policy=CERTIFICATE, start=MONDAY)
    with pytest.raises(NotFound):
        services.set_policy(remi.actor, activity_id=canteen, policy=CERTIFICATE, start=MONDAY)
