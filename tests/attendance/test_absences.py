"""An absence announced: bookings marked, places given back, families and sites told, nothing said of health."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from espace.activities.models import CapacityPool, Venue
from espace.attendance import queries, services
from espace.attendance.enums import AbsenceReason, Consequence, Mark, Proof, ProofState
from espace.attendance.errors import (
    AbsenceChanged,
    AbsenceTooEarly,
    AbsenceTooLong,
    AbsenceTooOld,
    AlreadyDeclared,
    NothingBooked,
    ProlongAnew,
    ReturnBeforeStart,
    ReturnInThePast,
    SameReturn,
    TooLateToWithdraw,
)
from espace.attendance.models import AbsenceDeclaration, AbsentBooking
from espace.attendance.queries.proof import preuve
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState
from espace.bookings.models import Booking
from espace.bookings.queries.proof import preuve as prove_places
from espace.demo.town import Reference
from espace.families.queries import family_facts
from espace.kernel.calendar import PARIS
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from tests.support.absences import (
    EVENING,
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    UPLOAD,
    WEDNESDAY,
    announce,
    move,
    week,
)
from tests.support.cast import Character

WED = date(2026, 11, 25)
HEALTH_WORDS = ("malad", "médic", "medic", "certificat", "santé", "docteur", "médecin", "fièvre", "varicelle")


@pytest.fixture
def zoe_week(town: Reference, alice: Character) -> list[Booking]:
    """Zoé's meals of Tuesday, Thursday, Friday and Monday, and the whole Wednesday."""
    zoe = alice.children[0]
    return [
        *week(town, zoe, TUESDAY),
        *week(town, zoe, WED, activity=WEDNESDAY),
        *week(town, zoe, THURSDAY, FRIDAY, MONDAY),
    ]


def states(bookings: list[Booking]) -> list[tuple[str, str]]:
    return [
        (b.state, b.cancel_timing)
        for b in Booking.objects.filter(pk__in=[b.pk for b in bookings]).order_by("date")
    ]


def test_one_act_for_all_the_bookings_of_those_days(alice: Character, zoe_week: list[Booking]) -> None:
    """Tuesday 10:00: today's place is kept, tomorrow's is freed, from Thursday on the limit is not over: free."""
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    assert states(zoe_week) == [
        ("CONFIRMED", ""),
        ("CANCELLED", "ABSENCE"),
        ("CANCELLED", "IN_TIME"),
        ("CANCELLED", "IN_TIME"),
        ("CONFIRMED", ""),
    ]
    marks = AbsentBooking.objects.filter(declaration=declaration).order_by("booking__date")
    assert [m.mark for m in marks] == [Mark.KEPT, Mark.FREED, Mark.IN_TIME, Mark.IN_TIME]
    assert (declaration.needed, declaration.proof_state) == (Proof.CERTIFICATE, ProofState.AWAITED)
    assert declaration.prove_by is not None
    assert f"{declaration.prove_by.astimezone(PARIS):%d/%m %H:%M}" == "27/11 23:59"
    assert preuve() == prove_places() == []


def test_the_consequence_is_said_first(alice: Character, zoe_week: list[Booking]) -> None:
    zoe = alice.children[0]
    plan = queries.lay_out(alice.actor, child_ids=[zoe.pk], start=TUESDAY, end=MONDAY)
    assert [line.consequence for line in plan.lines] == [
        Consequence.IF_PROVED,
        Consequence.IF_PROVED,
        Consequence.FREE,
        Consequence.FREE,
    ]
    assert not AbsenceDeclaration.objects.exists()
    (terms,) = plan.terms
    assert (terms.proof, len(terms.activities)) == (Proof.CERTIFICATE, 2)


