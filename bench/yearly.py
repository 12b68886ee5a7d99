"""A year's pattern of three children against the same days booked one by one: `python -m bench.yearly CHILD_DAYS`.

Prints one JSON object: statements and milliseconds of the one submit (median of several families), milliseconds of all
the single ones. Both are services, each given the digest of a recap made beforehand: what a family waits for once it
has confirmed.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from bench.crowd import ACTIVITIES, IN_TIME, SCHOOL, town_with  # noqa: E402
from espace.activities.models import Slot  # noqa: E402
from espace.bookings.models import Booking, Enrolment  # noqa: E402
from espace.bookings.services import (  # noqa: E402
    apply_changes,
    apply_pattern,
    preview_changes,
    preview_pattern,
)
from espace.demo.builder import actor_of  # noqa: E402
from espace.demo.bulk_homes import Kin  # noqa: E402
from espace.kernel import clock  # noqa: E402
from espace.kernel.calendar import ONE_DAY  # noqa: E402
from espace.kernel.db import write_transaction  # noqa: E402

CHILDREN, PATTERNS = 3, 5
CHOSEN = ACTIVITIES[:2]
WEEK = (0, 1, 2, 3, 4)


def catch_up(kin: Kin) -> None:
    """A Wednesday of school to make up for a bridge: the town's year has 139 days of canteen, and 140 are wanted."""
    venue = kin.town.venues[SCHOOL]
    like = Slot.objects.filter(venue=venue, activity__in=[kin.town.activities[slug].pk for slug in CHOSEN])
    wednesday = date(2027, 6, 16)
    with write_transaction():
        for slot in like.filter(date=wednesday - ONE_DAY).select_related("pool").order_by("id"):
            slot.pool.pk, slot.pool.date = None, wednesday
            slot.pool.save()
            slot.pk, slot.pool_id, slot.date = None, slot.pool.pk, wednesday
            slot.save()


def days_of(kin: Kin, number: int) -> list[list[int]]:
    """The last `number` school days of the year, each with the slot of each activity."""
    chosen = [kin.town.activities[slug].pk for slug in CHOSEN]
    slots = Slot.objects.filter(
        venue=kin.town.venues[SCHOOL], activity__in=chosen, date__gte=clock.today() + IN_TIME
    )
    by_day: dict[Any, list[int]] = {}
    for day, pk in slots.order_by("date", "id").values_list("date", "id"):
        by_day.setdefault(day, []).append(pk)
    assert len(by_day) >= number, f"{len(by_day)} days, {number} wanted"
    return list(by_day.values())[-number:]


def milliseconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def pattern(kin: Kin, family: int, days: list[list[int]]) -> tuple[float, int]:
    """One submit for the three children; milliseconds and statements."""
    actor = actor_of(kin.users[f"famille{family}"])
    children = [kin.people[key].pk for key in kin.at_home[f"b{family:05d}"]]
    activities = [kin.town.activities[slug].pk for slug in CHOSEN]
    enrolments = Enrolment.objects.filter(child_id__in=children, activity_id__in=activities).order_by("id")
    formulas = [formula.pk for (slug, _), formula in kin.town.formulas.items() if slug in CHOSEN]
    asked: dict[str, Any] = {
        "enrolment_ids": list(enrolments.values_list("id", flat=True)),
        "days": [(weekday, formula) for weekday in WEEK for formula in formulas],
        "from_day": Slot.objects.get(pk=days[0][0]).date,
    }
    expected = preview_pattern(actor, **asked).digest
    count = 0

    def tick(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(tick):
        took = milliseconds(
            partial(apply_pattern, actor, **asked, token=f"jeton-de-l-annee-{family}", expected=expected)
        )
    assert Booking.objects.filter(child_id__in=children).count() == CHILDREN * len(days) * len(CHOSEN)
    return took, count


def day_by_day(kin: Kin, family: int, days: list[list[int]]) -> float:
    """A submit a child and a day, with both activities; milliseconds of all of them."""
    actor = actor_of(kin.users[f"famille{family}"])
    total = 0.0
    for key in kin.at_home[f"b{family:05d}"]:
        child = kin.people[key].pk
        for number, slots in enumerate(days):
            asked: dict[str, Any] = {"child_id": child, "add": slots, "remove": []}
            asked |= {
                "expected": preview_changes(actor, **asked).digest,
                "token": f"jeton-du-jour-{child:06d}-{number:03d}",
            }
            total += milliseconds(partial(apply_changes, actor, **asked))
    return total


def main() -> None:
    child_days = int(sys.argv[1])
    kin = town_with(PATTERNS + 1, CHILDREN)
    catch_up(kin)
    days = days_of(kin, child_days // CHILDREN)
    runs = [pattern(kin, family, days) for family in range(PATTERNS)]
    json.dump(
        {
            "bookings": CHILDREN * len(days) * len(CHOSEN),
            "statements": max(count for _, count in runs),
            "pattern": statistics.median(took for took, _ in runs),
            "day_by_day": day_by_day(kin, PATTERNS, days),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
