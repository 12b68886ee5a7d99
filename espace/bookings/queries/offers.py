"""The waiting list as a family sees it: its requests with their rank, the places offered, what accepting would do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q

from espace.activities.enums import Action, Timing
from espace.activities.queries import SlotEntry, catalogue, slots_between, slots_by_id
from espace.audit.models import AuditEvent
from espace.audit.queries import journal_of
from espace.bookings.enums import BookingState
from espace.bookings.errors import NoPlaceLeft, WaitsElsewhere
from espace.bookings.models import Booking
from espace.bookings.queries.desk import Desk, open_desk, pricer_of
from espace.bookings.queries.limits import Dated
from espace.bookings.queries.plan import Recap, enrolment_for, plan
from espace.bookings.queries.pricing import priced
from espace.bookings.queries.queue import Points, QueueEntry, entries_later, ranks_later
from espace.bookings.queries.told import own_days
from espace.bookings.rules import Room, free_for_all, is_past, runs, why_not_join
from espace.families.errors import FamilyRefusal
from espace.families.queries import FamilyFacts, children_for, facts_later, family_facts, households_for
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY, PARIS
from espace.kernel.errors import NotFound, Refusal
from espace.kernel.money import Money
from espace.kernel.reading import Together, read_now
from espace.pricing.rules import chain

Asked = tuple[QueueEntry, int]  # with its rank, 0 for an offer


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A booking of the actor's child, on a day that is theirs; `household_id` is the one that answers that day."""

    id: int
    child_id: int
    day: date
    slot_id: int
    household_id: int


@dataclass(frozen=True, slots=True)
class WaitingDay:
    """A request of the list: its rank (0 once a place is offered), or the offer with the last second of the answer."""

    entry: QueueEntry
    rank: int
    price: Money | None

    @property
    def answer_until(self) -> datetime | None:
        return self.entry.offer_expires_at


@dataclass(frozen=True, slots=True)
class OtherChoice:
    """Another formula of that day, at the same place: how many places, or how many wait."""

    slot_id: int
    formula: str
    left: int
    waiting: int


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """The page of a request. `day` None once it is over, taken or not; `recap` is what accepting would do, and None
    while it only waits; `history` are the journal's lines about it, the oldest first."""

    id: int
    child_id: int
    child: str
    date: date
    activity: str
    formula: str
    venue: str
    detail: Points
    state: BookingState
    day: WaitingDay | None
    recap: Recap | None
    others: list[OtherChoice]
    length: int
    asked_at: datetime
    history: list[AuditEvent]


@dataclass(frozen=True, slots=True)
class JoinSheet:
    """The page that proposes to wait: the plan of booking the day, and why it can't be waited for, if so."""

    recap: Recap
    length: int
    why_not: Refusal | None
    others: list[OtherChoice]
    answer_hours: int
    list_until: datetime | None


def own_request(actor: Actor, booking_id: int) -> OwnRequest:
    """The booking, if the actor may book for the child and their household answers for that day; else `NotFound`."""
    children = {child.pk for child in children_for(actor, to_book=True)}
    row = Booking.objects.filter(id=booking_id, child_id__in=children).order_by("id").first()
    if row is None:
        raise NotFound
    try:
        facts = family_facts([row.child_id], row.date, row.date + ONE_DAY)
        household_id = facts.household_on(row.child_id, row.date)
    except FamilyRefusal as refusal:
        raise NotFound from refusal
    if household_id not in {h.pk for h in households_for(actor)}:
        raise NotFound
    return OwnRequest(row.pk, row.child_id, row.date, row.slot_id, household_id)


def offer_plan(actor: Actor, booking: Booking) -> tuple[Desk, Recap]:
    """What accepting an offer would do: a plan of one line, late only if it was when asked, whose place is kept."""
    desk = open_desk(actor, booking.date, booking.date + ONE_DAY, child_ids=[booking.child_id])
    key, asked = (booking.child_id, booking.slot_id), booking.requested_at.astimezone(PARIS)
    then = replace(
        desk, now=asked, limits=desk.limits.at(asked), held=desk.held - {key}, asked=desk.asked - {key}
    )
    kept = replace(slots_by_id([booking.slot_id])[booking.slot_id], left=1, waiting=0)
    recap = plan(then, {kept.id: kept}, [key], [])
    (line,) = recap.lines
    quote = desk.quote(booking.child_id, kept.formula_id, booking.date, is_late=booking.is_late)
    line = replace(
        line, timing=Timing.LATE if booking.is_late else Timing.IN_TIME, price=quote.amount,
        amount=quote.amount - line.still_due, surcharge=quote.surcharge, chain=" + ".join(chain(unit.quote) for unit in quote.units),
    )  # fmt: skip
    household_id = desk.household_on(booking.child_id, booking.date)
    return desk, replace(recap, lines=(line,), household_id=household_id)


