"""Who books from when: a period opens to residents first, to the second; everyone is told their own instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine

from espace.activities.errors import (
    NotYoursToChange,
    OpeningAfterClosing,
    PeriodClosed,
    PeriodNotOpenYet,
    RuleReasonNeeded,
)
from espace.activities.models import Period, PeriodOpening
from espace.activities.services import set_openings
from espace.audit.models import AuditEvent
from espace.bookings.queries import grid_for, options_for, pattern_sheet_for
from espace.bookings.rules import CellState
from espace.bookings.services import enrol, preview_changes
from espace.demo.town import Reference
from espace.families.enums import TariffCategory
from espace.families.models import TariffStatus
from espace.kernel.actor import Channel
from espace.kernel.errors import NotFound
from tests.bookings.test_booking_days import CANTEEN, IN_TIME, PARIS
from tests.portal.test_booking_month import text
from tests.support.cast import Character, signed_in
from tests.support.doc_tables import Row, instant_of, tables_of

OPENS = datetime(2026, 11, 30, 18, 0, tzinfo=PARIS)
OTHERS = datetime(2026, 12, 7, 18, 0, tzinfo=PARIS)
SECOND = timedelta(seconds=1)


@pytest.fixture
def period(denise: Character, town: Reference) -> Period:
    """The year of the canteen, opening on 30 November, a week later to families from elsewhere."""
    found = town.period(CANTEEN, IN_TIME)
    set_openings(
        denise.actor, period_id=found.pk, opens_at=OPENS, openings={TariffCategory.NON_RESIDENT: OTHERS},
        closes_at=None, reason="Délibération",
    )  # fmt: skip
    return found


def move_away(who: Character) -> None:
    TariffStatus.objects.create(
        household=who.household, category=TariffCategory.NON_RESIDENT, start=IN_TIME.replace(year=2020)
    )


@pytest.mark.parametrize(
    "row", tables_of("deadlines.md")["ouverture"], ids=lambda r: f"{r['la famille est']} {r['le']}"
)
def test_each_category_has_its_instant(
    alice: Character, period: Period, frozen: time_machine.Traveller, row: Row
) -> None:
    if row["la famille est"] == "hors commune":
        move_away(alice)
    frozen.move_to(instant_of(row["le"]))
    if row["la réservation est"] == "ouverte":
        enrol(alice.actor, child_id=alice.children[0].pk, period_id=period.pk)
    else:
        with pytest.raises(PeriodNotOpenYet) as refused:
            enrol(alice.actor, child_id=alice.children[0].pk, period_id=period.pk)
        assert row["la réservation est"].endswith(str(refused.value.params["when"]).replace("\u00a0", " "))


def test_a_child_enrolled_at_the_counter_waits_for_the_opening_too(
    alice: Character, denise: Character, period: Period, town: Reference, frozen: time_machine.Traveller
) -> None:
    child, slot = alice.children[0].pk, town.slot(CANTEEN, IN_TIME).pk
    move_away(alice)
    frozen.move_to(OPENS)
    with_counter(denise, alice, child, period)
    (line,) = preview_changes(alice.actor, child_id=child, add=[slot], remove=[]).lines
    assert isinstance(line.problem, PeriodNotOpenYet)
    cells = {c.slot_id: c for c in grid_for(alice.actor, child, IN_TIME.replace(day=1)).cells}
    assert cells[slot].state is CellState.NOT_OPEN
    said = "ouvre le lun. 7 déc. à 18 h pour vous"
    assert cells[slot].opens.replace("\u00a0", " ") == said
    (canteen,) = pattern_sheet_for(alice.actor, child).activities
    assert canteen.opens.replace("\u00a0", " ") == said
    browser = signed_in(alice.user)  # six days later: the first session is over
    for url in (f"/reserver/{child}/2026-12/", f"/reserver/{child}/semaine-type/"):
        assert said in text(browser.get(url)), url
    frozen.move_to(OTHERS)
    (line,) = preview_changes(alice.actor, child_id=child, add=[slot], remove=[]).lines
    assert line.problem is None
    assert pattern_sheet_for(alice.actor, child).activities[0].opens == ""


def with_counter(agent: Character, family: Character, child: int, period: Period) -> None:
    counter = replace(agent.actor, on_behalf_of=family.household.pk, channel=Channel.COUNTER)
    enrol(counter, child_id=child, period_id=period.pk)


def test_the_enrolment_page_says_when_it_opens_for_this_family(
    alice: Character, period: Period, frozen: time_machine.Traveller
) -> None:
    move_away(alice)
    child = alice.children[0].pk
    option = next(o for o in options_for(alice.actor, child) if o.period.id == period.pk)
    assert isinstance(option.why_not, PeriodNotOpenYet)
    page = text(alice.client.get(f"/inscrire/{child}/"))
    assert "ouvrent le lundi 7 décembre 2026 à 18 h pour vous" in page
    frozen.move_to(OTHERS)
    option = next(o for o in options_for(alice.actor, child) if o.period.id == period.pk)
    assert option.is_possible


def test_the_public_dates_say_both_openings(town: Reference, alice: Character) -> None:
    page = text(alice.client.get("/"))
    assert "Ouverture des réservations : vacances d’hiver 2027" in page
    assert "Ouverture des réservations : vacances d’hiver 2027 (familles hors commune)" in page


def test_a_period_closes_after_its_last_second(
    denise: Character, alice: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    period = town.period(CANTEEN, IN_TIME)
    closes = datetime(2026, 11, 30, 12, 0, tzinfo=PARIS)
    set_openings(
        denise.actor,
        period_id=period.pk,
        opens_at=period.opens_at,
        openings={},
        closes_at=closes,
        reason="Fin",
    )
    frozen.move_to(closes + SECOND)
    with pytest.raises(PeriodClosed):
        enrol(alice.actor, child_id=alice.children[0].pk, period_id=period.pk)
    frozen.move_to(closes)
    assert enrol(alice.actor, child_id=alice.children[0].pk, period_id=period.pk).period_id == period.pk


def test_set_twice_it_is_journaled_once(denise: Character, period: Period) -> None:
    again = {
        "opens_at": OPENS,
        "openings": {TariffCategory.NON_RESIDENT: OTHERS},
        "closes_at": None,
        "reason": "Encore",
    }
    assert not set_openings(denise.actor, period_id=period.pk, **again)  # type: ignore[arg-type]
    assert AuditEvent.objects.filter(action="activities.set_openings").count() == 1
    assert set_openings(denise.actor, period_id=period.pk, **again | {"openings": {}})  # type: ignore[arg-type]
    assert not PeriodOpening.objects.filter(period=period).exists()


def test_what_is_refused(denise: Character, alice: Character, town: Reference) -> None:
    period = town.period(CANTEEN, IN_TIME).pk
    asked = {"period_id": period, "opens_at": OPENS, "openings": {}, "closes_at": None, "reason": "Essai"}
    with pytest.raises(OpeningAfterClosing):
        set_openings(denise.actor, **asked | {"closes_at": OPENS - SECOND})  # type: ignore[arg-type]
    with pytest.raises(RuleReasonNeeded):
        set_openings(denise.actor, **asked | {"reason": ""})  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        set_openings(denise.actor, **asked | {"period_id": 99999999})  # type: ignore[arg-type]
    with pytest.raises(NotYoursToChange):
        set_openings(alice.actor, **asked)  # type: ignore[arg-type]
