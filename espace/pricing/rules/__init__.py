"""From a request to a price that explains itself: brackets, effort rates, modifiers.

Units: a quotient (or monthly resources) and a quantity are in hundredths, a unit price in ten-thousandths of a euro,
a rate in **millionths** (0.36 % is 3600, the crèche's 0.0619 % is 619: the national rates are exact), a percentage of
a modifier in basis points, signed (+100 % is 10000, −20 % is −2000). Same inputs, same quote (I17): no clock, no
database, no float.

How a price is made, always in this order:

1. the **unit price** of the rule: fixed, of the bracket, or rate × quotient settled at the rule's precision (the cent
   by default) by its rounding, then held between minimum and maximum;
2. the modifiers of the unit price (non-resident, sibling, packed lunch), by `order`;
3. **base** = quantity × unit price, rounded once (I19);
4. the surcharges (late booking, unbooked, late pick-up), by `order`, once per act whatever the quantity.
"""

from espace.pricing.rules.explaining import chain, explain, steps_from_json, steps_to_json
from espace.pricing.rules.linting import Problem, check_plan, lint
from espace.pricing.rules.quoting import quote
from espace.pricing.rules.tariffs import (
    CENT,
    ONE,
    SURCHARGES,
    Bracket,
    Modifier,
    Quote,
    QuoteRequest,
    Rule,
    Step,
    Tariff,
)

__all__ = [
    "CENT",
    "ONE",
    "SURCHARGES",
    "Bracket",
    "Modifier",
    "Problem",
    "Quote",
    "QuoteRequest",
    "Rule",
    "Step",
    "Tariff",
    "chain",
    "check_plan",
    "explain",
    "lint",
    "quote",
    "steps_from_json",
    "steps_to_json",
]
