"""The price simulator: what a family would pay, computed by the engine that bills, over the real calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from espace.activities.enums import ActivityKind, BookingMode
from espace.activities.queries import ActivityEntry, Catalogue, FormulaEntry
from espace.families.enums import TariffCategory
from espace.kernel.calendar import Calendar, date_range
from espace.kernel.money import Money
from espace.kernel.text import format_month
from espace.pricing.queries import Tariffs
from espace.pricing.rules import Quote, QuoteRequest, explain, quote

WEDNESDAY = 2
SCHOOL_DAYS = (0, 1, 3, 4)
MAX_CHILDREN = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """What the visitor asked: a quotient in hundredths (None: unknown), a category, so many children, and for each
    formula the weekdays on which every child would come."""

    quotient: int | None
    category: TariffCategory
    children: int
    pattern: Mapping[int, tuple[int, ...]]


@dataclass(slots=True)
class Line:
    """One unit for the children of one price: how many times in the year, and how its price is made."""

    label: str
    activity: str
    who: str
    unit: Money
    quote: Quote
    days: int = 0
    total: Money = Money.ZERO

    @property
    def why(self) -> str:
        return explain(self.quote)


@dataclass(slots=True)
class Month:
    """A month of the school year: the days of the pattern in it and their price for the whole family."""

    first: date
    days: int = 0
    total: Money = Money.ZERO

    @property
    def name(self) -> str:
        return format_month(self.first)


@dataclass(slots=True)
class Estimate:
    """The answer. `month` is the one the page puts forward: this month, or the first of the year to come."""

    lines: list[Line] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)
    year: Money = Money.ZERO
    school_days: int = 0
    month: Month | None = None

    @property
    def is_ceiling(self) -> bool:
        return any(line.quote.is_ceiling for line in self.lines)


def bookable(catalogue: Catalogue) -> list[ActivityEntry]:
    """The activities of the school year, in the town's order: those that a weekly pattern can hold."""
    return [a for a in catalogue.activities.values() if a.mode is BookingMode.PATTERN and a.formulas]


def weekdays_of(activity: ActivityEntry) -> tuple[int, ...]:
    return (WEDNESDAY,) if activity.kind is ActivityKind.WEDNESDAY else SCHOOL_DAYS


def estimate(
    wish: Wish,
    catalogue: Catalogue,
    tariffs: Tariffs,
    calendar: Calendar,
    start: date,
    end: date,
    today: date,
) -> Estimate:
    """The price of the pattern over the school days of `[start, end)`. Raises `PricingRefusal` when a unit has no
    price for this quotient: it never guesses."""
    answer = Estimate()
    lines: dict[tuple[int, int, str, Money], Line] = {}
    months: dict[date, Month] = {}
    quotes: dict[tuple[int, str, int], Quote] = {}
    formulas = [(catalogue.formulas[pk], days) for pk, days in wish.pattern.items() if days]
    for day in date_range(start, end):
        if not calendar.is_school_day(day):
            continue
        answer.school_days += day.weekday() != WEDNESDAY
        todays = [formula for formula, days in formulas if day.weekday() in days]
        if not todays:
            continue
        month = months.setdefault(day.replace(day=1), Month(day.replace(day=1)))
        month.days += 1
        plan = tariffs.plan_on(day)
        for formula in todays:
            for rank in range(1, wish.children + 1):
                for unit in formula.units:
                    key = (plan.plan_id if plan else 0, unit.tariff_code, rank)
                    if key not in quotes:
                        quotes[key] = quote(
                            QuoteRequest(unit.tariff_code, unit.quantity, wish.quotient, wish.category, rank),
                            tariffs.on(day),
                        )
                    found = quotes[key]
                    line = lines.setdefault(
                        (formula.id, key[0], unit.tariff_code, found.amount),
                        Line(
                            _label(formula, unit.tariff_code, tariffs, day),
                            catalogue.activities[formula.activity_id].name,
                            "",
                            found.amount,
                            found,
                        ),
                    )
                    line.days += 1
                    line.total += found.amount
                    month.total += found.amount
                    answer.year += found.amount
    _say_who(lines, quotes, wish.children)
    order = {pk: n for n, pk in enumerate(wish.pattern)}
    answer.lines = [lines[key] for key in sorted(lines, key=lambda k: order[k[0]])]
    answer.months = [months[first] for first in sorted(months)]
    answer.month = _month_shown(answer.months, today)
    return answer


def _label(formula: FormulaEntry, code: str, tariffs: Tariffs, day: date) -> str:
    rule = tariffs.on(day).rules.get(code)
    return rule.label if rule else formula.label


def _say_who(
    lines: Mapping[tuple[int, int, str, Money], Line],
    quotes: Mapping[tuple[int, str, int], Quote],
    children: int,
) -> None:
    """Which children a line is about, when their prices differ."""
    for (_formula, plan, code, amount), line in lines.items():
        ranks = [
            r
            for r in range(1, children + 1)
            if quotes.get((plan, code, r)) and quotes[plan, code, r].amount == amount
        ]
        if children > 1:
            line.who = _ranks(ranks, children)


def _ranks(ranks: list[int], children: int) -> str:
    if len(ranks) == children:
        return f"{children} enfants"
    names = ["1er" if r == 1 else f"{r}e" for r in ranks]
    return f"{names[0]} enfant" if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]} enfants"


def _month_shown(months: Iterable[Month], today: date) -> Month | None:
    known = list(months)
    this = today.replace(day=1)
    return next((m for m in known if m.first >= this), known[-1] if known else None)