def test_declaring_twice_is_told_and_changes_nothing(alice: Character, zoe_week: list[Booking]) -> None:
    (first,) = announce(alice.actor, alice.children[:1], TUESDAY, FRIDAY)
    before = OutboxMessage.objects.count()
    for start, end in ((TUESDAY, FRIDAY), (THURSDAY, MONDAY)):
        with pytest.raises(AlreadyDeclared, match="Zoé est déjà annoncée, du mardi 24") as told:
            announce(alice.actor, alice.children[:1], start, end)
        assert told.value.declaration_id == first.pk
    assert AbsenceDeclaration.objects.count() == 1
    assert OutboxMessage.objects.count() == before


def test_what_was_shown_is_what_is_done(
    alice: Character, zoe_week: list[Booking], frozen: time_machine.Traveller
) -> None:
    """At noon Thursday can no longer be cancelled for nothing: the page is shown again."""
    zoe = alice.children[0]
    plan = queries.lay_out(alice.actor, child_ids=[zoe.pk], start=TUESDAY, end=MONDAY)
    frozen.shift(timedelta(hours=3))
    with pytest.raises(AbsenceChanged) as told:
        services.declare_absence(
            alice.actor, child_ids=[zoe.pk], start=TUESDAY, end=MONDAY, reason=AbsenceReason.ILLNESS,
            expected=plan.digest,
        )  # fmt: skip
    assert isinstance(told.value.plan, queries.AbsencePlan)
    assert not AbsenceDeclaration.objects.exists()


def test_several_children_each_have_their_own(
    alice: Character, town: Reference, zoe_week: list[Booking]
) -> None:
    zoe, tom = alice.children
    week(town, tom, TUESDAY, activity=EVENING, venue="tilleuls")
    made = announce(alice.actor, [zoe, tom], TUESDAY, THURSDAY, signed=True)
    assert [(d.child_id, d.needed, d.proof_state) for d in made] == [
        (zoe.pk, Proof.CERTIFICATE, ProofState.AWAITED),
        (tom.pk, Proof.DECLARATION, ProofState.ACCEPTED),  # signed, nothing else is asked
    ]
    assert (made[0].signed_at, made[1].signed_at is not None) == (None, True)


def test_a_child_without_bookings_has_nothing_to_announce(alice: Character, zoe_week: list[Booking]) -> None:
    zoe, tom = alice.children
    with pytest.raises(NothingBooked, match="Tom"):
        announce(alice.actor, [tom], TUESDAY, MONDAY)
    assert [d.child_id for d in announce(alice.actor, [zoe, tom], TUESDAY, MONDAY)] == [zoe.pk]


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (MONDAY, MONDAY, ReturnBeforeStart),
        (MONDAY, TUESDAY, ReturnBeforeStart),
        (date(2026, 12, 9), date(2026, 12, 10), AbsenceTooEarly),
        (date(2026, 9, 26), MONDAY, AbsenceTooLong),
        (date(2026, 9, 20), date(2026, 9, 22), AbsenceTooOld),
    ],
)
def test_days_that_cannot_be_announced(
    alice: Character, zoe_week: list[Booking], start: date, end: date, why: type[Exception]
) -> None:
    with pytest.raises(why):
        announce(alice.actor, alice.children[:1], start, end)
    assert not AbsenceDeclaration.objects.exists()


def test_a_stranger_and_an_agent_who_acts_for_nobody_find_nobody(
    alice: Character, charlie: Character, denise: Character, zoe_week: list[Booking]
) -> None:
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    for someone in (charlie, denise):
        with pytest.raises(NotFound):
            announce(someone.actor, alice.children[:1], TUESDAY, MONDAY)
        with pytest.raises(NotFound):
            services.withdraw(someone.actor, declaration_id=declaration.pk)
        with pytest.raises(NotFound):
            services.lay_out_change(someone.actor, declaration_id=declaration.pk, end=FRIDAY)
        with pytest.raises(NotFound):
            services.send_certificate(someone.actor, declaration_id=declaration.pk, upload=UPLOAD)
        assert queries.absences_for(someone.actor) == []


