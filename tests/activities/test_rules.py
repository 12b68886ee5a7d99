"""Deadlines and ages. The vectors are the tables of docs/rules/deadlines.md."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.activities.enums import Action, Anchor, OffsetUnit, Timing
from espace.activities.errors import MissingAnchor, TooOld, TooYoung
from espace.activities.rules import (
    Ages,
    Deadlines,
    SlotDates,
    Tier,
    Window,
    check_age,
    check_deadlines,
    cutoff_at,
    first_open_day,
    limits,
    may_enrol,
    next_change,
    timing_at,
)
from espace.kernel.calendar import PARIS, Calendar, DayKind, UnknownDay
from tests.support.doc_tables import Row, day_of, instant_of, tables_of
from tests.support.real_calendar import REAL, SCHOOL_HOLIDAYS, real_days

TABLES = tables_of("deadlines.md")
NOON, ELEVEN, HALF_PAST_SEVEN = time(12), time(11), time(7, 30)

BRIDGED = Calendar(real_days() | {date(2026, 5, 15): DayKind.CLOSED})


def tier(
    offset: int,
    unit: OffsetUnit = OffsetUnit.CALENDAR_DAYS,
    at: time = time(23, 59, 59),
    anchor: Anchor = Anchor.SLOT_DAY,
    timing: Timing = Timing.IN_TIME,
) -> Tier:
    return Tier(timing, anchor, offset, unit, at)


# The rules as the documents word them.
WORDED = {
    "15 jours": tier(15),
    "2 jours ouvrés, 12:00": tier(2, OffsetUnit.WORKING_DAYS, NOON),
    "mercredi : 2 jours ouvrés avant le lundi, 12:00": tier(
        2, OffsetUnit.WORKING_DAYS, NOON, Anchor.WEEK_START
    ),
    "3 jours ouvrés": tier(3, OffsetUnit.WORKING_DAYS),
    "ajouter : vendredi d’avant, 12:00": tier(3, at=NOON, anchor=Anchor.WEEK_START),
    "vendredi d’avant, 12:00": tier(3, at=NOON, anchor=Anchor.WEEK_START),
    "annuler : la veille, 12:00": tier(1, at=NOON),
    "la veille, 02:30": tier(1, at=time(2, 30)),
    "jour d’école précédent, 11:00": tier(1, OffsetUnit.SCHOOL_DAYS, ELEVEN),
    "jour d’école précédent, pont du 15/05/2026 déclaré fermé, 11:00": tier(
        1, OffsetUnit.SCHOOL_DAYS, ELEVEN
    ),
    "72 heures avant 07:30": tier(3, at=HALF_PAST_SEVEN),
    "15 jours francs": tier(15, OffsetUnit.CLEAR_DAYS),
    "4 semaines avant le lundi": tier(4, OffsetUnit.WEEKS, anchor=Anchor.WEEK_START),
}
TIMINGS = {
    "dans les délais": Timing.IN_TIME,
    "hors délai": Timing.LATE,
    "au guichet": Timing.AGENT_ONLY,
    "fermé": Timing.CLOSED,
}
RENTREE_CLOSES = datetime(2026, 9, 30, 23, 59, 59, tzinfo=PARIS)
IN_TIME, LATE, AGENT_ONLY = (
    tier(15),
    tier(1, at=NOON, timing=Timing.LATE),
    tier(0, timing=Timing.AGENT_ONLY),
)
TOWN = Deadlines((IN_TIME, LATE, AGENT_ONLY), (Window(Timing.IN_TIME, RENTREE_CLOSES),))


@pytest.mark.parametrize("row", TABLES["quinze-jours"], ids=str)
def test_fifteen_days(row: Row) -> None:
    limit = cutoff_at(WORDED["15 jours"], SlotDates(day_of(row["jour réservé"])), REAL)
    assert limit == instant_of(row["dernier instant dans les délais"])


@pytest.mark.parametrize("row", TABLES["rentree"], ids=str)
def test_the_rentree_window_moves_only_the_limit_it_names(row: Row) -> None:
    dates = SlotDates(day_of(row["pour le"]))
    assert timing_at(instant_of(row["demandé le"]), TOWN, dates, REAL) is TIMINGS[row["on est"]]


def test_from_the_first_of_october_the_earliest_day_without_surcharge_is_the_sixteenth() -> None:
    midnight = datetime(2026, 10, 1, tzinfo=PARIS)
    days = (date(2026, 10, 1) + timedelta(days=n) for n in range(30))
    in_time = [d for d in days if timing_at(midnight, TOWN, SlotDates(d), REAL) is Timing.IN_TIME]
    assert in_time[0] == date(2026, 10, 16)


@pytest.mark.parametrize("row", TABLES["quatre-semaines"], ids=lambda row: row["vacances"])
def test_four_weeks_before_the_holidays(row: Row) -> None:
    start, end = SCHOOL_HOLIDAYS[row["vacances"]]
    first_open = first_open_day(start, end, REAL)
    assert (start, first_open) == (day_of(row["premier jour"]), day_of(row["premier jour ouvert"]))
    dates = SlotDates(start, start, first_open)
    by_calendar = tier(4, OffsetUnit.WEEKS, anchor=Anchor.PERIOD_START)
    by_first_open = tier(4, OffsetUnit.WEEKS, anchor=Anchor.PERIOD_FIRST_OPEN_DAY)
    assert cutoff_at(by_calendar, dates, REAL) == instant_of(row["limite au calendrier"])
    assert cutoff_at(by_first_open, dates, REAL) == instant_of(row["limite au premier jour ouvert"])


def test_toussaint_asked_for_on_25_september_is_late_whatever_the_rentree_window() -> None:
    holidays = Deadlines((tier(4, OffsetUnit.WEEKS, anchor=Anchor.PERIOD_START), LATE))
    dates = SlotDates(date(2026, 10, 19), date(2026, 10, 17), date(2026, 10, 19))
    assert timing_at(datetime(2026, 9, 25, 10, tzinfo=PARIS), holidays, dates, REAL) is Timing.LATE


@pytest.mark.parametrize("row", TABLES["communes"] + TABLES["ponts"] + TABLES["semaine-53"], ids=str)
def test_the_rules_of_other_towns_bridges_and_long_years(row: Row) -> None:
    calendar = BRIDGED if "pont" in row["règle"] else REAL
    assert cutoff_at(WORDED[row["règle"]], SlotDates(day_of(row["jour"])), calendar) == instant_of(
        row["limite"]
    )


@pytest.mark.parametrize("row", TABLES["boissy"], ids=lambda row: row["vacances"])
def test_a_fixed_date_needs_no_arithmetic(row: Row) -> None:
    fixed = instant_of(row["date fixée"])
    dates = SlotDates(day_of(row["premier jour"]))
    assert cutoff_at(Tier(Timing.IN_TIME, Anchor.FIXED_DATE, fixed=fixed), dates, Calendar({})) == fixed


@pytest.mark.parametrize("row", TABLES["heure"], ids=str)
def test_a_clock_change_between_the_limit_and_the_day_moves_nothing(row: Row) -> None:
    limit = cutoff_at(WORDED[row["règle"]], SlotDates(day_of(row["jour"])), REAL)
    assert limit.replace(tzinfo=None) == instant_of(row["limite"]).replace(tzinfo=None)
    assert limit.astimezone(UTC) == instant_of(row["en temps universel"]).replace(tzinfo=UTC)


def test_the_second_half_past_two_of_the_night_of_october_is_told_from_the_first() -> None:
    deadlines = Deadlines((WORDED["la veille, 02:30"],))
    dates = SlotDates(date(2026, 10, 26))
    second_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert timing_at(second_half_past_two - timedelta(hours=1), deadlines, dates, REAL) is Timing.IN_TIME
    assert timing_at(second_half_past_two, deadlines, dates, REAL) is Timing.IN_TIME
    assert timing_at(second_half_past_two + timedelta(seconds=1), deadlines, dates, REAL) is Timing.CLOSED


def test_a_limit_holds_during_its_whole_last_second() -> None:
    deadlines, dates = Deadlines((LATE,)), SlotDates(date(2026, 10, 2))
    last = datetime(2026, 10, 1, 12, 0, 0, 999_999, tzinfo=PARIS)
    assert timing_at(last, deadlines, dates, REAL) is Timing.LATE
    assert timing_at(last + timedelta(microseconds=1), deadlines, dates, REAL) is Timing.CLOSED


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        timing_at(datetime(2026, 10, 1, 12), TOWN, SlotDates(date(2026, 10, 2)), REAL)


def test_next_change_says_until_when_the_present_answer_holds() -> None:
    dates = SlotDates(date(2026, 11, 30))
    until = datetime(2026, 11, 15, 23, 59, 59, tzinfo=PARIS)
    assert next_change(until, TOWN, dates, REAL) == (Timing.IN_TIME, until)
    eve = datetime(2026, 11, 29, 12, tzinfo=PARIS)
    assert next_change(until + timedelta(seconds=1), TOWN, dates, REAL) == (Timing.LATE, eve)
    assert next_change(datetime(2026, 12, 1, tzinfo=PARIS), TOWN, dates, REAL) == (Timing.CLOSED, None)


def test_an_early_limit_is_never_outlived_by_the_one_before_it() -> None:
    """A fixed date for being in time does not open days that the caterer has closed."""
    fixed = Tier(Timing.IN_TIME, Anchor.FIXED_DATE, fixed=RENTREE_CLOSES)
    dates = SlotDates(date(2026, 9, 10))
    eve = datetime(2026, 9, 9, 12, tzinfo=PARIS)
    assert limits(Deadlines((fixed, LATE)), dates, REAL) == ((Timing.IN_TIME, eve), (Timing.LATE, eve))


def test_a_window_on_the_last_tier_stops_with_the_day_itself() -> None:
    window = Window(Timing.IN_TIME, RENTREE_CLOSES)
    ((_, limit),) = limits(Deadlines((IN_TIME,), (window,)), SlotDates(date(2026, 9, 10)), REAL)
    assert limit == datetime(2026, 9, 10, 23, 59, 59, tzinfo=PARIS)


def test_no_tier_at_all_is_closed() -> None:
    assert timing_at(RENTREE_CLOSES, Deadlines(()), SlotDates(date(2027, 1, 4)), REAL) is Timing.CLOSED


def test_a_period_anchor_without_its_period_is_an_error_not_a_guess() -> None:
    with pytest.raises(MissingAnchor):
        cutoff_at(tier(4, OffsetUnit.WEEKS, anchor=Anchor.PERIOD_START), SlotDates(date(2026, 10, 19)), REAL)


def test_a_day_unknown_to_the_calendar_is_an_error() -> None:
    with pytest.raises(UnknownDay):
        cutoff_at(WORDED["2 jours ouvrés, 12:00"], SlotDates(date(2031, 3, 4)), REAL)


def test_a_certificate_may_be_asked_within_days_after_the_absence() -> None:
    within = tier(-3)
    assert cutoff_at(within, SlotDates(date(2026, 10, 5)), REAL) == datetime(
        2026, 10, 8, 23, 59, 59, tzinfo=PARIS
    )
    assert check_deadlines(Deadlines((within,)), Action.JUSTIFY) == ()
    assert check_deadlines(Deadlines((within,)))


DAYS = st.dates(date(2026, 6, 1), date(2027, 8, 31))
UNITS = st.sampled_from(OffsetUnit)


@given(DAYS, st.integers(0, 20), st.integers(0, 20), st.times(), UNITS)
def test_more_notice_is_never_a_later_limit(day: date, a: int, b: int, at: time, unit: OffsetUnit) -> None:
    few, many = sorted((a, b))
    # A school-day count may run past the known calendar, in the summer before it begins.
    known = SlotDates(max(day, date(2026, 9, 1)))
    assert cutoff_at(tier(many, unit, at), known, REAL) <= cutoff_at(tier(few, unit, at), known, REAL)


@given(DAYS, st.datetimes(datetime(2026, 5, 1), datetime(2027, 9, 30)), st.integers(0, 10**7))
def test_time_never_makes_a_timing_better(day: date, asked: datetime, later: int) -> None:
    order = list(Timing)
    now = asked.replace(tzinfo=UTC)
    before, after = (
        timing_at(instant, TOWN, SlotDates(day), REAL) for instant in (now, now + timedelta(seconds=later))
    )
    assert order.index(before) <= order.index(after)


@given(DAYS, st.datetimes(datetime(2026, 5, 1), datetime(2027, 9, 30)))
def test_next_change_is_the_last_second_of_the_present_timing(day: date, asked: datetime) -> None:
    now, dates = asked.replace(tzinfo=UTC), SlotDates(day)
    timing, until = next_change(now, TOWN, dates, REAL)
    assert timing is timing_at(now, TOWN, dates, REAL)
    if until is not None:
        assert timing_at(until, TOWN, dates, REAL) is timing
        after = until.astimezone(UTC) + timedelta(seconds=1)
        assert timing_at(after, TOWN, dates, REAL) is not timing


@pytest.mark.parametrize(
    ("deadlines", "said"),
    [
        (Deadlines(()), "Aucune limite"),
        (Deadlines((LATE, IN_TIME)), "doivent se suivre"),
        (Deadlines((IN_TIME, IN_TIME)), "doivent se suivre"),
        (Deadlines((tier(0, timing=Timing.CLOSED),)), "n’a pas de limite"),
        (Deadlines((tier(1), tier(15, timing=Timing.LATE))), "écourtée"),
        (Deadlines((tier(-1),)), "négatif"),
        (Deadlines((Tier(Timing.IN_TIME, Anchor.FIXED_DATE),)), "date fixe"),
        (Deadlines((Tier(Timing.IN_TIME, fixed=RENTREE_CLOSES),)), "date fixe"),
        (Deadlines((IN_TIME,), (Window(Timing.LATE, RENTREE_CLOSES),)), "n’existe pas"),
    ],
)
def test_deadlines_that_make_no_sense_are_refused_in_words(deadlines: Deadlines, said: str) -> None:
    assert any(said in problem for problem in check_deadlines(deadlines))


def test_the_town_s_deadlines_are_sound() -> None:
    assert check_deadlines(TOWN) == ()


@pytest.mark.parametrize(
    ("birth", "on", "allowed"),
    [
        (date(2023, 9, 1), date(2026, 9, 1), True),  # three on the very day
        (date(2023, 9, 2), date(2026, 9, 1), False),
        (date(2014, 9, 2), date(2026, 9, 1), True),  # the eve of twelve
        (date(2014, 9, 1), date(2026, 9, 1), False),
        (date(2024, 2, 29), date(2027, 2, 28), False),
        (date(2024, 2, 29), date(2027, 3, 1), True),
        (date(2027, 1, 1), date(2026, 9, 1), False),  # not born yet
    ],
)
def test_ages_are_completed_years_both_ends_included(birth: date, on: date, allowed: bool) -> None:
    assert may_enrol(birth, Ages(3, 11), on) is allowed


def test_an_activity_without_ages_takes_every_child() -> None:
    assert may_enrol(date(2026, 1, 1), Ages(), date(2026, 9, 1))


def test_the_refusal_says_too_young_or_too_old() -> None:
    check_age(date(2020, 1, 1), Ages(3, 11), date(2026, 9, 1))
    with pytest.raises(TooYoung):
        check_age(date(2025, 1, 1), Ages(3, 11), date(2026, 9, 1))
    with pytest.raises(TooOld):
        check_age(date(2010, 1, 1), Ages(3, 11), date(2026, 9, 1))
