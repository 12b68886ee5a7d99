"""The boxes of a grid as a page carries them to the next: a child's, by the names its form reads them under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from espace.bookings.queries import Recap
from espace.portal.bookings.forms import GridForm


@dataclass(frozen=True, slots=True)
class Boxes:
    """`seen`: what was booked when the page was made, as the form reads it; `wanted`: the slots ticked."""

    seen_name: str
    seen: str
    wanted_name: str
    wanted: list[int]


def boxes_sent(form: GridForm) -> list[Boxes]:
    """As the form sent them."""
    return [
        Boxes(
            one["vu"].html_name,
            pairs(one.cleaned_data["vu"]),
            one["r"].html_name,
            sorted(one.cleaned_data["r"]),
        )
        for one in form.boxes.values()
    ]


def boxes_of(form: GridForm, recap: Recap) -> list[Boxes]:
    """The same choices, made from today's state; a copied week is asked for again by itself."""
    found = []
    for child, one in form.boxes.items():
        mine = [
            line
            for line in recap.lines
            if line.child_id == child and (child, line.slot_id) not in recap.copied
        ]
        standing = {slot: booking for (whose, slot), booking in recap.standing.items() if whose == child}
        removed = {line.slot_id for line in mine if not line.is_add}
        added = {line.slot_id for line in mine if line.is_add}
        wanted = sorted((standing.keys() - removed) | added)
        found.append(Boxes(one["vu"].html_name, pairs(standing), one["r"].html_name, wanted))
    return found


def pairs(seen: Mapping[int, int]) -> str:
    """ "slot.booking slot.booking", in the order of slots."""
    couples: Iterable[tuple[int, int]] = sorted(seen.items())
    return " ".join(f"{slot}.{booking}" for slot, booking in couples)
