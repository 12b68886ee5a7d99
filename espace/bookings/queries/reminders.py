"""What families are to be reminded of now, household by household: for the worker, who writes to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Min, OuterRef, Q

from espace.accounts.queries import accounts_to_remind
from espace.activities.enums import Action, ActivityKind, SlotState
from espace.activities.models import Slot
from espace.activities.queries import Catalogue, PeriodEntry, catalogue
from espace.bookings.enums import ACTIVE, EnrolmentState, ReminderKind
from espace.bookings.models import Booking, Enrolment, Reminder
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.enrolments import why_not
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.queries.lists import SOON
from espace.bookings.queries.overview import offered_days
from espace.bookings.rules import AGAIN_AFTER, KNOWN_FOR, is_soon, lacks_a_day, may_say_again, told_limit
from espace.families.errors import FamilyRefusal
from espace.families.queries import FamilyFacts, adults_to_notify, family_facts
from espace.kernel.calendar import UnknownDay, date_range

HOLIDAYS = (ActivityKind.HOLIDAY_LEISURE, ActivityKind.HOLIDAY_SPORT)
Key = tuple[int, int, ReminderKind]  # child, period, why


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One thing to say. `days` are those that the limit closes, for an enrolment without a day."""

    kind: ReminderKind
    child_id: int
    child: str
    period_id: int
    period: str
    activity: str
    falls_at: datetime
    days: tuple[date, ...] = ()

    @property
    def key(self) -> Key:
        return self.child_id, self.period_id, self.kind


@dataclass(frozen=True, slots=True)
class HouseholdReminders:
    """What to say to a household in one message, and its adults who can be told: (e-mail, account, first name)."""

    household_id: int
    adults: Sequence[tuple[str, int, str]]
    due: Sequence[DueReminder]


def due_reminders(now: datetime) -> list[HouseholdReminders]:
    """What was not said yet, for the households with an account that wants it. 11 queries at most, however many."""
    offer = catalogue()
    found: dict[int, list[DueReminder]] = {}
    for household_id, due in (*_without_days(offer, now), *_holidays(offer, now)):
        found.setdefault(household_id, []).append(due)
    if not found:
        return []
    said = said_to(found, now)
    waiting = {h: fresh(due, said.get(h, Said()), now) for h, due in found.items()}
    adults = _adults([h for h, due in waiting.items() if due])
    return [HouseholdReminders(h, adults[h], waiting[h]) for h in sorted(adults)]


def _adults(household_ids: Collection[int]) -> dict[int, list[tuple[str, int, str]]]:
    """Of the households that have one: the adults who wrote an address in their own account, and want reminders."""
    found = adults_to_notify(household_ids)
    willing = accounts_to_remind({user for adults in found.values() for _, user, _ in adults if user})
    kept = {
        h: [(email, user, name) for email, user, name in adults if user is not None and user in willing]
        for h, adults in found.items()
    }
    return {h: adults for h, adults in kept.items() if adults}


# What was said ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What a household was told lately: the limits, and when each thing was said last."""

    limits: frozenset[tuple[Key, datetime]] = frozenset()
    last: Mapping[Key, datetime] | None = None


def said_to(household_ids: Iterable[int], now: datetime) -> dict[int, Said]:
    """1 query."""
    lately = Q(falls_at__gte=now) | Q(sent_at__gt=now - AGAIN_AFTER)
    rows: dict[int, list[Reminder]] = {}
    for row in Reminder.objects.filter(lately, household_id__in=list(household_ids)).order_by(
        "sent_at", "id"
    ):
        rows.setdefault(row.household_id, []).append(row)
    return {
        household_id: Said(
            frozenset((_key(row), row.falls_at) for row in of_household),
            {_key(row): row.sent_at for row in of_household},
        )
        for household_id, of_household in rows.items()
    }


def fresh(due: Iterable[DueReminder], said: Said, now: datetime) -> list[DueReminder]:
    """Those that were not said, by limit."""
    kept = [
        one
        for one in due
        if (one.key, one.falls_at) not in said.limits
        and (one.kind is not ReminderKind.NO_BOOKING or may_say_again((said.last or {}).get(one.key), now))
    ]
    return sorted(kept, key=lambda one: (one.falls_at, one.kind, one.child, one.activity))


def _key(row: Reminder) -> Key:
    return row.child_id, row.period_id, ReminderKind(row.kind)


# Enrolled without a day -------------------------------------------------------------------------------------------


def _without_days(offer: Catalogue, now: datetime) -> Iterator[tuple[int, DueReminder]]:
    """Each home that answers for days whose limit falls is told of its own. 5 queries."""
    today = now.date()
    days = Booking.objects.filter(enrolment=OuterRef("pk"), state__in=ACTIVE, date__gte=today)
    asked = (
        Enrolment.objects.filter(
            ~Exists(days), state=EnrolmentState.ACCEPTED, start__lt=today + SOON, end__gt=today
        )
        .select_related("child")
        .order_by("id")
    )
    rows = [row for row in asked if _is_to_remind(row, now) and _is_open(offer.periods[row.period_id], now)]
    if not rows:
        return
    closing = _closing_days(offer, rows, now)
    facts = family_facts({row.child_id for row in rows}, today, today + SOON)
    for row in rows:
        homes: dict[int, dict[date, datetime]] = {}
        for day, limit in closing.get((row.period_id, row.venue_id), {}).items():
            home = _home(facts, row.child_id, day) if row.start <= day < row.end else None
            if home is not None:
                homes.setdefault(home, {})[day] = limit
        for home, limits in homes.items():
            if told := told_limit(limits, now):
                yield (
                    home,
                    _due(
                        offer,
                        ReminderKind.NO_BOOKING,
                        row.child_id,
                        row.child.first_name,
                        row.period_id,
                        *told,
                    ),
                )


