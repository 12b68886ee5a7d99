"""Deadlines set by an agent: what holds afterwards, what was judged before, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.activities.enums import Action, Anchor, OffsetUnit, Timing
from espace.activities.errors import BadDeadlines, NoGeneralRule, NotYoursToChange, RuleReasonNeeded
from espace.activities.models import DeadlineRule
from espace.activities.queries import catalogue
from espace.activities.rules import Deadlines, Tier, Window, check_deadlines
from espace.activities.services import drop_deadlines, set_deadlines
from espace.activities.words import sentence
from espace.audit.models import AuditEvent
from espace.bookings.models import Booking
from espace.bookings.queries import deadlines_preview_for
from espace.bookings.queries.limits import BEFORE, Dated, Limits
from espace.bookings.services import enrol, preview_changes
from espace.demo.town import Reference
from espace.kernel import clock
from espace.kernel.errors import NotFound
from tests.bookings.test_booking_days import CANTEEN, IN_TIME, confirm
from tests.support.cast import Character
from tests.support.doc_tables import Row, day_of, instant_of, tables_of

PARIS = ZoneInfo("Europe/Paris")
EVE = Tier(Timing.LATE, Anchor.SLOT_DAY, 1, OffsetUnit.WORKING_DAYS, time(12))
EIGHT = Deadlines((Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 8), EVE))
ON_IS = {False: "dans les délais", True: "hors délai"}
WHY = "Délibération du 12 novembre"


def rule(town: Reference, **changes: object) -> dict[str, object]:
    activity = town.activities[CANTEEN]
    return {
        "activity_id": activity.pk, "period_id": town.period(CANTEEN, IN_TIME).pk, "action": Action.BOOK, **changes
    }  # fmt: skip


@pytest.mark.parametrize("row", tables_of("deadlines.md")["reglage"], ids=lambda r: r["règle après"])
def test_what_was_booked_keeps_its_rule(
    denise: Character, alice: Character, town: Reference, frozen: time_machine.Traveller, row: Row
) -> None:
    frozen.move_to(instant_of(row["demandé le"]))
    child, slot = alice.children[0].pk, town.slot(CANTEEN, day_of(row["pour le"])).pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, IN_TIME).pk)
    confirm(alice.actor, child, add=[slot])
    assert ON_IS[Booking.objects.get().is_late] == row["on était"]
    days = int(row["règle après"].split()[0])
    wanted = Deadlines((Tier(Timing.IN_TIME, Anchor.SLOT_DAY, days), EVE))
    assert set_deadlines(denise.actor, deadlines=wanted, reason=WHY, **rule(town))  # type: ignore[arg-type]
    assert ON_IS[Booking.objects.get().is_late] == row["la réservation est"], "frozen (I13)"


def test_the_new_limit_holds_for_what_is_asked_next(
    denise: Character, alice: Character, town: Reference
) -> None:
    child, slot = alice.children[0].pk, town.slot(CANTEEN, date(2026, 12, 4)).pk
    enrol(alice.actor, child_id=child, period_id=town.period(CANTEEN, IN_TIME).pk)
    assert preview_changes(alice.actor, child_id=child, add=[slot], remove=[]).lines[0].is_late
    set_deadlines(denise.actor, deadlines=EIGHT, reason=WHY, **rule(town))  # type: ignore[arg-type]
    assert not preview_changes(alice.actor, child_id=child, add=[slot], remove=[]).lines[0].is_late
    event = AuditEvent.objects.get(action="activities.set_deadlines")
    assert event.payload is not None
    assert event.payload["after"][0] == "Sans majoration jusqu’à 8\u00a0jours avant à minuit"
    assert event.payload["before"][0] == "Sans majoration jusqu’à 15\u00a0jours avant à minuit"
    assert event.reason == WHY


def test_the_same_rule_again_changes_nothing(denise: Character, town: Reference) -> None:
    assert set_deadlines(denise.actor, deadlines=EIGHT, reason=WHY, **rule(town))  # type: ignore[arg-type]
    assert not set_deadlines(denise.actor, deadlines=EIGHT, reason=WHY, **rule(town))  # type: ignore[arg-type]
    assert AuditEvent.objects.filter(action="activities.set_deadlines").count() == 1


def test_the_preview_says_each_of_the_next_ten_days(denise: Character, town: Reference) -> None:
    preview = deadlines_preview_for(denise.actor, wanted=EIGHT, **rule(town))  # type: ignore[arg-type]
    assert len(preview.days) == 10
    third = next(d for d in preview.days if d.day == date(2026, 12, 3))
    assert third.limits[0] == (
        Timing.IN_TIME,
        datetime(2026, 11, 18, 23, 59, 59, tzinfo=PARIS),
        datetime(2026, 11, 25, 23, 59, 59, tzinfo=PARIS),
    )
    assert third.limits[2][0] is Timing.AGENT_ONLY
    assert third.limits[2][2] is None, "the counter's tier is gone"
    assert DeadlineRule.objects.filter(tiers__offset=8).count() == 0, "nothing is written"


def test_a_period_takes_its_own_rule_then_gives_it_up(denise: Character, town: Reference) -> None:
    asked = rule(town, action=Action.CANCEL)
    offer = catalogue()
    activity, period = town.activities[CANTEEN].pk, town.period(CANTEEN, IN_TIME).pk
    general = offer.deadlines(activity, period, Action.CANCEL)
    set_deadlines(denise.actor, deadlines=EIGHT, reason=WHY, **asked)  # type: ignore[arg-type]
    assert catalogue().deadlines(activity, period, Action.CANCEL) == EIGHT
    drop_deadlines(denise.actor, activity_id=activity, period_id=period, action=Action.CANCEL, reason=WHY)
    assert catalogue().deadlines(activity, period, Action.CANCEL) == general
    drop_deadlines(denise.actor, activity_id=activity, period_id=period, action=Action.CANCEL, reason=WHY)
    assert AuditEvent.objects.filter(action="activities.drop_deadlines").count() == 1
    with pytest.raises(NoGeneralRule):
        drop_deadlines(denise.actor, activity_id=activity, period_id=period, action=Action.BOOK, reason=WHY)


def test_a_window_moves_the_tier_it_names(denise: Character, alice: Character, town: Reference) -> None:
    until = datetime(2026, 11, 30, 23, 59, 59, tzinfo=PARIS)
    opened = replace(EIGHT, windows=(Window(Timing.IN_TIME, until, "Ouverture de novembre"),))
    set_deadlines(denise.actor, deadlines=opened, reason=WHY, **rule(town))  # type: ignore[arg-type]
    kept = catalogue().deadlines(town.activities[CANTEEN].pk, town.period(CANTEEN, IN_TIME).pk, Action.BOOK)
    assert [(w.timing, w.closes_at, w.label) for w in kept.windows] == [
        (Timing.IN_TIME, until, "Ouverture de novembre")
    ]


@pytest.mark.parametrize(
    "deadlines",
    [
        Deadlines(()),
        Deadlines((EVE, Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 8))),
        Deadlines((Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 1), Tier(Timing.LATE, Anchor.SLOT_DAY, 8))),
        Deadlines((Tier(Timing.IN_TIME, Anchor.FIXED_DATE),)),
        replace(EIGHT, windows=(Window(Timing.AGENT_ONLY, datetime(2026, 12, 1, tzinfo=PARIS)),)),
        Deadlines((Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 6, OffsetUnit.SCHOOL_DAYS),)),
    ],
)
def test_what_cannot_be_read_without_doubt_is_refused(
    denise: Character, town: Reference, deadlines: Deadlines
) -> None:
    with pytest.raises(BadDeadlines):
        set_deadlines(denise.actor, deadlines=deadlines, reason=WHY, **rule(town))  # type: ignore[arg-type]
    assert not AuditEvent.objects.filter(action="activities.set_deadlines").exists()


def test_only_an_agent_of_the_activities_with_a_reason(
    denise: Character, remi: Character, alice: Character, town: Reference
) -> None:
    for who in (remi, alice):
        with pytest.raises(NotYoursToChange):
            set_deadlines(who.actor, deadlines=EIGHT, reason=WHY, **rule(town))  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            deadlines_preview_for(who.actor, wanted=EIGHT, **rule(town))  # type: ignore[arg-type]
    with pytest.raises(RuleReasonNeeded):
        set_deadlines(denise.actor, deadlines=EIGHT, reason=" ", **rule(town))  # type: ignore[arg-type]
    other = town.period("vacances-loisirs", date(2026, 12, 21)).pk
    with pytest.raises(NotFound):
        set_deadlines(denise.actor, deadlines=EIGHT, reason=WHY, **rule(town, period_id=other))  # type: ignore[arg-type]


def test_every_delay_that_can_be_kept_can_be_counted_over_a_summer(town: Reference) -> None:
    """The farthest delay of each unit is counted back within what a page reads of the calendar."""
    first = date(2026, 9, 1)
    activity, period = town.activities[CANTEEN].pk, town.period(CANTEEN, IN_TIME).pk
    for unit, most in ((OffsetUnit.WORKING_DAYS, 40), (OffsetUnit.SCHOOL_DAYS, 5)):
        wanted = Deadlines((Tier(Timing.IN_TIME, Anchor.SLOT_DAY, most, unit),))
        assert check_deadlines(wanted) == ()
        offer = catalogue().with_deadlines(activity, period, Action.BOOK, wanted)
        ((_, limit),) = Limits(offer, clock.now(), first, date(2026, 9, 2)).of(
            Dated(activity, period, first), Action.BOOK
        )
        assert first - limit.date() <= BEFORE


@pytest.mark.parametrize(
    ("action", "tier", "said"),
    [
        (Action.BOOK, Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 15), "Sans majoration jusqu’à 15 jours avant à minuit"),
        (Action.BOOK, EVE, "Avec majoration jusqu’à la veille ouvrée à 12 h"),
        (Action.BOOK, Tier(Timing.AGENT_ONLY, at=time(7, 30)), "Au guichet seulement jusqu’au jour même à 7 h 30"),
        (Action.BOOK, Tier(Timing.IN_TIME, Anchor.PERIOD_START, 4, OffsetUnit.WEEKS),
         "Sans majoration jusqu’à 4 semaines avant le premier jour des vacances à minuit"),
        (Action.BOOK, Tier(Timing.IN_TIME, Anchor.FIXED_DATE, fixed=datetime(2026, 10, 7, 18, tzinfo=PARIS)),
         "Sans majoration jusqu’au mercredi 7 octobre 2026 à 18 h"),
        (Action.CANCEL, Tier(Timing.IN_TIME, Anchor.WEEK_START, 2, OffsetUnit.WORKING_DAYS, time(12)),
         "Sans frais jusqu’à 2 jours ouvrés avant le lundi de la semaine à 12 h"),
    ],
)  # fmt: skip
def test_each_tier_is_a_sentence(action: Action, tier: Tier, said: str) -> None:
    assert sentence(action, tier).replace("\u00a0", " ") == said
