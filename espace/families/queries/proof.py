"""Is there one household, and one only, for each child and day? A sentence for each child of whom it is not true."""

from __future__ import annotations

from django.db.models import F, Q

from espace.families.models import CustodyArrangement, CustodyException
from espace.kernel.text import NBSP, format_date_long


def preuve() -> list[str]:
    """I2: two arrangements, or two exceptions, of a child share no day. 2 queries."""
    later = "child__custody__start"
    arrangements = CustodyArrangement.objects.filter(
        Q(end__isnull=True) | Q(**{f"{later}__lt": F("end")}), **{f"{later}__gt": F("start")}
    )
    later = "child__custody_exceptions__start"
    exceptions = CustodyException.objects.filter(**{f"{later}__gt": F("start"), f"{later}__lt": F("end")})
    found = []
    for what, rows in (("arrangements", arrangements), ("exceptions", exceptions)):
        for child_id, day in rows.order_by("child_id", "start").values_list("child_id", "start").distinct():
            since = format_date_long(day)
            found.append(f"Enfant {child_id}, à partir du {since}{NBSP}: deux {what} de garde le même jour.")
    return found
