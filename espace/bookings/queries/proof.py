"""Do the places add up, and is each booking judged at its family's request? A sentence for each that does not."""

from __future__ import annotations

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from espace.activities.enums import Band
from espace.activities.models import CapacityPool
from espace.bookings.enums import HOLDING_A_PLACE
from espace.bookings.models import Booking
from espace.kernel.text import NBSP, format_date_long, plural_fr

BANDS = {Band.MORNING: "matin", Band.NOON: "midi", Band.EVENING: "soir", Band.DAY: "journée"}


def preuve() -> list[str]:
    """Both proofs. 2 queries."""
    return [*places(), *requests()]


def requests() -> list[str]:
    """A booking is dated by its family's request: when its form was sent, or when it was left at the counter. 1 query."""
    wrong = (
        Booking.objects.exclude(requested_at=Coalesce("submission__stamped_at", "submission__at"))
        .filter(submission__isnull=False)
        .order_by("id")
        .values_list("id", "submission__reference")
    )
    return [f"La réservation {pk} n’a pas la date de sa demande {reference}." for pk, reference in wrong]


def places() -> list[str]:
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
