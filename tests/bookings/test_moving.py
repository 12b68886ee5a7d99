"""A change of school, of class, a departure: what follows keeps its lateness and its place, what can't is free (I10, I13)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from espace.activities.models import CapacityPool, Slot
from espace.audit.models import AuditEvent
from espace.bookings.enums import BookingState, CancelTiming, EnrolmentState, KeptOut, MoveKind
from espace.bookings.errors import StaleForm
from espace.bookings.models import Booking, Enrolment, WeeklyPattern
from espace.bookings.queries import (
    Departure,
    NewSchool,
    agenda_for,
    grid_for,
    move_preview_for,
    pattern_sheet_for,
)
from espace.bookings.queries.proof import preuve
from espace.bookings.services import apply_pattern, enrol, move_child, preview_pattern
from espace.demo.town import Reference
from espace.families.models import Schooling
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from tests.support.cast import Character
from tests.support.doc_tables import Row, tables_of
from tests.support.town import TODAY

TABLES = tables_of("moves.md")
CANTEEN, WEDNESDAY = "restauration-scolaire", "accueil-de-loisirs-du-mercredi"
FROM = date(2026, 11, 27)
MOVED = date(2027, 1, 4)


@pytest.fixture
def zoe(alice: Character, town: Reference) -> int:
    """The canteen on Mondays and Fridays from this week on, some of it late; Wednesdays at the centre."""
    child = alice.children[0].pk
    ids = [
        enrol(alice.actor, child_id=child, period_id=town.period(s, FROM).pk).pk for s in (CANTEEN, WEDNESDAY)
    ]
    meal, day = town.formulas[CANTEEN, "REPAS"].pk, town.formulas[WEDNESDAY, "JOURNEE"].pk
    asked: dict[str, Any] = {
        "enrolment_ids": ids, "days": [(0, meal), (4, meal), (2, day)], "from_day": FROM,
    }  # fmt: skip
    apply_pattern(
        alice.actor,
        **asked,
        token="jeton-d-ecole-00001",
        expected=preview_pattern(alice.actor, **asked).digest,
    )
    OutboxMessage.objects.all().delete()
    return child


def to_tilleuls(town: Reference, start: date = MOVED) -> NewSchool:
    return NewSchool(town.schools["tilleuls"].pk, None, start)


def move(denise: Character, child: int, change: NewSchool | Departure) -> None:
    expected = move_preview_for(denise.actor, child, change).digest
    move_child(denise.actor, child_id=child, change=change, expected=expected)


def test_it_is_said_before(denise: Character, town: Reference, zoe: int) -> None:
    preview = move_preview_for(denise.actor, zoe, to_tilleuls(town))
    assert {(m.activity, m.kind, m.to.name if m.to else "") for m in preview.enrolments} == {
        ("Restauration scolaire", MoveKind.MOVE, town.venues["tilleuls"].name),
        ("Accueil de loisirs du mercredi", MoveKind.STAY, ""),
    }
    assert {d.day.weekday() for d in preview.moved} == {0, 4}
    assert min(d.day for d in preview.moved) == MOVED
    assert preview.kept_out == []
    assert Schooling.objects.get(child_id=zoe, end=None).school == town.schools["lavoir"]


def test_days_follow_with_their_lateness_and_their_places(
    denise: Character, alice: Character, town: Reference, zoe: int
) -> None:
    canteen = Booking.objects.filter(child_id=zoe, slot__activity__slug=CANTEEN).order_by("date")
    kept = {
        b.pk: (b.requested_at, b.is_late, b.rule_snapshot, b.submission_id, b.origin, b.pinned)
        for b in canteen
    }
    assert any(late for _, late, *_ in kept.values())
    move(denise, zoe, to_tilleuls(town, TODAY))
    rows = list(canteen.all())
    assert {
        b.pk: (b.requested_at, b.is_late, b.rule_snapshot, b.submission_id, b.origin, b.pinned) for b in rows
    } == kept
    assert {b.slot.venue_id for b in rows} == {town.venues["tilleuls"].pk}
    assert {b.state for b in rows} == {BookingState.CONFIRMED}
    assert preuve() == []
    assert set(
        CapacityPool.objects.filter(venue=town.venues["lavoir"])
        .values_list("taken", flat=True)
        .order_by("id")
    ) == {0}
    assert Schooling.objects.get(child_id=zoe, end=None).school == town.schools["tilleuls"]


def test_the_enrolment_and_the_pattern_follow_on_their_day(
    denise: Character, alice: Character, town: Reference, zoe: int
) -> None:
    move(denise, zoe, to_tilleuls(town))
    old, new = Enrolment.objects.filter(child_id=zoe, activity__slug=CANTEEN).order_by("start")
    assert (old.end, new.start, new.venue_id) == (MOVED, MOVED, town.venues["tilleuls"].pk)
    assert (old.state, new.state) == (EnrolmentState.ACCEPTED, EnrolmentState.ACCEPTED)
    assert new.requested_at == old.requested_at
    patterns = WeeklyPattern.objects.filter(enrolment__in=[old, new]).order_by("start")
    assert [(p.start, p.end) for p in patterns] == [(FROM, MOVED), (MOVED, new.end)]
    # Until then she eats where she goes to school, and each day can still be changed.
    venues = {
        e.day: e.venue
        for e in agenda_for(alice.actor, [zoe], FROM, date(2027, 1, 20))
        if e.formula == "Repas"
    }
    names = {day < MOVED: venue for day, venue in venues.items()}
    assert names == {True: town.venues["lavoir"].name, False: town.venues["tilleuls"].name}
    cells = [c for c in grid_for(alice.actor, zoe, date(2026, 12, 1)).cells if c.label == "Repas"]
    assert any(c.is_booked for c in cells)
    sheet = pattern_sheet_for(alice.actor, zoe)
    assert [a.name for a in sheet.activities].count("Restauration scolaire") == 1
    assert {v.partition("-")[0] for v in sheet.chosen} == {"0", "2", "4"}


def test_the_same_week_asked_again_after_the_move_changes_nothing_by_half(
    denise: Character, alice: Character, town: Reference, zoe: int
) -> None:
    move(denise, zoe, to_tilleuls(town))
    sheet = pattern_sheet_for(alice.actor, zoe)
    meal, day = town.formulas[CANTEEN, "REPAS"].pk, town.formulas[WEDNESDAY, "JOURNEE"].pk
    asked: dict[str, Any] = {
        "enrolment_ids": sheet.enrolment_ids, "days": [(0, meal), (2, day)], "from_day": date(2026, 12, 10),
    }  # fmt: skip
    apply_pattern(
        alice.actor,
        **asked,
        token="jeton-d-ecole-00002",
        expected=preview_pattern(alice.actor, **asked).digest,
    )
    meals = Booking.objects.filter(
        child_id=zoe, slot__activity__slug=CANTEEN, state=BookingState.CONFIRMED, date__gte=date(2026, 12, 10)
    ).order_by("date")
    assert {b.date.weekday() for b in meals} == {0}
    assert {b.date >= MOVED: b.slot.venue_id for b in meals} == {
        False: town.venues["lavoir"].pk, True: town.venues["tilleuls"].pk,
    }  # fmt: skip


@pytest.mark.parametrize("row", TABLES["inscriptions"], ids=str)
def test_what_becomes_of_an_enrolment(denise: Character, town: Reference, zoe: int, row: Row) -> None:
    to = row["devient"]
    change = Departure(MOVED) if to == "départ" else NewSchool(town.schools[to].pk, None, MOVED)
    name = town.activities[row["activité"]].name
    found = {m.activity: m.kind for m in move_preview_for(denise.actor, zoe, change).enrolments}
    assert found[name] is MoveKind(row["inscription"])


def test_what_does_not_fit_is_listed_and_given_up_free_of_charge(
    denise: Character, alice: Character, town: Reference, zoe: int
) -> None:
    days = [d.day for d in move_preview_for(denise.actor, zoe, to_tilleuls(town)).moved]
    follows, full, shut, gone = days[:4]
    there = {d: town.slot(CANTEEN, d, venue="tilleuls") for d in (full, shut, gone)}
    CapacityPool.objects.filter(pk=there[full].pool_id).update(capacity=0)
    Slot.objects.filter(pk=there[shut].pk).update(state="CLOSED")
    there[gone].delete()
    preview = move_preview_for(denise.actor, zoe, to_tilleuls(town))
    of_day = {"ouvert, une place": follows, "complet": full, "fermé": shut, "pas proposé": gone}
    found = {d.day: d.why for d in preview.days}
    for row in TABLES["jours"]:
        said = row["le jour réservé"]
        assert found[of_day[row["dans le nouveau lieu, ce jour-là"]]] == (
            None if said == "suit" else KeptOut(said)
        )
    move(denise, zoe, to_tilleuls(town))
    rows = Booking.objects.filter(child_id=zoe, date__in=[full, shut, gone]).order_by("id")
    assert {(b.state, b.cancel_timing) for b in rows} == {(BookingState.CANCELLED, CancelTiming.SERVICE)}
    assert preuve() == []
    (mail,) = OutboxMessage.objects.order_by("id")
    assert mail.recipient == alice.user.email
    for words in ("change d’école", f"désormais à {town.venues['tilleuls'].name}", "rien n’est facturé"):
        assert words in mail.body
    assert (
        AuditEvent.objects.filter(action="bookings.move_child", household_id=alice.household.pk).count() == 1
    )


def test_a_place_taken_behind_the_preview_is_shown_again(
    denise: Character, town: Reference, zoe: int
) -> None:
    change = to_tilleuls(town)
    preview = move_preview_for(denise.actor, zoe, change)
    first = preview.moved[0].slot
    assert first is not None
    CapacityPool.objects.filter(pk=first.pool_id).update(capacity=0)
    with pytest.raises(StaleForm):
        move_child(denise.actor, child_id=zoe, change=change, expected=preview.digest)
    assert Schooling.objects.filter(child_id=zoe).count() == 1


def test_another_class_of_the_same_school_moves_nothing(denise: Character, town: Reference, zoe: int) -> None:
    school_class = next(c for (school, _), c in town.classes.items() if school == "lavoir")
    change = NewSchool(town.schools["lavoir"].pk, school_class.pk, TODAY)
    preview = move_preview_for(denise.actor, zoe, change)
    assert not preview.days
    assert {m.kind for m in preview.enrolments} == {MoveKind.STAY}
    move(denise, zoe, change)
    assert Schooling.objects.get(child_id=zoe, end=None).school_class == school_class
    other = next(c for (school, _), c in town.classes.items() if school == "tilleuls")
    with pytest.raises(NotFound):
        move(denise, zoe, NewSchool(town.schools["lavoir"].pk, other.pk, TODAY))


def test_a_departure_ends_everything_on_its_day(
    denise: Character, alice: Character, town: Reference, zoe: int
) -> None:
    move(denise, zoe, Departure(MOVED))
    assert set(Enrolment.objects.filter(child_id=zoe).order_by("id").values_list("end", flat=True)) == {MOVED}
    after = Booking.objects.filter(child_id=zoe, date__gte=MOVED).order_by("id")
    assert set(after.values_list("state", "cancel_timing")) == {
        (BookingState.CANCELLED, CancelTiming.SERVICE)
    }
    before = Booking.objects.filter(child_id=zoe, date__lt=MOVED).order_by("id")
    assert set(before.values_list("state", flat=True)) == {BookingState.CONFIRMED}
    assert Schooling.objects.get(child_id=zoe).end == MOVED
    assert not WeeklyPattern.objects.filter(end__gt=MOVED).exists()
    assert preuve() == []
    assert "prennent fin le lundi 4 janvier 2027" in OutboxMessage.objects.order_by("id")[0].body


def test_who_left_today_may_come_back(denise: Character, alice: Character, town: Reference, zoe: int) -> None:
    period = town.period(CANTEEN, FROM).pk
    move(denise, zoe, Departure(TODAY))
    row = Enrolment.objects.get(child_id=zoe, period_id=period)
    assert (row.state, row.end) == (EnrolmentState.ENDED, TODAY)
    Schooling.objects.filter(child_id=zoe).update(end=None)
    again = enrol(alice.actor, child_id=zoe, period_id=period)
    assert again.pk != row.pk
    move(denise, zoe, Departure(TODAY + timedelta(days=10)))
    assert enrol(alice.actor, child_id=zoe, period_id=period).pk == again.pk  # still enrolled until then


def test_days_that_wait_for_an_answer_keep_their_place_there(
    denise: Character, alice: Character, town: Reference, zoe: int
) -> None:
    Enrolment.objects.filter(child_id=zoe).update(state=EnrolmentState.PENDING, decided_at=None)
    Booking.objects.filter(child_id=zoe).update(state=BookingState.PENDING_ENROLMENT)
    move(denise, zoe, to_tilleuls(town))
    new = Enrolment.objects.get(child_id=zoe, venue=town.venues["tilleuls"])
    assert (new.state, new.decided_at) == (EnrolmentState.PENDING, None)
    assert set(new.bookings.order_by("id").values_list("state", flat=True)) == {
        BookingState.PENDING_ENROLMENT
    }
    assert preuve() == []


def test_only_an_agent_who_writes_families_may(
    remi: Character, alice: Character, town: Reference, zoe: int
) -> None:
    for actor in (remi.actor, alice.actor):
        with pytest.raises(NotFound):
            move_preview_for(actor, zoe, to_tilleuls(town))
        with pytest.raises(NotFound):
            move_child(actor, child_id=zoe, change=Departure(MOVED), expected="")


def test_the_preview_costs_the_same_for_any_number_of_days(
    denise: Character, town: Reference, zoe: int, django_assert_max_num_queries: Any
) -> None:
    actor = denise.actor
    with django_assert_max_num_queries(9):
        move_preview_for(actor, zoe, to_tilleuls(town))
