"""Changing the offer: a collective event and its undoing, a waiting list, what counts on it. What it does to bookings is
one floor up (`bookings.services`)."""

from __future__ import annotations

from espace.activities.enums import (
    ActivityKind,
    EventEffect,
    EventScope,
    PriorityCode,
    SlotState,
    WaitingMode,
)
from espace.activities.errors import (
    AlreadyDeclared,
    CanteenHasNoCriterion,
    CriterionPublished,
    CriterionWithoutPoints,
    EventOver,
    EventUndone,
    FamiliesWait,
    NothingThere,
    NotYoursToChange,
    OfferWithoutTime,
)
from espace.activities.models import Activity, CapacityPool, CollectiveEvent, PriorityCriterion, Slot, Venue
from espace.activities.queries.events import (
    columns_of,
    live_events,
    reach_of,
    same_events,
    schools_of_venues,
    slots_closed_by,
    slots_reached,
)
from espace.activities.rules import EventDraft, Place, check_draft, reaches_everyone
from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.town.models import School, SchoolClass

_OBJECTS: dict[EventScope, type[School | SchoolClass | Venue | Activity]] = {
    EventScope.SCHOOL: School,
    EventScope.CLASS: SchoolClass,
    EventScope.VENUE: Venue,
    EventScope.ACTIVITY: Activity,
}


def check_event(actor: Actor, draft: EventDraft) -> None:
    """Whether this event can be declared at all: `NotYoursToChange`, `PeriodWithoutDays`, `EventInThePast`,
    `PlaceToChoose`, `NotFound` for an object that is not there."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    check_draft(draft, clock.today())
    reach = draft.reach
    _check_object(_OBJECTS.get(reach.scope), reach.scope_id)
    if reach.activity_id is not None:
        _check_object(Activity, reach.activity_id)
    if reach.to_venue_id is not None:
        _check_object(Venue, reach.to_venue_id)


def record_event(actor: Actor, draft: EventDraft) -> tuple[CollectiveEvent, bool]:
    """Stores the event, and closes the open slots where a closure reaches everyone; the event, and whether it is new:
    the very same one declared again is found, and nothing is done twice. 1 event of the journal.

    Families are told by the caller, which alone knows who had booked. Raises as `check_event`, and `AlreadyDeclared`,
    `NothingThere`.
    """
    check_event(actor, draft)
    reach = draft.reach
    with write_transaction():
        for standing in same_events(draft):
            if (reach_of(standing), standing.kind, standing.reason) == (reach, draft.kind, draft.reason):
                return standing, False
            raise AlreadyDeclared
        if not slots_reached(reach).exists():
            raise NothingThere
        event = CollectiveEvent.objects.create(
            **columns_of(reach),
            start=reach.start,
            end=reach.end,
            kind=draft.kind,
            effect=draft.effect,
            reason=draft.reason,
            declared_at=clock.now(),
            declared_by=actor.user_id,
        )
        closed = 0
        if draft.effect is EventEffect.CLOSED:
            closed = Slot.objects.filter(pk__in=slots_closed_by(reach).values("pk")).update(
                state=SlotState.CLOSED, closed_reason=draft.reason, closed_by=event
            )
        _journal(actor, "activities.declare_event", event, closed, draft.reason)
    return event, True


def record_undo(actor: Actor, event_id: int) -> CollectiveEvent:
    """Undoes an event from today on, and opens the slots it had closed; one that another event closes too stays
    closed, by that one. Raises `NotYoursToChange`, `NotFound`, `EventUndone`, `EventOver`."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    with write_transaction():
        event = CollectiveEvent.objects.select_for_update().filter(pk=event_id).order_by("id").first()
        if event is None:
            raise NotFound
        if event.undone_at is not None:
            raise EventUndone
        if event.end <= clock.today():
            raise EventOver
        event.undone_at, event.undone_by = clock.now(), actor.user_id
        event.save(update_fields=["undone_at", "undone_by"])
        _journal(actor, "activities.undo_event", event, _open_again(event), event.reason)
    return event


