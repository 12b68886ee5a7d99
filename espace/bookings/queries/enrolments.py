"""Enrolments: what a child may be enrolled in, what they are, what waits for an agent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from espace.activities.enums import Action, BookingMode, Timing
from espace.activities.errors import NotAdmitted, PeriodClosed, PeriodNotOpenYet, TooOld, TooYoung
from espace.activities.models import Venue
from espace.activities.queries import (
    ActivityEntry,
    Catalogue,
    PeriodEntry,
    VenueEntry,
    catalogue,
    venues_of_periods,
)
from espace.activities.rules import Ages, admits, check_age
from espace.activities.words import admission_words
from espace.bookings.enums import BookingState, EnrolmentState
from espace.bookings.models import Enrolment
from espace.bookings.queries.desk import enrolments_of, pricer_of
from espace.bookings.queries.limits import Dated, Limits
from espace.families.errors import FamilyRefusal
from espace.families.models import HouseholdMember, Person, Schooling
from espace.families.queries import FamilyFacts, child_for, children_for, family_facts, valid_on
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import PARIS, UnknownDay, date_range
from espace.kernel.errors import Refusal
from espace.kernel.money import Money
from espace.kernel.reading import Later
from espace.kernel.text import format_datetime_long
from espace.pricing.errors import PricingRefusal
from espace.pricing.queries import FormulaQuote, Pricer

FAR = date(9999, 1, 1)
SOON = timedelta(days=60)


def school_of(child_id: int, on: date) -> int | None:
    """The school the child goes to that day. 1 query."""
    rows = Schooling.objects.filter(valid_on(on), child_id=child_id).order_by("id")
    return rows.values_list("school_id", flat=True).first()


def households_of_child(child_id: int, on: date) -> list[int]:
    """Every household that answers for the child from that day on, in turn or alone. 1 query."""
    return list(family_facts([child_id], on, FAR).households_of(child_id))


def venues_allowed(
    activity: ActivityEntry, offered: Sequence[VenueEntry], school_id: int | None
) -> list[VenueEntry]:
    """Where the child may go: their own school's venue for what happens there, any venue offered otherwise."""
    if activity.is_at_school:
        return [venue for venue in offered if venue.school_id is not None and venue.school_id == school_id]
    return list(offered)


@dataclass(frozen=True, slots=True)
class FormulaOffer:
    """A formula with the family's price of an ordinary day; `late`, the one with its surcharge, when booking any day
    of the period now would be late."""

    label: str
    detail: str
    starts: str
    ends: str
    price: Money | None
    late: FormulaQuote | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentOption:
    """An activity over a period, for one child: already enrolled (`state`), possible, or not, with the reason."""

    activity: ActivityEntry
    period: PeriodEntry
    venues: tuple[VenueEntry, ...]
    formulas: tuple[FormulaOffer, ...]
    state: EnrolmentState | None
    why_not: Refusal | None

    @property
    def is_possible(self) -> bool:
        return self.state is None and self.why_not is None and bool(self.venues)


