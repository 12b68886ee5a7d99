"""Charges: the difference to write, and the lines they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.billing.enums import ChargeKind
from espace.billing.rules import Charge, ChargeContent, diff, group_lines, live_charge
from espace.kernel.money import Money, Rounding, amount_of, total

MEAL = ChargeContent(
    debtor=1,
    household=1,
    person=3,
    activity=5,
    unit="meal",
    day=date(2026, 10, 1),
    kind=ChargeKind.CONSUMPTION,
    quantity=100,
    unit_price=30500,
    amount=Money(305),
    accounting_code="7067",
    steps="812",
)
DEARER = replace(MEAL, unit_price=35500, amount=Money(355))


def net(charges: list[Charge]) -> dict[str, Money]:
    keys = {charge.source_key for charge in charges}
    return {key: total(c.content.amount for c in charges if c.source_key == key) for key in keys}


def test_a_first_charge_is_revision_one() -> None:
    assert diff({"b1": MEAL}, []) == (Charge("b1", 1, MEAL),)


def test_nothing_is_written_when_nothing_changed() -> None:
    assert diff({"b1": MEAL}, [Charge("b1", 1, MEAL)]) == ()
    reworded = replace(MEAL, steps="815")
    assert diff({"b1": reworded}, [Charge("b1", 1, MEAL)]) == ()


def test_a_correction_is_a_reversal_and_a_new_charge() -> None:
    """I21."""
    reversal, corrected = diff({"b1": DEARER}, [Charge("b1", 1, MEAL)])
    assert (reversal.revision, reversal.reverses, reversal.content.kind) == (2, 1, ChargeKind.REVERSAL)
    assert (reversal.content.quantity, reversal.content.amount) == (-100, Money(-305))
    assert reversal.content.accounting_code == "7067"
    assert corrected == Charge("b1", 3, DEARER)


def test_what_is_no_longer_due_is_reversed_and_may_come_back() -> None:
    history = [Charge("b1", 1, MEAL)]
    history += diff({}, history)
    assert net(history) == {"b1": Money.ZERO}
    assert diff({"b1": MEAL}, history) == (Charge("b1", 3, MEAL),)


@pytest.mark.parametrize("field", ["debtor", "household", "accounting_code", "quantity"])
def test_who_owes_and_where_it_is_booked_are_corrections_too(field: str) -> None:
    changed = replace(MEAL, **{field: "706" if field == "accounting_code" else 999})  # type: ignore[arg-type]
    assert len(diff({"b1": changed}, [Charge("b1", 1, MEAL)])) == 2


def test_two_live_charges_for_one_key_are_never_silently_accepted() -> None:
    with pytest.raises(ValueError, match="two live charges"):
        live_charge([Charge("b1", 1, MEAL), Charge("b1", 2, MEAL)])


CONTENTS = st.builds(
    lambda debtor, quantity, price: replace(
        MEAL,
        debtor=debtor,
        quantity=quantity,
        unit_price=price,
        amount=amount_of(quantity, price, Rounding.HALF_UP),
    ),
    st.integers(1, 3),
    st.integers(0, 400),
    st.integers(0, 100_000),
)
DESIRED = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), CONTENTS)


@given(st.lists(DESIRED, max_size=6))
def test_the_net_of_a_key_always_equals_what_is_due_today(days: list[dict[str, ChargeContent]]) -> None:
    """I21 and I23: whatever was due before, and running twice changes nothing."""
    history: list[Charge] = []
    for desired in days:
        history += diff(desired, history)
        assert diff(desired, history) == ()
        nets = net(history)
        assert {key: nets[key] for key in desired} == {key: c.amount for key, c in desired.items()}
        assert all(not nets[key] for key in nets.keys() - desired.keys())
    assert len({(c.source_key, c.revision) for c in history}) == len(history)  # I18


def test_the_same_meal_on_several_days_is_one_line_that_keeps_its_accounting_code() -> None:
    """Defect 4."""
    days = [MEAL.day + timedelta(days=n) for n in (7, 0, 1)]
    (line,) = group_lines(Charge(f"b{n}", 1, replace(MEAL, day=day)) for n, day in enumerate(days))
    assert (line.quantity, line.total, line.accounting_code) == (300, Money(915), "7067")
    assert line.days == tuple(sorted(days))


def test_another_price_child_reason_or_code_is_another_line() -> None:
    others = [
        MEAL,
        DEARER,
        replace(MEAL, person=4),
        replace(MEAL, steps="ceiling"),
        replace(MEAL, accounting_code="70"),
        MEAL.reversed(),
    ]
    lines = group_lines(Charge(f"b{n}", 1, content) for n, content in enumerate(others))
    assert len(lines) == len(others)
    assert lines[-1].person == 4


@given(st.lists(CONTENTS, max_size=30))
def test_no_cent_and_no_charge_is_lost_between_charges_and_lines(contents: list[ChargeContent]) -> None:
    charges = [Charge(f"b{n}", 1, content) for n, content in enumerate(contents)]
    lines = group_lines(charges)
    assert total(line.total for line in lines) == total(c.amount for c in contents)
    assert sorted(c.source_key for line in lines for c in line.charges) == sorted(
        c.source_key for c in charges
    )
    assert group_lines(reversed(charges)) == lines
