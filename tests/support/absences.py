"""A child's booked week, and its absence, for whoever tests absences. The town asks for a certificate for the canteen
and the Wednesday, for a declaration on honour for the morning and the evening (`demo.offer`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from espace.attendance import services
from espace.attendance.enums import AbsenceReason, Proof
from espace.attendance.models import AbsenceDeclaration
from espace.attendance.rules import Policy
from espace.bookings.models import Booking
from espace.demo.town import Reference
from espace.documents.services import Upload
from espace.families.models import Person
from espace.kernel.actor import Actor
from tests.support.bills import book

MORNING, CANTEEN, EVENING = "accueil-du-matin", "restauration-scolaire", "accueil-du-soir"
WEDNESDAY = "accueil-de-loisirs-du-mercredi"
CERTIFICATE = Policy(Proof.CERTIFICATE, delay=3, refused_after=10, late_carence=2)
PDF = b"%PDF-1.7\nvaricelle"
UPLOAD = Upload("varicelle.pdf", PDF, len(PDF))
TUESDAY, THURSDAY, FRIDAY, MONDAY = (
    date(2026, 11, 24),
    date(2026, 11, 26),
    date(2026, 11, 27),
    date(2026, 11, 30),
)


def week(
    town: Reference, child: Person, *days: date, activity: str = CANTEEN, venue: str = "lavoir"
) -> list[Booking]:
    """Bookings of these days, whose places are taken."""
    found = []
    for day in days:
        booking = book(
            child, town.slot(activity, day, venue=venue, formula="JOURNEE" if activity == WEDNESDAY else "")
        )
        booking.slot.pool.taken += 1
        booking.slot.pool.save()
        found.append(booking)
    return found


def announce(
    actor: Actor,
    children: Sequence[Person],
    start: date,
    end: date,
    *,
    signed: bool = False,
    stamped_on: date | None = None,
) -> list[AbsenceDeclaration]:
    """As the page does: laid out, read, confirmed."""
    ids = [child.pk for child in children]
    plan = services.preview_absence(actor, child_ids=ids, start=start, end=end, stamped_on=stamped_on)
    return services.declare_absence(
        actor, child_ids=ids, start=start, end=end, reason=AbsenceReason.ILLNESS, expected=plan.digest, signed=signed,
        stamped_on=stamped_on,
    )  # fmt: skip


def move(actor: Actor, declaration: AbsenceDeclaration, end: date) -> services.Changed:
    """The day of return moved, as the page does."""
    plan = services.lay_out_change(actor, declaration_id=declaration.pk, end=end)
    return services.change_return(actor, declaration_id=declaration.pk, end=end, expected=plan.digest)
