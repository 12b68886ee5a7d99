"""What the small world has of children between two homes: a shared child, and what an agent reads before a change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from espace.bookings.queries import Departure, NewSchool, custody_preview_for, move_preview_for
from espace.demo.town import Reference
from espace.families.enums import CustodyKind, HolidayRule
from espace.families.rules import (
    Custody,
    CustodyException,
    EndException,
    HolidaySharing,
    NewArrangement,
    NewException,
    Rhythm,
    cycle_of,
)
from espace.families.services import add_custody_exception
from espace.kernel.actor import SYSTEM
from tests.support.cast import Character


def separate(people: Mapping[str, Character]) -> dict[str, Any]:
    """A child of two homes, with an exceptional week to come."""
    alice, bob = people["alice"], people["bob"]
    row = add_custody_exception(
        SYSTEM, child=alice.children[1], household_id=bob.household.pk, start=date(2027, 1, 4), end=date(2027, 1, 18),
        reason="Échange",
    )  # fmt: skip
    return {
        "shared": alice.children[1].pk, "exception": row.pk, "other_number": bob.household.number,
        "other_home": bob.household.pk, "parent_apart": bob.adult.pk,
    }  # fmt: skip


def moves(town: Reference, people: Mapping[str, Character], ids: Mapping[str, Any]) -> dict[str, Any]:
    """What Denise would have read before she changes where Zoé lives or goes to school, or where Tom is some days."""
    denise, here, there = people["denise"].actor, ids["household"], ids["other_home"]
    zoe, tom, monday = ids["child"], ids["shared"], date(2026, 12, 7)
    weeks = Custody(
        CustodyKind.CYCLE, cycle_of(Rhythm.ALTERNATE_WEEKS, here, there), monday,
        holidays=HolidaySharing(HolidayRule.HALVES, here, there),
    )  # fmt: skip
    days = CustodyException(date(2026, 12, 1), date(2026, 12, 21), there)
    school, january = town.schools["tilleuls"].pk, date(2027, 1, 4)
    return {
        "custody_digest": custody_preview_for(denise, zoe, NewArrangement(weeks, monday)).digest,
        "exception_digest": custody_preview_for(denise, tom, NewException(days)).digest,
        "exception_end_digest": custody_preview_for(
            denise, tom, EndException(ids["exception"], date(2027, 1, 4))
        ).digest,
        "school_digest": move_preview_for(denise, zoe, NewSchool(school, None, january)).digest,
        "departure_digest": move_preview_for(denise, zoe, Departure(january)).digest,
        "other_school": f"{school}-0",
    }
