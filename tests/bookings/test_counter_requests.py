"""A request left at the counter: late or not is judged at its stamp, which an agent alone may give."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from espace.activities.errors import DeadlinePassed
from espace.audit.models import AuditEvent
from espace.bookings.errors import (
    AskedInTheFuture,
    AskedTooLongAgo,
    NotAtTheCounter,
    StaleForm,
    StampReasonNeeded,
)
from espace.bookings.models import Booking, Enrolment, Submission
from espace.bookings.queries.proof import preuve
from espace.bookings.services import apply_changes, apply_pattern, enrol, preview_changes, preview_pattern
from espace.demo.town import Reference
from espace.kernel.actor import Actor
from espace.notifications.models import OutboxMessage
from tests.support.cast import Character
from tests.support.doc_tables import Row, day_of, instant_of, tables_of

CANTEEN = "restauration-scolaire"
DAY, SOON = date(2026, 12, 10), date(2026, 11, 30)
PARIS = ZoneInfo("Europe/Paris")
STAMP = datetime(2026, 11, 12, 9, 30, tzinfo=PARIS)
TOKEN = "jeton-de-formulaire-0001"
WHY = "Formulaire papier du 12 novembre"
REFUSED = {
    "refusé : plus de 60 jours": AskedTooLongAgo,
    "refusé : à venir": AskedInTheFuture,
    "refusé : jour passé": DeadlinePassed,
}


@pytest.fixture
def agent(denise: Character, alice: Character) -> Actor:
    """Denise, who acts for Alice's family."""
    return denise.acting_for(alice.household)


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, DAY).pk)
    OutboxMessage.objects.all().delete()
    return child


def key_in(agent: Actor, child: int, slot: int, *, reason: str = WHY) -> Submission:
    expected = preview_changes(agent, child_id=child, add=[slot], remove=[], stamped_at=STAMP).digest
    return apply_changes(
        agent, child_id=child, add=[slot], remove=[], token=TOKEN, expected=expected, stamped_at=STAMP, reason=reason
    )  # fmt: skip


@pytest.mark.parametrize(
    "row", tables_of("deadlines.md")["guichet"], ids=lambda row: f"{row['tampon']} {row['on est']}"
)
def test_the_stamp_decides(
    agent: Actor, zoe: int, town: Reference, frozen: time_machine.Traveller, row: Row
) -> None:
    frozen.move_to(instant_of(row["saisi le"]))
    slot, stamp = town.slot(CANTEEN, day_of(row["pour le"])).pk, instant_of(row["tampon"])
    expected = REFUSED.get(row["on est"])
    if expected in (AskedTooLongAgo, AskedInTheFuture):
        with pytest.raises(expected):
            preview_changes(agent, child_id=zoe, add=[slot], remove=[], stamped_at=stamp)
        return
    (line,) = preview_changes(agent, child_id=zoe, add=[slot], remove=[], stamped_at=stamp).lines
    if expected is not None:
        assert isinstance(line.problem, expected)
    else:
        assert (line.problem, line.is_late) == (None, row["on est"] == "hors délai")


def test_what_is_kept_has_both_dates_and_the_reason(agent: Actor, zoe: int, town: Reference) -> None:
    done = key_in(agent, zoe, town.slot(CANTEEN, SOON).pk)
    booking = Booking.objects.get()
    assert (booking.requested_at, booking.is_late) == (STAMP, False)
    assert "dans les délais" in booking.rule_snapshot["words"]
    assert (done.stamped_at, done.at) == (STAMP, datetime(2026, 11, 24, 10, 0, tzinfo=PARIS))
    event = AuditEvent.objects.get(action="bookings.change")
    assert event.payload is not None
    assert (event.payload["asked_at"], event.reason) == (STAMP.isoformat(), WHY)
    body = OutboxMessage.objects.get().body.replace("\u00a0", " ")
    assert "Elle compte à la date de votre dépôt au guichet : jeudi 12 novembre 2026 à 9 h 30." in body
    assert preuve() == []


