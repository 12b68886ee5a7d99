"""What a town already keeps when a family books: the month of many households, or years of the same ones.

Rows only, in bulk: slots, enrolments and bookings as the services leave them, with a submission, its journal row and
its message for each child and month.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bench.crowd import ACTIVITIES, SCHOOL
from espace.activities.models import (
    CapacityPool,
    DeadlineRule,
    DeadlineTier,
    DeadlineWindow,
    Period,
    Slot,
)
from espace.audit.services import prepared as journaled
from espace.bookings.enums import BookingOrigin, BookingState
from espace.bookings.models import Enrolment, Submission
from espace.demo.builder import actor_of
from espace.demo.bulk_bookings import Row
from espace.demo.bulk_homes import Kin
from espace.kernel.calendar import at
from espace.kernel.codes import reference
from espace.kernel.db import bulk_insert, write_transaction
from espace.kernel.money import Money
from espace.notifications.services import prepared as message
from espace.town.models import CalendarDay

BOOKED = ACTIVITIES[:2]
YEAR = timedelta(days=364)  # the same days of the week
SNAPSHOT: dict[str, str | None] = {
    "action": "BOOK", "timing": "IN_TIME", "limit": None, "in_time_until": None, "words": "Réservé dans les délais."
}  # fmt: skip


def fill(kin: Kin, start: date, end: date) -> int:
    """Books canteen and morning for each child on each school day of `[start, end)`; how many bookings."""
    activities = [kin.town.activities[slug].pk for slug in BOOKED]
    rows = Slot.objects.filter(
        venue=kin.town.venues[SCHOOL], activity__in=activities, date__gte=start, date__lt=end
    )
    slots = list(rows.order_by("date", "id").values_list("id", "date", "period_id"))
    enrolments = {
        (child, period): pk
        for pk, child, period in Enrolment.objects.order_by("id").values_list("id", "child_id", "period_id")
    }
    for household, keys in kin.at_home.items():
        for key in keys:
            _book(kin, household, kin.people[key].pk, slots, enrolments)
            if kin.store.is_full:
                kin.store.flush()
    kin.store.flush()
    with write_transaction():
        CapacityPool.objects.filter(slot__in=[pk for pk, _, _ in slots]).update(taken=len(kin.children))
    return len(slots) * len(kin.children)


def _book(
    kin: Kin,
    household: str,
    child: int,
    slots: Sequence[tuple[int, date, int]],
    enrolments: dict[tuple[int, int], int],
) -> None:
    user = kin.users[f"famille{int(household[1:])}"]
    actor, month, pk = actor_of(user), None, 0
    for slot, day, period in slots:
        asked = at(day - timedelta(days=30), time(10))
        if (day.year, day.month) != month:
            month = (day.year, day.month)
            pk = _submit(kin, household, actor.user_id or 0, str(user), asked)
            kin.store.add(
                journaled(
                    actor,
                    "bookings.change",
                    object_kind="submission",
                    object_id=pk,
                    payload={"booked": [[child, slot]]},
                )
            )
        kin.store.add(
            Row(
                child_id=child, slot_id=slot, enrolment_id=enrolments[child, period], date=day,
                state=BookingState.CONFIRMED, origin=BookingOrigin.UNIT, pinned=True, requested_at=asked, is_late=False,
                rule_snapshot=SNAPSHOT, submission_id=pk,
            )
        )  # fmt: skip


def _submit(kin: Kin, household: str, user: int, label: str, asked: datetime) -> int:
    pk, home = kin.store.number(Submission), kin.households[household].pk
    kin.store.add(
        Submission(
            pk=pk, reference=reference("RES", pk), token=f"jeton-du-passe-{pk:09d}", household_id=home, user_id=user,
            actor_label=label, at=asked, booked=1, cancelled=0, late=0, total=Money.ZERO,
            summary={"lines": [], "skipped": []},
        )
    )  # fmt: skip
    kin.store.add(
        message(
            recipient=f"{household}@exemple.fr", user_id=user, household_id=home, kind="bookings.acknowledgement",
            subject=f"Vos réservations : accusé de réception {reference('RES', pk)}", body="Bonjour",
        )
    )  # fmt: skip
    return pk


def open_years_before(kin: Kin, years: int) -> None:
    """The calendar, periods, limits, places and enrolments of so many years before this one: copies of it."""
    chosen = [kin.town.activities[slug].pk for slug in ACTIVITIES]
    periods = list(Period.objects.filter(activity__in=chosen, end__gt=kin.town.today).order_by("id"))
    for number in range(1, years + 1):
        with write_transaction():
            _calendar(number)
            for period in periods:
                _period(kin, period, number)


def _calendar(number: int) -> None:
    known = set(CalendarDay.objects.order_by("date").values_list("date", flat=True))
    days = [(d.date - number * YEAR, d) for d in CalendarDay.objects.order_by("date")]
    bulk_insert([CalendarDay(date=day, kind=d.kind, label=d.label) for day, d in days if day not in known])


def _period(kin: Kin, period: Period, number: int) -> None:
    back = number * YEAR
    copy = Period.objects.create(
        activity_id=period.activity_id, label=f"{period.label} - {number}", start=period.start - back,
        end=period.end - back, opens_at=period.opens_at - back,
    )  # fmt: skip
    for rule in DeadlineRule.objects.filter(period=period).order_by("id"):
        tiers = list(DeadlineTier.objects.filter(rule=rule).order_by("id"))
        windows = list(DeadlineWindow.objects.filter(rule=rule).order_by("id"))
        rule.pk, rule.period = None, copy
        rule.save()
        for tier in tiers:
            tier.pk, tier.rule = None, rule
            tier.save()
        for window in windows:
            window.pk, window.rule, window.closes_at = None, rule, window.closes_at - back
            window.save()
    store = kin.store
    for slot in Slot.objects.filter(period=period).select_related("pool").order_by("id"):
        pool, pk = slot.pool, store.number(CapacityPool)
        store.add(
            CapacityPool(
                pk=pk, venue_id=pool.venue_id, date=pool.date - back, band=pool.band, capacity=pool.capacity
            )
        )
        store.add(
            Slot(
                activity_id=slot.activity_id, venue_id=slot.venue_id, period=copy, formula_id=slot.formula_id, pool_id=pk,
                date=slot.date - back,
            )
        )  # fmt: skip
    for person in (kin.people[key] for key in kin.children):
        store.add(
            Enrolment(
                child_id=person.pk, activity_id=copy.activity_id, period_id=copy.pk, venue_id=kin.town.venues[SCHOOL].pk,
                state="ACCEPTED", requested_at=copy.opens_at, decided_at=copy.opens_at, start=copy.start, end=copy.end,
            )
        )  # fmt: skip
    store.flush()
