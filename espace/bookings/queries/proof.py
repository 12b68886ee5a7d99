"""Do the places add up? A sentence for each pool that does not; none when all is well."""

from __future__ import annotations

from django.db.models import Count, F, Q

from espace.activities.enums import Band
from espace.activities.models import CapacityPool
from espace.bookings.enums import HOLDING_A_PLACE
from espace.kernel.text import NBSP, format_date_long, plural_fr

BANDS = {Band.MORNING: "matin", Band.NOON: "midi", Band.EVENING: "soir", Band.DAY: "journée"}


def preuve() -> list[str]:
    """I10: the places taken in a pool are the active bookings of its slots. 1 query."""
    held = Count("slot__bookings", filter=Q(slot__bookings__state__in=HOLDING_A_PLACE))
    wrong = (
        CapacityPool.objects.annotate(held=held)
        .exclude(taken=F("held"))
        .select_related("venue")
        .order_by("date", "id")
    )
    return [
        f"{pool.venue.name}, {format_date_long(pool.date)}, {BANDS[Band(pool.band)]}{NBSP}: "
        f"{pool.taken} {plural_fr(pool.taken, 'place prise', 'places prises')} pour "
        f"{pool.held} {plural_fr(pool.held, 'réservation', 'réservations')}."
        for pool in wrong
    ]
