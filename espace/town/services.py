"""Correcting the school calendar: a bridge that the ministry's list forgets, a day of strike, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import forget_kept, write_transaction
from espace.kernel.text import format_date_long
from espace.town.enums import DayKindStored
from espace.town.errors import (
    CorrectionReasonNeeded,
    LabelNeeded,
    MenuTooLong,
    NotInThisWeek,
    NotYourCalendar,
    NotYourMenus,
)
from espace.town.models import CalendarDay, Menu
from espace.town.queries import SCHOOL_WEEK, corrections_of
from espace.town.rules import LONGEST_DISH, MOST_DISHES, Corrected, Wanted, dishes

COLUMNS = ["kind", "label", "published_kind", "published_label", "corrected_at", "corrected_by", "reason"]


def correct_days(actor: Actor, *, start: date, end: date, wanted: Wanted, reason: str) -> list[Corrected]:
    """Makes the working days of `[start, end)` what the agent says, or what was published; returns those that changed.

    Every limit still to come follows at once, on screen and in the services; what was judged keeps its own rule (I13).
    It closes no activity: that is a closure. One event of the journal. Raises `NotYourCalendar`,
    `CorrectionReasonNeeded`, `LabelNeeded` for a day off without its name, and as `corrections_of`.
    """
    check_correction(actor, wanted, reason)
    reason = reason.strip()
    with write_transaction():
        rows = CalendarDay.objects.select_for_update().filter(date__gte=start, date__lt=end).order_by("date")
        by_day = {row.date: row for row in rows}
        changed = corrections_of(start, end, wanted)
        for new in changed:
            _become(by_day[new.day], new, actor, reason)
        CalendarDay.objects.bulk_update([by_day[new.day] for new in changed], COLUMNS, batch_size=100)
        audit.record(
            actor,
            "town.restore_calendar" if wanted.kind is None else "town.correct_calendar",
            object_kind="calendar",
            payload={
                "days": [new.day.isoformat() for new in changed],
                "kind": wanted.kind,
                "label": wanted.label,
            },
            reason=reason,
        )
        forget_kept()
    return changed


def check_correction(actor: Actor, wanted: Wanted, reason: str) -> None:
    """What may be said before any day is read: who asks, the name of a day off, the reason."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYourCalendar
    if wanted.kind not in (None, DayKindStored.SCHOOL) and not wanted.label.strip():
        raise LabelNeeded
    if not reason.strip():
        raise CorrectionReasonNeeded


def _become(row: CalendarDay, new: Corrected, actor: Actor, reason: str) -> None:
    if not row.published_kind:
        row.published_kind, row.published_label = row.kind, row.label
    row.kind, row.label = new.kind, new.label
    row.corrected_at, row.corrected_by, row.reason = clock.now(), actor.label, reason
    if new.is_as_published:
        row.published_kind = row.published_label = row.corrected_by = row.reason = ""
        row.corrected_at = None


def set_menus(actor: Actor, *, monday: date, texts: Mapping[date, str]) -> list[date]:
    """Writes the canteens' menus of some days of a week, a dish a line, an empty text taking the day's away; returns
    the days that changed. 4 statements for any number of days.

    Raises `NotYourMenus`, `NotInThisWeek`, `MenuTooLong`.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYourMenus
    wanted: dict[date, str] = {}
    for day, text in texts.items():
        if not monday <= day < monday + SCHOOL_WEEK:
            raise NotInThisWeek
        found = dishes(text)
        if found is None:
            raise MenuTooLong(day=format_date_long(day).capitalize(), most=MOST_DISHES, longest=LONGEST_DISH)
        wanted[day] = "\n".join(found)
    with write_transaction():
        rows = Menu.objects.select_for_update().filter(date__in=sorted(wanted)).order_by("date")
        known = dict(rows.values_list("date", "lines"))
        changed = [day for day in sorted(wanted) if wanted[day] != known.get(day, "")]
        if not changed:
            return []
        Menu.objects.filter(date__in=changed).delete()
        Menu.objects.bulk_create(Menu(date=day, lines=wanted[day]) for day in changed if wanted[day])
        audit.record(
            actor,
            "town.set_menus",
            object_kind="menu",
            payload={"days": [day.isoformat() for day in changed]},
        )
        forget_kept()
    return changed