def _is_to_remind(row: Enrolment, now: datetime) -> bool:
    enrolled_at = max(row.requested_at, row.decided_at or row.requested_at)
    return lacks_a_day(EnrolmentState(row.state), has_days=False, enrolled_at=enrolled_at, now=now)


def _closing_days(
    offer: Catalogue, rows: Sequence[Enrolment], now: datetime
) -> dict[tuple[int, int], dict[date, datetime]]:
    """By period and venue, the open days whose limit without surcharge falls soon. 2 queries."""
    today = now.date()
    limits = Limits(offer, now, today, today + SOON)
    found: dict[tuple[int, int], dict[date, datetime]] = {}
    for (period_id, venue_id), days in offered_days([(r.period_id, r.venue_id) for r in rows], today).items():
        for day in days:
            limit = _limit(limits, offer.periods[period_id], day)
            if limit is not None and is_soon(limit, now):
                found.setdefault((period_id, venue_id), {})[day] = limit
    return found


# Holidays that open and close -------------------------------------------------------------------------------------


def _holidays(offer: Catalogue, now: datetime) -> Iterator[tuple[int, DueReminder]]:
    """Families that came within the year, whose child is not enrolled in these holidays and has the age. 5 queries."""
    moments = _moments(offer, now)
    if not moments:
        return
    activities = {offer.periods[period_id].activity_id for period_id, _ in moments}
    came = list(
        Enrolment.objects.filter(
            activity_id__in=activities,
            state__in=(EnrolmentState.ACCEPTED, EnrolmentState.ENDED),
            end__gt=now.date() - KNOWN_FOR,
        )
        .order_by("child_id", "activity_id")
        .values_list("child_id", "child__first_name", "child__birth_date", "activity_id")
        .distinct()
    )
    enrolled = set(
        Enrolment.objects.filter(period_id__in=[pk for pk, _ in moments], state__in=OPEN_ENROLMENTS)
        .order_by("id")
        .values_list("child_id", "period_id")
    )
    periods = [offer.periods[pk] for pk, _ in moments]
    start, end = min(p.start for p in periods), max(p.end for p in periods)
    facts = family_facts({child for child, *_ in came}, start, end)
    for (period_id, kind), falls_at in moments.items():
        period = offer.periods[period_id]
        for child, name, born, activity_id in came:
            if activity_id != period.activity_id or (child, period_id) in enrolled:
                continue
            if why_not(born, offer.activities[activity_id], period.start) is not None:
                continue
            for home in _homes(facts, child, period):
                yield home, _due(offer, kind, child, name, period_id, falls_at)


def _moments(offer: Catalogue, now: datetime) -> dict[tuple[int, ReminderKind], datetime]:
    """The holidays that open soon, and those that close: enrolling ends, or the first day is no longer without
    surcharge. ≤ 2 queries."""
    today = now.date()
    coming = [
        p
        for p in offer.periods.values()
        if offer.activities[p.activity_id].kind in HOLIDAYS and p.start > today
    ]
    found = {
        (p.id, ReminderKind.OPENING): p.opens_at
        for p in coming
        if now < p.opens_at and is_soon(p.opens_at, now)
    }
    opened = [p for p in coming if _is_open(p, now)]
    if not opened:
        return found
    limits = Limits(offer, now, today, max(p.end for p in opened))
    for period_id, first in _first_days(opened):
        period = offer.periods[period_id]
        ends = [end for end in (period.closes_at, _limit(limits, period, first)) if end is not None]
        if ends and is_soon(min(ends), now):
            found[period_id, ReminderKind.CLOSING] = min(ends)
    return found


def _first_days(periods: Sequence[PeriodEntry]) -> list[tuple[int, date]]:
    rows = Slot.objects.filter(period_id__in=[p.id for p in periods], state=SlotState.OPEN)
    return list(rows.order_by("period_id").values_list("period_id").annotate(first=Min("date")))


# Details ----------------------------------------------------------------------------------------------------------


def _due(
    offer: Catalogue, kind: ReminderKind, child_id: int, child: str, period_id: int, falls_at: datetime,
    days: tuple[date, ...] = (),
) -> DueReminder:  # fmt: skip
    period = offer.periods[period_id]
    activity = offer.activities[period.activity_id].name
    return DueReminder(kind, child_id, child, period_id, period.label, activity, falls_at, days)


def _is_open(period: PeriodEntry, now: datetime) -> bool:
    return period.opens_at <= now and (period.closes_at is None or now <= period.closes_at)


def _limit(limits: Limits, period: PeriodEntry, day: date) -> datetime | None:
    """The last second without surcharge; None where the delay is counted over days the town has not entered."""
    try:
        return limits.in_time_until(Dated(period.activity_id, period.id, day), Action.BOOK)
    except UnknownDay:
        return None


def _home(facts: FamilyFacts, child_id: int, day: date) -> int | None:
    try:
        return facts.household_on(child_id, day)
    except FamilyRefusal:
        return None


def _homes(facts: FamilyFacts, child_id: int, period: PeriodEntry) -> list[int]:
    """The homes that answer for the child on some day of the period."""
    homes = {_home(facts, child_id, day) for day in date_range(period.start, period.end)}
    return sorted(home for home in homes if home is not None)
