"""What a day of the waiting list would cost its family."""

from __future__ import annotations

from espace.activities.queries import Catalogue
from espace.bookings.queries.desk import pricer_of
from espace.bookings.queries.queue import QueueEntry
from espace.families.errors import FamilyRefusal
from espace.families.queries import family_facts
from espace.kernel.calendar import ONE_DAY
from espace.kernel.money import Money
from espace.pricing.errors import PricingRefusal
from espace.pricing.queries import Pricer


def price_of(entry: QueueEntry, offer: Catalogue) -> Money | None:
    """The price of that day, late or not as judged when the family asked; None when it cannot be told."""
    day = entry.dated.day
    return priced(entry, pricer_of(offer, family_facts([entry.child_id], day, day + ONE_DAY)))


def priced(entry: QueueEntry, pricer: Pricer) -> Money | None:
    """The same, by a pricer of some children and days."""
    day = entry.dated.day
    try:
        return pricer.formula_quote(entry.child_id, entry.formula_id, day, is_late=entry.is_late).amount
    except (PricingRefusal, FamilyRefusal):
        return None
