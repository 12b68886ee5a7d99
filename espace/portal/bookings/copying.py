"""« Copier cette semaine »: what the week holds, and until when it is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from espace.bookings.queries import Grid, GridWeek
from espace.portal.bookings.boxes import boxes_sent
from espace.portal.bookings.forms import WEEK, GridForm
from espace.portal.bookings.places import Place
from espace.portal.bookings.stamp import StampForm


@dataclass(frozen=True, slots=True)
class HeldWeek:
    """What the copied week holds for a child: (day, its formulas in words); `is_silent`: it could hold nothing, being a
    week at the other home, so that it changes nothing for this child."""

    child: str
    days: Sequence[tuple[date, str]]
    is_silent: bool


def copy_page(grids: Sequence[Grid], place: Place, form: GridForm, stamp: StampForm) -> dict[str, object]:
    """What `bookings/copy.html` prints: the week as it was ticked, and the last day that the copy may reach."""
    monday: date = form.cleaned_data["copier"]
    weeks = [(grid, week) for grid in grids for week in grid.weeks if week.monday == monday]
    last = max((grid.until for grid, _ in weeks if grid.until), default=monday)
    if "jusque" not in form.data:
        form = form.with_end(last)
    form.fields["jusque"].widget.attrs |= {"min": (monday + WEEK).isoformat(), "max": last.isoformat()}
    return {
        "form": form,
        "stamp": stamp,
        "last": last,
        "is_over": last < monday + WEEK,
        "boxes": boxes_sent(form),
        "week": form.week,
        "copied": monday,
        "week_words": weeks[0][1].words,
        "held": [_held(grid, week) for grid, week in weeks],
        "grid_url": place.url(),
        "recap_url": place.url("recap"),
    }


def _held(grid: Grid, week: GridWeek) -> HeldWeek:
    days = [(day.day, ", ".join(cell.label for cell in day.cells if cell.wanted)) for day in week.days]
    is_silent = not any(day.cells for day in week.days)
    return HeldWeek(grid.child.first_name, [(day, words) for day, words in days if words], is_silent)
