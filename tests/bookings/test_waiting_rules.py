"""The waiting list's rules. The vectors are the tables of docs/rules/waiting_list.md."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.activities.enums import PriorityCode, Timing, WaitingMode
from espace.activities.rules import WaitingRule
from espace.bookings.errors import NoWaitingList, WaitingListClosed, WaitingListFull
from espace.bookings.rules import (
    Request,
    Room,
    answer_deadline,
    booking_ends,
    free_for_all,
    in_order,
    is_past,
    next_to_offer,
    offers_until,
    priority_of,
    ranks,
    runs,
    why_not_join,
)
from espace.kernel.calendar import PARIS
from tests.support.doc_tables import RULES, Row, day_of, instant_of, tables_of

pytestmark = pytest.mark.pure
TABLES = tables_of("waiting_list.md")
MODES = {
    "aucune": WaitingMode.OFF,
    "automatique": WaitingMode.AUTOMATIC,
    "par un agent": WaitingMode.BY_AGENT,
}
ANSWERS = {
    "oui": type(None),
    "pas de liste": NoWaitingList,
    "liste complète": WaitingListFull,
    "trop tard": WaitingListClosed,
}
NOW = datetime(2026, 11, 2, 18, 0, tzinfo=PARIS)


def automatic(hours: int = 24, days: int = 2) -> WaitingRule:
    return WaitingRule(WaitingMode.AUTOMATIC, hours, days)


@pytest.mark.parametrize("row", TABLES["rang"], ids=lambda row: row["ordre"])
def test_the_rank(row: Row) -> None:
    told = dict(part.split(" ", 1) for part in row["demandes (points @ demandée le)"].split(" ; "))
    names = list(told)
    requests = [
        Request(number, int(words.split(" @ ")[0]), instant_of(words.split(" @ ")[1]))
        for number, words in enumerate(told.values())
    ]
    for order in permutations(requests):
        assert " ".join(names[r.id] for r in in_order(order)) == row["ordre"]
    first = row["ordre"].split()[0]
    assert next_to_offer(requests) == names.index(first)
    assert ranks(requests)[names.index(first)] == 1


def test_nobody_waits_nobody_is_asked() -> None:
    assert next_to_offer([]) is None
    assert ranks([]) == {}


@pytest.mark.parametrize("row", TABLES["fin-des-propositions"], ids=lambda row: row["jour"])
def test_until_when_a_place_is_offered(row: Row) -> None:
    rule = automatic(days=int(row["jours sans proposition"]))
    until = offers_until(rule, day_of(row["jour"]), instant_of(row["fin des réservations en ligne"]))
    assert until == instant_of(row["dernière proposition"])
    assert until is not None
    assert runs(until, until)
    assert runs(until, until + timedelta(microseconds=999_999))
    assert not runs(until, until + timedelta(seconds=1))


def test_without_a_list_nothing_is_ever_offered() -> None:
    assert offers_until(WaitingRule(), NOW.date(), NOW) is None
    assert offers_until(automatic(), NOW.date(), None) is None
    assert not runs(None, NOW)


@pytest.mark.parametrize("row", TABLES["reponse"], ids=lambda row: row["proposée le"])
def test_until_when_a_family_may_answer(row: Row) -> None:
    ends = instant_of(row["fin des réservations en ligne"])
    deadline = answer_deadline(automatic(int(row["heures"])), instant_of(row["proposée le"]), ends)
    assert deadline == instant_of(row["répondre avant le"])
    assert not is_past(deadline, deadline)
    assert is_past(deadline, deadline + timedelta(seconds=1))


@pytest.mark.parametrize("row", TABLES["places"], ids=lambda row: " ".join(row.values()))
def test_nobody_jumps_over_the_queue(row: Row) -> None:
    room = Room(int(row["places libres"]), int(row["en attente"]))
    assert free_for_all(room, queue_runs=row["la liste court"] == "oui") == int(row["pour qui passe"])


@pytest.mark.parametrize("row", TABLES["attendre"], ids=lambda row: row["réponse"] + row["liste d’attente"])
def test_who_may_wait(row: Row) -> None:
    room = row["encore de la place sur la liste"]
    list_left = None if room == "sans limite" else int(room)
    until = NOW if row["la liste court"] == "oui" else NOW - timedelta(hours=1)
    found = why_not_join(WaitingRule(MODES[row["liste d’attente"]]), until, NOW, list_left)
    assert type(found) is ANSWERS[row["réponse"]]


def test_booking_ends_with_the_last_tier_that_families_have() -> None:
    limits = [
        (Timing.IN_TIME, NOW),
        (Timing.LATE, NOW + timedelta(days=1)),
        (Timing.AGENT_ONLY, NOW + timedelta(days=2)),
    ]
    assert booking_ends(limits) == NOW + timedelta(days=1)
    assert booking_ends([(Timing.AGENT_ONLY, NOW)]) is None
    assert booking_ends([]) is None


def test_the_points_are_added_up() -> None:
    assert priority_of([10, 5]) == 15
    assert priority_of([]) == 0


def test_the_document_names_every_criterion_there_is() -> None:
    written = set(
        re.findall(r"`([A-Z_]+)` \|$", (RULES / "waiting_list.md").read_text(encoding="utf-8"), re.M)
    )
    assert written == set(PriorityCode)


@given(
    st.lists(
        st.builds(
            Request,
            st.integers(1, 50),
            st.integers(0, 3),
            st.integers(0, 5).map(lambda n: NOW + timedelta(hours=n)),
        ),
        unique_by=lambda r: r.id,
    )
)
def test_more_points_never_come_after_fewer(requests: list[Request]) -> None:
    found = ranks(requests)
    assert sorted(found.values()) == list(range(1, len(requests) + 1))
    for a in requests:
        for b in requests:
            if a.priority > b.priority:
                assert found[a.id] < found[b.id]
            if a.priority == b.priority and a.requested_at < b.requested_at:
                assert found[a.id] < found[b.id]
