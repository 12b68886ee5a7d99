"""Where one stands on the grid: a month of a child, or of all the children together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404
from django.urls import reverse

from espace.bookings.queries import window_of

FIRST_YEAR, LAST_YEAR = 2000, 2100
FRIDAY = timedelta(days=4)


def month_of(text: str) -> date:
    """ "2026-11" -> its first day; a 404 for a year nobody books."""
    year, _dash, month = text.partition("-")
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise Http404
    return date(int(year), int(month), 1)


def slug(day: date) -> str:
    """The month of a day, as in the address."""
    return f"{day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Place:
    """A month; `child_id` None is all the children at once."""

    month: date
    child_id: int | None

    @classmethod
    def of(cls, child_id: str, month: str) -> Place:
        """From the parts of an address."""
        return cls(month_of(month), int(child_id) if child_id else None)

    def url(self, step: str = "", day: date | None = None) -> str:
        """The address of the grid, or of a `step` under it ("recap", "copy", "confirm"), in the month of `day`."""
        start = "book_all" if self.child_id is None else "book"
        name = f"{start}_{step}" if step else "book_all" if self.child_id is None else "book_child"
        args = [slug(day or self.month)]
        return reverse(name, args=args if self.child_id is None else [self.child_id, *args])

    def week_url(self, monday: date) -> str:
        """The same month when it holds that week, else the month of that Monday's working days."""
        start, end = window_of(self.month)
        month = self.month if start <= monday < end else monday
        if month is monday and not window_of(monday.replace(day=1))[0] <= monday:
            month = monday + FRIDAY
        return f"{self.url(day=month)}?semaine={monday.isoformat()}"

    def of_child(self, child_id: int | None) -> Place:
        """The same month, for another child or for all."""
        return Place(self.month, child_id)
