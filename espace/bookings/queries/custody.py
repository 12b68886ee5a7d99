"""What a change of custody does to the days already booked, before it is done and while it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from espace.activities.queries import catalogue
from espace.bookings.enums import ACTIVE
from espace.bookings.models import Booking
from espace.bookings.queries.desk import pricer_of
from espace.bookings.rules import digest
from espace.families.enums import CustodyKind
from espace.families.errors import FamilyRefusal
from espace.families.models import Household, Person
from espace.families.queries import FamilyFacts, calendar_around, family_facts, person_for
from espace.families.rules import (
    ChildCustody,
    CustodyChange,
    CustodyDay,
    NewArrangement,
    holidays_of,
    parity_jumps,
)
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY, Calendar, DayKind, date_range, monday_of
from espace.kernel.errors import NotFound
from espace.kernel.money import Money, total
from espace.pricing.errors import PricingRefusal
from espace.pricing.queries import Pricer

SHOWN = timedelta(weeks=8)
A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class MovedDay:
    """A booking whose day changes home. A household, or a price, is None when it can't be told."""

    booking_id: int
    pool_id: int
    day: date
    formula: str
    before: int | None
    after: int | None
    price_before: Money | None
    price_after: Money | None


@dataclass(frozen=True, slots=True)
class HolidayPart:
    """A stretch of a holiday at one home, both days included."""

    label: str
    first: date
    last: date
    household: int | None


@dataclass(frozen=True, slots=True)
class CustodyPreview:
    """A change of custody as it would be: the names and the numbers of the homes, the next weeks, the holidays of a
    year, the booked days that move.

    `jumps` are the Mondays after which a custody by parity of the week stays a second week at the same home.
    """

    child: Person
    start: date
    homes: Mapping[int, str]
    numbers: Mapping[int, str]
    days: Sequence[CustodyDay]
    parts: Sequence[HolidayPart]
    moved: Sequence[MovedDay]
    jumps: Sequence[date]

    @property
    def digest(self) -> str:
        """What the agent agreed to: which days move, from whom to whom, at what price."""
        return digest((m.booking_id, m.before, m.after, m.price_after) for m in self.moved)

    @property
    def by_home(self) -> dict[int, tuple[list[MovedDay], list[MovedDay]]]:
        """By household, the days it gains and those it loses."""
        found: dict[int, tuple[list[MovedDay], list[MovedDay]]] = {}
        for m in self.moved:
            if m.after is not None:
                found.setdefault(m.after, ([], []))[0].append(m)
            if m.before is not None:
                found.setdefault(m.before, ([], []))[1].append(m)
        return found

    def change_of(self, household_id: int) -> Money:
        """What the bills to come of this household change by."""
        gained, lost = self.by_home.get(household_id, ([], []))
        return total([m.price_after or Money.ZERO for m in gained]) - total(
            [m.price_before or Money.ZERO for m in lost]
        )


def custody_preview_for(actor: Actor, child_id: int, change: CustodyChange | None) -> CustodyPreview:
    """What the change would do, or the custody as it is (None), for an agent who writes families; `NotFound`.

    A constant number of queries. Days gone by are left out: what happened stays with whom it happened.
    """
    if not actor.may(Permission.FAMILIES_WRITE):
        raise NotFound
    child = person_for(actor, child_id)
    today = clock.today()
    since = max(change.start, today) if change else today
    rows = _booked(child.pk, since) if change else []
    start = monday_of(since)
    end = max(start + A_YEAR, rows[-1][2] + ONE_DAY) if rows else start + A_YEAR
    facts = then = family_facts([child.pk], start, end)
    moved: list[MovedDay] = []
    if change is not None:
        then = facts.with_custody(child.pk, change.applied(facts.custody_of(child.pk)))
        now = pricer_of(catalogue(), facts)
        after = Pricer(now.tariffs, then, now.parts)
        moved = [m for m in (_moved(row, child.pk, now, after) for row in rows) if m.before != m.after]
    custody = then.custody_of(child.pk)
    named = {*custody.homes, *facts.households_of(child.pk), *(m.before for m in moved if m.before)}
    homes = Household.objects.filter(pk__in=named).order_by("id").values_list("id", "name", "number")
    return CustodyPreview(
        child=child,
        start=since,
        homes={pk: name for pk, name, _ in homes},
        numbers={pk: number for pk, _, number in homes},
        days=then.days_of(child.pk, start, start + SHOWN),
        parts=_parts(child.pk, then, since),
        moved=moved,
        jumps=_jumps(custody, change, since),
    )


def _booked(child_id: int, since: date) -> list[tuple[int, int, date, int, str, bool]]:
    rows = Booking.objects.filter(child_id=child_id, date__gte=since, state__in=ACTIVE)
    return list(
        rows.order_by("date", "slot__formula__starts_at", "id").values_list(
            "id", "slot__pool_id", "date", "slot__formula_id", "slot__formula__label", "is_late"
        )
    )


def _moved(row: tuple[int, int, date, int, str, bool], child_id: int, now: Pricer, then: Pricer) -> MovedDay:
    booking_id, pool_id, day, formula_id, label, is_late = row
    before, after = _owner(now.facts, child_id, day), _owner(then.facts, child_id, day)
    prices = (
        [_price(p, child_id, formula_id, day, is_late) for p in (now, then)]
        if before != after
        else [None] * 2
    )
    return MovedDay(booking_id, pool_id, day, label, before, after, *prices)


def _owner(facts: FamilyFacts, child_id: int, day: date) -> int | None:
    try:
        return facts.household_on(child_id, day)
    except FamilyRefusal:
        return None


def _price(pricer: Pricer, child_id: int, formula_id: int, day: date, is_late: bool) -> Money | None:
    try:
        return pricer.formula_quote(child_id, formula_id, day, is_late=is_late).amount
    except (PricingRefusal, FamilyRefusal):
        return None


def _parts(child_id: int, facts: FamilyFacts, since: date) -> list[HolidayPart]:
    """Where the child is over the holidays of the coming year, stretch by stretch; nothing for a single home."""
    if len(facts.households_of(child_id)) < 2:
        return []
    calendar = calendar_around(facts.start, facts.end)
    holidays = holidays_of(calendar)
    labels = {span: _label(calendar, span) for span in holidays.spans}
    parts: list[HolidayPart] = []
    for d in facts.days_of(child_id, since, facts.end):
        if not d.is_holiday:
            continue
        last = parts[-1] if parts else None
        if last and last.household == d.household and last.last + ONE_DAY == d.day:
            parts[-1] = replace(last, last=d.day)
        else:
            label = labels[span] if (span := holidays.on(d.day)) else ""
            parts.append(HolidayPart(label, d.day, d.day, d.household))
    return parts


def _label(calendar: Calendar, holiday: tuple[date, date]) -> str:
    """What a whole holiday is called; neither its week-ends, which have no name, nor its public holidays say so."""
    days = (day for day in date_range(*holiday) if calendar.kind(day) is DayKind.HOLIDAY)
    return next((calendar.labels[day] for day in days if day in calendar.labels), "")


def _jumps(custody: ChildCustody, change: CustodyChange | None, since: date) -> list[date]:
    chosen: Iterable[CustodyKind]
    if isinstance(change, NewArrangement):
        chosen = (change.custody.kind,)
    else:
        chosen = (c.kind for c in custody.arrangements if c.valid_until is None)
    return list(parity_jumps(since, since + A_YEAR)) if CustodyKind.ISO_PARITY in set(chosen) else []
