"""What a day of a collective event costs, by what the family did (docs/rules/events.md)."""

from __future__ import annotations

import pytest

from espace.activities.enums import EventEffect, Timing
from espace.attendance.enums import BillingEffect, Outcome
from espace.attendance.rules import effect_of, outcome_of
from tests.support.doc_tables import Row, tables_of

EFFECTS = {
    "fermé": EventEffect.CLOSED,
    "annulation gratuite": EventEffect.FREE_ABSENCE,
    "pique-nique": EventEffect.PICNIC,
    "déplacé": EventEffect.MOVED,
    "aucun": None,
}
DID = {
    "avait réservé": None,
    "n’annule pas": None,
    "annule dans les délais": Timing.IN_TIME,
    "annule hors délai": Timing.LATE,
    "avait annulé hors délai": Timing.LATE,
}
OUTCOMES = {
    "présent": Outcome.PRESENT,
    "annulée par la commune": Outcome.SERVICE_CANCELLED,
    "annulée dans les délais": Outcome.CANCELLED_IN_TIME,
    "annulée hors délai": Outcome.CANCELLED_LATE,
}
BILLED = {"rien": BillingEffect.NONE, "prix entier": BillingEffect.FULL}
ROWS = tables_of("events.md")["facture"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.values()))
def test_what_a_day_costs(row: Row) -> None:
    timing = DID[row["ce que la famille a fait"]]
    outcome = outcome_of(is_active=timing is None, cancel_timing=timing, event=EFFECTS[row["effet"]])
    assert outcome is OUTCOMES[row["issue"]]
    assert effect_of(outcome) is BILLED[row["facture"]]


def test_every_effect_has_its_row() -> None:
    assert {EFFECTS[row["effet"]] for row in ROWS} == {*EventEffect, None}
