"""Pure rules of bookings: the expansion of a pattern, what overlaps, what is stale, how a cell reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from espace.activities.enums import Timing
from espace.bookings.enums import BookingOrigin, BookingState
from espace.bookings.rules import (
    EDITABLE,
    CalendarEvent,
    Cell,
    CellState,
    PatternDayRule,
    SlotDay,
    StandingBooking,
    by_hand,
    calendar_file,
    cell_state,
    expand,
    is_last_evening,
    overlaps,
    stale_difference,
)
from espace.kernel.calendar import PARIS

MONDAY = date(2026, 11, 30)
FORMULAS = (1, 2)
SLOTS = [
    SlotDay(10 * n + formula, MONDAY + timedelta(days=n), formula) for n in range(20) for formula in FORMULAS
]

patterns = st.frozensets(st.builds(PatternDayRule, st.integers(0, 6), st.sampled_from(FORMULAS)))
standings = st.lists(
    st.builds(
        lambda slot, active, hand: StandingBooking(slot.slot_id + 1000, slot.slot_id, active, hand),
        st.sampled_from(SLOTS), st.booleans(), st.booleans(),
    ),
    unique_by=lambda b: b.slot_id,
)  # fmt: skip


def applied(
    standing: list[StandingBooking], book: tuple[int, ...], cancel: tuple[int, ...]
) -> list[StandingBooking]:
    """The bookings once a diff is done."""
    kept = {b.slot_id: b for b in standing}
    for b in standing:
        if b.booking_id in cancel:
            kept[b.slot_id] = StandingBooking(b.booking_id, b.slot_id, False, b.by_hand)
    for slot in book:
        kept[slot] = StandingBooking(slot + 5000, slot, True, False)
    return list(kept.values())


@given(patterns, standings, st.integers(0, 21))
def test_a_pattern_run_again_does_nothing(
    days: frozenset[PatternDayRule], standing: list[StandingBooking], offset: int
) -> None:
    start = MONDAY + timedelta(days=offset)
    first = expand(days, SLOTS, standing, start)
    again = expand(days, SLOTS, applied(standing, first.book, first.cancel), start)
    assert again.is_empty
    assert again.left_alone == first.left_alone


@given(patterns, standings)
def test_a_pattern_never_touches_what_was_made_by_hand(
    days: frozenset[PatternDayRule], standing: list[StandingBooking]
) -> None:
    found = expand(days, SLOTS, standing, MONDAY)
    hand = {b.slot_id for b in standing if b.by_hand}
    assert not hand & set(found.book)
    assert not {b.booking_id for b in standing if b.by_hand} & set(found.cancel)


@given(patterns, standings)
def test_a_pattern_books_what_it_says_and_only_that(
    days: frozenset[PatternDayRule], standing: list[StandingBooking]
) -> None:
    found = expand(days, SLOTS, standing, MONDAY)
    wanted = {(d.weekday, d.formula_id) for d in days}
    hand = {b.slot_id for b in standing if b.by_hand}
    after = {b.slot_id for b in applied(standing, found.book, found.cancel) if b.is_active}
    for slot in SLOTS:
        if slot.slot_id not in hand:
            assert (slot.slot_id in after) == ((slot.day.weekday(), slot.formula_id) in wanted)


@given(patterns, standings, st.integers(1, 21))
def test_a_pattern_leaves_the_days_before_it(
    days: frozenset[PatternDayRule], standing: list[StandingBooking], offset: int
) -> None:
    start = MONDAY + timedelta(days=offset)
    found = expand(days, SLOTS, standing, start)
    day_of = {s.slot_id: s.day for s in SLOTS}
    touched = [*found.book, *found.left_alone, *(pk - 1000 for pk in found.cancel)]
    assert all(day_of[slot] >= start for slot in touched)


@pytest.mark.parametrize(
    ("origin", "pinned", "expected"),
    [
        (BookingOrigin.PATTERN, False, False),
        (BookingOrigin.PATTERN, True, True),
        (BookingOrigin.UNIT, False, True),
        (BookingOrigin.AGENT, False, True),
    ],
)
def test_by_hand(origin: BookingOrigin, pinned: bool, expected: bool) -> None:
    assert by_hand(origin, pinned) is expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((7, 8), (8, 9), False),
        ((7, 9), (8, 9), True),
        ((7, 18), (11, 13), True),
        ((16, 18), (7, 8), False),
        ((11, 13), (11, 13), True),
    ],
)
def test_hours_that_meet(a: tuple[int, int], b: tuple[int, int], expected: bool) -> None:
    first, second = [(time(x), time(y)) for x, y in (a, b)]
    assert overlaps(*first, *second) is expected
    assert overlaps(*second, *first) is expected


@given(
    st.dictionaries(st.integers(1, 9), st.integers(1, 99)),
    st.dictionaries(st.integers(1, 9), st.integers(1, 99)),
)
def test_the_difference_behind_a_form(seen: dict[int, int], now: dict[int, int]) -> None:
    changes = {c.slot_id: c.appeared for c in stale_difference(seen, now)}
    for slot in range(1, 10):
        assert changes.get(slot) == (None if (slot in seen) == (slot in now) else slot in now)


CELLS = st.builds(
    Cell,
    is_open=st.booleans(),
    places_left=st.integers(0, 2),
    is_past=st.booleans(),
    is_own_day=st.booleans(),
    has_price=st.booleans(),
    booking=st.sampled_from([None, BookingState.CONFIRMED, BookingState.PENDING_ENROLMENT]),
    book=st.sampled_from(Timing),
    cancel=st.sampled_from(Timing),
    may_override=st.booleans(),
)


@given(CELLS)
def test_what_can_be_ticked_can_be_done(cell: Cell) -> None:
    state = cell_state(cell)
    if state not in EDITABLE:
        return
    timing = cell.book if state is CellState.FREE else cell.cancel
    assert cell.is_own_day
    assert not cell.is_past
    assert timing in (Timing.IN_TIME, Timing.LATE) or (timing is Timing.AGENT_ONLY and cell.may_override)
    if state is CellState.FREE:
        assert cell.is_open
        assert cell.places_left
        assert cell.has_price


@given(CELLS)
def test_a_booked_day_never_reads_free(cell: Cell) -> None:
    if cell.booking is not None and cell.is_own_day:
        assert cell_state(cell) in (CellState.BOOKED, CellState.BOOKED_FIXED, CellState.PAST_BOOKED)


def test_the_last_evening_is_today() -> None:
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert is_last_evening(now + timedelta(hours=3), now)
    assert not is_last_evening(now + timedelta(days=1), now)
    assert not is_last_evening(None, now)


def test_the_calendar_file_keeps_local_hours_on_both_sides_of_summer() -> None:
    days = (date(2026, 10, 23), date(2026, 10, 26), date(2027, 3, 26), date(2027, 3, 29))
    events = [CalendarEvent(f"k{d}", "Zoé : Repas", d, time(11, 30), time(13, 30), "", False) for d in days]
    read = Calendar.from_ical(calendar_file(events, datetime(2026, 9, 1, tzinfo=UTC), "exemple.fr"))
    starts = [event.decoded("dtstart").hour for event in read.walk("VEVENT")]
    assert starts == [9, 10, 10, 9]


def test_long_and_awkward_words_come_back_from_the_calendar_file_as_they_were() -> None:
    title = "Zoé; « à table », l’été \\ l’hiver\n" + "é€" * 80
    event = CalendarEvent(
        "reservation-1-2", title, MONDAY, time(11, 30), time(13, 30), "Centre, 1er étage", False
    )
    written = calendar_file([event], datetime(2026, 9, 1, tzinfo=UTC), "exemple.fr")
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    (read,) = Calendar.from_ical(written).walk("VEVENT")
    assert (str(read["summary"]), str(read["location"])) == (title, "Centre, 1er étage")


def test_a_calendar_that_is_read_again_says_its_name_its_pace_and_when_to_ring() -> None:
    monday = date(2026, 10, 26)  # the clocks changed the day before
    rings = datetime(2026, 10, 23, 23, 59, 30, tzinfo=PARIS)
    note = "Repas ; 11 h 30, 13 h 30\nÀ savoir : « grève »"
    event = CalendarEvent(
        "limite-1", "Zoé : Repas", monday, time(11, 30), time(13, 30), "", False, True, note, rings
    )
    written = calendar_file(
        [event],
        datetime(2026, 9, 1, tzinfo=UTC),
        "exemple.fr",
        name="Famille D., Zoé",
        again_after=timedelta(hours=6),
    )
    whole = Calendar.from_ical(written)
    assert b"\r\nNAME:Famille D.\\, Zo\xc3\xa9\r\nX-WR-CALNAME:Famille D.\\, Zo\xc3\xa9\r\n" in written
    assert whole.decoded("refresh-interval") == timedelta(hours=6)
    (read,) = whole.walk("VEVENT")
    (alarm,) = read.walk("VALARM")
    assert (str(read["description"]), str(read["status"])) == (note, "TENTATIVE")
    assert read.decoded("dtstart") + alarm.decoded("trigger") == rings
    assert (str(alarm["action"]), str(alarm["description"])) == ("DISPLAY", "Zoé : Repas")


def test_a_cancelled_day_keeps_its_key_so_that_calendars_drop_it() -> None:
    event = CalendarEvent("reservation-1-2", "Zoé : Repas", MONDAY, time(11, 30), time(13, 30), "", True)
    (read,) = Calendar.from_ical(calendar_file([event], datetime(2026, 9, 1, tzinfo=UTC), "exemple.fr")).walk(
        "VEVENT"
    )
    assert (str(read["uid"]), str(read["status"])) == ("reservation-1-2@exemple.fr", "CANCELLED")
