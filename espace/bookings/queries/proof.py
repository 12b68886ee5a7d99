"""Do the places add up, and do the events hold? A sentence for each that does not; none when all is well."""

from __future__ import annotations

from django.db.models import Count, F, Q

from espace.activities.enums import Band, SlotState
from espace.activities.models import CapacityPool, Slot
from espace.bookings.enums import ACTIVE, HOLDING_A_PLACE
from espace.bookings.models import Booking
from espace.kernel.calendar import PARIS
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


def preuve_events() -> list[str]:
    """Nobody is expected where it is closed; nothing is closed, or taken away, by an event undone before that day;
    whoever an event moved is at the place it moved to. 3 queries."""
    inside = Booking.objects.filter(slot__state=SlotState.CLOSED, state__in=ACTIVE).select_related(
        "slot__venue"
    )
    astray = (
        Booking.objects.filter(moved_by__isnull=False, state__in=ACTIVE, moved_by__undone_at=None)
        .exclude(slot__venue=F("moved_by__to_venue"))
        .select_related("slot__venue")
    )
    closed = Slot.objects.filter(closed_by__undone_at__isnull=False).select_related("venue", "closed_by")
    shut = [s for s in closed.order_by("date", "id") if _undone_before(s)]
    return [
        *(
            f"{_where(b)}{NBSP}: un enfant est attendu alors que c’est fermé."
            for b in inside.order_by("date", "id")
        ),
        *(
            f"{_where(b)}{NBSP}: un enfant déplacé n’est pas au lieu annoncé."
            for b in astray.order_by("date", "id")
        ),
        *(f"{s.venue.name}, {format_date_long(s.date)}{NBSP}: fermé par un événement annulé." for s in shut),
    ]


def _undone_before(slot: Slot) -> bool:
    event = slot.closed_by
    return (
        event is not None
        and event.undone_at is not None
        and event.undone_at.astimezone(PARIS).date() <= slot.date
    )


def _where(booking: Booking) -> str:
    return f"{booking.slot.venue.name}, {format_date_long(booking.date)}"