def options_for(actor: Actor, child_id: int) -> list[EnrolmentOption]:
    """What this child may be enrolled in now: each activity's periods that are not over, and are
    open or will be within two months. 9 queries, however many there are.

    The price is the family's own for an ordinary day of that period. Raises `NotFound`.
    """
    child = child_for(actor, child_id, to_book=True)
    now, today = clock.now(), clock.today()
    offer = catalogue()
    periods = [p for p in offer.periods.values() if p.end > today and p.opens_first <= now + SOON]
    venues = venues_of_periods([p.id for p in periods])
    if not periods:
        return []
    enrolled = {e.period_id: e for e in enrolments_of([child_id], today, FAR)}
    last = max(p.end for p in periods)
    prices = pricer_of(offer, family_facts([child_id], today, last))
    limits = Limits(offer, now, today, last)
    schools = _schools_of(child_id, {max(p.start, today) for p in periods})
    rank = {activity_id: n for n, activity_id in enumerate(offer.activities)}
    options = []
    for period in sorted(periods, key=lambda p: (rank[p.activity_id], p.start)):
        activity = offer.activities[period.activity_id]
        on = max(period.start, today)
        school = schools.get(on) if activity.is_at_school else None
        is_late = activity.mode is not BookingMode.PATTERN and _is_late(limits, period, on)
        options.append(
            EnrolmentOption(
                activity,
                period,
                tuple(venues_allowed(activity, venues.get(period.id, []), school)),
                tuple(
                    FormulaOffer(
                        f.label,
                        f.detail,
                        f.starts_at.isoformat("minutes"),
                        f.ends_at.isoformat("minutes"),
                        _price(prices, child_id, f.id, on),
                        _late(prices, child_id, f.id, on) if is_late else None,
                    )
                    for f in activity.formulas
                ),
                enrolled[period.id].state if period.id in enrolled else None,
                why_not(child.birth_date, activity, on)
                or not_admitted(offer, activity, child, on, schools.get(on), prices.facts)
                or closed(period, now)
                or not_open_yet(period, prices.facts, child_id, on, now),
            )
        )
    return options


def _price(prices: Pricer, child_id: int, formula_id: int, on: date) -> Money | None:
    try:
        return prices.formula_quote(child_id, formula_id, on).amount
    except (PricingRefusal, FamilyRefusal):
        return None


def _late(prices: Pricer, child_id: int, formula_id: int, on: date) -> FormulaQuote | None:
    try:
        quote = prices.formula_quote(child_id, formula_id, on, is_late=True)
    except (PricingRefusal, FamilyRefusal):
        return None
    return quote if quote.surcharge else None


def _is_late(limits: Limits, period: PeriodEntry, on: date) -> bool:
    """Whether the limit to book in time is past for all of the period: it is for its last open day."""
    try:
        days = [day for day in date_range(on, period.end) if limits.calendar.is_working_day(day)]
        dated = Dated(period.activity_id, period.id, days[-1]) if days else None
        return dated is not None and limits.timing(dated, Action.BOOK)[0] is Timing.LATE
    except UnknownDay:
        return False


def why_not(birth_date: date | None, activity: ActivityEntry, on: date) -> Refusal | None:
    """The age that keeps a child out of it that day, if any."""
    try:
        if birth_date is not None:
            check_age(birth_date, Ages(activity.min_age, activity.max_age), on)
    except (TooYoung, TooOld) as refusal:
        return refusal
    return None


def not_admitted(
    offer: Catalogue,
    activity: ActivityEntry,
    child: Person,
    on: date,
    school_id: int | None,
    facts: FamilyFacts,
) -> Refusal | None:
    """Whether the activity is for others that day; nothing is read where it asks nothing."""
    rules = offer.admissions(activity.id, on)
    if not rules:
        return None
    try:
        category = facts.on(child.pk, on).category
    except FamilyRefusal:
        category = None
    asked = [one.rule for one in rules]
    if admits(asked, birth_date=child.birth_date, on=on, school_id=school_id, category=category):
        return None
    return NotAdmitted(who=" ; ".join(admission_words(one.rule, one.school) for one in rules))


def closed(period: PeriodEntry, now: datetime) -> Refusal | None:
    """Whether enrolling is over."""
    return PeriodClosed() if period.closes_at is not None and now > period.closes_at else None


def not_open_yet(
    period: PeriodEntry, facts: FamilyFacts, child_id: int, on: date, now: datetime
) -> Refusal | None:
    """Whether the period is still to open to the child's family, by its tariff category on that day."""
    if now >= period.opens_last:
        return None
    try:
        opens = period.opens_for(facts.on(child_id, on).category)
    except FamilyRefusal:
        opens = period.opens_at
    return PeriodNotOpenYet(when=format_datetime_long(opens.astimezone(PARIS))) if now < opens else None


