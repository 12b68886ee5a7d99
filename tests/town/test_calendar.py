"""Correcting the calendar: a bridge declared closed, a range, and back to what was published."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import override_settings

from espace.activities.enums import Action, Anchor, OffsetUnit, Timing
from espace.activities.models import DeadlineRule, DeadlineTier
from espace.activities.queries import catalogue
from espace.audit.models import AuditEvent
from espace.bookings.queries import calendar_preview_for
from espace.bookings.queries.limits import Dated, Limits
from espace.demo.town import Reference
from espace.kernel import db
from espace.kernel.calendar import PARIS, DayKind
from espace.kernel.errors import NotFound
from espace.town.enums import DayKindStored
from espace.town.errors import (
    CalendarEmpty,
    CorrectionReasonNeeded,
    DaysNotKnown,
    LabelNeeded,
    NoDays,
    NothingToCorrect,
    NotYourCalendar,
)
from espace.town.models import CalendarDay
from espace.town.queries import calendar
from espace.town.rules import Wanted
from espace.town.services import correct_days
from tests.support.bills import book
from tests.support.cast import Character
from tests.support.doc_tables import day_of, instant_of, tables_of

CANTEEN = "restauration-scolaire"
BRIDGE = Wanted(DayKindStored.CLOSED, "Pont de l’Ascension")
FRIDAY, SATURDAY = date(2026, 12, 11), date(2026, 12, 12)
CLOSED = Wanted(DayKindStored.CLOSED, "Journée des enseignants")
WHY = "Décision du conseil d’école"


@pytest.fixture
def by_school_days(town: Reference) -> int:
    """The canteen as in Rontalon: booked until the school day before, at 11:00; returns its activity."""
    activity = town.activities[CANTEEN].pk
    DeadlineRule.objects.filter(activity_id=activity).delete()
    for action in (Action.BOOK, Action.CANCEL):
        rule = DeadlineRule.objects.create(activity_id=activity, action=action)
        DeadlineTier.objects.create(
            rule=rule,
            position=1,
            timing=Timing.IN_TIME,
            anchor=Anchor.SLOT_DAY,
            offset=1,
            unit=OffsetUnit.SCHOOL_DAYS,
            at=time(11),
        )
    return activity


def limit_of(activity: int, period: int, day: date) -> datetime:
    (found,) = Limits(catalogue(), datetime(2026, 5, 4, tzinfo=PARIS), day, day.replace(day=28)).of(
        Dated(activity, period, day), Action.BOOK
    )
    return found[1]


def test_the_missing_bridge_is_declared_and_the_limit_follows(
    denise: Character, town: Reference, by_school_days: int
) -> None:
    """The two last rows of the table of bridges, through the database."""
    rows = [r for r in tables_of("deadlines.md")["ponts"] if "18/05/2026" in r["jour"]]
    period = town.period(CANTEEN, date(2026, 12, 10)).pk
    for row in rows:
        if "déclaré fermé" in row["règle"]:
            (changed,) = correct_days(
                denise.actor, start=date(2026, 5, 15), end=date(2026, 5, 16), wanted=BRIDGE, reason=WHY
            )
            assert changed.day == date(2026, 5, 15)
        assert limit_of(by_school_days, period, day_of(row["jour"])) == instant_of(row["limite"])
    assert len(rows) == 2


def test_a_corrected_day_keeps_what_was_published_who_and_why(denise: Character, town: Reference) -> None:
    correct_days(denise.actor, start=FRIDAY, end=SATURDAY, wanted=CLOSED, reason=f" {WHY} ")
    day = CalendarDay.objects.get(date=FRIDAY)
    assert (day.kind, day.label) == ("CLOSED", "Journée des enseignants")
    assert (day.published_kind, day.published_label) == ("SCHOOL", "")
    assert (day.corrected_by, day.reason) == ("Denise Roux", WHY)
    assert calendar(FRIDAY, SATURDAY).labels[FRIDAY] == "Journée des enseignants"
    event = AuditEvent.objects.get(action="town.correct_calendar")
    assert event.payload == {"days": ["2026-12-11"], "kind": "CLOSED", "label": "Journée des enseignants"}
    assert (event.reason, event.user_id) == (WHY, denise.user.pk)


def test_back_to_what_was_published(denise: Character, town: Reference) -> None:
    before = CalendarDay.objects.filter(date__lt=date(2027, 1, 1)).order_by("date")
    kept = list(before.values())
    span = {"start": date(2026, 12, 17), "end": date(2026, 12, 24)}
    changed = correct_days(denise.actor, **span, wanted=CLOSED, reason=WHY)
    assert [c.day.day for c in changed] == [17, 18, 21, 22, 23]  # never the week-end
    correct_days(denise.actor, **span, wanted=Wanted(DayKindStored.SCHOOL), reason=WHY)
    back = correct_days(denise.actor, **span, wanted=Wanted(None), reason="Erreur de saisie")
    assert [c.day.day for c in back] == [
        21,
        22,
        23,
    ]  # the 17th and 18th already were: a school day again is as published
    assert list(before.values()) == kept
    assert AuditEvent.objects.filter(action="town.restore_calendar").count() == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"end": FRIDAY}, NoDays),
        ({"end": date(2040, 1, 1)}, DaysNotKnown),
        ({"start": date(2001, 1, 1)}, DaysNotKnown),
        ({"wanted": Wanted(DayKindStored.SCHOOL)}, NothingToCorrect),
        ({"wanted": Wanted(None)}, NothingToCorrect),
        ({"start": SATURDAY, "end": date(2026, 12, 14)}, NothingToCorrect),
        ({"wanted": Wanted(DayKindStored.CLOSED, "  ")}, LabelNeeded),
        ({"reason": " "}, CorrectionReasonNeeded),
    ],
)
def test_what_is_refused_changes_nothing(
    denise: Character, town: Reference, change: dict[str, object], refusal: type[Exception]
) -> None:
    asked = {"start": FRIDAY, "end": SATURDAY, "wanted": CLOSED, "reason": WHY} | change
    with pytest.raises(refusal):
        correct_days(denise.actor, **asked)  # type: ignore[arg-type]
    assert not CalendarDay.objects.filter(corrected_at__isnull=False).exists()
    assert not AuditEvent.objects.filter(action="town.correct_calendar").exists()


def test_a_range_beyond_the_calendar_says_how_far_it_goes(denise: Character, town: Reference) -> None:
    with pytest.raises(DaysNotKnown) as refused:
        correct_days(denise.actor, start=FRIDAY, end=date(2040, 1, 1), wanted=CLOSED, reason=WHY)
    last = CalendarDay.objects.latest("date").date
    assert str(last.year) in str(refused.value)
    CalendarDay.objects.all().delete()
    with pytest.raises(CalendarEmpty):
        correct_days(denise.actor, start=FRIDAY, end=SATURDAY, wanted=CLOSED, reason=WHY)


def test_only_an_agent_of_the_activities_corrects(alice: Character, remi: Character, town: Reference) -> None:
    for who in (alice, remi):
        with pytest.raises(NotYourCalendar):
            correct_days(who.actor, start=FRIDAY, end=SATURDAY, wanted=CLOSED, reason=WHY)
        with pytest.raises(NotFound):
            calendar_preview_for(who.actor, start=FRIDAY, end=SATURDAY, wanted=CLOSED)


def test_the_preview_counts_places_and_says_which_limits_move(
    denise: Character, alice: Character, town: Reference, by_school_days: int
) -> None:
    book(alice.children[0], town.slot(CANTEEN, FRIDAY))
    preview = calendar_preview_for(denise.actor, start=FRIDAY, end=SATURDAY, wanted=CLOSED)
    assert (preview.bookings, preview.is_off) == (1, True)
    assert preview.slots > 1
    moved = [(one.day, one.action, one.before, one.after) for one in preview.moved]
    thursday, friday = (datetime(2026, 12, n, 11, tzinfo=PARIS) for n in (10, 11))
    assert moved == [
        (date(2026, 12, 14), action, friday, thursday) for action in (Action.BOOK, Action.CANCEL)
    ]
    assert not CalendarDay.objects.filter(corrected_at__isnull=False).exists()


def test_a_limit_already_over_is_not_said_to_move(
    denise: Character, town: Reference, by_school_days: int, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(datetime(2026, 12, 14, 8, tzinfo=PARIS))
    assert not calendar_preview_for(denise.actor, start=FRIDAY, end=SATURDAY, wanted=CLOSED).moved


def test_a_page_reads_the_new_calendar_at_once(
    denise: Character, town: Reference, django_capture_on_commit_callbacks: object
) -> None:
    """The calendar is kept some seconds for the pages of everyone: a correction makes this process forget it."""
    with override_settings(REFERENCE_SECONDS=60):
        with db.read_only():
            assert calendar(FRIDAY, SATURDAY).kind(FRIDAY) is DayKind.SCHOOL
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            correct_days(denise.actor, start=FRIDAY, end=SATURDAY, wanted=CLOSED, reason=WHY)
        with db.read_only():
            assert calendar(FRIDAY, SATURDAY).kind(FRIDAY) is DayKind.CLOSED
    db._kept.clear()


@pytest.mark.parametrize("lost", [{"published_kind": ""}, {"reason": ""}, {"corrected_at": None}])
def test_a_corrected_day_never_loses_what_it_was(
    denise: Character, town: Reference, lost: dict[str, object]
) -> None:
    correct_days(denise.actor, start=FRIDAY, end=SATURDAY, wanted=CLOSED, reason=WHY)
    with pytest.raises(IntegrityError, match="town_corrected_day"), transaction.atomic():
        CalendarDay.objects.filter(date=FRIDAY).update(**lost)
