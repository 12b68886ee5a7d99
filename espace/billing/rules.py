"""What must be written so that what is charged equals what the rules say, and how charges become invoice lines.

Units: quantity in hundredths, unit price in ten-thousandths of a euro, amounts in `Money`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from espace.billing.enums import ChargeKind
from espace.kernel.money import Money, total
from espace.kernel.text import MONTHS, format_date_long, join_fr


@dataclass(frozen=True, slots=True)
class ChargeContent:
    """A billable fact: who owes what, for whom, of what day, and the steps of its price (as a text, JSON).

    `quantity` and `amount` carry the sign; a reversal is the exact opposite of what it reverses.
    """

    debtor: int
    household: int
    person: int
    activity: int
    unit: str
    day: date
    kind: ChargeKind
    quantity: int
    unit_price: int
    amount: Money
    accounting_code: str = ""
    steps: str = ""

    def says_the_same_as(self, other: ChargeContent) -> bool:
        """Whether nothing would change for anyone. The wording of the steps alone is not a correction: a quotient
        that moves inside its bracket must not fill the invoice with lines that cancel out."""
        return self._what_matters() == other._what_matters()

    def reversed(self) -> ChargeContent:
        return ChargeContent(
            self.debtor, self.household, self.person, self.activity, self.unit, self.day, ChargeKind.REVERSAL,
            -self.quantity, self.unit_price, -self.amount, self.accounting_code, self.steps,
        )  # fmt: skip

    def _what_matters(self) -> tuple[object, ...]:
        return (
            self.debtor, self.household, self.person, self.activity, self.unit, self.day, self.kind,
            self.quantity, self.unit_price, self.amount, self.accounting_code,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as stored: (source_key, revision) is unique (I18); a reversal names the revision it takes back."""

    source_key: str
    revision: int
    content: ChargeContent
    reverses: int | None = None


def diff(desired: Mapping[str, ChargeContent], existing: Iterable[Charge]) -> tuple[Charge, ...]:
    """The charges to add so that the net of every key equals `desired` (I21), existing ones never being touched.

    For each key: nothing when its live charge already says so, a reversal of it and a new charge when it says
    otherwise, a reversal alone when nothing is due any more, a new charge alone when nothing was. Run again after its
    answer is stored, it answers nothing (I23). Revisions go on counting; keys come in order, so that the same input
    gives the same rows. `existing` must hold every charge of the keys concerned; `ValueError` if two are live at once.
    """
    by_key: dict[str, list[Charge]] = defaultdict(list)
    for charge in existing:
        by_key[charge.source_key].append(charge)
    added: list[Charge] = []
    for key in sorted(by_key.keys() | desired.keys()):
        wanted = desired.get(key)
        history = by_key.get(key, [])
        live = live_charge(history)
        if live is not None and wanted is not None and live.content.says_the_same_as(wanted):
            continue
        revision = max((charge.revision for charge in history), default=0)
        if live is not None:
            revision += 1
            added.append(Charge(key, revision, live.content.reversed(), reverses=live.revision))
        if wanted is not None:
            added.append(Charge(key, revision + 1, wanted))
    return tuple(added)


def live_charge(history: Iterable[Charge]) -> Charge | None:
    """Of the charges of one key, the one no reversal has taken back; `ValueError` when there are two."""
    history = list(history)
    taken_back = {charge.reverses for charge in history if charge.reverses is not None}
    live = [c for c in history if c.reverses is None and c.revision not in taken_back]
    if len(live) > 1:
        raise ValueError("two live charges for one source key")
    return live[0] if live else None


@dataclass(frozen=True, slots=True)
class LineDraft:
    """Charges that read as one line: the same thing at the same price for the same reason, on several days."""

    person: int
    activity: int
    unit: str
    kind: ChargeKind
    unit_price: int
    accounting_code: str
    steps: str
    quantity: int
    total: Money
    charges: tuple[Charge, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the line, in order."""
        return tuple(sorted({charge.content.day for charge in self.charges}))


def group_lines(charges: Iterable[Charge]) -> tuple[LineDraft, ...]:
    """Group the charges of one invoice into its lines; no cent is lost: the lines sum to the charges.

    Grouped by person, activity, unit, kind, unit price, accounting code (which must reach the line, defect 4) and
    steps. Lines follow person, activity and unit, then their first day; within a line, charges follow their days.
    """
    groups: dict[tuple[int, int, str, ChargeKind, int, str, str], list[Charge]] = defaultdict(list)
    for charge in sorted(charges, key=lambda c: (c.content.day, c.source_key, c.revision)):
        c = charge.content
        groups[c.person, c.activity, c.unit, c.kind, c.unit_price, c.accounting_code, c.steps].append(charge)
    lines = [
        LineDraft(
            *key,
            quantity=sum(charge.content.quantity for charge in group),
            total=total(charge.content.amount for charge in group),
            charges=tuple(group),
        )
        for key, group in groups.items()
    ]
    return tuple(sorted(lines, key=_line_order))


def _line_order(line: LineDraft) -> tuple[object, ...]:
    return (
        line.person,
        line.activity,
        line.unit,
        _KINDS[line.kind],
        line.charges[0].content.day,
        line.unit_price,
    )


_KINDS = {kind: order for order, kind in enumerate(ChargeKind)}

# Words ----------------------------------------------------------------------------------------------------------

FEW_DAYS = 6


def reference_of(prefix: str, year: int, number: int) -> str:
    """What people quote: reference_of("RC", 2026, 123) -> "RC-2026-000123"."""
    return "-".join(part for part in (prefix, str(year), f"{number:06d}") if part)


def days_text(days: Sequence[date]) -> str:
    """The days of a line, sorted, as a reader wants them: one in full, a few by their numbers, many by their ends.

    "jeudi 24 septembre 2026", "les 9, 16 et 23 septembre", "16 jours, du mardi 1er au mercredi 30 septembre".
    """
    if not days:
        return ""
    if len(days) == 1:
        return format_date_long(days[0])
    first, last = days[0], days[-1]
    if len(days) <= FEW_DAYS and (first.year, first.month) == (last.year, last.month):
        numbers = join_fr("1er" if day.day == 1 else str(day.day) for day in days)
        return f"les {numbers} {MONTHS[first.month - 1]}"
    start, end = (_without_year(day) for day in (first, last))
    if (first.year, first.month) == (last.year, last.month):
        start = start.rpartition(" ")[0]
    return f"{len(days)} jours, du {start} au {end}"


def _without_year(day: date) -> str:
    return format_date_long(day).rpartition(" ")[0]