def _open_again(event: CollectiveEvent) -> int:
    """Opens what the event closed from today on, or leaves it to the next event that closes it."""
    mine = Slot.objects.filter(closed_by=event, date__gte=clock.today())
    others = [e for e in live_events(event.start, event.end) if e.effect is EventEffect.CLOSED]
    if others:
        schools = schools_of_venues()
        for pk, activity, venue, day in mine.order_by("id").values_list(
            "id", "activity_id", "venue_id", "date"
        ):
            place = Place(activity, venue, schools[venue], day)
            if other := next((e for e in others if reaches_everyone(e.reach, place)), None):
                Slot.objects.filter(pk=pk).update(closed_by=other.id, closed_reason=other.reason)
    return mine.update(state=SlotState.OPEN, closed_reason="", closed_by=None)


def _journal(actor: Actor, action: str, event: CollectiveEvent, slots: int, reason: str) -> None:
    audit.record(
        actor,
        action,
        object_kind="event",
        object_id=event.pk,
        payload={
            "effect": str(event.effect),
            "scope": str(event.scope),
            "start": event.start.isoformat(),
            "end": event.end.isoformat(),
            "slots": slots,
        },
        reason=reason,
    )


def _check_object(table: type[School | SchoolClass | Venue | Activity] | None, pk: int | None) -> None:
    """`NotFound` unless the scope has its object; the town has none."""
    if table is not None and not table._default_manager.filter(pk=pk or 0).exists():
        raise NotFound


# The waiting list -------------------------------------------------------------------------------------------------------


def set_waiting_list(
    actor: Actor, *, activity_id: int, mode: WaitingMode, offer_hours: int, offers_stop_days: int
) -> None:
    """How the waiting list of an activity works. What was offered keeps the delay it was given.

    Raises `NotYoursToChange`, `NotFound`, `OfferWithoutTime`; `FamiliesWait` when it would be turned off under them.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if offer_hours < 1:
        raise OfferWithoutTime
    with write_transaction():
        activity = _activity(activity_id)
        if mode is WaitingMode.OFF:
            waiting = CapacityPool.objects.filter(
                slot__activity=activity, waiting__gt=0, date__gte=clock.today()
            )
            if waiting.exists():
                raise FamiliesWait
        before = [activity.waiting_list, activity.offer_hours, activity.offers_stop_days]
        after = [mode.value, offer_hours, offers_stop_days]
        if before == after:
            return
        activity.waiting_list, activity.offer_hours, activity.offers_stop_days = (
            mode,
            offer_hours,
            offers_stop_days,
        )
        activity.save(update_fields=["waiting_list", "offer_hours", "offers_stop_days"])
        audit.record(
            actor,
            "activities.set_waiting_list",
            object_kind="activity",
            object_id=activity_id,
            payload={"before": before, "after": after},
        )


def publish_criterion(
    actor: Actor, *, activity_id: int, code: PriorityCode, label: str, points: int
) -> PriorityCriterion:
    """Publishes from today on what counts for the list of an activity, never for the canteen.

    Raises `NotYoursToChange`, `NotFound`, `CanteenHasNoCriterion`, `CriterionWithoutPoints`, `CriterionPublished`.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if points < 1:
        raise CriterionWithoutPoints
    with write_transaction():
        activity = _activity(activity_id)
        if activity.kind == ActivityKind.CANTEEN:
            raise CanteenHasNoCriterion
        criteria = PriorityCriterion.objects.filter(activity=activity)
        if criteria.filter(code=code, end__isnull=True).exists():
            raise CriterionPublished
        criterion = PriorityCriterion.objects.create(
            activity=activity,
            activity_kind=activity.kind,
            code=code,
            label=label,
            points=points,
            position=criteria.count() + 1,
            start=clock.today(),
        )
        audit.record(
            actor,
            "activities.publish_criterion",
            object_kind="criterion",
            object_id=criterion.pk,
            payload={"activity": activity_id, "code": code.value, "points": points},
        )
    return criterion


def withdraw_criterion(actor: Actor, *, criterion_id: int) -> None:
    """It counts no more from tomorrow on: what was asked keeps its rank. Withdrawn already, nothing."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    with write_transaction():
        criterion = PriorityCriterion.objects.select_for_update().filter(id=criterion_id).first()
        if criterion is None:
            raise NotFound
        if criterion.end is not None:
            return
        criterion.end = clock.today() + ONE_DAY
        criterion.save(update_fields=["end"])
        audit.record(actor, "activities.withdraw_criterion", object_kind="criterion", object_id=criterion_id)


def _activity(activity_id: int) -> Activity:
    activity = Activity.objects.select_for_update(no_key=True).filter(id=activity_id).first()
    if activity is None:
        raise NotFound
    return activity
