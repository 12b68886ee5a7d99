"""One message for each adult of a household who may read it, all in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from espace.families.queries import adults_to_notify
from espace.kernel.db import bulk_insert
from espace.kernel.text import format_date_long
from espace.notifications.services import prepared


def hello(first_name: str) -> str:
    return _("Bonjour %(name)s,") % {"name": first_name} + "\n\n"


def tell(bodies: Mapping[int, str], *, kind: str, subject: str, about: Collection[int] | None = None) -> None:
    """`bodies`: by household. `about` as `adults_to_notify` says: without it, nobody from whom a child of the home is
    protected is told."""
    bulk_insert(
        [
            prepared(
                recipient=email,
                user_id=user_id,
                household_id=household_id,
                kind=kind,
                subject=subject,
                body=hello(first_name) + bodies[household_id],
            )
            for household_id, adults in adults_to_notify(list(bodies), about=about).items()
            for email, user_id, first_name in adults
        ]
    )


class Told(Protocol):
    """A booking as a message names it."""

    @property
    def first_name(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def formula(self) -> str: ...


def listed(bookings: Iterable[Told]) -> str:
    return "\n".join(line_of(b) for b in sorted(bookings, key=lambda b: (b.day, b.first_name, b.formula)))


def line_of(booking: Told) -> str:
    return f"- {booking.first_name} : {booking.formula}, {format_date_long(booking.day)}"