def test_the_other_parent_sees_neither_the_absence_nor_its_days(
    alice: Character, bob: Character, town: Reference
) -> None:
    """Tom is at Alice's this week, at Bob's the next: each announces their own days."""
    tom = alice.children[1]
    days = (TUESDAY, date(2026, 12, 1))
    homes = family_facts([tom.pk], TUESDAY, MONDAY + timedelta(days=7))
    here, there = sorted(days, key=lambda day: homes.household_on(tom.pk, day) != alice.household.pk)
    week(town, tom, here, there, venue="tilleuls")
    (mine,) = announce(alice.actor, [tom], here, here + timedelta(days=1))
    with pytest.raises(NothingBooked):
        announce(alice.actor, [tom], there, there + timedelta(days=1))
    with pytest.raises(NotFound):
        queries.absence_for(bob.actor, mine.pk)
    assert queries.absences_for(bob.actor) == []
    assert (
        queries.absent_later(bob.actor, [c.pk for c in alice.children], TUESDAY, date(2026, 12, 31)).answer
        == []
    )
    (theirs,) = announce(bob.actor, [tom], there, there + timedelta(days=1))
    with pytest.raises(NotFound):
        queries.absence_for(alice.actor, theirs.pk)


# Correcting -----------------------------------------------------------------------------------------------------


def test_coming_back_sooner_takes_the_days_again(alice: Character, zoe_week: list[Booking]) -> None:
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    assert move(alice.actor, declaration, THURSDAY).left == ()
    assert [state for state, _ in states(zoe_week)] == [
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
        "CONFIRMED",
        "CONFIRMED",
    ]
    assert not Booking.objects.filter(pinned=True, state=BookingState.CONFIRMED, origin="PATTERN").exists()
    assert preuve() == prove_places() == []


def test_a_day_whose_limit_is_over_stays_absent(
    alice: Character, zoe_week: list[Booking], frozen: time_machine.Traveller
) -> None:
    """The meal of Wednesday is ordered on Tuesday at noon."""
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, THURSDAY)
    frozen.shift(timedelta(hours=3))
    assert move(alice.actor, declaration, WED).left == ((WED, "Journée"),)
    assert states(zoe_week)[1] == ("CANCELLED", "ABSENCE")
    assert preuve() == []


def test_a_place_that_went_to_another_child_is_not_owed(
    alice: Character, charlie: Character, town: Reference, zoe_week: list[Booking]
) -> None:
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    pool = zoe_week[3].slot.pool_id  # Friday's
    CapacityPool.objects.filter(pk=pool).update(capacity=1)
    week(town, charlie.children[0], FRIDAY)
    CapacityPool.objects.filter(pk=pool).update(taken=1)
    assert move(alice.actor, declaration, THURSDAY).left == ((FRIDAY, "Repas"),)
    assert states(zoe_week)[2:4] == [("CONFIRMED", ""), ("CANCELLED", "IN_TIME")]
    assert "n’ont pas pu être repris" in OutboxMessage.objects.get(kind="attendance.change").body


def test_coming_back_later_covers_more_days(alice: Character, zoe_week: list[Booking]) -> None:
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, WED)
    move(alice.actor, declaration, date(2026, 12, 1))
    assert [state for state, _ in states(zoe_week)] == ["CONFIRMED", *["CANCELLED"] * 4]
    assert AbsentBooking.objects.filter(declaration=declaration).count() == 5


def test_days_after_a_certificate_need_their_own(alice: Character, zoe_week: list[Booking]) -> None:
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, WED)
    services.send_certificate(alice.actor, declaration_id=declaration.pk, upload=UPLOAD)
    with pytest.raises(ProlongAnew):
        move(alice.actor, declaration, FRIDAY)
    assert len(announce(alice.actor, alice.children[:1], WED, FRIDAY)) == 1


def test_a_return_that_makes_no_sense_is_told(
    alice: Character, zoe_week: list[Booking], frozen: time_machine.Traveller
) -> None:
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    for end, why in ((MONDAY, SameReturn), (TUESDAY, ReturnBeforeStart)):
        with pytest.raises(why):
            move(alice.actor, declaration, end)
    frozen.shift(timedelta(days=3))
    with pytest.raises(ReturnInThePast):
        move(alice.actor, declaration, WED)


