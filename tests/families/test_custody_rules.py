"""Who answers for a child, day by day: docs/rules/custody.md is read here, and I2 is looked for a counter-example."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.families.enums import CustodyKind, HolidayRule
from espace.families.errors import BadCustody, CustodyOverlap, HolidaysUnknown
from espace.families.rules import (
    Custody,
    CustodyException,
    Holidays,
    HolidaySharing,
    Rhythm,
    cycle_of,
    holidays_of,
    parity_jumps,
    responsible_household,
    rhythm_of,
    shared_between,
)
from espace.families.rules.rhythms import SPELLED
from espace.kernel.calendar import Calendar, DayKind, date_range, iso_week
from tests.support.doc_tables import Row, day_of, tables_of
from tests.support.real_calendar import REAL

pytestmark = pytest.mark.pure

FIRST, SECOND = 1, 2
HOMES = {"premier": FIRST, "second": SECOND, "pair": FIRST, "impair": SECOND}
TABLES = tables_of("custody.md")
RHYTHMS = {
    "une semaine sur deux": Rhythm.ALTERNATE_WEEKS,
    "2-2-3": Rhythm.TWO_TWO_THREE,
    "2-2-5-5": Rhythm.TWO_TWO_FIVE_FIVE,
    "week-ends dès le vendredi": Rhythm.WEEKENDS_FROM_FRIDAY,
    "week-ends dès le samedi": Rhythm.WEEKENDS_FROM_SATURDAY,
}
RULES = {"moitiés": HolidayRule.HALVES, "quinzaines": HolidayRule.HALVES_SUMMER_FORTNIGHTS}
HOLIDAYS = holidays_of(REAL)
ONE_DAY = timedelta(days=1)


def days_in(cell: str) -> list[date]:
    first, last = cell.split(" au ")
    return list(date_range(day_of(first), day_of(last) + ONE_DAY))


def cycle(rhythm: Rhythm, start: date, holidays: HolidaySharing | None = None) -> Custody:
    return Custody(CustodyKind.CYCLE, cycle_of(rhythm, FIRST, SECOND), start, holidays=holidays)


@pytest.mark.parametrize("row", TABLES["rythmes"], ids=str)
def test_each_rhythm_gives_its_days(row: Row) -> None:
    custody = cycle(RHYTHMS[row["rythme"]], date(2025, 4, 28))
    assert {responsible_household(custody, day) for day in days_in(row["jours"])} == {HOMES[row["chez"]]}


@pytest.mark.parametrize("row", TABLES["parite"], ids=str)
def test_parity_jumps_after_53_weeks_and_a_cycle_does_not(row: Row) -> None:
    day = day_of(row["jour"])
    assert iso_week(day) == int(row["semaine"])
    parity = Custody(CustodyKind.ISO_PARITY, (FIRST, SECOND))
    assert responsible_household(parity, day) == HOMES[row["garde par parité (pair / impair)"]]
    weeks = cycle(Rhythm.ALTERNATE_WEEKS, date(2026, 8, 31))
    expected = HOMES[row["une semaine sur deux depuis le lun. 31/08/2026"]]
    assert responsible_household(weeks, day) == expected


@pytest.mark.parametrize("row", TABLES["sauts"], ids=str)
def test_the_screens_know_when_two_weeks_follow(row: Row) -> None:
    said = row["deux semaines de même parité à partir du"]
    expected = [] if said == "jamais" else [day_of(said)]
    assert list(parity_jumps(day_of(row["entre"]), day_of(row["et"]))) == expected


@pytest.mark.parametrize("row", TABLES["vacances"], ids=str)
def test_holidays_are_divided(row: Row) -> None:
    sharing = HolidaySharing(RULES[row["règle"]], FIRST, SECOND)
    custody = cycle(Rhythm.ALTERNATE_WEEKS, date(2026, 8, 31), sharing)
    bare = cycle(Rhythm.ALTERNATE_WEEKS, date(2026, 8, 31))
    for day in days_in(row["jours"]):
        expected = HOMES.get(row["chez"]) or responsible_household(bare, day)
        assert responsible_household(custody, day, (), HOLIDAYS) == expected, day


def test_the_rhythm_is_found_again_after_the_holidays() -> None:
    sharing = HolidaySharing(HolidayRule.HALVES, FIRST, SECOND)
    with_halves = cycle(Rhythm.ALTERNATE_WEEKS, date(2026, 8, 31), sharing)
    without = cycle(Rhythm.ALTERNATE_WEEKS, date(2026, 8, 31))
    for day in date_range(date(2026, 11, 2), date(2026, 12, 19)):
        assert responsible_household(with_halves, day, (), HOLIDAYS) == responsible_household(without, day)


def test_one_home_may_lend_the_holidays() -> None:
    sharing = HolidaySharing(HolidayRule.HALVES, SECOND, FIRST)
    custody = Custody(CustodyKind.SINGLE, (FIRST,), holidays=sharing)
    assert custody.homes == (FIRST, SECOND)
    owners = [
        responsible_household(custody, day, (), HOLIDAYS) for day in days_in("17/10/2026 au 02/11/2026")
    ]
    assert owners == [SECOND] * 8 + [FIRST] * 9


def test_an_exception_wins_over_the_holidays() -> None:
    sharing = HolidaySharing(HolidayRule.HALVES, FIRST, SECOND)
    custody = cycle(Rhythm.ALTERNATE_WEEKS, date(2026, 8, 31), sharing)
    christmas = CustodyException(date(2026, 12, 24), date(2026, 12, 26), SECOND)
    owners = [
        responsible_household(custody, d, [christmas], HOLIDAYS) for d in days_in("23/12/2026 au 26/12/2026")
    ]
    assert owners == [FIRST, SECOND, SECOND, FIRST]
    assert shared_between([custody], [christmas]) == (FIRST, SECOND)


def test_a_day_that_nobody_declared_is_an_error_only_where_holidays_are_divided() -> None:
    day = date(2027, 9, 2)
    sharing = HolidaySharing(HolidayRule.HALVES, FIRST, SECOND)
    assert responsible_household(cycle(Rhythm.ALTERNATE_WEEKS, date(2026, 8, 31)), day, (), HOLIDAYS)
    with pytest.raises(HolidaysUnknown):
        responsible_household(cycle(Rhythm.ALTERNATE_WEEKS, date(2026, 8, 31), sharing), day, (), HOLIDAYS)
    hole = {d: kind for d, kind in REAL.days.items() if d != date(2026, 11, 17)}
    with pytest.raises(HolidaysUnknown):
        holidays_of(Calendar(hole)).on(date(2026, 11, 17))
    assert holidays_of(Calendar({})).spans == ()


def test_holidays_are_shared_between_two() -> None:
    with pytest.raises(BadCustody):
        HolidaySharing(HolidayRule.HALVES, FIRST, FIRST)
    with pytest.raises(BadCustody):
        HolidaySharing(HolidayRule.NONE, FIRST, SECOND)


@pytest.mark.parametrize("rhythm", SPELLED, ids=str)
def test_a_rhythm_is_read_back_from_its_cycle(rhythm: Rhythm) -> None:
    assert rhythm_of(cycle(rhythm, date(2026, 8, 31))) is rhythm


def test_other_arrangements_have_a_name_too() -> None:
    start = date(2026, 8, 31)
    assert rhythm_of(Custody(CustodyKind.SINGLE, (FIRST,))) is Rhythm.ONE_HOME
    assert rhythm_of(Custody(CustodyKind.ISO_PARITY, (FIRST, SECOND))) is Rhythm.ISO_PARITY
    assert rhythm_of(Custody(CustodyKind.CYCLE, (FIRST, SECOND), start, 14)) is Rhythm.ALTERNATE_WEEKS
    assert rhythm_of(Custody(CustodyKind.CYCLE, (FIRST,) * 6 + (SECOND,), start)) is Rhythm.OTHER
    assert rhythm_of(Custody(CustodyKind.CYCLE, (1, 2, 3, 1, 2, 3, 1), start)) is Rhythm.OTHER


# I2: exactly one household, whatever the arrangement ------------------------------------------------------------

BEGIN, END = date(2019, 9, 1), date(2034, 1, 1)  # 2020, 2026 and 2032 have 53 weeks


def invented_calendar() -> Calendar:
    """Fifteen years of school days with the five holidays of a year, of varying lengths."""
    days = {d: DayKind.SCHOOL for d in date_range(BEGIN, END) if d.weekday() < 5}
    for year in range(BEGIN.year, END.year):
        for month, first, length in (
            (10, 17, 16),
            (12, 19, 15 + year % 3),
            (2, 6, 16),
            (4, 3, 15),
            (7, 3, 60),
        ):
            start = date(year, month, first + year % 2)
            for day in date_range(start, start + timedelta(days=length)):
                if day in days:
                    days[day] = DayKind.HOLIDAY
    return Calendar(days)


INVENTED = holidays_of(invented_calendar())
owners = st.sampled_from([(FIRST, SECOND), (SECOND, FIRST)])
sharings = st.none() | st.builds(
    lambda rule, homes: HolidaySharing(rule, *homes),
    st.sampled_from([HolidayRule.HALVES, HolidayRule.HALVES_SUMMER_FORTNIGHTS]),
    owners,
)
starts = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def customs(draw: st.DrawFn) -> Custody:
    kind, sharing, homes = draw(st.sampled_from(CustodyKind)), draw(sharings), draw(owners)
    if kind is CustodyKind.SINGLE:
        return Custody(kind, homes[:1], holidays=sharing)
    if kind is CustodyKind.ISO_PARITY:
        return Custody(kind, homes, holidays=sharing)
    return Custody(
        kind, cycle_of(draw(st.sampled_from(list(SPELLED))), *homes), draw(starts), holidays=sharing
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Custody], list[CustodyException]]:
    """Arrangements that follow one another, and exceptions that do not meet."""
    changes = sorted(draw(st.sets(st.dates(BEGIN + ONE_DAY, END - ONE_DAY), max_size=3)))
    edges = [BEGIN, *changes, None]
    dated = [
        Custody(c.kind, c.owners, c.start, c.cycle_days, first, after, c.holidays)
        for first, after in pairwise(edges)
        for c in [draw(customs())]
    ]
    marks = sorted(draw(st.sets(st.dates(BEGIN, END), max_size=8)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return dated, [CustodyException(a, b, draw(st.sampled_from([FIRST, SECOND]))) for a, b in pairs]


@given(histories(), st.dates(BEGIN, END - ONE_DAY))
def test_each_day_has_exactly_one_household(
    history: tuple[list[Custody], list[CustodyException]], day: date
) -> None:
    """I2, over all kinds, holidays, exceptions and years of 53 weeks."""
    dated, exceptions = history
    owner = responsible_household(dated, day, exceptions, INVENTED)
    assert owner in shared_between(dated, exceptions)
    excepted = [e.household for e in exceptions if e.start <= day < e.end]
    if excepted:
        assert excepted == [owner]


@given(customs(), st.dates(BEGIN, END - timedelta(days=400)))
def test_no_two_arrangements_share_a_day(custody: Custody, day: date) -> None:
    with pytest.raises(CustodyOverlap):
        responsible_household([custody, custody], day, (), INVENTED)


@given(st.sampled_from([s for s in INVENTED.spans if s[1] < END]), owners)
def test_halves_differ_by_a_day_at_most_and_turn_each_year(
    span: tuple[date, date], homes: tuple[int, int]
) -> None:
    sharing = HolidaySharing(HolidayRule.HALVES, *homes)
    custody = Custody(CustodyKind.SINGLE, (FIRST,), holidays=sharing)
    found = [responsible_household(custody, d, (), INVENTED) for d in date_range(*span)]
    assert abs(found.count(FIRST) - found.count(SECOND)) <= 1
    assert found[0] == homes[span[0].year % 2]
    assert found[-1] != found[0]


@given(st.dates(BEGIN, END - ONE_DAY))
def test_a_holiday_holds_whole_weeks_off(day: date) -> None:
    span = INVENTED.on(day)
    if span is not None:
        assert span[0] <= day < span[1]
        assert Holidays(BEGIN, END, (span,)).on(day) == span
