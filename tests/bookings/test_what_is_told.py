"""The words of what was done: an event, an acknowledgement, a line of the journal. Nothing is read from the database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from espace.backoffice.families.journal import described
from espace.bookings.models import Submission
from espace.bookings.notices.acknowledgement import body_of
from espace.bookings.notices.events import said_once
from espace.bookings.queries.submissions import acknowledgement
from espace.kernel.money import Money
from espace.kernel.text import NBSP
from espace.portal.bookings.days import done_months

AT = datetime(2026, 11, 25, 13, tzinfo=UTC)
PAST, TO_COME = "2026-11-25T11:00:00+00:00", "2026-11-26T11:00:00+00:00"


def line(day: int, **changed: Any) -> dict[str, Any]:
    return {
        "add": True, "child": "Zoé", "key": f"reservation-1-{day}", "day": date(2026, 12, day).isoformat(),
        "activity": "Restauration scolaire", "formula": "Repas", "start": "11:30", "end": "13:30", "price": 235,
        "amount": 235, "late": False, "due": False, "pending": False, "until": TO_COME, **changed,
    }  # fmt: skip


def made(*lines: dict[str, Any], **kept: Any) -> Submission:
    return Submission(
        reference="RES-1", at=AT, household_id=1, booked=len(lines), cancelled=0, late=0, total=Money(235),
        summary={"lines": list(lines), "skipped": [], **kept},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "reason", "said"),
    [
        ("Grève", "Grève de l’enseignante.", "Grève de l’enseignante."),
        ("Grève", "préavis national", "Grève : préavis national."),
        ("Sortie", "Sorties au musée", "Sortie : Sorties au musée."),
    ],
)
def test_a_reason_that_begins_with_the_kind_is_said_once(kind: str, reason: str, said: str) -> None:
    assert said_once(kind, reason).replace(NBSP, " ") == said.replace(NBSP, " ")


def test_a_day_that_could_no_longer_be_undone_when_it_was_booked_says_so() -> None:
    done = acknowledgement(made(line(1, until=PAST), line(2)))
    late, usual = done_months(done)[0].rows
    assert (late.aside, late.note) == ("", "ne peut plus être annulé sans frais")
    assert usual.aside.startswith(f"26{NBSP}nov.")
    assert body_of(done, {}).count("ne peut plus être annulé sans frais") == 1


def test_what_an_agent_did_is_said_with_the_reason_they_gave() -> None:
    told = body_of(acknowledgement(made(line(1), counter=True, reason="Hospitalisation")), {})
    assert "Demande enregistrée par le guichet." in told
    assert "Motif : Hospitalisation".replace(NBSP, " ") in told.replace(NBSP, " ")
    assert "guichet" not in body_of(acknowledgement(made(line(1))), {})


def test_the_journal_tells_a_place_from_a_turn() -> None:
    done = acknowledgement(
        made(
            line(1),
            line(2, add=False),
            line(3, waiting=True),
            line(4, add=False, leave=True),
            line(8, add=False, waiting=True),
        )
    )
    assert [said.replace(NBSP, " ") for said in described(done)[1:5]] == [
        "réserve 1er déc.", "annule 2 déc.", "attend une place 3 déc. et 8 déc.", "quitte la liste d’attente 4 déc.",
    ]  # fmt: skip
