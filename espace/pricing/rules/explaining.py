"""A quote in words: as a chain, as a sentence, and as the JSON a charge keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from espace.kernel.money import Money
from espace.kernel.text import NBSP
from espace.pricing.enums import ModifierKind, StepKind
from espace.pricing.rules.tariffs import Quote, Step

_MODIFIERS = frozenset(kind.value for kind in ModifierKind)
_ARROW = " → "


def chain(steps: Quote | Iterable[Step]) -> str:
    """The steps as a chain: "812 → tranche 3 → 3,05 € → + 2,50 € (réservé hors délai) → 5,55 €"."""
    return _ARROW.join(_link(step) for step in _steps_of(steps))


def explain(steps: Quote | Iterable[Step]) -> str:
    """The same in a sentence a family reads: "Quotient familial 812 : tranche 3 (de 640 à moins de 860), soit 3,05 €.
    Réservé hors délai : + 2,50 €. Total : 5,55 €."."""
    clauses: list[str] = []
    tail: list[str] = []
    for step in _steps_of(steps):
        match step.kind:
            case StepKind.QUOTIENT:
                clauses.append(f"{step.label} {step.value}")
            case StepKind.CEILING:
                clauses.append(f"{step.label} ({step.value})")
            case StepKind.BRACKET:
                clauses.append(f"{step.label} ({step.value})")
            case StepKind.RATE:
                clauses.append(f"{step.label} {step.value}")
            case StepKind.PRICE:
                clauses.append(step.value if step.label == "prix" else f"{step.value} ({step.label})")
            case StepKind.QUANTITY:
                tail.append(f"{step.label}{NBSP}: {step.value}")
            case _:
                tail.append(f"{_capitalised(step.label)}{NBSP}: {step.value}")
    return ". ".join(part for part in (_price_sentence(clauses), *tail) if part) + "."


def steps_to_json(steps: Iterable[Step]) -> list[dict[str, str | int | None]]:
    """What a charge stores; `steps_from_json` gives the same steps back."""
    return [
        {
            "kind": step.kind.value,
            "label": step.label,
            "value": step.value,
            "cents": None if step.amount is None else step.amount.cents,
        }
        for step in steps
    ]


def steps_from_json(rows: Sequence[Mapping[str, str | int | None]]) -> tuple[Step, ...]:
    """The steps a charge stored. `KeyError`, `ValueError` on anything `steps_to_json` did not write."""
    return tuple(_step_from(row) for row in rows)


def _steps_of(steps: Quote | Iterable[Step]) -> Iterable[Step]:
    return steps.steps if isinstance(steps, Quote) else steps


def _link(step: Step) -> str:
    if step.kind.value in _MODIFIERS:
        return f"{step.value} ({step.label})"
    if step.kind is StepKind.QUANTITY:
        return f"{step.label}{_ARROW}{step.value}"
    return step.label if step.kind in (StepKind.BRACKET, StepKind.CEILING) else step.value


def _price_sentence(clauses: list[str]) -> str:
    """The first sentence: "Quotient familial 812 : tranche 3 (…), soit 3,05 €", or "4,80 € (prix unique)"."""
    if not clauses:
        return ""
    *before, price = clauses
    if not before:
        return _capitalised(price)
    head, *middle = before
    detail = f"{', '.join(middle)}, soit {price}" if middle else price
    return f"{_capitalised(head)}{NBSP}: {detail}"


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _step_from(row: Mapping[str, str | int | None]) -> Step:
    cents = row["cents"]
    if cents is not None and not isinstance(cents, int):
        raise ValueError("the cents of a step are an integer")
    return Step(
        StepKind(str(row["kind"])),
        str(row["label"]),
        str(row["value"]),
        None if cents is None else Money(cents),
    )
