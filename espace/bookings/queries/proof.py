"""Do the places and the queues add up, is each booking judged at its family's request, and do the events hold? A
sentence for each that does not."""

from __future__ import annotations

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from espace.activities.enums import Band, SlotState, WaitingMode
from espace.activities.models import CapacityPool, PriorityCriterion, Slot
from espace.activities.queries import catalogue
from espace.bookings.enums import ACCEPTED_OFFER, ACTIVE, HOLDING_A_PLACE, ON_THE_LIST, BookingState
from espace.bookings.models import Booking, Reminder
from espace.bookings.queries.desk import OPEN_ENROLMENTS
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.rules import may_write, priority_of, runs
from espace.kernel import clock
from espace.kernel.calendar import ONE_DAY, PARIS
from espace.kernel.text import NBSP, format_date_long, plural_fr

BANDS = {Band.MORNING: "matin", Band.NOON: "midi", Band.EVENING: "soir", Band.DAY: "journée"}


def preuve() -> list[str]:
    """I10, I11, the dates of requests, the hours of reminders. 7 queries."""
    return [
        *_places(), *_queues(), *_idle_places(), *_orders(), *_criteria(), *_requests(), *_reminders(),
    ]  # fmt: skip


def _reminders() -> list[str]:
    """Nobody was reminded at night."""
    rows = Reminder.objects.order_by("id").values_list("id", "sent_at")
    return [f"Le rappel {pk} est parti la nuit." for pk, sent_at in rows if not may_write(sent_at)]


def _requests() -> list[str]:
    """A booking is dated by its family's request: when its form was sent, or when it was left at the counter. A place
    taken from the waiting list keeps the date it was asked, before it was accepted."""
    asked = Coalesce("submission__stamped_at", "submission__at")
    wrong = (
        Booking.objects.filter(submission__isnull=False)
        .exclude(requested_at=asked)
        .exclude(requested_at__lt=asked, submission__token__startswith=ACCEPTED_OFFER)
        .order_by("id")
        .values_list("id", "submission__reference")
    )
    return [f"La réservation {pk} n’a pas la date de sa demande {reference}." for pk, reference in wrong]


def _places() -> list[str]:
    """I10: the places taken in a pool are the bookings of its slots that hold one, offers included."""
    held = Count("slot__bookings", filter=Q(slot__bookings__state__in=HOLDING_A_PLACE))
    wrong = CapacityPool.objects.annotate(held=held).exclude(taken=F("held")).select_related("venue")
    return [
        f"{_name(pool)}{NBSP}: {pool.taken} {plural_fr(pool.taken, 'place prise', 'places prises')} pour "
        f"{pool.held} {plural_fr(pool.held, 'réservation', 'réservations')}."
        for pool in wrong.order_by("date", "id")
    ]


def _queues() -> list[str]:
    """The families counted in a queue are the bookings that wait."""
    waits = Count("slot__bookings", filter=Q(slot__bookings__state=BookingState.WAITLISTED))
    wrong = CapacityPool.objects.annotate(waits=waits).exclude(waiting=F("waits")).select_related("venue")
    return [
        f"{_name(pool)}{NBSP}: {pool.waiting} en attente comptés pour {pool.waits} sur la liste."
        for pool in wrong.order_by("date", "id")
    ]


def _idle_places() -> list[str]:
    """I11: where places are offered by themselves, none lies free while somebody waits for it."""
    waiting = (
        Booking.objects.filter(
            state=BookingState.WAITLISTED, slot__state=SlotState.OPEN, slot__pool__taken__lt=F("slot__pool__capacity"),
            slot__activity__waiting_list=WaitingMode.AUTOMATIC, enrolment__state__in=OPEN_ENROLMENTS,
        )
        .select_related("slot__pool__venue")
        .order_by("date", "id")
    )  # fmt: skip
    rows = list(waiting)
    if not rows:
        return []
    limits = Limits(catalogue(), clock.now(), rows[0].date, rows[-1].date + ONE_DAY)
    idle = {
        row.slot.pool_id: row.slot.pool
        for row in rows
        if runs(limits.offers_until(Dated(row.slot.activity_id, row.slot.period_id, row.date)), limits.now)
    }
    return [
        f"{_name(pool)}{NBSP}: une place est libre alors que des familles attendent."
        for pool in idle.values()
    ]


def _orders() -> list[str]:
    """I11: the priority kept with a request is the sum of what explains it, so that its rank can be told."""
    rows = (
        Booking.objects.filter(state__in=ON_THE_LIST)
        .order_by("id")
        .values_list("id", "priority", "priority_detail")
    )
    return [
        f"La demande {pk} a {priority} points, que ses critères n’expliquent pas."
        for pk, priority, detail in rows
        if priority != priority_of([points for _, points in detail])
    ]


def _criteria() -> list[str]:
    """No criterion for the canteen: the kind repeated with each criterion is the one of its activity."""
    wrong = PriorityCriterion.objects.exclude(activity_kind=F("activity__kind")).select_related("activity")
    return [
        f"Le critère « {row.label} » n’est pas du type de l’activité « {row.activity.name} »."
        for row in wrong.order_by("id")
    ]


def _name(pool: CapacityPool) -> str:
    return f"{pool.venue.name}, {format_date_long(pool.date)}, {BANDS[Band(pool.band)]}"


def preuve_events() -> list[str]:
    """Nobody is expected where it is closed; nothing is closed, or taken away, by an event undone before that day;
    whoever an event moved is at the place it moved to. 3 queries."""
    inside = Booking.objects.filter(slot__state=SlotState.CLOSED, state__in=ACTIVE).select_related(
        "slot__venue"
    )
    astray = (
        Booking.objects.filter(moved_by__isnull=False, state__in=ACTIVE, moved_by__undone_at=None)
        .exclude(slot__venue=F("moved_by__to_venue"))
        .select_related("slot__venue")
    )
    closed = Slot.objects.filter(closed_by__undone_at__isnull=False).select_related("venue", "closed_by")
    shut = [s for s in closed.order_by("date", "id") if _undone_before(s)]
    return [
        *(
            f"{_where(b)}{NBSP}: un enfant est attendu alors que c’est fermé."
            for b in inside.order_by("date", "id")
        ),
        *(
            f"{_where(b)}{NBSP}: un enfant déplacé n’est pas au lieu annoncé."
            for b in astray.order_by("date", "id")
        ),
        *(f"{s.venue.name}, {format_date_long(s.date)}{NBSP}: fermé par un événement annulé." for s in shut),
    ]


def _undone_before(slot: Slot) -> bool:
    event = slot.closed_by
    return (
        event is not None
        and event.undone_at is not None
        and event.undone_at.astimezone(PARIS).date() <= slot.date
    )


def _where(booking: Booking) -> str:
    return f"{booking.slot.venue.name}, {format_date_long(booking.date)}"
