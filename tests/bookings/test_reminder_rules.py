"""Whom to remind and when: the tables of docs/rules/reminders.md."""

from __future__ import annotations

import pytest

from espace.bookings.enums import EnrolmentState
from espace.bookings.rules import is_soon, lacks_a_day, may_say_again, may_write, told_limit
from tests.support.doc_tables import Row, day_of, instant_of, tables_of

pytestmark = pytest.mark.pure
TABLES = tables_of("reminders.md")
STATES = {
    "acceptée": EnrolmentState.ACCEPTED,
    "à l’étude": EnrolmentState.PENDING,
    "refusée": EnrolmentState.REFUSED,
    "terminée": EnrolmentState.ENDED,
}


def rows(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", TABLES[name], ids=lambda row: " | ".join(row.values())[:90])


@rows("inscriptions")
def test_who_is_enrolled_without_a_day(row: Row) -> None:
    found = lacks_a_day(
        STATES[row["inscription"]],
        has_days=row["jours à venir"] != "aucun",
        enrolled_at=instant_of(row["inscrit"]),
        now=instant_of(row["maintenant"]),
    )
    assert found == (row["rappel"] == "oui")


@rows("bientot")
def test_three_days_before(row: Row) -> None:
    assert is_soon(instant_of(row["limite"]), instant_of(row["maintenant"])) == (row["rappel"] == "oui")


@rows("heures")
def test_nobody_is_written_to_at_night(row: Row) -> None:
    assert may_write(instant_of(row["heure de Paris"])) == (row["message"] == "oui")


@rows("encore")
def test_an_enrolment_is_spoken_of_again_four_weeks_later(row: Row) -> None:
    said = None if row["dit le"] == "jamais" else instant_of(row["dit le"])
    assert may_say_again(said, instant_of(row["maintenant"])) == (row["rappel"] == "oui")


@rows("dite")
def test_the_limit_that_is_told_and_its_days(row: Row) -> None:
    limits = {}
    for pair in row["limites (jour : limite)"].split(" ; "):
        day, _, limit = pair.partition(" : ")
        limits[day_of(day)] = instant_of(limit)
    told = told_limit(limits, instant_of(row["maintenant"]))
    if row["dite"] == "rien":
        assert told is None
    else:
        assert told == (instant_of(row["dite"]), tuple(day_of(d) for d in row["jours"].split(" ; ")))
