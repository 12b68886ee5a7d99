"""The reference town: its calendar, its days, its delays and its prices."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from espace.activities.enums import Timing
from espace.activities.models import CapacityPool, DeadlineRule, Slot
from espace.activities.rules import SlotDates, check_deadlines, limits
from espace.demo import offer
from espace.demo.school_calendar import CalendarNotPublished, around
from espace.demo.town import Reference, build_reference
from espace.kernel.calendar import Calendar, DayKind
from espace.town import queries
from espace.town.enums import DayKindStored

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.pure
@pytest.mark.parametrize(
    ("today", "label", "start", "summer"),
    [
        (date(2026, 11, 24), "2026-2027", date(2026, 9, 1), date(2027, 7, 3)),
        (date(2026, 8, 31), "2025-2026", date(2025, 9, 1), date(2026, 7, 4)),
        (date(2027, 7, 20), "2026-2027", date(2026, 9, 1), date(2027, 7, 3)),
    ],
)
def test_the_school_year_around_a_day(today: date, label: str, start: date, summer: date) -> None:
    year = around(today).current
    assert (year.label, year.start, year.summer) == (label, start, summer)


@pytest.mark.pure
def test_the_holidays_of_zone_c() -> None:
    found = {h.label: (h.start, h.end) for h in around(date(2026, 11, 24)).holidays if h.start.year == 2027}
    assert found["Vacances d’hiver"] == (date(2027, 2, 6), date(2027, 2, 22))
    christmas = next(h for h in around(date(2026, 11, 24)).holidays if h.start == date(2026, 12, 19))
    assert christmas.end == date(2027, 1, 4)


@pytest.mark.pure
def test_the_bridge_that_the_package_forgets() -> None:
    days = around(date(2026, 11, 24)).days
    assert days[date(2026, 5, 14)][0] is DayKindStored.PUBLIC_HOLIDAY
    assert days[date(2026, 5, 15)] == (DayKindStored.HOLIDAY, "Pont de l’Ascension")


@pytest.mark.pure
def test_every_day_of_the_years_is_known() -> None:
    calendar = around(date(2026, 11, 24))
    known = Calendar({day: DayKind(kind) for day, (kind, _) in calendar.days.items()})
    day = calendar.previous.start
    assert calendar.following is not None
    while day < calendar.following.end:
        known.kind(day)
        day = date.fromordinal(day.toordinal() + 1)


@pytest.mark.pure
def test_a_year_not_published_is_refused_and_never_invented() -> None:
    assert around(date(2027, 10, 4)).following is None
    with pytest.raises(CalendarNotPublished, match="2028-2029"):
        around(date(2028, 10, 2))


@pytest.mark.pure
@pytest.mark.parametrize(
    ("day", "limit"),
    [  # domain/rules.md §1
        (date(2026, 10, 1), datetime(2026, 9, 30, 23, 59, 59, tzinfo=PARIS)),
        (date(2026, 10, 16), datetime(2026, 10, 1, 23, 59, 59, tzinfo=PARIS)),
        (date(2026, 11, 30), datetime(2026, 11, 15, 23, 59, 59, tzinfo=PARIS)),
        (date(2027, 1, 4), datetime(2026, 12, 20, 23, 59, 59, tzinfo=PARIS)),
    ],
)
def test_the_delays_of_the_mission(day: date, limit: datetime) -> None:
    calendar = around(date(2026, 11, 24))
    known = Calendar({d: DayKind(kind) for d, (kind, _) in calendar.days.items()})
    found = dict(limits(offer.book_in_school_year(date(2026, 9, 1)), SlotDates(day), known))
    # a meal of 1 October can be booked without surcharge until the caterer's own limit, the eve at noon
    expected = min(limit, found[Timing.LATE])
    assert found[Timing.IN_TIME] == expected


@pytest.mark.pure
def test_the_deadlines_can_be_saved() -> None:
    for deadlines in (offer.CANCEL, offer.BOOK_HOLIDAYS, offer.book_in_school_year(date(2026, 9, 1))):
        assert check_deadlines(deadlines) == ()


def test_the_town_has_what_the_mission_names(town: Reference) -> None:
    assert queries.identity().guichet_phone == "01 99 00 10 20"
    assert [len(day.openings) for day in queries.opening_hours()] == [2, 2, 2, 2, 2]
    assert {a.name for a in town.activities.values()} == {
        "Restauration scolaire",
        "Accueil du matin",
        "Accueil du soir",
        "Accueil de loisirs du mercredi",
        "Vacances loisirs",
        "Vacances sport",
    }
    assert queries.public_documents().count() == 3


def test_slots_are_on_the_days_of_the_activity(town: Reference) -> None:
    assert town.slot("restauration-scolaire", date(2026, 11, 27)).pool.capacity == 140
    assert (
        town.slot("accueil-de-loisirs-du-mercredi", date(2026, 11, 25), formula="MATIN_REPAS").date.weekday()
        == 2
    )
    assert town.slot("vacances-loisirs", date(2026, 12, 21)).period.label == "Vacances de Noël 2026"
    for nothing in (date(2026, 11, 11), date(2026, 11, 25), date(2026, 12, 21)):
        with pytest.raises(Slot.DoesNotExist):
            town.slot("restauration-scolaire", nothing)
    with pytest.raises(Slot.DoesNotExist):
        town.slot("vacances-loisirs", date(2026, 12, 25))


def test_the_tariffs_price_every_quotient(town: Reference) -> None:
    assert town.plan.state == "ACTIVE"
    for rule in town.plan.rules.all():
        bounds = list(
            rule.brackets.filter(category="RESIDENT").order_by("qf_min").values_list("qf_min", "qf_max")
        )
        assert bounds[0][0] == 0
        assert bounds[-1] == (190_000, None)
        assert all(a[1] == b[0] for a, b in itertools.pairwise(bounds))


def test_the_whole_town_has_four_schools_and_a_year_of_days(db: None) -> None:
    built = build_reference(date(2026, 11, 24))
    assert len(built.schools) == 4
    assert Slot.objects.filter(activity__slug="restauration-scolaire").count() > 4 * 130
    assert CapacityPool.objects.filter(taken__gt=0).count() == 0
    assert DeadlineRule.objects.count() == 6 + 2 + 4 * 3
