"""The journal of a family speaks French, whatever was done."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from espace.backoffice.families.words import ACTIONS

ESPACE = Path(__file__).resolve().parents[2] / "espace"


def acts_of_a_family(tree: ast.AST) -> Iterator[str]:
    """The names of the acts that are recorded with a household."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not any(k.arg == "household_id" for k in node.keywords):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("record", "prepared") and len(node.args) > 1:
            for part in ast.walk(node.args[1]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_every_act_of_a_family_has_words() -> None:
    done = {
        act
        for path in ESPACE.glob("*/**/*.py")
        for act in acts_of_a_family(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {"bookings.change", "bookings.cancel_by_service"} <= done
    done.discard("payments.")  # the beginning of one act for each answer of the bank
    done |= {f"payments.{state.lower()}" for state in ("PAID", "REFUSED", "CANCELLED")}
    assert done - ACTIONS.keys() == set()