def waiting_for(actor: Actor, child_ids: Collection[int] | None = None) -> list[WaitingDay]:
    """The requests and offers of the actor's children from today on, the nearest day first. 1 query
    (beside the children's and the homes'), and those of prices when there is an offer."""
    chosen = [child.pk for child in children_for(actor)] if child_ids is None else list(child_ids)
    today = clock.today()
    asked, facts = asked_later(chosen, today), facts_later(chosen, today, date.max)
    read_now(asked, facts)
    until = max((e.dated.day for e, _ in asked.answer), default=today) + ONE_DAY
    return waiting_days(asked.answer, facts.answer.until(until), {h.pk for h in households_for(actor)})


def asked_later(child_ids: Collection[int], today: date) -> Together[list[Asked]]:
    """The requests and the offers that stand of these children from today on, to read with other lists: each with its
    rank, 0 for an offer; the nearest day first."""
    now = clock.now()
    waits = Booking.objects.filter(
        child__in=child_ids, date__gte=today, state=BookingState.WAITLISTED
    ).values("slot__pool_id")

    def made(found: list[QueueEntry], ranks: dict[int, int]) -> list[Asked]:
        found.sort(key=lambda e: (e.dated.day, e.child_id, e.id))
        return [(e, ranks.get(e.id, 0)) for e in found if not _is_over(e, now)]

    return Together(made, entries_later(Q(child__in=child_ids, date__gte=today)), ranks_later(waits))


def waiting_days(asked: Sequence[Asked], facts: FamilyFacts, households: Collection[int]) -> list[WaitingDay]:
    """Those of days for which one of these households answers, with the price of an offer."""
    pricer = pricer_of(catalogue(), facts) if any(e.is_offered for e, _ in asked) else None
    own = own_days(facts, households)
    return [
        WaitingDay(e, rank, priced(e, pricer) if pricer is not None and e.is_offered else None)
        for e, rank in asked
        if own(e.child_id, e.dated.day)
    ]


def request_for(actor: Actor, booking_id: int) -> RequestSheet:
    """The page of a request, an offer, or what became of it; `NotFound` for a stranger."""
    own = own_request(actor, booking_id)
    row = Booking.objects.select_related(
        "child", "slot__formula", "slot__activity", "slot__venue", "slot__pool"
    ).get(id=booking_id)
    day = next((day for day in waiting_for(actor, [own.child_id]) if day.entry.id == booking_id), None)
    slot = slots_by_id([own.slot_id])[own.slot_id]
    return RequestSheet(
        id=row.pk, child_id=row.child_id, child=row.child.first_name, date=row.date,
        activity=row.slot.activity.name, formula=row.slot.formula.label, venue=row.slot.venue.name,
        detail=[(label, points) for label, points in row.priority_detail], state=BookingState(row.state), day=day,
        recap=offer_plan(actor, row)[1] if day is not None and day.entry.is_offered else None,
        others=_others(actor, own.child_id, slot) if day is not None else [],
        length=slot.waiting, asked_at=row.requested_at,
        history=list(journal_of(own.household_id).filter(object_kind="booking", object_id=row.pk))[::-1],
    )  # fmt: skip


def join_sheet_for(actor: Actor, child_id: int, slot_id: int) -> JoinSheet:
    """The page that proposes the waiting list of a full day; `NotFound` for a stranger or a day that is not offered
    to this child."""
    slot = slots_by_id([slot_id]).get(slot_id)
    if slot is None:
        raise NotFound
    desk = open_desk(actor, slot.day, slot.day + ONE_DAY, child_ids=[child_id])
    if enrolment_for(desk, child_id, slot) is None:
        raise NotFound
    recap = plan(desk, {slot_id: slot}, [(child_id, slot_id)], [])
    (line,) = recap.lines
    rule = desk.catalogue.activities[slot.activity_id].waiting
    problem = line.problem
    if isinstance(problem, NoPlaceLeft):
        problem = why_not_join(rule, line.list_until, desk.now, slot.list_left)
        if problem is None and not line.can_wait:
            problem = WaitsElsewhere()
    return JoinSheet(
        recap, slot.waiting, problem, _others(actor, child_id, slot), rule.offer_hours, line.list_until
    )


def _others(actor: Actor, child_id: int, slot: SlotEntry) -> list[OtherChoice]:
    """What else may be booked that day, at the places where the child is enrolled."""
    desk = open_desk(actor, slot.day, slot.day + ONE_DAY, child_ids=[child_id])
    places = {(e.period_id, e.venue_id) for e in desk.enrolments}
    found = []
    for other in slots_between(places, slot.day, slot.day + ONE_DAY):
        if other.id == slot.id or not other.is_open or (child_id, other.id) in desk.held:
            continue
        dated = Dated(other.activity_id, other.period_id, other.day)
        queue = runs(desk.limits.offers_until(dated), desk.now)
        left = free_for_all(Room(other.left, other.waiting), queue_runs=queue)
        open_ = desk.limits.timing(dated, Action.BOOK)[0] in (Timing.IN_TIME, Timing.LATE)
        if open_:
            label = desk.catalogue.formulas[other.formula_id].label
            found.append(OtherChoice(other.id, label, left, other.waiting))
    return found


def _is_over(entry: QueueEntry, now: datetime) -> bool:
    return entry.offer_expires_at is not None and is_past(entry.offer_expires_at, now)