def test_withdrawn_on_the_first_morning_it_never_was(alice: Character, zoe_week: list[Booking]) -> None:
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    assert services.withdraw(alice.actor, declaration_id=declaration.pk).left == ()
    assert {state for state, _ in states(zoe_week)} == {"CONFIRMED"}
    assert not AbsentBooking.objects.exists()
    assert preuve() == prove_places() == []
    with pytest.raises(NotFound):
        services.withdraw(alice.actor, declaration_id=declaration.pk)
    announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)  # and may be announced again


def test_once_begun_it_is_not_withdrawn(
    alice: Character, zoe_week: list[Booking], frozen: time_machine.Traveller
) -> None:
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    frozen.shift(timedelta(days=1))
    with pytest.raises(TooLateToWithdraw):
        services.withdraw(alice.actor, declaration_id=declaration.pk)


# Who is told ----------------------------------------------------------------------------------------------------


def test_the_site_the_kitchen_and_the_family_are_told(
    alice: Character, town: Reference, zoe_week: list[Booking]
) -> None:
    Venue.objects.filter(pk=town.venues["centre"].pk).update(email="")
    announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    mail = {m.recipient: m for m in OutboxMessage.objects.order_by("id")}
    assert "mar. 24\xa0nov., Repas\xa0: Zoé Moreau" in mail["lavoir@sites.clairval-sur-aune.example"].body
    assert (
        "mer. 25\xa0nov., Journée\xa0: Zoé Moreau" in mail["guichet@clairval-sur-aune.example"].body
    )  # the centre has none
    kitchen = mail["cuisine@clairval-sur-aune.example"].body
    assert "mar. 24\xa0nov., École élémentaire du Lavoir\xa0: 1 repas en moins" in kitchen
    assert "mer. 25\xa0nov., Centre de loisirs du Moulin\xa0: 1 repas en moins" in kitchen
    assert "Zoé" not in kitchen
    told = mail[alice.user.email].body
    assert "mar. 24\xa0nov., Repas\xa0: dû, sauf justificatif" in told
    assert "jeu. 26\xa0nov., Repas\xa0: rien n’est facturé" in told
    assert "avant le vendredi 27 novembre 2026 à 23\u00a0h\u00a059" in told


def test_nothing_says_a_word_of_health(alice: Character, denise: Character, zoe_week: list[Booking]) -> None:
    """Neither a message, nor the journal."""
    (declaration,) = announce(alice.actor, alice.children[:1], TUESDAY, MONDAY)
    services.send_certificate(alice.actor, declaration_id=declaration.pk, upload=UPLOAD)
    move(alice.actor, declaration, FRIDAY)
    said = [f"{m.subject} {m.body} {m.kind}" for m in OutboxMessage.objects.order_by("id")]
    said += [f"{e.action} {e.payload} {e.reason} {e.object_kind}" for e in AuditEvent.objects.order_by("id")]
    assert len(said) > 6
    assert [(word, s) for s in said for word in HEALTH_WORDS if word in s.lower()] == []


def test_at_the_counter_the_day_stamped_is_the_one_that_counts(
    alice: Character, denise: Character, zoe_week: list[Booking], frozen: time_machine.Traveller
) -> None:
    """Asked on Tuesday, keyed on Thursday: Friday was still free to cancel."""
    frozen.shift(timedelta(days=2))
    actor = denise.acting_for(alice.household)
    (declaration,) = announce(actor, alice.children[:1], TUESDAY, MONDAY, stamped_on=TUESDAY)
    assert f"{declaration.declared_at.astimezone(PARIS):%d/%m %H:%M}" == "24/11 00:00"
    assert declaration.declared_by == "Denise Roux"
    assert (
        dict(AbsentBooking.objects.order_by("id").values_list("booking__date", "mark"))[FRIDAY]
        == Mark.IN_TIME
    )