def test_a_cancellation_is_judged_at_its_stamp_too(
    agent: Actor, zoe: int, town: Reference, frozen: time_machine.Traveller
) -> None:
    key_in(agent, zoe, town.slot(CANTEEN, date(2026, 11, 26)).pk)
    booking, noon = Booking.objects.get().pk, datetime(2026, 11, 24, 12, 0, tzinfo=PARIS)
    frozen.move_to(noon.replace(hour=15))
    for stamp, stays_due in ((None, True), (noon, False), (noon.replace(minute=1), True)):
        (line,) = preview_changes(agent, child_id=zoe, add=[], remove=[booking], stamped_at=stamp).lines
        assert line.stays_due is stays_due


def test_a_parent_never_dates_a_request(alice: Character, zoe: int, town: Reference) -> None:
    slot = town.slot(CANTEEN, SOON).pk
    with pytest.raises(NotAtTheCounter):
        preview_changes(alice.actor, child_id=zoe, add=[slot], remove=[], stamped_at=STAMP)
    expected = preview_changes(alice.actor, child_id=zoe, add=[slot], remove=[]).digest
    with pytest.raises(NotAtTheCounter):
        apply_changes(
            alice.actor, child_id=zoe, add=[slot], remove=[], token=TOKEN, expected=expected, stamped_at=STAMP, reason=WHY
        )  # fmt: skip
    with pytest.raises(NotAtTheCounter):
        enrol(
            alice.actor,
            child_id=alice.children[1].pk,
            period_id=town.period(CANTEEN, DAY).pk,
            stamped_at=STAMP,
            reason=WHY,
        )
    assert not Booking.objects.exists()
    assert Enrolment.objects.count() == 1


def test_an_earlier_date_needs_its_reason(agent: Actor, zoe: int, town: Reference) -> None:
    with pytest.raises(StampReasonNeeded):
        key_in(agent, zoe, town.slot(CANTEEN, SOON).pk, reason="  ")
    assert not Booking.objects.exists()


def test_the_date_is_part_of_what_was_agreed_to(agent: Actor, zoe: int, town: Reference) -> None:
    """Even when both dates have the same consequence."""
    slot = town.slot(CANTEEN, DAY).pk
    expected = preview_changes(agent, child_id=zoe, add=[slot], remove=[]).digest
    with pytest.raises(StaleForm):
        apply_changes(
            agent, child_id=zoe, add=[slot], remove=[], token=TOKEN, expected=expected, stamped_at=STAMP, reason=WHY
        )  # fmt: skip


def test_a_weekly_pattern_is_judged_at_its_stamp(agent: Actor, zoe: int, town: Reference) -> None:
    pattern = {
        "enrolment_ids": [Enrolment.objects.get().pk],
        "days": [(0, town.slot(CANTEEN, SOON).formula_id)],
        "from_day": SOON,
    }
    assert len(preview_pattern(agent, **pattern).late) == 2  # type: ignore[arg-type]
    recap = preview_pattern(agent, **pattern, stamped_at=STAMP)  # type: ignore[arg-type]
    assert not recap.late
    apply_pattern(agent, **pattern, token=TOKEN, expected=recap.digest, stamped_at=STAMP, reason=WHY)  # type: ignore[arg-type]
    assert set(Booking.objects.values_list("requested_at", "is_late").order_by()) == {(STAMP, False)}


def test_an_enrolment_takes_its_rank_at_its_stamp(agent: Actor, alice: Character, town: Reference) -> None:
    made = enrol(
        agent,
        child_id=alice.children[0].pk,
        period_id=town.period(CANTEEN, DAY).pk,
        stamped_at=STAMP,
        reason=WHY,
    )
    assert made.requested_at == STAMP
    event = AuditEvent.objects.get(action="bookings.enrol")
    assert event.payload is not None
    assert (event.payload["asked_at"], event.reason) == (STAMP.isoformat(), WHY)


def test_a_booking_that_is_not_dated_by_its_request_is_said(agent: Actor, zoe: int, town: Reference) -> None:
    done = key_in(agent, zoe, town.slot(CANTEEN, SOON).pk)
    Booking.objects.update(requested_at=done.at)
    assert preuve() == [
        f"La réservation {Booking.objects.get().pk} n’a pas la date de sa demande {done.reference}."
    ]


def test_no_request_is_stamped_after_it_was_keyed(agent: Actor, zoe: int, town: Reference) -> None:
    done = key_in(agent, zoe, town.slot(CANTEEN, SOON).pk)
    with pytest.raises(IntegrityError, match="bookings_asked_before_it_was_keyed"), transaction.atomic():
        Submission.objects.update(stamped_at=done.at.replace(year=2027))