def _schools_of(child_id: int, days: Iterable[date]) -> dict[date, int]:
    """The child's school on each of these days. 1 query."""
    rows = list(
        Schooling.objects.filter(child_id=child_id)
        .order_by("start", "id")
        .values_list("school_id", "start", "end")
    )
    return {
        day: school
        for day in days
        for school, start, end in rows
        if start <= day and (end is None or day < end)
    }


# Those that stand -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChildEnrolment:
    """An enrolment as a family sees it."""

    id: int
    child_id: int
    child_name: str
    activity: ActivityEntry
    period_label: str
    venue: str
    state: EnrolmentState
    start: date
    end: date


def enrolments_for(actor: Actor, *, to_book: bool = False) -> list[ChildEnrolment]:
    """The open enrolments of the actor's children, this year's and those to come. 4 queries."""
    children = {child.pk: child for child in children_for(actor, to_book=to_book)}
    offer = catalogue()
    entries = enrolments_of(list(children), clock.today(), FAR)
    venues = dict(
        Venue.objects.filter(id__in={e.venue_id for e in entries}).order_by("id").values_list("id", "name")
    )
    return [
        ChildEnrolment(
            e.id,
            e.child_id,
            children[e.child_id].first_name,
            offer.activities[e.activity_id],
            offer.periods[e.period_id].label,
            venues[e.venue_id],
            e.state,
            e.start,
            e.end,
        )
        for e in entries
    ]


@dataclass(frozen=True, slots=True)
class PendingEnrolment:
    """A request that waits for an agent. `days`: bookings that hold their place meanwhile; `households`: the ids and
    names of those the child lives in."""

    id: int
    child: str
    households: tuple[tuple[int, str], ...]
    birth_date: date | None
    activity: str
    period: str
    venue: str
    requested_at: datetime
    days: int


def pending_enrolments_for(actor: Actor) -> QuerySet[Enrolment]:
    """The requests to decide, the oldest first, for an agent of the enrolments; none for anyone else. 1 query.

    `days`: the bookings that hold their place meanwhile.
    """
    if not actor.may(Permission.ENROLMENTS):
        return Enrolment.objects.none()
    waiting = Count("bookings", filter=Q(bookings__state=BookingState.PENDING_ENROLMENT))
    return (
        Enrolment.objects.filter(state=EnrolmentState.PENDING)
        .select_related("child", "activity", "period", "venue")
        .annotate(days=waiting)
        .order_by("requested_at", "id")
    )


def pending_lines(rows: Sequence[Enrolment]) -> list[PendingEnrolment]:
    """Requests of `pending_enrolments_for`, ready to be shown, with the households of each child. 1 query."""
    homes: dict[int, list[tuple[int, str]]] = {}
    for child_id, household_id, name in (
        HouseholdMember.objects.filter(valid_on(clock.today()), person__in=[row.child_id for row in rows])
        .order_by("household_id")
        .values_list("person_id", "household_id", "household__name")
    ):
        homes.setdefault(child_id, []).append((household_id, name))
    return [
        PendingEnrolment(
            row.pk,
            str(row.child),
            tuple(homes.get(row.child_id, ())),
            row.child.birth_date,
            row.activity.name,
            row.period.label,
            row.venue.name,
            row.requested_at,
            row.days,  # type: ignore[attr-defined]  # annotated
        )
        for row in rows
    ]


def waiting_enrolments_for(actor: Actor) -> Later[tuple[int, datetime | None]]:
    """How many requests wait, and since when, for an agent of the enrolments; none for anyone else. ≤ 1 query when read
    alone."""
    waiting = Enrolment.objects.filter(state=EnrolmentState.PENDING)
    if not actor.may(Permission.ENROLMENTS):
        waiting = waiting.none()
    counted = waiting.order_by().values("state").annotate(n=Count("id"), oldest=Min("requested_at"))
    return Later(counted.values_list("n", "oldest"), lambda rows: rows[0] if rows else (0, None))
