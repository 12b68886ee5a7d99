"""Children who are enrolled in nothing yet, and what this school year offers each: the first thing a new family does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from espace.activities.enums import BookingMode
from espace.activities.queries import PeriodEntry, catalogue, venues_of_periods
from espace.bookings.models import Enrolment
from espace.bookings.queries.enrolments import closed, venues_allowed, why_not
from espace.families.models import Person, Schooling
from espace.families.queries import children_for, valid_on
from espace.kernel import clock
from espace.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class ToEnrol:
    """A child without any enrolment of this year: the names of what is open to them, in the town's order."""

    child_id: int
    child: str
    activities: tuple[str, ...]


def to_enrol_for(actor: Actor, *, known: Collection[int] | None = None) -> list[ToEnrol]:
    """The actor's children who have, and had, no enrolment that still runs, and may have one. A refusal counts as
    one: they know the way. `known` are those who have, where the page has read it already (`Overview.known`).
    2 queries when there is none, or none with `known` if the page has read its children; 4 more, however many
    children, otherwise."""
    now, today = clock.now(), clock.today()
    if known is not None and all(child.pk in known for child in children_for(actor)):
        return []  # those one may book for are among them
    children = children_for(actor, to_book=True)
    if known is None:
        known = set(
            Enrolment.objects.filter(child__in=children, period__end__gt=today)
            .order_by("child_id")
            .values_list("child_id", flat=True)
            .distinct()
        )
    new = [child for child in children if child.pk not in known]
    if not new:
        return []
    offer = catalogue()
    year = [p for p in offer.periods.values() if _is_of_the_year(p, offer.activities[p.activity_id].mode)]
    venues = venues_of_periods([p.id for p in year])
    schools = dict(
        Schooling.objects.filter(valid_on(today), child__in=new)
        .order_by("-id")
        .values_list("child_id", "school_id")
    )
    rank = {activity_id: n for n, activity_id in enumerate(offer.activities)}
    year.sort(key=lambda p: rank[p.activity_id])

    def open_to(child: Person, period: PeriodEntry) -> bool:
        activity, on = offer.activities[period.activity_id], max(period.start, today)
        return (
            closed(period, now) is None
            and why_not(child.birth_date, activity, on) is None
            and bool(venues_allowed(activity, venues.get(period.id, []), schools.get(child.pk)))
        )

    found = []
    for child in new:
        names = [offer.activities[period.activity_id].name for period in year if open_to(child, period)]
        if names:
            found.append(ToEnrol(child.pk, child.first_name, tuple(dict.fromkeys(names))))
    return found


def _is_of_the_year(period: PeriodEntry, mode: BookingMode) -> bool:
    """Of a school year (holidays come and go), and open to families."""
    return mode is BookingMode.PATTERN and period.opens_at <= clock.now() and clock.today() < period.end
