"""Do the absences hold together? A sentence for each that does not; none when all is well."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q

from espace.attendance.models import AbsenceDeclaration, AbsentBooking
from espace.bookings.enums import CancelTiming
from espace.bookings.models import Booking


def preuve() -> list[str]:
    """A place given back by an absence has that absence; a mark is of its own child; two absences of a child and home
    never overlap. 3 queries."""
    orphans = Booking.objects.filter(cancel_timing=CancelTiming.ABSENCE, absence__isnull=True).order_by("id")
    strangers = AbsentBooking.objects.filter(
        ~Q(booking__child=F("declaration__child")) | Q(declaration__withdrawn_at__isnull=False)
    ).order_by("id")
    problems = [
        f"La réservation {pk} a rendu sa place pour une absence que personne n’a annoncée."
        for pk in orphans.values_list("id", flat=True)
    ]
    problems += [
        f"L’absence {declaration} couvre la réservation {booking}, qui n’est pas la sienne."
        for declaration, booking in strangers.values_list("declaration_id", "booking_id")
    ]
    last: tuple[int, int, date] | None = None
    live = AbsenceDeclaration.objects.filter(withdrawn_at__isnull=True)
    for child, home, start, end, pk in live.order_by("child_id", "household_id", "start", "id").values_list(
        "child_id", "household_id", "start", "end", "id"
    ):
        if last is not None and last[:2] == (child, home) and start < last[2]:
            problems.append(f"L’absence {pk} en recouvre une autre du même enfant.")
        last = (child, home, end)
    return problems
