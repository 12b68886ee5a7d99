"""A collective event and its undoing. What it does to bookings is one floor up (`bookings.services`)."""

from __future__ import annotations

from espace.activities.enums import EventEffect, EventScope, SlotState
from espace.activities.errors import AlreadyDeclared, EventOver, EventUndone, NothingThere, NotYoursToChange
from espace.activities.models import Activity, CollectiveEvent, Slot, Venue
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
