"""docs/rules/invariants.md names tests and proofs that exist, for each invariant from I1 to I15."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from espace.operations.proof import PROOFS
from tests.support.doc_tables import Row, tables_of

ROOT = Path(__file__).resolve().parents[2]
TABLE = tables_of("invariants.md")["invariants"]
NOT_YET = {"I14"}  # no attendance sheet is written yet
NAMED = re.compile(r"`([^`]+)`")


def test_every_invariant_is_told_once() -> None:
    assert [row["numéro"] for row in TABLE] == [f"I{n}" for n in range(1, 16)]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["numéro"])
def test_what_holds_it_exists(row: Row) -> None:
    tests = NAMED.findall(row["tests"])
    assert bool(tests) != (row["numéro"] in NOT_YET)
    for test in tests:
        path, _, name = test.partition("::")
        assert f"\ndef {name}(" in (ROOT / path).read_text(encoding="utf-8"), test
    assert set(NAMED.findall(row["preuves"])) <= set(PROOFS)
